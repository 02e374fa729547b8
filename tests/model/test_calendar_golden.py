"""Every day of 2015–2035 in its period, beside plain Python: leap years, week 53, fiscal years from any month, 4-4-5, and
the local day of instants in six zones around every change of their clocks."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from pipelines.model.company import Company
from pipelines.model.fiscal import fiscal_day
from pipelines.model.render import Renderer

DAYS = [date(2015, 1, 1) + timedelta(days=n) for n in range((date(2036, 1, 1) - date(2015, 1, 1)).days)]
LAST_WEEKS = [4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47, 53]  # of the twelve months
ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Chatham",
]


def company(start: int, kind: str) -> Company:
    return Company.model_validate(
        {
            "name": {"zh": "甲", "en": "A"},
            "currency": "CNY",
            "time_zone": "UTC",
            "fiscal_year_start": start,
            "calendar": kind,
        }
    )


@pytest.mark.parametrize("start", range(1, 13))
def test_fiscal_months_are_those_of_the_calendar(start: int) -> None:
    firm = company(start, "month")
    for day in DAYS:
        months = day.year * 12 + day.month - start  # since the start month of year 0
        year = months // 12 + (start > 1)
        assert fiscal_day(firm, day) == (year, months % 12 // 3 + 1, months % 12 + 1)


@pytest.mark.parametrize("start", range(1, 13))
def test_weeks_of_a_445_year_are_counted_from_the_monday_nearest_to_its_start(start: int) -> None:
    firm = company(start, "445")
    starts = []
    for year in range(2013, 2038):
        near = [date(year, start, 1) + timedelta(days=n) for n in range(-3, 4)]
        starts.append((year, next(day for day in near if day.isoweekday() == 1)))
    for day in DAYS:
        year, first = max((year, first) for year, first in starts if first <= day)
        week = (day - first).days // 7 + 1  # 1 … 53
        month = bisect_left(LAST_WEEKS, week) + 1
        assert fiscal_day(firm, day) == (year + (start > 1), (month - 1) // 3 + 1, month)


def test_weeks_of_the_database_are_those_of_iso_8601() -> None:
    with duckdb.connect() as con:
        rows = con.execute(
            "select cast(day as date), cast(date_trunc('week', day) as date) from range(date '2015-01-01', date '2036-01-01', interval 1 day) as t (day)"
        ).fetchall()
    assert [day for day, _ in rows] == DAYS
    assert all(start == date.fromisocalendar(day.isocalendar().year, day.isocalendar().week, 1) for day, start in rows)
    assert {day.year for day in DAYS if day.isocalendar().week == 53 and day.month == 12} == {2015, 2020, 2026, 2032}


@pytest.mark.parametrize("zone", ZONES)
def test_an_instant_has_the_day_of_its_zone_around_every_change_of_the_clock(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ZoneInfo(zone)
    hours = [datetime(2015, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(len(DAYS) * 24)]
    changes = [b for a, b in itertools.pairwise(hours) if a.astimezone(at).utcoffset() != b.astimezone(at).utcoffset()]
    moments = [change + timedelta(minutes=minutes) for change in changes for minutes in range(-1500, 1501, 30)] + hours[
        ::97
    ]
    renderer = Renderer({"x.sql": "select n, {{ local_date('instant', \"'" + zone + "'\") }} from instants"})
    expected = [(n, moment.astimezone(at).date()) for n, moment in enumerate(moments)]
    for host, session in (
        ("UTC", "UTC"),
        ("Asia/Tokyo", "America/New_York"),
    ):  # neither the host nor the session matters
        monkeypatch.setenv("TZ", host)
        with duckdb.connect() as con:
            con.execute(f"set TimeZone = '{session}'")
            con.execute("create table instants (n int, instant timestamp)")
            values = ", ".join(f"({n}, timestamp '{moment:%Y-%m-%d %H:%M:%S}')" for n, moment in enumerate(moments))
            con.execute(f"insert into instants values {values}")
            assert con.execute(renderer.render("x")[0] + " order by n").fetchall() == expected
