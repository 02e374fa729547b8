"""What the demo's systems do not agree on is what plain Python over their books says: each customer, month and cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from tests.kpis.books import Books, Row, read_books
from tests.kpis.oracle import BUSINESS_DATE
from tests.kpis.plain import UNASSIGNED


class Side(NamedTuple):
    """The rows of one side, and of each its customer, day, amount and the key that links it."""

    rows: Callable[[Books], list[Row]]
    counts: Callable[[Row], bool]
    customer: str
    day: str
    amount: Callable[[Row], Decimal]
    link: str


def net(row: Row) -> Decimal:
    return row["amount_net"]


def gross(row: Row) -> Decimal:
    return row["amount_net"] + (row["tax"] or 0)


def is_invoice(row: Row) -> bool:
    return row["kind"] == "invoice" and row["status"] != "void"


SIDES: dict[str, tuple[Side, Side, int]] = {  # left, right, days of grace
    "contracts_ordered": (
        Side(lambda b: b.contracts, lambda r: r["审批状态"] == "已批准", "客户编号", "签订日期", lambda r: r["合同金额"], "合同编号"),
        Side(lambda b: b.orders, lambda r: bool(r["contract_no"]) and r["status"] != "cancelled", "customer_no", "order_date", net, "contract_no"),
        60,
    ),
    "orders_invoiced": (
        Side(lambda b: b.orders, lambda r: r["status"] in ("delivered", "returned"), "customer_no", "order_date", net, "order_no"),
        Side(lambda b: b.invoices, is_invoice, "customer_no", "invoice_date", net, "order_no"),
        30,
    ),
    "invoices_paid": (
        Side(lambda b: b.invoices, is_invoice, "customer_no", "invoice_date", gross, "invoice_no"),
        Side(lambda b: b.payments, lambda r: r["status"] == "approved", "customer_no", "paid_date", lambda r: r["amount"], "invoice_no"),
        90,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def books(demo_run: Path) -> Books:
    return read_books(demo_run)


def amounts(books: Books, side: Side) -> list[tuple[str, date, str | None, Decimal]]:
    """(customer, month, link, amount) of every row that counts."""
    return [
        (row[side.customer] or UNASSIGNED, row[side.day].replace(day=1), row[side.link], side.amount(row))
        for row in side.rows(books)
        if row[side.day] and row[side.day] <= BUSINESS_DATE and side.counts(row)
    ]


@pytest.mark.parametrize("check", SIDES)
def test_breaks_are_those_that_plain_python_finds(demo_run: Path, books: Books, check: str) -> None:
    left_side, right_side, grace = SIDES[check]
    left: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    right: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    month_of: dict[str | None, date] = {}
    for customer, month, link, amount in amounts(books, left_side):
        left[customer, month] += amount
        month_of[link] = min(month, month_of.get(link, month))
    for customer, month, link, amount in amounts(books, right_side):
        right[customer, month_of.get(link, month) if link else month] += amount
    expected = {}
    for customer, month in left.keys() | right.keys():
        one, other = left[customer, month], right[customer, month]
        ends = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        age = max((BUSINESS_DATE - ends).days, 0)
        if abs(one - other) > max(Decimal(1), Decimal("0.01") * max(abs(one), abs(other))):
            expected[customer, month] = (one, other, age, "break" if age >= grace else "waiting")
    with duckdb.connect(str(demo_run / "serving" / "kpi.duckdb"), read_only=True) as serving:
        rows = serving.execute(
            "select customer_id, month, left_amount, right_amount, age_days, state from published.reconciliations"
            ' where "check" = ?',
            [check],
        ).fetchall()
        told = serving.execute(
            "select failed_rows from published.quality_results where \"check\" = ? and level = 'customer_month'",
            [check],
        ).fetchall()
    assert {row[:2]: row[2:] for row in rows} == expected
    breaks = sum(state == "break" for *_, state in expected.values())
    assert breaks > 100
    assert told == [(breaks,)]
