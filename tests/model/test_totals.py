"""What a KPI's periods add up to is what the delivered rows add up to, to the cent; else nothing is published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.model.check import Definitions
from pipelines.model.render import Renderer
from pipelines.settings import DBT_PROJECT
from tests.model.systems import AS_OF, compiled, system, table, warehouse

ERP = system(
    "erp",
    payments=table("payment_id paid_date:date amount:decimal(18,4) owner_id status", constants={"currency": "CNY"}),
    orders=table("order_id order_date:date amount_net:decimal(18,4) status", constants={"currency": "CNY"}),
)
CHECK = (DBT_PROJECT / "tests" / "assert_kpi_totals_are_those_of_the_source.sql").read_text(encoding="utf-8")


def payment(number: int, day: date, amount: str = "10.0033", status: str = "approved") -> tuple[Any, ...]:
    return (f"P{number}", day, Decimal(amount), None, status)


ROWS = {
    "raw_erp.payments": [
        *(payment(n, date(2026, 1 + n % 3, 1 + n % 9)) for n in range(60)),
        payment(90, date(2026, 2, 1), "7", "void"),
        payment(91, date(2026, 3, 11), "5"),  # after the business date
        payment(92, date(2009, 12, 31), "3"),  # before the calendar begins
    ],
    "raw_erp.orders": [("O1", date(2026, 2, 1), Decimal("99.5"), "open"), ("O2", AS_OF, Decimal("1"), "cancelled")],
}


@pytest.fixture
def con(shipped: Definitions) -> duckdb.DuckDBPyConnection:
    return warehouse(shipped, [ERP], ROWS, ["measures_payments", "measures_orders"])


def wrong(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> set[str]:
    """The measures that the check refuses."""
    files = compiled(shipped, [ERP])
    there = {
        name for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
    }
    for name, sql in Renderer(files).in_order("source_totals", there).items():
        con.execute(f'create table "{name}" as {sql}')
    renderer = Renderer({**files, "check.sql": CHECK})
    return {row[0] for row in con.execute(renderer.render("check")[0]).fetchall()}


def test_totals_of_source_and_periods_agree(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    assert wrong(con, shipped) == set()
    found = dict(con.execute("select measure, source_total from source_totals").fetchall())
    assert found["cash_collected"] == sum(
        Decimal("10.0033") for n in range(60) if date(2026, 1 + n % 3, 1 + n % 9) <= AS_OF
    )
    assert (found["avg_order_value__numerator"], found["avg_order_value__denominator"]) == (Decimal("99.5"), 1)
    assert "won_amount" not in found  # nothing feeds contracts


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("update measures_payments set cash_collected = cash_collected + 0.01 where level = 'company' and period_start = date '2026-01-01'", True),
        ("insert into measures_payments select * from measures_payments where period_start = date '2026-02-01'", True),
        ("delete from measures_payments where grain = 'month' and period_start = date '2026-03-01'", True),
        ("delete from measures_payments", True),
        ("update measures_payments set cash_collected = cash_collected + 0.001 where period_start = date '2026-01-01'", False),  # less than a cent
        ("delete from measures_payments where level <> 'company'", False),  # another test's business
    ],
)  # fmt: skip
def test_a_cent_lost_or_counted_twice_is_refused(
    con: duckdb.DuckDBPyConnection, shipped: Definitions, change: str, refused: bool
) -> None:
    con.execute(change)
    assert wrong(con, shipped) == ({"cash_collected"} if refused else set())


def test_a_blocked_entity_is_not_held_against_rows_it_does_not_show(
    con: duckdb.DuckDBPyConnection, shipped: Definitions
) -> None:
    con.execute("delete from measures_payments")
    con.execute("insert into gate.blocked_entities values ('payments')")
    assert wrong(con, shipped) == set()


def test_what_does_not_add_up_is_left_out(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    wrong(con, shipped)
    held = {measure for (measure,) in con.execute("select measure from source_totals").fetchall()}
    assert {"sales_cycle_days", "resolution_time", "new_customers"} & held == set()  # medians and a distinct count
    assert {"cash_collected", "avg_order_value__numerator", "avg_order_value__denominator"} <= held
