"""The company's days: Chinese holidays and make-up workdays, working hours, fiscal years that start in any month."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache

import pytest

from pipelines.model import calendar
from pipelines.model.calendar import Day
from pipelines.model.company import Company

UNTIL = date(2026, 5, 20)


@cache
def days(holidays: str = "CN", fiscal_year_start: int = 1, working_hours: tuple = ()) -> dict[date, Day]:
    company = Company.model_validate(
        {
            "name": {"zh": "甲", "en": "A"}, "currency": "CNY", "time_zone": "Asia/Shanghai",
            "holidays": holidays, "fiscal_year_start": fiscal_year_start,
        }
        | ({"working_hours": dict(working_hours)} if working_hours else {})
    )  # fmt: skip
    return {day.day: day for day in calendar.days(company, UNTIL)}


def between(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


# The State Council's notice on the holidays of 2026.
FREE_2026 = [
    *between("2026-01-01", "2026-01-03"),  # New Year
    *between("2026-02-15", "2026-02-23"),  # Spring Festival
    *between("2026-04-04", "2026-04-06"),  # Qingming
    *between("2026-05-01", "2026-05-05"),  # Labour Day
    *between("2026-06-19", "2026-06-21"),  # Dragon Boat
    *between("2026-09-25", "2026-09-27"),  # Mid-Autumn
    *between("2026-10-01", "2026-10-07"),  # National Day
]
MADE_UP_2026 = [
    date.fromisoformat(day)
    for day in ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
]


def test_public_holidays_of_2026_are_free() -> None:
    assert [day for day in FREE_2026 if days()[day].is_working] == []


def test_make_up_workdays_of_2026_are_worked_though_they_lie_on_a_weekend() -> None:
    assert {day.isoweekday() for day in MADE_UP_2026} <= {6, 7}
    assert [day for day in MADE_UP_2026 if not days()[day].is_working] == []


def test_every_other_day_of_2026_follows_the_week() -> None:
    others = [day for day in between("2026-01-01", "2026-12-31") if day not in FREE_2026 and day not in MADE_UP_2026]
    assert [day for day in others if days()[day].is_working != (day.isoweekday() <= 5)] == []
    assert not any(days()[day].is_provisional for day in others)


def test_without_holidays_only_the_week_counts() -> None:
    plain = days("none")
    assert plain[date(2026, 10, 1)].is_working
    assert not plain[date(2026, 10, 10)].is_working
    assert not any(day.is_provisional for day in plain.values())


def test_a_year_that_is_not_announced_yet_is_provisional_and_follows_the_week() -> None:
    later = [day for day in days().values() if day.day.year == 2027]
    assert later
    assert all(day.is_provisional and day.is_working == (day.day.isoweekday() <= 5) for day in later)


def test_calendar_has_every_day_from_the_first_to_the_end_of_next_year() -> None:
    assert sorted(days()) == between("2010-01-01", "2027-12-31")


def test_calendar_begins_where_the_company_says() -> None:
    company = Company.model_validate(
        {"name": {"zh": "甲", "en": "A"}, "currency": "USD", "time_zone": "UTC", "holidays": "none"}
        | {"calendar_from": date(1996, 7, 1)}
    )
    assert [day.day for day in calendar.days(company, date(1997, 5, 6))] == between("1996-07-01", "1998-12-31")


@pytest.mark.parametrize("start", range(1, 13))
def test_fiscal_year_starts_in_its_month_and_has_twelve_of_them(start: int) -> None:
    by_day = days("none", start)
    first = by_day[date(2025, start, 1)]
    assert (first.fiscal_quarter, first.fiscal_month) == (1, 1)
    assert first.fiscal_year == (2025 if start == 1 else 2026)  # carries the number of the year in which it ends
    before = by_day[date(2025, start, 1) - timedelta(days=1)]
    assert (before.fiscal_year, before.fiscal_quarter, before.fiscal_month) == (first.fiscal_year - 1, 4, 12)
    year = [day for day in by_day.values() if day.fiscal_year == first.fiscal_year]
    assert len(year) == 365
    assert sorted({day.fiscal_month for day in year}) == list(range(1, 13))
    assert all(day.fiscal_quarter == (day.fiscal_month + 2) // 3 for day in year)
    assert all(len({d.day.month for d in year if d.fiscal_month == month}) == 1 for month in range(1, 13))


def test_calendar_of_whole_weeks_ends_with_a_whole_month() -> None:
    company = Company.model_validate(
        {"name": {"zh": "甲", "en": "A"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "calendar": "445"}
    )
    found = list(calendar.days(company, UNTIL))
    assert [day.day for day in found] == between("2010-01-01", "2028-01-02")  # 2027 ends on the Sunday after
    assert (found[-1].fiscal_year, found[-1].fiscal_month) == (2027, 12)


def test_working_hours_stand_on_working_days_only() -> None:
    assert days()[date(2026, 5, 20)][3:5] == (time(9), time(18))
    assert days()[date(2026, 5, 23)][3:5] == (None, None)


def test_round_the_clock_is_worked_to_the_last_moment() -> None:
    always = days("none", 1, (("days", (1, 2, 3, 4, 5, 6, 7)), ("opens", "00:00"), ("closes", "24:00")))
    assert all(day.is_working for day in always.values())
    assert always[date(2026, 5, 23)][3:5] == (time(0), time.max)
