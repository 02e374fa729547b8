"""The company's calendar: which days are worked, and in which fiscal month, quarter and year each lies.

Belongs here: working days, official or provisional. Does not: what a fiscal month is (fiscal.py), periods as tables
(dbt_project/models/3_kpis/periods.sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from pipelines.model.company import Company
from pipelines.model.fiscal import fiscal_day

CALENDAR_ID = "company"


class Day(NamedTuple):
    """One row of definitions.working_days."""

    calendar_id: str
    day: date
    is_working: bool
    opens_at: time | None
    closes_at: time | None
    fiscal_year: int
    fiscal_quarter: int
    fiscal_month: int
    is_provisional: bool


def days(company: Company, until: date) -> Iterator[Day]:
    """Every day from `calendar_from` to the end of the year after `until`, and of the fiscal month that holds it.

    Public holidays and make-up workdays of China: the library chinesecalendar; a year it does not know yet counts
    weekdays as worked and is marked provisional.
    """
    hours = company.working_hours
    day, last = company.calendar_from, date(until.year + 1, 12, 31)
    while day <= last or fiscal_day(company, day) == fiscal_day(company, last):  # no month of 445 is cut off
        working, provisional = _is_working(company, day)
        yield Day(
            CALENDAR_ID,
            day,
            working,
            hours.opens_at if working else None,
            hours.closes_at if working else None,
            *fiscal_day(company, day),
            provisional,
        )
        day += timedelta(days=1)


def is_working(company: Company, day: date) -> bool:
    return _is_working(company, day)[0]


def _is_working(company: Company, day: date) -> tuple[bool, bool]:
    """Whether `day` is worked, and whether that is only provisional."""
    by_week = day.isoweekday() in company.working_hours.days
    if company.holidays == "none":
        return by_week, False
    import chinese_calendar

    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:  # a year the library does not know yet
        return by_week, True
