"""The books of the sample company: one CSV per entity, every field typed, times as the company's wall clock says them.

Belongs here: reading, and what the words of entities.md say follows from a row (a contract's predecessor, an SLA kept).
Does not: what a KPI counts.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.kpis.plain import Organisation, Stay, Unit

ZONE = ZoneInfo("Asia/Shanghai")
CURRENCY = "CNY"
RATE_HOLDS = timedelta(days=10)  # a rate holds until the next one, and so long at most
NOT_SOLD = ("cancelled", "returned")

Row = dict[str, Any]

DAYS = {"day", "valid_from", "valid_to", "period_start", "period_end", "member_since"}
NUMBERS = {
    "amount", "amount_due", "amount_gross", "amount_net", "balance", "discount", "list_price", "minutes", "quantity",
    "rate", "score", "size_amount", "tax", "unit_cost", "unit_price", "value",
}  # fmt: skip
COUNTS = {
    "actions", "event_no", "line_no", "note_length", "overdue_days", "potential_customers", "reopened_count", "scale_max",
    "stage_order",
}  # fmt: skip
# Amounts in a foreign currency are taken at the rate of this day, the first that is filled; else of the business date.
PRICED = {
    "balances": (["balance"], ["day"]), "contracts": (["amount"], ["signed_date"]), "costs": (["amount"], ["period_start"]),
    "deal_stages": (["amount"], ["entered_at"]), "deals": (["amount"], ["closed_at", "created_at"]),
    "enrolments": (["amount"], ["enrolled_date"]), "invoices": (["amount_net", "tax"], ["invoice_date"]),
    "market_sizes": (["size_amount"], ["period_start"]),
    "order_lines": (["unit_price", "amount_net", "unit_cost"], ["order_date"]),
    "orders": (["amount_gross", "discount", "amount_net"], ["order_date"]), "payments": (["amount"], ["paid_date"]),
    "receivables": (["amount_due"], ["due_date"]), "stock_levels": (["value"], ["day"]),
}  # fmt: skip


def typed(column: str, said: str) -> Any:
    if said == "":
        return None
    if column.endswith("_at"):
        instant = datetime.fromisoformat(said.replace("Z", ""))  # UTC
        return instant.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).replace(tzinfo=None)
    if column.endswith("_date") or column in DAYS:
        return date.fromisoformat(said)
    if column in NUMBERS:
        return Decimal(said)
    if column in COUNTS:
        return int(said)
    if column.startswith(("is_", "has_", "source_is_")):
        return {"true": True, "false": False}[said.lower()]
    return said


def local_day(moment: date | datetime | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def read(folder: Path) -> dict[str, list[Row]]:
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            tables[path.stem] = [{column: typed(column, said) for column, said in row.items()} for row in rows]
    return tables


class Books:
    """Every table as a list of rows; what has no file is empty."""

    def __init__(self, delivered: Path, as_of: date, beside: Path | None = None) -> None:
        """`beside` lies what was checked by hand, which no source delivers."""
        self.as_of = as_of
        self.tables: dict[str, list[Row]] = defaultdict(list, read(delivered))
        self.delivered = dict(self.tables)  # as they came, also what has no rate
        self.rates: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables["exchange_rates"]:
            self.rates[row["currency"]].append(row)
        for name, (amounts, days) in PRICED.items():
            self.tables[name] = list(self._in_our_money(self.tables[name], amounts, days))
        self.tables |= read(beside) if beside else {}

    def __getattr__(self, name: str) -> list[Row]:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.tables[name]

    def _in_our_money(self, rows: list[Row], amounts: list[str], days: list[str]) -> Iterator[Row]:
        """An amount without a rate is left out with its row, never added as it is."""
        for row in rows:
            if row.get("currency") in (None, CURRENCY) or all(row.get(name) is None for name in amounts):
                yield row
                continue
            day = next((local_day(row[name]) for name in days if row.get(name)), None) or self.as_of
            rate = self.rate(row["currency"], min(day, self.as_of))
            if rate is not None:
                yield row | {name: in_cents_of_cents(row[name], rate) for name in amounts if row.get(name) is not None}

    def rate(self, currency: str, day: date) -> Decimal | None:
        known = [row for row in self.rates[currency] if row["day"] <= day]
        latest = max(known, key=lambda row: row["day"], default=None)
        return latest["rate"] if latest and day <= latest["day"] + RATE_HOLDS else None

    @cached_property
    def first_day(self) -> date:
        """The earliest day anybody writes of; the calendar begins in 2010."""
        said = (
            local_day(said)
            for rows in self.tables.values()
            for row in rows
            for said in row.values()
            if isinstance(said, date)
        )
        return max(min(filter(None, said)), date(2010, 1, 1))

    @cached_property
    def organisation(self) -> Organisation:
        return Organisation(
            [Stay(r["employee_id"], r["unit_id"], r["valid_from"], r["valid_to"]) for r in self.employees],
            [Unit(r["unit_id"], r["level"], r["parent_id"], r["valid_from"], r["valid_to"]) for r in self.org_units],
        )

    # --- what follows from a row, in the words of entities.md ---------------------------------------------------------

    @cached_property
    def customer_of(self) -> dict[str, Row]:
        return {row["customer_id"]: row for row in self.customers}

    @cached_property
    def product_of(self) -> dict[str, Row]:
        return {row["product_id"]: row for row in self.products}

    @cached_property
    def deal_of(self) -> dict[str, Row]:
        return {row["deal_id"]: row for row in self.deals}

    @cached_property
    def receivable_of(self) -> dict[str, Row]:
        return {row["receivable_id"]: row for row in self.receivables}

    @cached_property
    def deals_with_history(self) -> set[str]:
        return {row["deal_id"] for row in self.deal_stages}

    @cached_property
    def approved(self) -> list[Row]:
        """Approved contracts in the order in which they were signed, and within a day of their keys."""
        return sorted(
            (row for row in self.contracts if row["approval"] == "approved"),
            key=lambda row: (row["signed_date"], row["contract_id"]),
        )

    @cached_property
    def first_contracts(self) -> list[Row]:
        """The first approved contract of each customer."""
        first: dict[str, Row] = {}
        for row in self.approved:
            if row["customer_id"] is not None:
                first.setdefault(row["customer_id"], row)
        return list(first.values())

    @cached_property
    def previous_amount(self) -> dict[str, Decimal]:
        """Contract → what it adds to: the contract it renews, else the approved one of the customer before it."""
        amount_of = {row["contract_id"]: row["amount"] for row in self.contracts}
        found: dict[str, Decimal] = {}
        latest: dict[str, Decimal] = {}
        for row in self.approved:
            renewed = amount_of.get(row["renews_contract_id"] or "")
            before = latest.get(row["customer_id"] or "") if row["customer_id"] else None
            previous = renewed if renewed is not None else before
            if previous is not None:
                found[row["contract_id"]] = previous
            if row["customer_id"]:
                latest[row["customer_id"]] = row["amount"]
        return found

    @cached_property
    def renewed_on(self) -> dict[str, date]:
        """Contract → the day the first approved contract that renews it was signed."""
        found: dict[str, date] = {}
        for row in self.approved:
            if row["renews_contract_id"]:
                found.setdefault(row["renews_contract_id"], row["signed_date"])
        return found

    def sold_lines(self) -> Iterator[Row]:
        return (row for row in self.order_lines if row["status"] not in NOT_SOLD)

    def sold_orders(self) -> Iterator[Row]:
        return (row for row in self.orders if row["status"] not in NOT_SOLD)

    def invoiced(self) -> Iterator[Row]:
        return (row for row in self.invoices if row["status"] in ("issued", "paid"))

    def paid(self) -> Iterator[Row]:
        return (row for row in self.payments if row["status"] == "approved")


def in_cents_of_cents(amount: Decimal, rate: Decimal) -> Decimal:
    """Money has four decimals."""
    return (amount * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def is_in_sla(row: Row, said: str, done: datetime | None, due: datetime | None, as_of: date) -> bool | None:
    """As the source says; else by when it was done; not done and due before the end of the business date: not kept."""
    if row.get(said) is not None:
        return bool(row[said])
    if due is None:
        return None
    if done is not None:
        return done <= due
    return False if due.date() <= as_of else None


def days_from(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
