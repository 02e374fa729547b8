"""Our SQL for failing rows and Great Expectations' counts are the same thing said twice: they must never differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.gate import rules
from pipelines.gate.engine import GreatExpectations
from pipelines.gate.suite import Suite, SuiteFile
from pipelines.yaml_file import YamlFile
from tests.gate.gate_company import AS_OF

EXPECT = "expect_column_values_to_"
TEXT, AMOUNT, REAL, DAY, LATER = "名 称", "amount", "real", "day", 'la"ter'
ASKED: list[tuple[str, dict[str, Any]]] = [
    *((EXPECT + "not_be_null", {"column": c}) for c in (TEXT, AMOUNT, DAY)),
    (EXPECT + "not_be_null", {"column": TEXT, "mostly": 0.5}),
    (EXPECT + "be_in_set", {"column": TEXT, "value_set": ["a", "it's", "100%"]}),
    (EXPECT + "be_in_set", {"column": AMOUNT, "value_set": [0, 0.1, -3]}),
    (EXPECT + "be_in_set", {"column": DAY, "value_set": [date(2026, 1, 1)]}),
    (EXPECT + "be_between", {"column": AMOUNT, "min_value": 0}),
    (EXPECT + "be_between", {"column": AMOUNT, "min_value": 0.1, "strict_min": True}),
    (EXPECT + "be_between", {"column": AMOUNT, "max_value": 0.1, "strict_max": True}),
    (EXPECT + "be_between", {"column": AMOUNT, "min_value": -3, "max_value": 0.1}),
    (EXPECT + "be_between", {"column": REAL, "min_value": 0.1, "max_value": 5, "strict_max": True}),
    (EXPECT + "be_between", {"column": DAY, "min_value": date(2026, 1, 1), "strict_min": True}),
    (EXPECT + "be_between", {"column": DAY, "max_value": date(2026, 1, 1)}),
    (EXPECT + "match_regex", {"column": TEXT, "regex": "a"}),
    (EXPECT + "match_regex", {"column": TEXT, "regex": r"^(\d{1,3}%|it's)$"}),
    ("expect_column_value_lengths_to_be_between", {"column": TEXT, "min_value": 1, "max_value": 2}),
    ("expect_column_value_lengths_to_be_between", {"column": TEXT, "max_value": 3, "strict_max": True}),
    *((EXPECT + "be_unique", {"column": c}) for c in (TEXT, AMOUNT, REAL, DAY)),
    ("expect_compound_columns_to_be_unique", {"column_list": [TEXT, DAY]}),
    ("expect_compound_columns_to_be_unique", {"column_list": [TEXT, AMOUNT], "ignore_row_if": "any_value_is_missing"}),
    ("expect_compound_columns_to_be_unique", {"column_list": [DAY, LATER], "ignore_row_if": "never"}),
    *(
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": LATER, "column_B": DAY, "or_equal": or_equal, "ignore_row_if": ignored},
        )
        for or_equal, ignored in itertools.product(
            (True, False), ("both_values_are_missing", "either_value_is_missing", "neither")
        )
    ),
    (
        rules.QUERY,
        {
            "unexpected_rows_query": f'select _batch_id, _row_number from {{batch}} where "{TEXT}" like \'%0%%\''
            f" or regexp_matches(\"{TEXT}\", 'a{{{{2}}}}') or {DAY}::date < {{as_of}}"
        },
    ),
]  # fmt: skip

ROW = st.tuples(
    st.sampled_from([None, "", "a", "aa", "it's", "100%", "张三", "{x}:y"]),
    st.sampled_from([None, Decimal("0.00"), Decimal("0.10"), Decimal("-3.00"), Decimal("7.77")]),
    st.sampled_from([None, 0.1, 5.0, -1.5, float("inf")]),
    st.sampled_from([None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 4, 1)]),
    st.sampled_from([None, date(2026, 1, 1), date(2026, 4, 1)]),
)
EVERY = [
    ("a", Decimal("0.10"), 0.1, date(2026, 1, 1), date(2026, 1, 1)),
    ("a", Decimal("0.10"), 5.0, date(2026, 1, 1), date(2026, 4, 1)),
    (None, None, None, None, None),
    (None, Decimal("0.10"), None, None, date(2026, 1, 1)),
    ("100%", None, float("inf"), date(2025, 12, 31), None),
]


def suite_of(asked: list[tuple[str, dict[str, Any]]], level: str = "table") -> Suite:
    said = SuiteFile.model_validate(
        {"expectations": [{"type": t, "level": level, "severity": "critical", "why": "-", **k} for t, k in asked]}
    )
    return Suite("raw_x.things", None, said.expectations, YamlFile(Path("things.yml"), {}, {}))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema raw_x")
        yield con


def fill(con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    con.execute(
        f'create or replace table raw_x.things (_batch_id varchar, _row_number bigint, "{TEXT}" varchar,'
        f" {AMOUNT} decimal(18,2), {REAL} double, {DAY} date, {rules.quoted(LATER)} date)"
    )
    for number, row in enumerate(rows, start=1):
        con.execute("insert into raw_x.things values ('b', ?, ?, ?, ?, ?, ?)", [number, *row])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(rows=st.lists(ROW, max_size=7))
@example(rows=[])
@example(rows=EVERY)
def test_failing_rows_are_as_many_as_great_expectations_counts(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    fill(con, rows)
    suite = suite_of(ASKED)
    with GreatExpectations(con) as gx:
        outcomes = gx.check(suite, AS_OF)
    theirs = {name: outcome.failed_rows for name, outcome in outcomes.items()}
    ours = {
        name: len(con.execute(rules.failing_rows(rule.type, rule.kwargs, suite.address, AS_OF)).fetchall())
        for name, rule in suite.checks.items()
    }
    assert ours == theirs
    assert {o.problem for o in outcomes.values()} == {""}


def test_every_row_rule_is_held_against_great_expectations() -> None:
    assert {kind for kind, rule in rules.RULES.items() if rule.failing} == {kind for kind, _ in ASKED}


@pytest.mark.parametrize(("count", "status"), [(1, "fail"), (2, "pass"), (3, "pass"), (4, "fail")])
def test_row_count_passes_within_its_bounds(con: duckdb.DuckDBPyConnection, count: int, status: str) -> None:
    fill(con, [EVERY[0]] * count)
    suite = suite_of([("expect_table_row_count_to_be_between", {"min_value": 2, "max_value": 3})])
    with GreatExpectations(con) as gx:
        (outcome,) = gx.check(suite, AS_OF).values()
    assert (outcome.status, outcome.failed_rows, outcome.checked_rows) == (status, int(status == "fail"), count)


@pytest.mark.parametrize(
    "query",
    [
        "select 1 from raw_crm.products",
        'select 1 from "raw_crm"."products"',
        "select 1 from {batch} where x not in (select id from raw_crm . products)",
    ],
)
def test_mentioned_tables_finds_what_a_query_reads(query: str) -> None:
    assert rules.mentioned_tables({"unexpected_rows_query": query}) == {"raw_crm.products"}
