"""In which month, quarter and year of the company a day lies.

Belongs here: the two calendars (`calendar: month`, `calendar: "445"`). Does not: which days are worked (calendar.py).

**445.** Every quarter has months of 4, 4 and 5 whole weeks, so that a month always holds the same weekdays. The year
begins on the Monday nearest to the first of `fiscal_year_start`; what is left over is a 53rd week every five or six
years, which goes to the last month. "Nearest" is the rule of the 52-53-week year in US Treasury Regulation § 1.441-2
and of the National Retail Federation's calendar (there the Saturday nearest to 31 January ends the year, here a Sunday,
because the company's week is the ISO week). For a year that begins in January it is ISO 8601's own week-numbering year.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from pipelines.model.company import Company

WEEK = timedelta(days=7)
WEEKS = (4, 4, 5) * 4
STARTS = (0, *accumulate(WEEKS))[:12]  # how many weeks into the year each month begins: 0, 4, 8, 13, …


class FiscalDay(NamedTuple):
    """A fiscal year carries the number of the calendar year in which it ends, or would end if it had no weeks."""

    year: int
    quarter: int
    month: int


def fiscal_day(company: Company, day: date) -> FiscalDay:
    """The company's year, quarter and month of a day."""
    first = company.fiscal_year_start
    if company.calendar == "month":
        begins, month = day.year - (day.month < first), (day.month - first) % 12
    else:
        begins = next(y for y in (day.year + 1, day.year, day.year - 1) if year_start(company, y) <= day)
        month = bisect_right(STARTS, (day - year_start(company, begins)) // WEEK) - 1
    return FiscalDay(begins + (first > 1), month // 3 + 1, month + 1)


def year_start(company: Company, begins: int) -> date:
    """The first day of the fiscal year that begins in, or within three days of, `begins`."""
    first = date(begins, company.fiscal_year_start, 1)
    if company.calendar == "month":
        return first
    return first - timedelta(days=(first.weekday() + 3) % 7 - 3)


def month_start(company: Company, named: date) -> date:
    """The first day of the fiscal month that people call by its first calendar day: 2026-01-01 → 2025-12-29."""
    if company.calendar == "month":
        return named
    begins = named.year - (named.month < company.fiscal_year_start)
    return year_start(company, begins) + STARTS[(named.month - company.fiscal_year_start) % 12] * WEEK
