"""A table's numbers from one statement: Great Expectations must say the same as when it asks for each by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.gate import fused, rules
from pipelines.gate.engine import GreatExpectations, problem_of
from pipelines.gate.metric_sql import EXPECTATIONS, METRICS
from pipelines.gate.suite import Suite
from tests.gate.gate_company import AS_OF
from tests.gate.test_rules import AMOUNT, ASKED, DAY, EVERY, EXPECT, LATER, REAL, TEXT, fill, suite_of

PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
MORE: list[tuple[str, dict[str, Any]]] = [
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 3}),
    (EXPECT + "be_in_set", {"column": TEXT, "value_set": ["a", ""], "mostly": 0.6}),
    (EXPECT + "be_in_set", {"column": REAL, "value_set": [5, 0.1]}),
    (EXPECT + "be_between", {"column": REAL, "min_value": 0, "mostly": 0.5}),
    (EXPECT + "be_between", {"column": REAL, "max_value": 5.0, "strict_max": True}),
    (EXPECT + "be_between", {"column": AMOUNT, "min_value": Decimal("0.10"), "max_value": 7, "strict_min": True}),
    (EXPECT + "be_between", {"column": DAY, "min_value": datetime(2026, 1, 1), "max_value": date(2026, 3, 1)}),
    (EXPECT + "be_unique", {"column": TEXT, "mostly": 0.5}),
    ("expect_compound_columns_to_be_unique", {"column_list": [REAL, AMOUNT, DAY], "mostly": 0.9}),
    ("expect_compound_columns_to_be_unique", {"column_list": [TEXT, REAL], "ignore_row_if": "all_values_are_missing"}),
    (PAIR, {"column_A": REAL, "column_B": AMOUNT, "mostly": 0.5}),
    (PAIR, {"column_A": LATER, "column_B": DAY}),
    ("expect_column_value_lengths_to_be_between", {"column": TEXT, "min_value": 1, "strict_min": True, "mostly": 0.7}),
    (rules.NEWEST, {"column": AMOUNT, "max_value": 5}),
    (rules.NEWEST, {"column": AMOUNT, "min_value": Decimal("0.10"), "max_value": 7.77, "strict_max": True}),
    (rules.NEWEST, {"column": REAL, "min_value": 0, "max_value": 5.0, "strict_min": True}),
    (rules.NEWEST, {"column": DAY, "min_value": date(2026, 1, 1)}),
    (rules.NEWEST, {"column": LATER, "min_value": datetime(2026, 1, 1), "max_value": datetime(2026, 4, 1), "strict_max": True}),
    (rules.COLUMNS, {"column_set": [LATER, DAY], "exact_match": False}),
    (rules.COLUMNS, {"column_set": [AMOUNT.upper(), DAY, "nowhere"], "exact_match": False}),
    (rules.COLUMNS, {"column_set": ["_batch_id", "_row_number", REAL, AMOUNT, TEXT, DAY, LATER], "exact_match": True}),
    (rules.COLUMNS, {"column_set": [DAY, AMOUNT], "exact_match": True}),
    *((rules.OF_TYPE, {"column": c, "type_": "DECIMAL"}) for c in (AMOUNT, REAL, DAY)),
    *((rules.OF_TYPE, {"column": c, "type_": "DATE"}) for c in (DAY, LATER, TEXT)),
    (rules.OF_TYPE, {"column": TEXT, "type_": "VARCHAR"}),
    (rules.OF_TYPE, {"column": "_row_number", "type_": "BIGINT"}),
    (rules.QUERY, {"unexpected_rows_query": f"select * from {{batch}} where {REAL} > 0.1"}),
    (rules.QUERY, {"unexpected_rows_query": f"select {AMOUNT}, count(*) from {{batch}} group by 1 having count(*) > 1"}),
]  # fmt: skip
AT = datetime(2026, 3, 31, 23, 59, 59, 123456)
KINDS: dict[str, tuple[str, Any, Any]] = {  # column: type, a value, a bound
    "moment": ("TIMESTAMP", AT, AT),
    "zoned": ("TIMESTAMPTZ", AT, AT),
    "fine": ("TIMESTAMP_NS", AT, AT),
    "day": ("DATE", AT.date(), datetime(2026, 3, 31)),
    "exact": ("DECIMAL(18,2)", Decimal("123456789.01"), Decimal("123456789.01")),
    "long": ("DECIMAL(38,10)", Decimal("1234567890123.0123456789"), 1),
    "number": ("BIGINT", 2**62 + 1, 2**62),
    "huge": ("HUGEINT", 2**100, 5),
    "text": ("VARCHAR", "2026-03-31", datetime(2026, 3, 31)),
    "flag": ("BOOLEAN", True, 1),
    "id": ("UUID", "0190163d-8694-739b-aea5-966c26f8ad91", 1),
    "times": ("TIME", "12:00:00", 1),
}
# What metric_sql does not know, or had better leave alone: GX says what is wrong with it, or what the number is.
LEFT_ALONE: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_min_to_be_between", {"column": AMOUNT, "max_value": 5}),
    (rules.NEWEST, {"column": "nowhere", "min_value": 1}),
    (rules.NEWEST, {"column": AMOUNT, "min_value": datetime(2026, 1, 1)}),
    (rules.OF_TYPE, {"column": "nowhere", "type_": "DATE"}),
    (rules.OF_TYPE, {"column": AMOUNT, "type_": "no such type"}),
    ("expect_column_values_to_not_match_regex", {"column": TEXT, "regex": "a"}),
    (EXPECT + "not_be_null", {"column": TEXT, "row_condition": f'col("{AMOUNT}") > 0', "condition_parser": "great_expectations"}),
    (EXPECT + "be_between", {"column": TEXT, "min_value": 1}),
    (EXPECT + "be_between", {"column": AMOUNT, "min_value": 2, "max_value": 1}),
    (EXPECT + "not_be_null", {"column": "nowhere"}),
    (EXPECT + "be_unique", {"column": "nowhere"}),
    ("expect_compound_columns_to_be_unique", {"column_list": [TEXT, "nowhere"]}),
    (PAIR, {"column_A": TEXT, "column_B": DAY}),
    (EXPECT + "match_regex", {"column": AMOUNT, "regex": "a"}),
    (EXPECT + "match_regex", {"column": TEXT, "regex": "("}),
    (EXPECT + "be_in_set", {"column": AMOUNT, "value_set": ["many"]}),
    (rules.QUERY, {"unexpected_rows_query": "select nothing from {batch}"}),
    (rules.QUERY, {"unexpected_rows_query": "select from where {batch}"}),
    (rules.QUERY, {"unexpected_rows_query": f"select * from {{batch}} where cast(\"{TEXT}\" as integer) > 1"}),
]  # fmt: skip
ROW = st.tuples(
    st.sampled_from([None, "", "a", "aa", "it's", "100%", "张三", "{x}:y"]),
    st.sampled_from([None, Decimal("0.00"), Decimal("0.10"), Decimal("-3.00"), Decimal("7.77")]),
    st.sampled_from([None, 0.1, 5.0, -1.5, 0.0, -0.0, math.inf, -math.inf, math.nan]),
    st.sampled_from([None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 4, 1)]),
    st.sampled_from([None, date(2026, 1, 1), date(2026, 4, 1)]),
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema raw_x")
        fill(con, EVERY)
        yield con


def said(con: duckdb.DuckDBPyConnection, suite: Suite, fuse: bool) -> dict[str, Any]:
    """GX's whole result without what differs from run to run: ids, times and the order of the rules."""
    with GreatExpectations(con, fuse=fuse) as gx:
        result = gx.validate(suite, AS_OF).to_json_dict()
    for one in result["results"]:
        del one["expectation_config"]["id"]
    result["results"].sort(key=lambda one: one["expectation_config"]["meta"]["check"])
    for key in ("batch_markers", "validation_id", "run_id", "validation_time"):
        del result["meta"][key]
    return {key: value for key, value in result.items() if key != "id"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(rows=st.lists(ROW, max_size=9))
@example(rows=[])
@example(rows=EVERY)
@example(rows=[(None,) * 5] * 3)
@example(rows=[("a", Decimal("0.10"), math.nan, None, None)] * 2)
@example(rows=[("a", None, 0.0, None, None), ("a", None, -0.0, None, None)])
def test_fused_and_plain_great_expectations_say_the_same(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    fill(con, rows)
    suite = suite_of(ASKED + MORE)
    assert said(con, suite, fuse=True) == said(con, suite, fuse=False)


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("column", list(KINDS))
def test_newest_and_type_of_every_kind_of_column(con: duckdb.DuckDBPyConnection, column: str, count: int) -> None:
    kind, value, bound = KINDS[column]
    con.execute(f"create or replace table raw_x.things ({column} {kind})")
    for number in range(count):
        con.execute("insert into raw_x.things values (?)", [value if number == 1 else None])
    asked = [
        (rules.NEWEST, {"column": column, "min_value": bound, "strict_min": strict}) for strict in (True, False)
    ] + [(rules.OF_TYPE, {"column": column, "type_": type_}) for type_ in ("TIMESTAMP", "DECIMAL", kind)]
    suite = suite_of([*asked, (rules.COLUMNS, {"column_set": [column], "exact_match": True})])
    assert said(con, suite, fuse=True) == said(con, suite, fuse=False)


def test_every_rule_is_held_against_plain_great_expectations() -> None:
    assert set(rules.RULES) == set(EXPECTATIONS)
    assert {kind for kind, _ in ASKED + MORE} == set(EXPECTATIONS)
    assert {name for names in EXPECTATIONS.values() for name in names} == set(METRICS)


def test_known_rules_take_one_statement_and_none_of_great_expectations(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, EVERY)
    con.execute("call enable_logging('QueryLog')")
    said(con, suite_of(ASKED + MORE), fuse=True)
    con.execute("call disable_logging()")
    found = con.execute("select message from duckdb_logs where message like '%things%'").fetchall()
    looks = [sql for (sql,) in found if "duckdb_columns" not in sql and not sql.endswith("LIMIT $1")]
    assert len([sql for sql in looks if not sql.startswith("create or replace") and "insert" not in sql]) == 1


@pytest.mark.parametrize("number", range(len(LEFT_ALONE)))
def test_what_is_not_known_or_fails_goes_great_expectations_own_way(
    con: duckdb.DuckDBPyConnection, number: int
) -> None:
    fill(con, EVERY)
    suite = suite_of([*ASKED, LEFT_ALONE[number]])
    ours, others = said(con, suite, fuse=True)["results"], said(con, suite_of(ASKED), fuse=False)["results"]
    (alone,) = said(con, suite_of([LEFT_ALONE[number]]), fuse=False)["results"]
    (left,) = [one for one in ours if one not in others]
    assert len(ours) == len(others) + 1
    assert (left["success"], left["result"]) == (alone["success"], alone["result"])
    assert problem_of(left["exception_info"]) == problem_of(alone["exception_info"])


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("select nothing from {batch}", 'Binder Error: Referenced column "nothing" not found in FROM clause!'),
        ("select from where {batch}", "Parser Error: "),
        (f'select * from {{batch}} where cast("{TEXT}" as integer) > 1', "it raised "),
    ],
)
def test_a_broken_query_is_an_error_with_its_problem_and_leaves_the_others_whole(
    con: duckdb.DuckDBPyConnection, query: str, problem: str
) -> None:
    fill(con, [*EVERY, ("canary", None, None, None, None)])
    suite = suite_of([*ASKED, (rules.QUERY, {"unexpected_rows_query": query, "name": "broken"})])
    with GreatExpectations(con) as gx:
        ours = gx.check(suite, AS_OF)
    with GreatExpectations(con, fuse=False) as gx:
        theirs = gx.check(suite, AS_OF)
    assert ours["broken"] == theirs["broken"]
    assert ours["broken"].status == "error"
    assert ours["broken"].problem.startswith(problem)
    assert "canary" not in ours["broken"].problem
    assert {outcome.status for name, outcome in ours.items() if name != "broken"} == {"pass", "fail"}


def test_a_rule_that_raises_while_it_is_judged_goes_great_expectations_own_way(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(con, EVERY)
    suite = suite_of(ASKED)
    expected = said(con, suite, fuse=False)
    monkeypatch.setattr(fused._Known, "judged", lambda *args: None)
    assert said(con, suite, fuse=True) == expected
