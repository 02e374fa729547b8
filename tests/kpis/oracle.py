"""Every KPI of the demo company, worked out by hand: plain Python over the files of its three systems.

It shares nothing with the project. Columns, formats, calendar and formulas are written down again here, from the design
documents and the descriptions in the contracts and models. Slow and obvious on purpose: a disagreement with the
published numbers is a fault on one of the two sides, found by reading.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar
import pyarrow.parquet

ZONE = ZoneInfo("Asia/Shanghai")
BUSINESS_DATE = date(2026, 5, 20)
OPENS, CLOSES = time(9), time(18)
GRAINS = {"month": 1, "quarter": 3}
LEVELS = ("company", "region", "department", "team", "rep")
UNASSIGNED = "unassigned"

Row = dict[str, Any]


# --- reading: a text of the type it should be, or the whole record is left out ------------------------------------


class Untypable(Exception):
    """A record says something that is not of its column's type."""


def of_type(pattern: str, parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Parses what has exactly this form, nothing kinder."""

    def read(said: str) -> Any:
        if not re.fullmatch(pattern, said, re.ASCII):
            raise Untypable(said)
        try:
            return parse(said)
        except ValueError as wrong:
            raise Untypable(said) from wrong

    return read


def from_utc(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(ZONE).replace(tzinfo=None)


# Every time is kept as the company's wall clock says it: the CRM and ERP write it so, the desk writes UTC.
DAY = of_type(r"\d{4}-\d\d-\d\d", date.fromisoformat)
LOCAL_TIME = of_type(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", datetime.fromisoformat)
UTC_TIME = of_type(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", from_utc)
MONEY = of_type(r"-?\d{1,16}(\.\d{1,2})?", Decimal)
MONEY_WITH_COMMAS = of_type(r"-?\d{1,3}(,?\d{3})*(\.\d{1,2})?", lambda said: Decimal(said.replace(",", "")))
WHOLE = of_type(r"-?\d+", int)


def typed(row: Row, types: dict[str, Callable[[str], Any]], required: Iterable[str]) -> Row | None:
    """The record with its values in their types; None where one does not fit or a required one is missing."""
    try:
        read = {
            name: None if value in (None, "") else types[name](str(value)) if name in types else value
            for name, value in row.items()
        }
    except Untypable:
        return None
    return read if all(read[name] is not None for name in required) else None


def newest_of_key(rows: Iterable[Row], key: tuple[str, ...], cursor: str | None) -> list[Row]:
    """One record per key: the highest update time, then the later file, then the later row. `rows` come in that order."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        if name not in kept or cursor is None or (row[cursor] or datetime.min) >= (kept[name][cursor] or datetime.min):
            kept[name] = row
    return list(kept.values())


def csv_rows(folder: Path, glob: str) -> Iterator[Row]:
    for file in sorted(folder.glob(glob)):
        with file.open(encoding="gb18030", newline="") as lines:
            yield from csv.DictReader(lines)


def json_rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def typed_rows(rows: Iterable[Row], types: dict[str, Callable[[str], Any]], required: Iterable[str]) -> Iterator[Row]:
    return (read for row in rows if (read := typed(row, types, required)) is not None)


def crm(
    data: Path, glob: str, key: str, cursor: str | None = None, required: str = "", **types: Callable[[str], Any]
) -> list[Row]:
    """A CRM table. `types` names the columns that are not texts."""
    types |= {cursor: LOCAL_TIME} if cursor else {}
    rows = typed_rows(csv_rows(data / "demo" / "crm", glob), types, f"{key} {required}".split())
    return newest_of_key(rows, tuple(key.split()), cursor)


def desk(data: Path, name: str, required: str, times: str, numbers: str) -> list[Row]:
    """A table of the service desk, whose key is always `id` and whose update time is always `updated`."""
    types = dict.fromkeys(times.split(), UTC_TIME) | dict.fromkeys(numbers.split(), WHOLE)
    rows = typed_rows(json_rows(data / "demo" / "desk" / f"{name}.jsonl"), types, required.split())
    return newest_of_key(rows, ("id",), "updated")


def erp(data: Path, name: str, key: str, cursor: str | None) -> list[Row]:
    """An ERP table: Parquet, whose values have their types already."""
    rows = pyarrow.parquet.read_table(data / "demo" / "erp" / f"{name}.parquet").to_pylist()
    return newest_of_key(rows, (key,), cursor)


# --- the ten tables the KPIs stand on, without the records that break a critical row rule ---------------------------


@dataclass(frozen=True)
class Books:
    """What the company's systems say, cleaned, in their own words."""

    customers: list[Row]
    deals: list[Row]
    contracts: list[Row]
    orders: list[Row]
    invoices: list[Row]
    payments: list[Row]
    tickets: list[Row]
    surveys: list[Row]
    employees: list[Row]
    org_units: list[Row]


def read_books(data: Path) -> Books:
    """The rules are those of expectations/raw_*: a rule says nothing of a record in which its column is empty."""
    units = read_org_units(data)
    known_units = {unit["部门编号"] for unit in units}
    return Books(
        customers=crm(data, "customers.csv", "客户编号", "更新时间", 创建时间=LOCAL_TIME),
        deals=[deal for deal in read_deals(data) if deal["负责人编号"] is not None],
        contracts=[one for one in read_contracts(data) if one["合同金额"] is None or one["合同金额"] > 0],
        orders=[one for one in erp(data, "orders", "order_no", "changed_at") if one["amount_net"] is not None],
        invoices=[one for one in erp(data, "invoices", "invoice_no", "changed_at") if one["amount_net"] is not None],
        payments=[one for one in erp(data, "payments", "payment_no", None) if one["amount"] is not None],
        tickets=[one for one in read_tickets(data) if one["solved"] is None or one["solved"] >= one["created"]],
        surveys=[one for one in read_surveys(data) if not is_above_scale(one)],
        employees=[one for one in read_employees(data) if one["部门编号"] in known_units],
        org_units=[unit for unit in units if unit["上级部门编号"] is None or unit["上级部门编号"] in known_units],
    )


def read_deals(data: Path) -> list[Row]:
    types = {"金额": MONEY_WITH_COMMAS, "创建时间": LOCAL_TIME, "预计成交日期": DAY, "关闭日期": DAY}
    return crm(data, "deals_*.csv", "商机编号", "更新时间", "创建时间", **types)


def read_contracts(data: Path) -> list[Row]:
    types = dict.fromkeys(("签订日期", "开始日期", "结束日期"), DAY) | dict.fromkeys(
        ("提交时间", "审批时间"), LOCAL_TIME
    )
    return crm(data, "contracts.csv", "合同编号", "更新时间", "签订日期", 合同金额=MONEY, **types)


def read_employees(data: Path) -> list[Row]:
    types = dict.fromkeys(("入职日期", "离职日期", "生效日期", "失效日期"), DAY)
    return crm(data, "employees.csv", "工号 生效日期", required="部门编号", **types)


def read_org_units(data: Path) -> list[Row]:
    return crm(data, "org_units.csv", "部门编号 生效日期", required="层级", 生效日期=DAY, 失效日期=DAY)


def read_tickets(data: Path) -> list[Row]:
    times = "created first_reply first_solved solved reopened closed reply_due solve_due updated"
    return desk(data, "tickets", "id created", times, "reopens")


def read_surveys(data: Path) -> list[Row]:
    return desk(data, "surveys", "id", "sent answered updated", "score scale_max")


def is_above_scale(survey: Row) -> bool:
    return None not in (survey["score"], survey["scale_max"]) and survey["score"] > survey["scale_max"]


# --- the calendar ---------------------------------------------------------------------------------------------------


@cache
def is_working_day(day: date) -> bool:
    """Monday to Friday without the public holidays of China, and with the weekends worked in their place."""
    return chinese_calendar.is_workday(day)


def worked_seconds(start: datetime, end: datetime) -> int:
    """Seconds between two local times in which the company works."""
    worked = 0
    for number in range((end.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=number)
        if is_working_day(day):
            first = max(start, datetime.combine(day, OPENS))
            last = min(end, datetime.combine(day, CLOSES))
            worked += max(0, int((last - first).total_seconds()))
    return worked


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


def rounded(exact: Fraction) -> Decimal:
    """Six places, half up (away from zero), once."""
    millionths = int(abs(exact) * 1_000_000 + Fraction(1, 2))
    return Decimal(millionths if exact >= 0 else -millionths).scaleb(-6)


def simple(exact: Fraction) -> Number:
    return Number(rounded(exact), None, rounded(exact))


def total(adds: list[Any]) -> Number:
    return simple(sum(map(Fraction, adds), Fraction()))


def distinct(adds: list[Any]) -> Number:
    return simple(Fraction(len(set(adds))))


def median(adds: list[Any]) -> Number:
    ordered = sorted(map(Fraction, adds))
    middle = len(ordered) // 2
    return simple(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)


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


class Organisation:
    """Who stood where on a day."""

    def __init__(self, books: Books) -> None:
        self.stays = by_name(books.employees, "工号")
        self.units = by_name(books.org_units, "部门编号")

    def units_of(self, person: str | None, day: date) -> dict[str, str]:
        """Level → unit credited; unassigned where the person's path has no such level, so that children add up.

        Who is no employee on that day is nobody, at the level rep as well: entities.md leaves that open, and the
        project credits `unassigned` at every level below the company.
        """
        units = dict.fromkeys(LEVELS, UNASSIGNED) | {"company": "company"}
        stay = on_day(self.stays.get(person or "", []), day)
        if stay is None:
            return units
        units["rep"] = stay["工号"]
        unit = on_day(self.units.get(stay["部门编号"], []), day)
        while unit is not None:
            units[unit["层级"]] = unit["部门编号"]
            unit = on_day(self.units.get(unit["上级部门编号"] or "", []), day)
        return units | {"company": "company"}


def by_name(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def on_day(dated: list[Row], day: date) -> Row | None:
    """The record that holds on a day, the latest where two say so; both ends are inclusive (crm.yml)."""
    holding = [row for row in dated if row["生效日期"] <= day <= (row["失效日期"] or date.max)]
    return max(holding, key=lambda row: row["生效日期"], default=None)


Key = tuple[str, str, date, str, str]  # KPI, grain, first day of the period, level, unit


def all_numbers(data: Path) -> dict[Key, Number]:
    """Every number of every KPI; what has no facts is not in it."""
    books = read_books(data)
    organisation = Organisation(books)
    units_of = cache(organisation.units_of)
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
