"""The company's months, quarters and years: of the calendar, or of whole weeks (4-4-5)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model.company import Company
from pipelines.model.fiscal import fiscal_day, month_start, year_start
from pipelines.publish import format as fmt

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MONTHS = list(range(1, 13))
STARTS, YEARS = st.sampled_from(MONTHS), st.integers(1970, 2100)
DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))


def company(start: int = 1, calendar: str | int = "445") -> Company:
    return Company.model_validate(
        {"name": {"zh": "甲", "en": "A"}, "currency": "CNY", "time_zone": "Asia/Shanghai"}
        | {"fiscal_year_start": start, "calendar": calendar}
    )


def year_of(start: int, begins: int) -> list[date]:
    """Every day of the fiscal year that begins in `begins`."""
    first, following = (year_start(company(start), year) for year in (begins, begins + 1))
    return [first + n * A_DAY for n in range((following - first).days)]


def months_of(start: int, begins: int) -> list[list[date]]:
    return [list(days) for _, days in groupby(year_of(start, begins), lambda day: fiscal_day(company(start), day))]


def test_445_may_be_written_without_quotes() -> None:
    assert company(calendar=445) == company(calendar="445")


@given(DAYS)
def test_445_of_a_year_from_january_is_the_week_numbering_year_of_iso_8601(day: date) -> None:
    assert fiscal_day(company(), day).year == day.isocalendar().year


@given(STARTS, YEARS)
def test_445_year_begins_on_the_monday_nearest_to_the_first_of_its_month(start: int, year: int) -> None:
    first = year_start(company(start), year)
    assert first.isoweekday() == 1
    assert abs((first - date(year, start, 1)).days) <= 3


@given(STARTS, YEARS)
def test_445_year_has_52_or_53_weeks(start: int, year: int) -> None:
    assert len(year_of(start, year)) in (52 * 7, 53 * 7)


@settings(max_examples=50, deadline=None)
@given(STARTS, YEARS)
def test_445_months_have_4_4_and_5_weeks_and_the_last_one_takes_the_53rd(start: int, year: int) -> None:
    months = months_of(start, year)
    weeks = [len(days) // 7 for days in months]
    assert all(len(days) % 7 == 0 and days[0].isoweekday() == 1 for days in months)
    assert weeks == [4, 4, 5] * 3 + [4, 4, len(year_of(start, year)) // 7 - 47]


@settings(max_examples=50, deadline=None)
@given(STARTS, YEARS)
def test_445_every_day_lies_in_exactly_one_month_quarter_and_year(start: int, year: int) -> None:
    months = months_of(start, year)
    assert [fiscal_day(company(start), days[0]).month for days in months] == MONTHS  # each once, in order
    assert [fiscal_day(company(start), days[0]).quarter for days in months] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert {fiscal_day(company(start), day).year for day in year_of(start, year)} == {year + (start > 1)}
    last = months[-1][-1]
    assert fiscal_day(company(start), last + A_DAY)[1:] == (1, 1)


@given(STARTS, DAYS)
def test_445_day_after_day_never_goes_back(start: int, day: date) -> None:
    today, tomorrow = (fiscal_day(company(start), one) for one in (day, day + A_DAY))
    assert today == tomorrow or today < tomorrow


@settings(max_examples=50, deadline=None)
@given(STARTS, YEARS)
def test_445_twelve_months_back_is_the_same_month_a_year_ago(start: int, year: int) -> None:
    """What 3_kpis/all_periods takes for `year_ago_start`: twelve month starts back."""
    firsts = [days[0] for begins in (year, year + 1) for days in months_of(start, begins)]
    for then, now in zip(firsts, firsts[12:], strict=False):
        before, after = fiscal_day(company(start), then), fiscal_day(company(start), now)
        assert (before.year + 1, before.month) == (after.year, after.month)
        assert then.isoweekday() == now.isoweekday()


@pytest.mark.parametrize("calendar", ["month", "445"])
@given(STARTS, YEARS, STARTS)
def test_a_month_begins_where_its_first_day_is_the_first_of_it(
    calendar: str, start: int, year: int, month: int
) -> None:
    firm, named = company(start, calendar), date(year, month, 1)
    first = month_start(firm, named)
    assert fiscal_day(firm, first) != fiscal_day(firm, first - A_DAY)
    assert fiscal_day(firm, first).month == (month - start) % 12 + 1


@pytest.mark.parametrize("calendar", ["month", "445"])
@given(STARTS, YEARS, STARTS)
def test_a_month_is_called_by_the_calendar_month_it_stands_for(
    calendar: str, start: int, year: int, month: int
) -> None:
    named = date(year, month, 1)
    first = month_start(company(start, calendar), named)
    assert fmt.period("month", first) == fmt.period("month", named)


def test_months_begin_one_after_the_other() -> None:
    starts = [month_start(company(2), date(2020 + n // 12, n % 12 + 1, 1)) for n in range(120)]
    assert {(later - earlier).days for earlier, later in pairwise(starts)} == {28, 35, 42}


# Counted on a calendar: 2026 has 53 weeks (it begins on Monday, 29 December 2025, and 2027 on 4 January).
@pytest.mark.parametrize(
    ("start", "named", "first"),
    [
        (1, "2026-01-01", "2025-12-29"),
        (1, "2026-02-01", "2026-01-26"),
        (1, "2026-03-01", "2026-02-23"),
        (1, "2026-04-01", "2026-03-30"),
        (1, "2026-12-01", "2026-11-23"),
        (1, "2027-01-01", "2027-01-04"),
        (2, "2026-02-01", "2026-02-02"),
        (2, "2027-01-01", "2026-12-28"),
        (4, "2026-04-01", "2026-03-30"),
        (7, "2026-07-01", "2026-06-29"),
    ],
)
def test_445_months_of_2026_begin_on_these_days(start: int, named: str, first: str) -> None:
    assert month_start(company(start), date.fromisoformat(named)) == date.fromisoformat(first)


# The National Retail Federation counts its years from Sundays, so its 53rd weeks fall elsewhere than ours; the lengths
# of ISO's years are published: these have 53 weeks.
def test_445_years_with_53_weeks_are_those_of_iso() -> None:
    long = [year for year in range(2000, 2040) if len(year_of(1, year)) == 53 * 7]
    assert long == [2004, 2009, 2015, 2020, 2026, 2032, 2037]
