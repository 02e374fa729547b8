"""Whoever has to mend rows gets all of them, by key and place; no value, nothing personal, nothing a spreadsheet runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.gate.verdicts import write_reconciliations
from pipelines.resources import open_warehouse
from pipelines.watch.alerts import fix_list
from pipelines.watch.run import Told, tell
from tests.gate.gate_company import CONTRACT, GOOD, PHONE, Company

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品"}
CHEAP = {"type": "expect_column_values_to_be_between", "column": "金额", "max_value": 250, "severity": "warning"}
PRODUCTS = {"type": "expect_table_row_count_to_be_between", "min_value": 3, "level": "table"}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path / "company")
    made.write("kpi_definitions/people.yml", {"people": [{"id": "sales_ops", "name": "Ops", "language": "zh"}]})
    made.query("create table definitions.run as select 'run1' as run_id, date '2026-03-31' as as_of_date")
    return made


def lists(company: Company, told: Told) -> dict[str, list[dict[str, str]]]:
    found = {}
    for (_, check), path in told.seen.lists.items():
        with (company.settings.reports / path).open(encoding="utf-8-sig", newline="") as file:
            found[check] = list(csv.DictReader(file))
    return found


def test_a_list_has_every_row_by_key_and_place_and_no_value(company: Company) -> None:
    company.suite(NOT_NULL, CHEAP)
    company.suite(PRODUCTS, table="raw_crm/products")
    rows = [(f"D{n}", None, "400.00", "2026-01-04", None, PHONE) for n in range(4, 104)]
    company.load("deals", [*GOOD, *rows])
    company.check()
    told = tell(company.settings, "run1")
    found = lists(company, told)
    assert set(found) == {"not_be_null(产品)", "be_between(金额)"}  # a table rule has no rows
    assert len(found["not_be_null(产品)"]) == 100
    assert found["not_be_null(产品)"][0] == {
        "source_file": "deals.csv", "row_number": "4", "商机编号": "D4", "column_name": "产品",
        "reason_zh": "产品 为空：因为", "reason_en": "产品 is empty: because",
    }  # fmt: skip
    assert len(found["be_between(金额)"]) == 101
    written = b"".join(path.read_bytes() for path in company.settings.reports.rglob("*") if path.is_file())
    assert PHONE.encode() not in written
    assert b"400" not in written


def test_a_key_that_is_personal_is_left_out(company: Company) -> None:
    deals = CONTRACT["tables"]["deals"] | {"key": ["商机编号", "手机"]}  # type: ignore[index]
    company.write("sources/crm.yml", CONTRACT | {"tables": CONTRACT["tables"] | {"deals": deals}})  # type: ignore[operator]
    company.suite(NOT_NULL, CHEAP)
    company.load("deals", [*GOOD, ("D4", None, "1.00", "2026-01-04", None, PHONE)])
    company.check()
    for found in lists(company, tell(company.settings, "run1")).values():
        assert list(found[0]) == ["source_file", "row_number", "商机编号", "column_name", "reason_zh", "reason_en"]
        assert PHONE not in str(found)


def test_a_list_goes_when_its_rows_are_mended(company: Company) -> None:
    company.suite(NOT_NULL)
    company.load("deals", [*GOOD, ("D4", None, "1.00", "2026-01-04", None, PHONE)])
    company.check()
    assert len(tell(company.settings, "run1").seen.lists) == 1
    company.load("deals", GOOD, batch="b2")
    company.check("run2")
    assert tell(company.settings, "run2").seen.lists == {}
    assert list((company.settings.reports / "fix_lists").iterdir()) == []


def test_a_key_is_no_formula(company: Company) -> None:
    company.suite(NOT_NULL)
    keys = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '"=1']
    company.load("deals", [*GOOD * 4, *((key, None, "1.00", "2026-01-04", None, PHONE) for key in keys)])
    company.check()
    (found,) = lists(company, tell(company.settings, "run1")).values()
    assert [row["商机编号"] for row in found] == [*(f"'{key}" for key in keys[:-1]), '"=1']


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\t1", "\n1", "＝1", "\u3000=1", "\u00a0+1"])
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(value: str) -> None:
    assert fix_list.cell(value) == f"'{value}"


def test_names_of_lists_are_safe_and_told_apart() -> None:
    names = [
        fix_list.file_name("raw_crm.deals", check)
        for check in ("a/../b", "a..b", "a b", "not_be_null(负责人)", "x" * 300)
    ]
    assert len(set(names)) == len(names)
    for name in names:
        assert "/" not in name
        assert len(name.encode()) < 255


def test_two_systems_that_do_not_agree_are_listed_by_customer_and_month_largest_first(company: Company) -> None:
    company.load("deals", GOOD)
    company.check()
    company.query(
        """
        create schema kpis; create schema published;
        create table kpis.reconciliation_results as
        select 'run1' as run_id, 'contracts' as left_entity, 'contracts_ordered' as check_id, 'warning' as severity,
            'fail' as status, 2 as failed_rows, 9 as checked_rows, 0.2 as failed_share, 'sales_ops' as owner,
            '核对' as why_zh, 'Compare' as why_en, '' as kpis_affected;
        create table published.reconciliations as
        select 'contracts_ordered' as "check", customer_id, date '2026-01-01' as month, 100 as left_amount,
            100 - difference as right_amount, difference, 38 as age_days, state, '合同与订单' as label_zh,
            'Contracts and orders' as label_en
        from (values ('c1', 7, 'break'), ('c2', -90, 'break'), ('c3', 99, 'waiting')) as t (customer_id, difference, state)
        """
    )
    with open_warehouse(company.settings) as con:
        assert write_reconciliations(con, "run1") == [("contracts_ordered", 2, 9)]
        assert write_reconciliations(con, "run1") == [("contracts_ordered", 2, 9)]  # a step that is run again
    told = tell(company.settings, "run1")
    (found,) = lists(company, told).values()
    assert [(row["customer_id"], row["difference"]) for row in found] == [("c2", "'-90"), ("c1", "7")]
    assert [notice.table for notice in told.notices] == ["entities.contracts"]
