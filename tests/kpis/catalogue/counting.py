"""From facts to numbers: a fact is placed in periods, units and cuts, and each KPI counts what lies there.

Belongs here: periods, places, what a missing half means. Does not: which facts a KPI counts (the areas).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from tests.kpis.catalogue.books import Books, Row
from tests.kpis.plain import UNASSIGNED, is_working_day, percentile, rounded

ALL = ("day", "week", "month", "quarter", "year")
WEEKS = ("week", "month", "quarter", "year")
MONTHS = ("month", "quarter", "year")
LENGTHS = {"month": 1, "quarter": 3, "year": 12}
TEAM = ("company", "region", "department", "team")
REP = (*TEAM, "rep")
ONE_DAY = timedelta(days=1)

Key = tuple[str, str, date, str, str, str, str]  # KPI, grain, first day, level, unit, cut, value of the cut
Place = tuple[str, str, str, str]  # level, unit, cut, value of the cut

# --- periods --------------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A period, or what of it has passed: the last day is never after the business date."""

    grain: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_start(day: date, grain: str) -> date:
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month - (day.month - 1) % LENGTHS[grain], 1)


def moved(start: date, grain: str, periods: int) -> date:
    """The start of the period so many later."""
    if grain in ("day", "week"):
        return start + timedelta(days=periods * (1 if grain == "day" else 7))
    months = start.year * 12 + start.month - 1 + periods * LENGTHS[grain]
    return date(months // 12, months % 12 + 1, 1)


def spans(grain: str, first: date, as_of: date) -> Iterator[Span]:
    start = period_start(first, grain)
    while start <= as_of:
        yield Span(grain, start, min(moved(start, grain, 1) - ONE_DAY, as_of))
        start = moved(start, grain, 1)


def same_span(running: Span, other: date) -> Span | None:
    """What of the period from `other` is compared with a running one of n working days: its days up to the n-th working
    day, and of the days off that follow at most as many as the running one has behind its last."""
    worked, off = _passed(running.first, running.last)
    last = None
    for number in range((moved(other, running.grain, 1) - other).days):
        day = other + timedelta(days=number)
        if _passed(other, day) <= (worked, off):
            last = day
    return Span(running.grain, other, last) if last else None


@cache
def _passed(first: date, last: date) -> tuple[int, int]:
    """Working days, and days off since the last of them."""
    worked = off = 0
    day = first
    while day <= last:
        worked, off = (worked + 1, 0) if is_working_day(day) else (worked, off + 1)
        day += ONE_DAY
    return worked, off


# --- facts ----------------------------------------------------------------------------------------------------------


class Fact(NamedTuple):
    """Something counted: its local day, who is credited, what it adds, and the record from which cuts are read."""

    day: date
    who: str | None  # an employee; of a part that is placed by units, the unit
    adds: Any
    row: Row


Facts = Callable[[Books, Span], Iterable[Fact]]


def local(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def facts(rows: Iterable[Row], day: str, who: str | None, adds: Callable[[Row], Any] = lambda row: 1) -> Iterator[Fact]:
    """One per row that has the day and adds something."""
    for row in rows:
        what = adds(row)
        if row[day] is not None and what is not None:
            yield Fact(local(row[day]), row[who] if who else None, what, row)


def flow(found: Callable[[Books], Iterable[Fact]]) -> Callable[[Books, Span], list[Fact]]:
    """What happened in the period."""
    kept: dict[int, tuple[list[Fact], list[date]]] = {}

    def of(books: Books, span: Span) -> list[Fact]:
        if id(books) not in kept:
            ordered = sorted(found(books), key=lambda fact: fact.day)
            kept[id(books)] = ordered, [fact.day for fact in ordered]
        ordered, days = kept[id(books)]
        return ordered[bisect_left(days, span.first) : bisect_right(days, span.last)]

    return of


def last_day(table: Callable[[Books], Iterable[Fact]], counts: Callable[[Row], bool] = lambda row: True) -> Facts:
    """States of days: those of the last day of the period that has any, counted or not."""
    happened = flow(table)

    def of(books: Books, span: Span) -> Iterator[Fact]:
        there = happened(books, span)
        return (fact for fact in there if fact.day == there[-1].day and counts(fact.row))

    return of


def average(table: Callable[[Books], Iterable[Fact]]) -> Facts:
    """States of days: their sum over the days that have any, divided by the number of these days."""
    happened = flow(table)

    def of(books: Books, span: Span) -> Iterator[Fact]:
        there = happened(books, span)
        days = len({fact.day for fact in there})
        return (fact._replace(adds=Fraction(fact.adds) / days) for fact in there)

    return of


def open_at_end(found: Callable[[Books], Iterable[tuple[date, date | None, Fact]]]) -> Facts:
    """What began by the last day of the period and had not ended by then; it counts on that day."""
    kept: dict[int, list[tuple[date, date | None, Fact]]] = {}

    def of(books: Books, span: Span) -> Iterator[Fact]:
        if id(books) not in kept:
            kept[id(books)] = list(found(books))
        for begins, ends, fact in kept[id(books)]:
            if begins <= span.last and (ends is None or ends > span.last):
                yield fact._replace(day=span.last)

    return of


def as_it_is(found: Callable[[Books], Iterable[Fact]]) -> Facts:
    """What is so on the business date: only in the periods that end, or are cut off, there."""

    def of(books: Books, span: Span) -> Iterator[Fact]:
        if span.last == books.as_of:
            yield from (fact._replace(day=books.as_of) for fact in found(books))

    return of


# --- counting -------------------------------------------------------------------------------------------------------


def total(adds: list[Any]) -> Fraction:
    return sum(map(Fraction, adds), Fraction())


def number(adds: list[Any]) -> Fraction:
    return Fraction(len(adds))


def distinct(adds: list[Any]) -> Fraction:
    return Fraction(len(set(adds)))


def mean(adds: list[Any]) -> Fraction:
    return total(adds) / len(adds)


def median(adds: list[Any]) -> Fraction:
    return percentile(adds, Fraction(1, 2))


def ninetieth(adds: list[Any]) -> Fraction:
    return percentile(adds, Fraction(9, 10))


class Part(NamedTuple):
    facts: Facts
    counted: Callable[[list[Any]], Fraction] = number
    whole: bool = False  # beside each value of a cut stands the figure that is not cut
    by_unit: bool = False  # `who` is a unit, not a person

    @property
    def nothing(self) -> Fraction | None:
        """What it says where another part of the KPI has something: of what is counted or added up, 0."""
        return Fraction(0) if self.counted in (total, number, distinct) else None


class Number(NamedTuple):
    value: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None


Values = Mapping[str, Fraction | None]


Hidden = Callable[[Books, Span, Mapping[Place, Fraction]], set[Place]]


class Kpi(NamedTuple):
    """Its parts, what is made of them, and where it is computed."""

    parts: dict[str, Part]
    value: Callable[[Values, Span], Fraction | None]
    grains: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[str, ...] = ()
    is_ratio: bool = False
    hidden: tuple[str, Hidden] | None = None  # the part that counts people, and which places must not be shown


class Growth(NamedTuple):
    """How another KPI changed; a running period against as much of the other one."""

    of: str
    versus: str  # previous or year_ago
    by: str  # ratio or difference
    grains: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[str, ...] = ()


class OverTarget(NamedTuple):
    """A figure ÷ what is left of a target while its period runs: of every unit that is there in the period."""

    top: Part
    reached: Part
    target: Callable[[Span, str], Fraction | None]  # of every unit of a level
    grains: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[str, ...] = ()


Asked = Kpi | Growth | OverTarget


def simple(part: Part, grains: tuple[str, ...], levels: tuple[str, ...], *cuts: str) -> Kpi:
    return Kpi({"": part}, lambda values, _: values[""], grains, levels, cuts)


def ratio(top: Part, bottom: Part, grains: tuple[str, ...], levels: tuple[str, ...], *cuts: str) -> Kpi:
    return Kpi({"top": top, "bottom": bottom}, _divided, grains, levels, cuts, is_ratio=True)


def _divided(values: Values, _: Span) -> Fraction | None:
    top, bottom = values["top"], values["bottom"]
    return top / bottom if top is not None and bottom else None


# --- places ---------------------------------------------------------------------------------------------------------

CUT_BY_PRODUCT = {"product_category": "category"}
CUT_BY_CUSTOMER = {
    "segment": "tier", "customer_region": "region_id", "campaign": "campaign_id", "partner": "partner_id",
}  # fmt: skip


def cut_value(books: Books, cut: str, row: Row) -> str:
    """The record's own field or key first, then what its product or customer says."""
    own = {"campaign": "campaign_id", "partner": "partner_id"}.get(cut, cut)
    if own in row:
        return row[own] or UNASSIGNED
    if cut in CUT_BY_PRODUCT:
        product = books.product_of.get(row["product_id"] or "", {})
        return product.get(CUT_BY_PRODUCT[cut]) or UNASSIGNED
    if "customer_id" in row:
        customer = books.customer_of.get(row["customer_id"] or "", {})
        return customer.get(CUT_BY_CUSTOMER[cut]) or UNASSIGNED
    return row["region_id"] or UNASSIGNED  # a market: its customers are those of its region


def figures(books: Books, part: Part, span: Span, kpi: Asked) -> dict[Place, Fraction]:
    """What a part says of each unit, uncut and by each value of each cut."""
    lying: dict[Place, list[Any]] = defaultdict(list)
    cuts = () if part.whole or span.grain in ("day", "week") else kpi.cuts
    place = books.organisation.above if part.by_unit else books.organisation.units_of
    for fact in part.facts(books, span):
        units = _placed(place, fact.who, fact.day)
        values = [("none", "all"), *((cut, cut_value(books, cut, fact.row)) for cut in cuts)]
        for level in kpi.levels:
            if (span.grain, level) == ("day", "rep"):
                continue  # only on request
            for cut, value in values:
                lying[level, units[level], cut, value].append(fact.adds)
    return {where: part.counted(adds) for where, adds in lying.items()}


@cache
def _placed(place: Callable[[str | None, date], dict[str, str]], who: str | None, day: date) -> dict[str, str]:
    return place(who, day)


# --- numbers --------------------------------------------------------------------------------------------------------


def exact(books: Books, kpi: Kpi, span: Span, asked: Kpi | Growth) -> dict[Place, tuple[Fraction, Values]]:
    """The unrounded number of each place of a period, and what its parts say."""
    found = {name: figures(books, part, span, asked) for name, part in kpi.parts.items()}
    places = {where for some in found.values() for where in some}
    if kpi.hidden:
        people, hides = kpi.hidden
        places -= hides(books, span, found[people])
    numbers: dict[Place, tuple[Fraction, Values]] = {}
    for where in places:
        values: dict[str, Fraction | None] = {}
        for name, part in kpi.parts.items():
            looked = (*where[:2], "none", "all") if part.whole else where
            values[name] = found[name].get(looked, part.nothing)
        value = kpi.value(values, span)
        if value is not None:
            numbers[where] = value, values
    return numbers


def numbers_of(books: Books, name: str, kpis: Mapping[str, Asked]) -> Iterator[tuple[Key, Number]]:
    """Every number of a KPI, in every grain, period and place; what has no number is not among them."""
    asked = kpis[name]
    for grain in asked.grains:
        for span in spans(grain, books.first_day, books.as_of):
            if isinstance(asked, Growth):
                grown = _grown(books, asked, span, kpis)
                found = {where: Number(rounded(value)) for where, value in grown.items()}
            elif isinstance(asked, OverTarget):
                found = dict(_over_target(books, asked, span))
            else:
                found = {where: _number(asked, *both) for where, both in exact(books, asked, span, asked).items()}
            for where, number in found.items():
                yield (name, grain, span.first, *where), number


def _number(kpi: Kpi, value: Fraction, values: Values) -> Number:
    if not kpi.is_ratio:
        return Number(rounded(value))
    top, bottom = values["top"], values["bottom"]
    assert top is not None
    assert bottom is not None
    return Number(rounded(value), rounded(top), rounded(bottom))


def _over_target(books: Books, asked: OverTarget, span: Span) -> Iterator[tuple[Place, Number]]:
    end = moved(span.first, span.grain, 1) - ONE_DAY
    if end < books.as_of:
        return
    tops, reached = (figures(books, part, span, asked) for part in (asked.top, asked.reached))
    for level, unit in _there(books, span.first, end):
        where = (level, unit, "none", "all")
        top, target = tops.get(where, Fraction()), asked.target(span, level)
        left = target - reached.get(where, Fraction()) if target is not None else Fraction()
        if left > 0:
            yield where, Number(rounded(top / left), rounded(top), rounded(left))


def _there(books: Books, first: date, last: date) -> Iterator[tuple[str, str]]:
    """Level and unit of everything and everybody that is there on some day between the two."""
    yield "company", "company"
    for units in books.organisation.units.values():
        if units[0].level != "company" and any(u.first <= last and (u.last or date.max) >= first for u in units):
            yield units[0].level, units[0].unit
    left = {row["employee_id"]: row["left_date"] for row in books.employees if row["left_date"]}
    for person, stays in books.organisation.stays.items():
        until = left.get(person) or date.max
        if any(stay.first <= last and min(stay.last or date.max, until) >= first for stay in stays):
            yield "rep", person


def _grown(books: Books, asked: Growth, span: Span, kpis: Mapping[str, Asked]) -> dict[Place, Fraction]:
    kpi = kpis[asked.of]
    assert isinstance(kpi, Kpi)
    back = -1 if asked.versus == "previous" else {"month": -12, "quarter": -4, "year": -1}[span.grain]
    start = moved(span.first, span.grain, back)
    is_whole = moved(span.first, span.grain, 1) - ONE_DAY == span.last
    other = Span(span.grain, start, moved(start, span.grain, 1) - ONE_DAY) if is_whole else same_span(span, start)
    now = exact(books, kpi, span, asked)
    then = exact(books, kpi, other, asked) if other else {}
    both = {where: (now[where][0], then[where][0]) for where in now.keys() & then.keys()}
    if asked.by == "difference":
        return {where: one - before for where, (one, before) in both.items()}
    return {where: (one - before) / before for where, (one, before) in both.items() if before > 0}
