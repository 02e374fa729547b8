"""Customers over periods: who is active, buys, comes back, stays; and what they say of us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tests.kpis.catalogue.books import NOT_SOLD, Books, Row
from tests.kpis.catalogue.counting import (
    MONTHS,
    REP,
    WEEKS,
    Fact,
    Facts,
    Growth,
    Kpi,
    Part,
    Span,
    Values,
    distinct,
    facts,
    flow,
    local,
    ratio,
    total,
)

REGION = ("company", "region")
YEAR = timedelta(days=365)

# --- what is known of a customer ------------------------------------------------------------------------------------


class Customer(NamedTuple):
    """All that happened with one customer, by day."""

    row: Row
    orders: list[date]  # neither cancelled nor returned
    contacts: list[date]  # orders of any kind, tickets, visits
    in_force: list[tuple[date, date]]  # approved contracts, from the first to the last day
    categories: dict[str, date]  # category of products → the first day it was bought
    known: date


@cache
def customers(books: Books) -> list[Customer]:
    orders: dict[str, list[date]] = defaultdict(list)
    contacts: dict[str, list[date]] = defaultdict(list)
    in_force: dict[str, list[tuple[date, date]]] = defaultdict(list)
    categories: dict[str, dict[str, date]] = defaultdict(dict)
    for row in books.orders:
        contacts[row["customer_id"]].append(row["order_date"])
        if row["status"] not in NOT_SOLD:
            orders[row["customer_id"]].append(row["order_date"])
    for row in books.tickets:
        contacts[row["customer_id"]].append(local(row["created_at"]))
    for row in books.activities:
        if row["kind"] == "visit" and row["done_at"]:
            contacts[row["customer_id"]].append(local(row["done_at"]))
    for row in books.service_visits:
        if row["done_date"]:
            contacts[row["customer_id"]].append(row["done_date"])
    signed: dict[str, date] = {}
    for row in books.approved:
        first = row["start_date"] or row["signed_date"]
        in_force[row["customer_id"]].append((first, row["end_date"] or first + YEAR - timedelta(days=1)))
        signed.setdefault(row["customer_id"], row["signed_date"])
    for row in sorted(books.sold_lines(), key=lambda row: row["order_date"]):
        category = books.product_of.get(row["product_id"] or "", {}).get("category")
        if category:
            categories[row["customer_id"]].setdefault(category, row["order_date"])
    return [
        Customer(
            row,
            orders[key],
            contacts[key],
            in_force[key],
            categories[key],
            min(
                local(row["created_at"]) if row["created_at"] else books.as_of,
                min(orders[key], default=books.as_of),
                signed.get(key, books.as_of),
            ),
        )
        for key, row in ((row["customer_id"], row) for row in books.customers)
    ]


def is_active(one: Customer, day: date) -> bool:
    """An order, or a contract in force, in the trailing 365 days."""
    since = day - YEAR
    return any(since < ordered <= day for ordered in one.orders) or any(
        first <= day and last > since for first, last in one.in_force
    )


def within(days: list[date], last: date, number: int) -> int:
    """How many of them lie in so many days up to and with the last."""
    return sum(last - timedelta(days=number) < day <= last for day in days)


def bought_something_new(one: Customer, span: Span) -> bool:
    return any(span.first <= day <= span.last for day in one.categories.values())


def is_member(one: Customer, span: Span) -> bool:
    since = one.row["member_since"]
    return bool(one.row["is_member"]) and (since is None or since <= span.last)


def those(counts: Callable[[Customer, Span], bool]) -> Facts:
    """The customers known by the end of the period of whom something holds."""

    def of(books: Books, span: Span) -> Iterator[Fact]:
        for one in customers(books):
            if one.known <= span.last and counts(one, span):
                yield Fact(span.last, one.row["owner_id"], 1, {"customer_id": one.row["customer_id"]})

    return of


def at_start(one: Customer, span: Span) -> bool:
    return is_active(one, span.first - timedelta(days=1))


def at_end(one: Customer, span: Span) -> bool:
    return is_active(one, span.last)


active_at_start = those(at_start)
active_at_end = those(at_end)


def is_valid(one: Customer, _: Span) -> bool:
    return one.row["status"] in ("active", "inactive")


# --- what comes after something: only those whose days have passed ----------------------------------------------------


def cohort(
    rows: Callable[[Books], list[Row]], start: str, who: str, days: int, is_met: Callable[[Books, Row, date], bool]
) -> tuple[Part, Part]:
    """Those that met it within so many days, and all; by the day they started."""

    def started(books: Books) -> Iterator[Fact]:
        for fact in facts(rows(books), start, who):
            if fact.day + timedelta(days=days) <= books.as_of:
                yield fact

    def met(books: Books) -> Iterator[Fact]:
        return (fact for fact in started(books) if is_met(books, fact.row, fact.day + timedelta(days=days)))

    return Part(flow(met)), Part(flow(started))


def has_signed(books: Books, row: Row, by: date) -> bool:
    created = local(row["created_at"])
    return any(
        contract["customer_id"] == row["customer_id"] and created <= contract["signed_date"] <= by
        for contract in books.approved
    )


def has_renewed(books: Books, row: Row, by: date) -> bool:
    renewed = books.renewed_on.get(row["contract_id"])
    return renewed is not None and renewed <= by


# --- value ----------------------------------------------------------------------------------------------------------


def margin(row: Row) -> Fraction | None:
    if row["amount_net"] is None or row["quantity"] is None or row["unit_cost"] is None:
        return None
    return Fraction(row["amount_net"]) - Fraction(row["quantity"]) * Fraction(row["unit_cost"])


MARGIN = Part(flow(lambda books: facts(books.sold_lines(), "order_date", "owner_id", margin)), total)
ACTIVE = Part(active_at_end)
WERE = Part(active_at_start)
STAYED = Part(those(lambda one, span: at_start(one, span) and at_end(one, span)))


def churn(values: Values, _: Span) -> Fraction | None:
    stayed, were = values["stayed"], values["were"]
    return 1 - stayed / were if stayed is not None and were else None


def lifetime_value(values: Values, span: Span) -> Fraction | None:
    """Margin per customer and year times the years expected: 1 ÷ the yearly churn, at least 1 and at most 10."""
    lost = churn(values, span)
    if lost is None or values["margin"] is None or not values["customers"]:
        return None
    years = Fraction(10) if lost == 0 else min(max(Fraction(span.days, 365) / lost, Fraction(1)), Fraction(10))
    return values["margin"] / values["customers"] * 365 / span.days * years


def promoters(values: Values, _: Span) -> Fraction | None:
    up, down, answers = values["up"], values["down"], values["answers"]
    return 100 * (up - down) / answers if up is not None and down is not None and answers else None


def nps(counts: Callable[[Row], bool]) -> Part:
    return Part(
        flow(
            lambda books: facts(
                (s for s in books.surveys if s["kind"] == "nps" and s["score"] is not None and counts(s)),
                "answered_at",
                "owner_id",
            )
        )
    )


ORDERS = flow(lambda books: facts(books.sold_orders(), "order_date", "owner_id"))
NEW = Part(
    flow(lambda books: facts(books.first_contracts, "signed_date", "owner_id", lambda r: r["customer_id"])), distinct
)
REFERRED = Part(
    flow(
        lambda books: facts(
            books.first_contracts,
            "signed_date",
            "owner_id",
            lambda r: (
                r["customer_id"]
                if books.customer_of.get(r["customer_id"], {}).get("acquisition_source") == "referral"
                else None
            ),
        )
    ),
    distinct,
)

KPIS: dict[str, Kpi | Growth] = {
    "avg_order_value": ratio(
        Part(
            flow(lambda books: facts(books.sold_orders(), "order_date", "owner_id", lambda r: r["amount_net"])), total
        ),
        Part(ORDERS),
        MONTHS,
        REP,
        "channel",
    ),
    "purchase_frequency": ratio(
        Part(ORDERS),
        Part(
            flow(lambda books: facts(books.sold_orders(), "order_date", "owner_id", lambda r: r["customer_id"])),
            distinct,
        ),
        MONTHS,
        REP,
        "segment",
    ),
    "retention_rate": ratio(STAYED, WERE, MONTHS, REP, "segment"),
    "churn_rate": Kpi({"stayed": STAYED, "were": WERE}, churn, MONTHS, REP, ("segment",)),
    "active_rate": ratio(
        Part(those(lambda one, span: is_valid(one, span) and within(one.contacts, span.last, 90) > 0)),
        Part(those(is_valid)),
        MONTHS,
        REGION,
        "segment",
        "customer_region",
    ),
    "repurchase_rate": ratio(
        Part(those(lambda one, span: within(one.orders, span.last, 365) >= 2)),
        Part(those(lambda one, span: within(one.orders, span.last, 365) >= 1)),
        MONTHS,
        REP,
        "segment",
    ),
    "cross_sell_rate": ratio(
        Part(those(lambda one, span: at_start(one, span) and bought_something_new(one, span))),
        WERE,
        MONTHS,
        REP,
        "segment",
    ),
    "member_active_rate": ratio(
        Part(those(lambda one, span: is_member(one, span) and within(one.orders, span.last, 30) > 0)),
        Part(those(is_member)),
        MONTHS,
        REP,
        "segment",
    ),
    "clv": Kpi(
        {"margin": MARGIN, "customers": ACTIVE, "stayed": STAYED, "were": WERE},
        lifetime_value,
        ("quarter", "year"),
        REGION,
        ("segment",),
    ),
    "customer_conversion": ratio(
        *cohort(lambda books: books.customers, "created_at", "owner_id", 90, has_signed), WEEKS, REP, "channel"
    ),
    "renewal_rate": ratio(
        *cohort(lambda books: books.approved, "end_date", "owner_id", 30, has_renewed), MONTHS, REP, "segment"
    ),
    "referral_rate": ratio(REFERRED, NEW, MONTHS, REGION),
    "nps": Kpi(
        {
            "up": nps(lambda s: s["score"] >= 9),
            "down": nps(lambda s: s["score"] <= 6),
            "answers": nps(lambda _: True),
        },
        promoters,
        MONTHS,
        REP,
        ("segment",),
    ),
}
