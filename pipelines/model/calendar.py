"""The company's calendar: which days are worked, and in which fiscal month, quarter and year each lies.

Belongs here: working days and fiscal numbering. Does not: periods as tables (dbt_project/models/3_kpis/periods.sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from pipelines.model.company import Company

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
    """Every day from `calendar_from` to the end of the year after `until`.

    A fiscal year carries the number of the calendar year in which it ends (fiscal_year_start 1: the same year).
    Public holidays and make-up workdays of China: the library chinesecalendar; a year it does not know yet counts
    weekdays as worked and is marked provisional.
    """
    hours = company.working_hours
    day, last = company.calendar_from, date(until.year + 1, 12, 31)
    while day <= last:
        working, provisional = _is_working(company, day)
        shift = (day.month - company.fiscal_year_start) % 12
        year = day.year + (1 if company.fiscal_year_start > 1 and day.month >= company.fiscal_year_start else 0)
        yield Day(
            CALENDAR_ID,
            day,
            working,
            hours.opens_at if working else None,
            hours.closes_at if working else None,
            year,
            shift // 3 + 1,
            shift + 1,
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
