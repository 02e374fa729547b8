"""QuickBooks objects in 52 tables: invoices less credit notes, payments, a foreign invoice priced at its own rate."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def books(served):
    return served("three_erps")


@pytest.fixture(scope="session")
def seeds(real_data):
    def read(name: str) -> list[dict[str, str]]:
        with (real_data / "erp_quickbooks_seeds" / f"{name}_data.csv").open(encoding="utf-8", newline="") as lines:
            return [row for row in csv.DictReader(lines) if row["_fivetran_deleted"] == "FALSE"]

    return read


def in_dollars(row: dict[str, str], amount: Decimal) -> Decimal:
    return amount * (Decimal(row["exchange_rate"]) if row["currency_id"] != "USD" else 1)


def by_month(rows, sign: int = 1, months=None) -> dict[str, Decimal]:
    months = {} if months is None else months
    for row in rows:
        net = Decimal(row["total_amount"]) - Decimal(row.get("total_tax") or 0)
        month = f"{row['transaction_date'][:7]}-01"
        months[month] = months.get(month, Decimal(0)) + sign * in_dollars(row, net)
    return months


def test_revenue_is_invoices_less_credit_notes_and_nothing_deleted(books, seeds):
    expected = by_month(seeds("credit_memo"), -1, by_month(seeds("invoice")))
    assert books.by_period("revenue", "month") == expected
    assert sum(expected.values()) == Decimal("2354")


def test_cash_is_every_payment_at_the_rate_of_its_day(books, seeds):
    expected = by_month(seeds("payment"))
    assert books.by_period("cash_collected", "month") == expected
    assert expected["2026-02-01"] == Decimal(1400)  # 1,000 euros at 1.4


def test_lines_with_a_product_for_a_day_are_set_aside_with_their_reason(books):
    with books.inside() as con:
        found = con.execute(
            "select column_name, reason_en from quarantine_quickbooks.invoice_line order by _row_number"
        ).fetchall()
    assert found == [("description_service_date", "column description_service_date is not timestamp")] * 2
    verdict = books.one("select verdict from published.verdicts where \"table\" = 'raw_quickbooks.invoice_line'")
    assert verdict == "warn"


def test_deleted_invoices_are_told(books):
    assert books.failed("raw_quickbooks.invoice")["is_not_deleted"] == 11


def test_keys_of_three_systems_stay_apart(books):
    with books.inside() as con:
        links = con.execute(
            "select source_system, rule, count(*) from entities.customer_links group by all order by all"
        ).fetchall()
        keys = con.execute(
            "select source_key, customer_id from entities.customer_links where source_system = 'quickbooks' order by 1"
        ).fetchall()
        customers, names = con.execute(
            "select count(*), count(distinct customer_id) from entities.customers"
        ).fetchone()
    assert links == [("adventureworks", None, 19820), ("northwind", "master", 91), ("quickbooks", None, 5)]
    # Customers 10 to 19 are others in AdventureWorks.
    assert keys == [(key, f"quickbooks:{key}") for key in ("10", "13", "14", "17", "19")]
    assert (customers, names) == (19916, 19916)
