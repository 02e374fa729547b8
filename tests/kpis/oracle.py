"""Every KPI of the demo company, worked out by hand: plain Python over the books of its three systems (books.py).

It shares nothing with the project. Columns, formats, calendar and formulas are written down again here, from the design
documents and the descriptions in the contracts and models. Slow and obvious on purpose: a disagreement with the
published numbers is a fault on one of the two sides, found by reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.kpis.books import Books, read_books
from tests.kpis.plain import Organisation, Stay, Unit, percentile, rounded, worked_seconds

BUSINESS_DATE = date(2026, 5, 20)
GRAINS = {"month": 1, "quarter": 3, "year": 12}

# --- the calendar ---------------------------------------------------------------------------------------------------


def period_start(day: date, grain: str) -> date:
    return date(day.year, day.month - (day.month - 1) % GRAINS[grain], 1)


def period_starts(grain: str, first: date) -> Iterator[date]:
    """The periods from the one `first` lies in to the one of the business date."""
    start = period_start(first, grain)
    while start <= BUSINESS_DATE:
        yield start
        start = next_period(start, grain)


def next_period(start: date, grain: str) -> date:
    months = start.year * 12 + start.month - 1 + GRAINS[grain]
    return date(months // 12, months % 12 + 1, 1)


# --- the KPIs: each says which facts it counts ------------------------------------------------------------------------


class Fact(NamedTuple):
    """Something counted: the day it counts on, who is credited, and what it adds."""

    day: date
    person: str | None
    adds: Any
    grains: tuple[str, ...] = tuple(GRAINS)


def won_amount(books: Books) -> Iterator[Fact]:
    for contract in books.contracts:
        if contract["审批状态"] == "已批准" and contract["合同金额"] is not None:
            yield Fact(contract["签订日期"], contract["负责人编号"], contract["合同金额"])


def new_customers(books: Books) -> Iterator[Fact]:
    """The first approved contract of each customer, by day of signing and then by contract (contracts.yml)."""
    met: set[str] = set()
    for contract in sorted(books.contracts, key=lambda one: (one["签订日期"], one["合同编号"])):
        customer = contract["客户编号"]
        if contract["审批状态"] == "已批准" and customer is not None and customer not in met:
            met.add(customer)
            yield Fact(contract["签订日期"], contract["负责人编号"], customer)


def win_rate(books: Books) -> Iterator[Fact]:
    for deal in books.deals:
        if deal["阶段"] in ("赢单", "输单") and deal["关闭日期"] is not None:
            yield Fact(deal["关闭日期"], deal["负责人编号"], deal["阶段"] == "赢单")


def sales_cycle_days(books: Books) -> Iterator[Fact]:
    """Days between local days (deals.yml: cycle_days), since the CRM gives only the day of closing."""
    for deal in books.deals:
        if deal["阶段"] == "赢单" and deal["关闭日期"] is not None:
            yield Fact(deal["关闭日期"], deal["负责人编号"], (deal["关闭日期"] - deal["创建时间"].date()).days)


def revenue(books: Books) -> Iterator[Fact]:
    for invoice in books.invoices:
        if invoice["status"] in ("issued", "paid"):
            yield Fact(invoice["invoice_date"], invoice["salesperson"], invoice["amount_net"])


def cash_collected(books: Books) -> Iterator[Fact]:
    for payment in books.payments:
        if payment["status"] == "approved":
            yield Fact(payment["paid_date"], payment["salesperson"], payment["amount"])


def avg_order_value(books: Books) -> Iterator[Fact]:
    for order in books.orders:
        if order["status"] not in ("cancelled", "returned"):
            yield Fact(order["order_date"], order["salesperson"], order["amount_net"])


def retention_rate(books: Books) -> Iterator[Fact]:
    """Of each customer active at the start of a period: is it active at the end?"""
    spans = active_spans(books)
    for customer in books.customers:
        mine = spans[customer["客户编号"]]
        for grain in GRAINS:
            for start in period_starts(grain, min((first for first, _ in mine), default=date.max)):
                end = min(next_period(start, grain) - timedelta(days=1), BUSINESS_DATE)
                if is_active(mine, start - timedelta(days=1)):
                    yield Fact(end, customer["负责人编号"], is_active(mine, end), (grain,))


def active_spans(books: Books) -> dict[str, list[tuple[date, date]]]:
    """Customer → the days on which an order was placed, or an approved contract was in force, first to last."""
    spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for order in books.orders:
        if order["status"] not in ("cancelled", "returned"):
            spans[order["customer_no"]].append((order["order_date"], order["order_date"]))
    for contract in books.contracts:
        if contract["审批状态"] == "已批准":
            # contracts.yml: the first and last local day in force; no end counts as 365 days
            first = contract["开始日期"] or contract["签订日期"]
            last = contract["结束日期"] or first + timedelta(days=364)
            spans[contract["客户编号"]].append((first, last))
    return spans


def is_active(spans: list[tuple[date, date]], day: date) -> bool:
    """Whether one of them touches the 365 days up to and with this day (customer_periods.yml)."""
    return any(first <= day and last > day - timedelta(days=365) for first, last in spans)


def first_response_time(books: Books) -> Iterator[Fact]:
    for ticket in books.tickets:
        if answered := ticket["first_reply"]:
            minutes = Fraction(worked_seconds(ticket["created"], answered), 60)
            yield Fact(answered.date(), ticket["agent"], minutes)


def resolution_time(books: Books) -> Iterator[Fact]:
    for ticket in books.tickets:
        if solved := ticket["solved"]:
            yield Fact(solved.date(), ticket["agent"], Fraction(worked_seconds(ticket["created"], solved), 3600))


def resolution_sla(books: Books) -> Iterator[Fact]:
    """Without a due time nothing is in time. Closed without a solution: the closing counts (tickets.sql; none here)."""
    for ticket in books.tickets:
        if closed := ticket["closed"]:
            solved, due = ticket["solved"] or closed, ticket["solve_due"]
            yield Fact(closed.date(), ticket["agent"], due is not None and solved <= due)


def reopened_share(books: Books) -> Iterator[Fact]:
    for ticket in books.tickets:
        yield Fact(ticket["created"].date(), ticket["agent"], (ticket["reopens"] or 0) > 0)


def csat_pct(books: Books) -> Iterator[Fact]:
    for survey in books.surveys:
        if survey["kind"] == "csat" and survey["answered"] and survey["score"] is not None:
            satisfied = survey["scale_max"] is not None and survey["score"] * 10 >= survey["scale_max"] * 8
            yield Fact(survey["answered"].date(), survey["agent"], satisfied)


# --- from facts to numbers --------------------------------------------------------------------------------------------


class Number(NamedTuple):
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal


def simple(exact: Fraction) -> Number:
    return Number(rounded(exact), None, rounded(exact))


def total(adds: list[Any]) -> Number:
    return simple(sum(map(Fraction, adds), Fraction()))


def distinct(adds: list[Any]) -> Number:
    return simple(Fraction(len(set(adds))))


def median(adds: list[Any]) -> Number:
    return simple(percentile(adds, Fraction(1, 2)))


def ratio(adds: list[Any]) -> Number:
    """Per fact: the share of those that add 1 (true), or the mean of what they add."""
    above, below = sum(map(Fraction, adds), Fraction()), Fraction(len(adds))
    return Number(rounded(above), rounded(below), rounded(above / below))


KPIS: dict[str, tuple[Callable[[Books], Iterator[Fact]], Callable[[list[Any]], Number]]] = {
    "won_amount": (won_amount, total),
    "new_customers": (new_customers, distinct),
    "win_rate": (win_rate, ratio),
    "sales_cycle_days": (sales_cycle_days, median),
    "revenue": (revenue, total),
    "cash_collected": (cash_collected, total),
    "avg_order_value": (avg_order_value, ratio),
    "retention_rate": (retention_rate, ratio),
    "first_response_time": (first_response_time, median),
    "resolution_time": (resolution_time, median),
    "resolution_sla": (resolution_sla, ratio),
    "reopened_share": (reopened_share, ratio),
    "csat_pct": (csat_pct, ratio),
}


def organisation_of(books: Books) -> Organisation:
    """crm.yml: both days are inclusive."""
    return Organisation(
        [Stay(row["工号"], row["部门编号"], row["生效日期"], row["失效日期"]) for row in books.employees],
        [
            Unit(row["部门编号"], row["层级"], row["上级部门编号"], row["生效日期"], row["失效日期"])
            for row in books.org_units
        ],
    )


Key = tuple[str, str, date, str, str]  # KPI, grain, first day of the period, level, unit


def all_numbers(data: Path, with_held: bool = False) -> dict[Key, Number]:
    """Every number of every KPI; what has no facts is not in it. `with_held`: as if no row had been set aside."""
    books = read_books(data, with_held)
    units_of = cache(organisation_of(books).units_of)
    numbers: dict[Key, Number] = {}
    for kpi, (facts, count) in KPIS.items():
        groups: dict[Key, list[Any]] = defaultdict(list)
        for fact in facts(books):
            if fact.day <= BUSINESS_DATE:
                for grain in fact.grains:
                    for level, unit in units_of(fact.person, fact.day).items():
                        groups[kpi, grain, period_start(fact.day, grain), level, unit].append(fact.adds)
        numbers |= {key: count(adds) for key, adds in groups.items()}
    return numbers
