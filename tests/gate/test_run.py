"""What happens to a table whose rules hold, fail, or cannot be evaluated."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.errors import KpiErrors
from pipelines.gate.run import broken, check_published, published_results
from pipelines.gate.suite import read_suites
from pipelines.resources import open_warehouse
from pipelines.settings import REPOSITORY
from tests.gate.gate_company import AS_OF, GOOD, PHONE, Company

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品"}
KNOWN_PRODUCT = {
    "type": "unexpected_rows_expectation",
    "name": "product_known",
    "unexpected_rows_query": (
        'select b._batch_id, b._row_number from {batch} as b left join raw_crm.products as p on b."产品" = p.id'
        ' where b."产品" is not null and p.id is null and b."产品" not like \'%:x\''
    ),
}
OF_SUITES = " where expectation_type <> 'every_record_can_be_read'"  # that one the load answers
MANY_ROWS = {"type": "expect_table_row_count_to_be_between", "min_value": 3, "level": "table"}
NO_PRODUCT = ("D4", None, "400.00", "2026-01-04", None, PHONE)


def test_gate_passes_a_table_whose_rules_hold(company: Company) -> None:
    company.suite(NOT_NULL, KNOWN_PRODUCT, MANY_ROWS)
    company.load("deals", GOOD)
    verdict = company.check()["raw_crm.deals"]
    assert (verdict.verdict, verdict.failed_rules, verdict.quarantined_rows) == ("pass", 0, 0)
    assert company.query(
        "select check_name, status, failed_rows, checked_rows from gate.results" + OF_SUITES + " order by all"
    ) == [
        ("not_be_null(产品)", "pass", 0, 3),
        ("product_known", "pass", 0, 3),
        ("table_row_count_to_be_between", "pass", 0, 3),
    ]


def test_gate_judges_what_raw_holds_now_not_all_that_was_ever_delivered(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", [*GOOD, NO_PRODUCT, NO_PRODUCT, NO_PRODUCT])
    company.query(
        "insert into loads.ledger select old.* replace ('old' || n as batch_id) from loads.ledger as old, range(9) as t(n) returning 1"
    )
    assert company.check()["raw_crm.deals"].verdict == "block"  # 3 of 6 rows, whatever came before


def test_gate_gives_a_verdict_on_a_table_without_a_suite(company: Company) -> None:
    company.load("deals", GOOD)
    assert {address: v.verdict for address, v in company.check().items()} == {
        "raw_crm.deals": "pass",
        "raw_crm.products": "pass",
    }


def test_gate_sets_aside_the_rows_that_break_a_critical_row_rule_and_warns(company: Company) -> None:
    company.suite(NOT_NULL, KNOWN_PRODUCT, owner="data_crm")
    company.load("deals", [*GOOD, NO_PRODUCT, ("D5", "P9", "500.00", "2026-01-05", None, PHONE), *GOOD])
    verdict = company.check()["raw_crm.deals"]
    assert (verdict.verdict, verdict.failed_rules, verdict.quarantined_rows) == ("warn", 2, 2)
    assert verdict.quarantined_share == pytest.approx(2 / 8)
    assert company.query(
        "select _batch_id, _row_number, _source_file, stage, rule, column_name, reason_zh, reason_en"
        " from quarantine_crm.deals order by _row_number"
    ) == [
        ("b1", 4, "deals.csv", "rule", "not_be_null(产品)", "产品", "产品 为空：因为", "产品 is empty: because"),
        ("b1", 5, "deals.csv", "rule", "product_known", "", "违反规则：因为", "the record breaks a rule: because"),
    ]
    ((owner, kpis),) = company.query("select distinct owner, kpis_affected from gate.results" + OF_SUITES)
    assert (owner, kpis) == ("data_crm", "won_amount,win_rate")


def test_gate_tells_of_records_that_the_load_could_not_read(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", GOOD)
    company.check("run1")  # makes the quarantine
    company.query(
        "insert into quarantine_crm.deals (_batch_id, _row_number, stage, rule) values ('b1', 9, 'load', 'type') returning 1"
    )
    company.check("run2")
    assert company.query(
        "select status, severity, failed_rows, owner from gate.results where check_name = 'every_record_can_be_read'"
        " and run_id = 'run2' and table_name = 'raw_crm.deals'"
    ) == [("fail", "critical", 1, "sales_ops")]


def test_gate_blocks_a_table_only_above_the_share_its_contract_allows(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", [*GOOD, NO_PRODUCT, NO_PRODUCT])
    assert company.check("run1")["raw_crm.deals"].verdict == "warn"  # 2 of 5 rows are the 40 % allowed
    company.load("deals", [*GOOD, NO_PRODUCT, NO_PRODUCT, NO_PRODUCT], batch="b2")
    assert company.check("run2")["raw_crm.deals"].verdict == "block"
    assert company.query("select entity from gate.blocked_entities") == [("deals",)]


def test_gate_counts_what_the_load_set_aside_towards_the_block(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", [*GOOD, NO_PRODUCT])
    company.check("run1")
    with open_warehouse(company.settings) as con:
        for number in (5, 6):
            con.execute(
                "insert into quarantine_crm.deals (_batch_id, _row_number, stage) values ('b1', ?, 'load')", [number]
            )
        con.execute("update loads.ledger set source_rows = 6, quarantined = 2 where table_name = 'deals'")
    verdict = company.check("run2")["raw_crm.deals"]
    assert (verdict.verdict, verdict.quarantined_rows, verdict.quarantined_share) == ("block", 3, 0.5)


def test_gate_blocks_a_table_that_breaks_a_critical_table_rule_and_only_that(company: Company) -> None:
    company.suite(MANY_ROWS)
    company.suite({**NOT_NULL, "column": "id"}, table="raw_crm/products")
    company.load("deals", GOOD[:2])
    found = company.check()
    assert (found["raw_crm.deals"].verdict, found["raw_crm.products"].verdict) == ("block", "pass")
    assert company.query("select table_name, verdict from gate.verdicts order by all") == [
        ("raw_crm.deals", "block"),
        ("raw_crm.products", "pass"),
    ]
    company.load("deals", GOOD, batch="b2")
    assert company.check("run2")["raw_crm.deals"].verdict == "pass"
    assert company.query("select * from gate.blocked_entities") == []


@pytest.mark.parametrize(
    ("level", "severity", "verdict"),
    [("row", "warning", "warn"), ("table", "warning", "warn"), ("row", "info", "pass"), ("table", "info", "pass")],
)
def test_gate_neither_blocks_nor_sets_aside_for_less_than_critical(
    company: Company, level: str, severity: str, verdict: str
) -> None:
    company.suite({**NOT_NULL, "level": level, "severity": severity})
    company.load("deals", [*GOOD, NO_PRODUCT])
    found = company.check()["raw_crm.deals"]
    assert (found.verdict, found.quarantined_rows) == (verdict, 0)
    assert company.query("select status, failed_rows, failed_share from gate.results" + OF_SUITES) == [
        ("fail", 1, 0.25)
    ]


def test_gate_lets_a_mended_row_back_by_itself(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", [*GOOD, NO_PRODUCT])
    assert company.check("run1")["raw_crm.deals"].quarantined_rows == 1
    company.load("deals", [*GOOD, ("D4", "P1", *NO_PRODUCT[2:])], batch="b2")
    assert company.check("run2")["raw_crm.deals"].verdict == "pass"
    assert company.query("select * from quarantine_crm.deals") == []


def test_gate_calls_a_rule_that_cannot_be_evaluated_our_error(company: Company) -> None:
    path = company.suite(
        NOT_NULL, {**KNOWN_PRODUCT, "unexpected_rows_query": "select _batch_id, _row_number, no_such from {batch}"}
    )
    company.load("deals", [*GOOD, NO_PRODUCT])
    with pytest.raises(KpiErrors) as raised:
        company.check()
    (error,) = raised.value.errors
    assert (error.file, error.line) == (path, 14)  # where the second rule says its type
    assert "product_known could not be evaluated" in error.problem
    assert "no_such" in error.problem
    assert company.query("select check_name, status from gate.results" + OF_SUITES + " order by all") == [
        ("not_be_null(产品)", "fail"),
        ("product_known", "error"),
    ]
    assert company.query("select table_name from gate.verdicts") == [("raw_crm.products",)]


def test_gate_does_not_quote_data_in_an_error(company: Company) -> None:
    query = "select _batch_id, _row_number from {batch} where \"手机\"::date > date '2026-01-01'"
    company.suite({**KNOWN_PRODUCT, "unexpected_rows_query": query})
    company.load("deals", GOOD)
    with pytest.raises(KpiErrors) as raised:
        company.check()
    assert "ConversionException" in str(raised.value)
    assert PHONE not in str(raised.value)


def test_gate_reuses_outcomes_while_deliveries_and_suites_are_the_same(company: Company) -> None:
    company.suite(NOT_NULL, KNOWN_PRODUCT)
    company.load("deals", [*GOOD, NO_PRODUCT])
    first = company.check("run1")["raw_crm.deals"]
    second = company.check("run2")["raw_crm.deals"]
    assert (first.reused, second.reused) == (False, True)
    assert (second.verdict, second.quarantined_rows, second.failed_rules) == ("warn", 1, 1)
    kept = "select * exclude (run_id) from gate.results where run_id = '{}' order by all"
    assert company.query(kept.format("run1")) == company.query(kept.format("run2"))

    company.load("products", [("P1",), ("P2",), ("P3",)], batch="p2")  # the suite of deals reads products
    assert not company.check("run3")["raw_crm.deals"].reused
    company.suite(NOT_NULL)
    assert not company.check("run4")["raw_crm.deals"].reused
    company.load("deals", GOOD, batch="b2")
    last = company.check("run5")["raw_crm.deals"]
    assert (last.reused, last.verdict) == (False, "pass")


def test_gate_does_not_import_great_expectations_for_unchanged_tables(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", GOOD)
    company.check("run1")
    again = f"""
import datetime, pathlib, sys
from pipelines.extract.contract import read_contracts
from pipelines.gate.run import check_raw
from pipelines.gate.suite import read_suites
from pipelines.settings import Settings
s = Settings(config=pathlib.Path({str(company.folder)!r}))
found = check_raw(s, read_contracts(s), read_suites(s), "run2", datetime.date(2026, 3, 31), {{}})
print([v.reused for v in found], [m for m in ("great_expectations", "pandas", "sqlalchemy") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", again], capture_output=True, text=True, cwd=REPOSITORY)
    assert (done.stdout.strip(), done.stderr) == ("[True, False] []", "")


def test_gate_leaves_the_working_file_free(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", GOOD)
    company.check()
    code = f"import duckdb; duckdb.connect({str(company.settings.warehouse)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_gate_puts_no_value_of_a_failing_row_into_results_logs_or_output(
    company: Company, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = {"column": "手机", "severity": "warning"}
    company.suite(
        {**phone, "type": "expect_column_values_to_match_regex", "regex": "^999"},
        {**phone, "type": "expect_column_values_to_be_in_set", "value_set": ["1"]},
        {**phone, "type": "expect_column_values_to_be_unique"},
        {"type": "expect_column_values_to_match_regex", "column": "手机", "regex": "^999"},
    )
    company.load("deals", GOOD)
    caplog.set_level("DEBUG")
    found = company.check()["raw_crm.deals"]
    assert found.failed_rules == 4
    out = capfd.readouterr()
    seen = [repr(found), out.out, out.err, caplog.text]
    for table in ("gate.results", "gate.verdicts", "gate.fingerprints", "quarantine_crm.deals"):
        seen.append(repr(company.query(f"select * from {table}")))
    assert not [text for text in seen if PHONE in text]
    assert company.query("select count(*) from quarantine_crm.deals") == [(3,)]


def test_gate_returns_the_critical_rules_that_a_published_table_breaks(company: Company) -> None:
    value = {"type": "expect_column_values_to_not_be_null", "column": "value"}
    company.suite(value, {**value, "column": "unit_id", "severity": "warning"}, table="published/kpi_values")
    with open_warehouse(company.settings) as con:
        con.execute("create schema published")
        con.execute("create table published.kpi_values as select null::int as value, null::varchar as unit_id")
    suites = read_suites(company.settings)
    for run_id in ("run1", "run2"):  # the second reuses
        assert published_results(company.settings, suites, run_id) is None
        found = check_published(company.settings, suites, run_id, AS_OF, owner="data")
        assert len(found) == 2
        assert [(r.name, r.owner, r.outcome.failed_rows) for r in broken(found)] == [("not_be_null(value)", "data", 1)]
        assert published_results(company.settings, suites, run_id) == found
    with open_warehouse(company.settings) as con:
        con.execute("update published.kpi_values set value = 1")
    assert broken(check_published(company.settings, suites, "run3", AS_OF)) == []
