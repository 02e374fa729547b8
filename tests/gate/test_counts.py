"""What the gate counts of each table, day and employee, against counts by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.gate.gate_company import CONTRACT, GOOD, PHONE, Company

COUNTS = ["rows", "required", "filled", "checked", "valid", "duplicate", "entered_on_time", "activities"]
NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品", "severity": "warning"}
CHEAP = {"type": "expect_column_values_to_be_between", "column": "金额", "max_value": 250, "severity": "info"}
IN_ORDER = {"type": "expect_column_pair_values_a_to_be_greater_than_b", "column_A": "关闭", "column_B": "创建", "severity": "warning"}  # fmt: skip
KNOWN = {
    "type": "unexpected_rows_expectation", "name": "product_is_known", "severity": "warning",
    "unexpected_rows_query": 'select _batch_id, _row_number from {batch} where "产品" not in (select id from raw_crm.products)',
}  # fmt: skip
ONE_PHONE = {"type": "expect_column_values_to_be_unique", "column": "手机", "severity": "info"}
DAY = date(2026, 3, 31)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "company")


def counts(company: Company, table: str = "raw_crm.deals", day: date | None = None) -> dict[str, dict[str, int]]:
    """owner_id → counts"""
    rows = company.query(
        f"select owner_id, {', '.join(COUNTS)} from gate.quality_counts where table_name = '{table}'"
        f" and day = '{day or DAY}' order by 1"
    )
    return {owner: dict(zip(COUNTS, map(int, some), strict=True)) for owner, *some in rows}


def test_counts_are_those_of_fields_and_values_and_no_rule_is_counted_twice(company: Company) -> None:
    company.suite(NOT_NULL, CHEAP, IN_ORDER, KNOWN, ONE_PHONE)
    bad: list[tuple[Any, ...]] = [
        ("D4", None, "400.00", "2026-01-04", "2026-01-01", None),  # no product, dear, closed before it began
        ("D5", "P9", "50.00", "2026-01-05", None, "13900000000"),  # an unknown product
    ]
    company.load("deals", [*GOOD, *bad])
    company.check()
    assert counts(company) == {
        "unassigned": {
            "rows": 5,
            "required": 10,  # 商机编号, the key, and 产品
            "filled": 9,
            # five amounts, three pairs of both times, and a query that looks at all five
            "checked": 5 + 3 + 5,
            "valid": (5 - 2) + (3 - 1) + (5 - 1),  # D3 costs 300
            "duplicate": 2,  # two more of the telephone of the first
            "entered_on_time": 0,
            "activities": 0,
        }
    }


def test_records_belong_to_the_employee_the_entity_credits(company: Company) -> None:
    columns = CONTRACT["tables"]["deals"]["columns"]
    owned = [column | ({"as": "owner_id"} if column["name"] == "产品" else {}) for column in columns]
    deals = CONTRACT["tables"]["deals"] | {"columns": owned}
    company.write("sources/crm.yml", CONTRACT | {"tables": CONTRACT["tables"] | {"deals": deals}})
    company.suite(CHEAP)
    company.load("deals", [*GOOD, ("D4", None, "1.00", "2026-01-04", None, PHONE)])
    company.check()
    found = counts(company)
    assert {owner: some["rows"] for owner, some in found.items()} == {"P1": 2, "P2": 1, "unassigned": 1}
    assert {owner: (some["checked"], some["valid"]) for owner, some in found.items()} == {
        "P1": (2, 1), "P2": (1, 1), "unassigned": (1, 1),
    }  # fmt: skip


def test_records_that_cannot_be_read_count_as_filled_and_not_valid(company: Company) -> None:
    company.suite(CHEAP)
    company.load("deals", GOOD)
    company.check()
    before = counts(company)["unassigned"]
    company.unreadable("deals", 2)
    company.load("deals", GOOD, batch="b2")
    company.check(run_id="run2")
    after = counts(company)["unassigned"]
    assert {name: after[name] - before[name] for name in COUNTS if after[name] != before[name]} == {
        "rows": 2, "required": 2, "filled": 2, "checked": 2,
    }  # fmt: skip


def test_an_unchanged_table_keeps_its_counts_and_a_run_as_of_an_earlier_day_writes_none(company: Company) -> None:
    company.suite(CHEAP)
    company.load("deals", GOOD)
    company.check()
    later = date(2026, 4, 1)
    company.check(run_id="run2", as_of=later)
    assert counts(company, day=later) == counts(company)
    company.load("deals", [*GOOD, ("D9", "P1", "1.00", "2026-01-04", None, PHONE)], batch="b9")
    company.check(run_id="run3", as_of=DAY)
    assert counts(company)["unassigned"]["rows"] == 3
    company.check(run_id="run4", as_of=later)
    assert counts(company, day=later)["unassigned"]["rows"] == 4


def test_a_table_without_a_suite_is_counted_by_its_contract_alone(company: Company) -> None:
    company.load("deals", GOOD)
    company.check()
    assert counts(company, "raw_crm.products")["unassigned"] | {"rows": 0} == dict.fromkeys(COUNTS, 0)
    deals = counts(company)["unassigned"]
    assert (deals["required"], deals["filled"], deals["checked"]) == (3, 3, 0)


def test_an_activity_is_on_time_within_a_day_of_being_done(company: Company) -> None:
    activities = {
        "from": {"glob": "a.csv"}, "delivery": "full", "key": ["id"], "entities": ["activities"],
        "columns": [
            {"name": "id", "as": "activity_id"},
            {"name": "who", "as": "owner_id"},
            {"name": "done", "type": "timestamp", "format": "%Y-%m-%d %H:%M:%S", "as": "done_at"},
            {"name": "entered", "type": "timestamp", "format": "%Y-%m-%d %H:%M:%S", "as": "entered_at"},
        ],
    }  # fmt: skip
    company.write("sources/crm.yml", CONTRACT | {"tables": {"activities": activities}})
    company.load("activities", [
        ("A1", "E1", "2026-03-01 10:00:00", "2026-03-02 10:00:00"),
        ("A2", "E1", "2026-03-01 10:00:00", "2026-03-02 10:00:01"),
        ("A3", "E1", "2026-03-01 10:00:00", None),  # does not say
        ("A4", "E2", "2026-03-01 10:00:00", "2026-03-01 09:00:00"),
    ])  # fmt: skip
    company.check()
    found = counts(company, "raw_crm.activities")
    assert {owner: (some["entered_on_time"], some["activities"]) for owner, some in found.items()} == {
        "E1": (1, 2), "E2": (1, 1),
    }  # fmt: skip
