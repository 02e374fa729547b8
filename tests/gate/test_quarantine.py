"""Rows set aside: those of every broken rule in one statement, and the same rows as rule by rule."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from pipelines.gate import quarantine, rules
from tests.gate.gate_company import AS_OF, Company
from tests.gate.test_rules import ASKED, EVERY, fill, suite_of

NOW = dt.datetime(2026, 3, 31, 8)


@pytest.mark.parametrize("times", [1, 3])
def test_one_statement_sets_aside_what_each_rule_alone_finds(company: Company, times: int) -> None:
    table = company.contracts[0].tables["products"].model_copy(update={"columns": []})
    broken = suite_of(ASKED, level="row").checks
    with duckdb.connect() as con:
        con.execute("create schema raw_x")
        fill(con, EVERY * times)
        con.execute("alter table raw_x.things add column _source_file varchar default 'things.csv'")
        counts = quarantine.set_aside(con, "raw_x.things", table, broken, run_id="r", as_of=AS_OF, set_aside_at=NOW)
        held = con.execute("select rule, _batch_id, _row_number from quarantine_x.things order by all").fetchall()
        alone = [
            (name, *row)
            for name, rule in broken.items()
            for row in con.execute(rules.failing_rows(rule.type, rule.kwargs, "raw_x.things", AS_OF)).fetchall()
        ]
        said = con.execute(
            "select distinct rule, column_name, reason_zh, reason_en from quarantine_x.things"
        ).fetchall()
    assert held == sorted(alone)
    assert {name: found.rows for name, found in counts.items()} == {
        name: sum(rule == name for rule, *_ in alone) for name in broken
    }
    assert {row[0]: row[1:] for row in said} == {
        name: (", ".join(rule.columns), *quarantine.reasons(rule)) for name, rule in broken.items() if counts[name].rows
    }


def test_rows_of_many_rules_are_each_there_once_and_keep_the_time_of_their_coming(company: Company) -> None:
    company.suite(
        {"type": "expect_column_values_to_not_be_null", "column": "产品"},
        {"type": "expect_column_values_to_be_between", "column": "金额", "min_value": 0},
    )
    company.load(
        "deals", [("D1", None, "-1.00", "2026-01-01", None, None), ("D2", None, "1.00", "2026-01-01", None, None)]
    )
    company.check("run1")
    first = company.query("select _row_number, rule, set_aside_at from quarantine_crm.deals order by all")
    company.suite(
        {"type": "expect_column_values_to_not_be_null", "column": "产品"},
        {"type": "expect_column_values_to_be_between", "column": "金额", "min_value": 2},
    )
    company.check("run2")
    second = company.query("select _row_number, rule, set_aside_at from quarantine_crm.deals order by all")
    assert [row[:2] for row in first] == [(1, "be_between(金额)"), (1, "not_be_null(产品)"), (2, "not_be_null(产品)")]
    assert [row for row in second if row in first] == first
    assert len(second) == 4
