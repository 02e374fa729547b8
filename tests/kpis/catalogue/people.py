"""Employees over periods, and what they do in the CRM."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.kpis.catalogue.books import Books, Row
from tests.kpis.catalogue.counting import (
    MONTHS,
    WEEKS,
    Fact,
    Facts,
    Growth,
    Kpi,
    Part,
    Place,
    Span,
    Values,
    distinct,
    facts,
    flow,
    mean,
    moved,
    number,
    ratio,
)

DEPARTMENT = ("company", "region", "department")
FOR_EVER = date(9999, 12, 31)


class Employed(NamedTuple):
    """Somebody in a period: as they were on the last day they were employed in it."""

    row: Row
    share: Fraction  # of its days


def employed(books: Books, span: Span) -> list[Employed]:
    """The next row of an employee ends the one before; nobody works before being hired or after having left."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(books.employees, key=lambda row: row["valid_from"]):
        rows[row["employee_id"]].append(row)
    found = []
    for mine in rows.values():
        days, latest = 0, None
        for row, after in zip(mine, [*mine[1:], None], strict=True):
            until = min(row["valid_to"] or FOR_EVER, row["left_date"] or FOR_EVER)
            if after:
                until = min(until, after["valid_from"] - timedelta(days=1))
            first = max(row["valid_from"], row["hired_date"] or row["valid_from"], span.first)
            last = min(until, span.last)
            if first <= last:
                days += (last - first).days + 1
                latest = row
        if latest:
            found.append(Employed(latest, Fraction(days, span.days)))
    return found


def people(adds: Callable[[Employed], object]) -> Facts:
    def of(books: Books, span: Span) -> Iterator[Fact]:
        for one in employed(books, span):
            what = adds(one)
            if what is not None:
                yield Fact(span.last, one.row["employee_id"], what, one.row)

    return of


def headcount(*roles: str) -> Facts:
    return people(lambda one: one.share if one.row["role"] in roles else None)


def used_lately(books: Books, span: Span) -> Iterator[Fact]:
    """Of the licensed: who did something in the CRM in the 7 days up to the end of the period."""
    lately = {
        row["employee_id"]
        for row in books.app_usage
        if (row["actions"] or 0) > 0 and span.last - timedelta(days=6) <= row["day"] <= span.last
    }
    return (
        Fact(span.last, one.row["employee_id"], 1, one.row)
        for one in employed(books, span)
        if one.row["is_licensed"] and one.row["employee_id"] in lately
    )


USERS = flow(
    lambda books: facts(
        (row for row in books.app_usage if (row["actions"] or 0) > 0), "day", "employee_id", lambda r: r["employee_id"]
    )
)


def modules(is_counted: Callable[[Fraction], bool]) -> Facts:
    """The modules that anybody had used by the end of the period, with their share of its users, where it has users."""

    def of(books: Books, span: Span) -> Iterator[Fact]:
        used = list(USERS(books, Span(span.grain, date.min, span.last)))
        users = {fact.adds for fact in used if fact.day >= span.first}
        for module in sorted({fact.row["module"] for fact in used}):
            mine = {fact.adds for fact in used if fact.day >= span.first and fact.row["module"] == module}
            if users and is_counted(Fraction(len(mine), len(users))):
                yield Fact(span.last, None, 1, {"module": module})

    return of


# --- satisfaction: small groups are hidden --------------------------------------------------------------------------

FEWEST = 5


def answers(books: Books) -> Iterator[Fact]:
    return facts(
        (s for s in books.surveys if s["kind"] == "employee"), "answered_at", "employee_id", lambda s: s["score"]
    )


def answering(books: Books) -> Iterator[Fact]:
    """Everybody whose answer counts."""
    return (fact._replace(adds=fact.row["employee_id"]) for fact in answers(books))


def idle(values: Values, _: Span) -> Fraction | None:
    return values["idle"]


def hidden(books: Books, span: Span, people: Mapping[Place, Fraction]) -> set[Place]:
    """Small groups; and beside them the next larger ones, until those hidden together are no small group: for else it
    is the company less what is shown. While a period runs all are hidden, since each new answer would show."""
    if moved(span.first, span.grain, 1) - timedelta(days=1) > books.as_of:
        return set(people)
    company = {where for where, number in people.items() if where[0] == "company" and number < FEWEST}
    departments = sorted((number, where) for where, number in people.items() if where[0] == "department")
    found: set[Place] = set()
    before = Fraction()
    for group, where in departments:
        if group < FEWEST or (departments[0][0] < FEWEST and before < FEWEST):
            found.add(where)
        before += group
    return company | found


KPIS: dict[str, Kpi | Growth] = {
    "app_active_users": ratio(
        Part(used_lately), Part(people(lambda one: 1 if one.row["is_licensed"] else None)), MONTHS, DEPARTMENT
    ),
    "feature_use": ratio(Part(USERS, distinct), Part(USERS, distinct, whole=True), WEEKS, DEPARTMENT, "module"),
    "idle_features": Kpi(
        {"idle": Part(modules(lambda share: share < Fraction(1, 5))), "all": Part(modules(lambda _: True), number)},
        idle,
        MONTHS,
        ("company",),
    ),
    "employee_sat": Kpi(
        {"score": Part(flow(answers), mean), "people": Part(flow(answering), distinct)},
        lambda values, _: values["score"],
        ("quarter",),
        ("company", "department"),
        hidden=("people", hidden),
    ),
}
