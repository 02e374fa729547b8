"""What every oracle needs, in plain Python: working time, who stood where on a day, rounding. Shares nothing with the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple, TypeVar

import chinese_calendar

OPENS, CLOSES = time(9), time(18)
LEVELS = ("company", "region", "department", "team", "rep")
UNASSIGNED = "unassigned"

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


# --- numbers --------------------------------------------------------------------------------------------------------


def rounded(exact: Fraction) -> Decimal:
    """Six places, half up (away from zero), once."""
    millionths = int(abs(exact) * 1_000_000 + Fraction(1, 2))
    return Decimal(millionths if exact >= 0 else -millionths).scaleb(-6)


def percentile(numbers: Iterable[Fraction | Decimal | int], share: Fraction) -> Fraction:
    """The interpolated percentile; of one half it is the median."""
    ordered = sorted(Fraction(number) for number in numbers)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


# --- the organisation -----------------------------------------------------------------------------------------------


class Stay(NamedTuple):
    """Somebody in a unit, from the first to the last day, both inclusive."""

    person: str
    unit: str
    first: date
    last: date | None


class Unit(NamedTuple):
    """A unit and the one above it, from the first to the last day, both inclusive."""

    unit: str
    level: str
    above: str | None
    first: date
    last: date | None


Dated = TypeVar("Dated", Stay, Unit)


class Organisation:
    """Who stood where on a day."""

    def __init__(self, stays: Iterable[Stay], units: Iterable[Unit]) -> None:
        self.stays = by_name(stays, lambda stay: stay.person)
        self.units = by_name(units, lambda unit: unit.unit)

    def units_of(self, person: str | None, day: date) -> dict[str, str]:
        """Level → unit credited; unassigned where the person's path has no such level, so that children add up.

        Who is no employee on that day is nobody, at the level rep as well: entities.md leaves that open, and the
        project credits `unassigned` at every level below the company.
        """
        stay = on_day(self.stays.get(person or "", []), day)
        if stay is None:
            return self.above(None, day)
        return self.above(stay.unit, day) | {"rep": stay.person}

    def above(self, name: str | None, day: date) -> dict[str, str]:
        """The same of what belongs to a unit and to nobody in it."""
        units = dict.fromkeys(LEVELS, UNASSIGNED)
        unit = on_day(self.units.get(name or "", []), day)
        while unit is not None:
            units[unit.level] = unit.unit
            unit = on_day(self.units.get(unit.above or "", []), day)
        return units | {"company": "company"}


def by_name(rows: Iterable[Dated], name: Callable[[Dated], str]) -> dict[str, list[Dated]]:
    found: dict[str, list[Dated]] = defaultdict(list)
    for row in rows:
        found[name(row)].append(row)
    return found


def on_day(dated: list[Dated], day: date) -> Dated | None:
    """The record that holds on a day, the latest where two say so."""
    holding = [row for row in dated if row.first <= day <= (row.last or date.max)]
    return max(holding, key=lambda row: row.first, default=None)
