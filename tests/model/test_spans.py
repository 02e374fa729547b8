"""Like for like: a running period is compared with the same part of another one.

The rule in plain Python: of the other period, the days up to the last one that has fewer working days behind it than the
running period, or as many and at most as many days off after the last of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.model import calendar, tables
from pipelines.model.check import Definitions
from pipelines.model.company import Company
from pipelines.model.render import Renderer

A_DAY = timedelta(days=1)
CALENDARS: dict[str, dict[str, Any]] = {
    "holidays of China": {"holidays": "CN"},
    "no holidays": {"holidays": "none"},
    "fiscal year from April": {"holidays": "CN", "fiscal_year_start": 4},
    "fiscal year from October, six days a week": {
        "holidays": "none", "fiscal_year_start": 10, "working_hours": {"days": [1, 2, 3, 4, 5, 6], "opens": "09:00", "closes": "18:00"},
    },
    "4-4-5": {"holidays": "CN", "calendar": "445"},
    "4-4-5 from February": {"holidays": "none", "calendar": "445", "fiscal_year_start": 2},
}  # fmt: skip
BACK = {"day": 364, "week": 52, "month": 12, "quarter": 4, "year": 1}
FIRST, LAST = date(2021, 1, 4), date(2027, 12, 31)


class Period(NamedTuple):
    grain: str
    days: list[date]


class Plain:
    """The calendar as lists of days."""

    def __init__(self, company: Company) -> None:
        rows = {row.day: row for row in calendar.days(company, LAST - timedelta(days=400))}
        self.works = {day: row.is_working for day, row in rows.items()}
        keys = {
            "day": lambda day: day,
            "week": lambda day: day - timedelta(days=day.weekday()),
            "month": lambda day: (rows[day].fiscal_year, rows[day].fiscal_month),
            "quarter": lambda day: (rows[day].fiscal_year, rows[day].fiscal_quarter),
            "year": lambda day: rows[day].fiscal_year,
        }
        self.periods: dict[str, list[Period]] = {}
        for grain, key in keys.items():
            found: dict[Any, list[date]] = {}
            for day in rows:
                found.setdefault(key(day), []).append(day)
            self.periods[grain] = [Period(grain, days) for days in found.values()]

    def worked(self, days: list[date]) -> tuple[int, int]:
        """How many of these days are worked, and how many are off after the last of those."""
        off = 0
        while off < len(days) and not self.works[days[-1 - off]]:
            off += 1
        return sum(self.works[day] for day in days), off

    def same_part(self, running: list[date], other: Period) -> date | None:
        """The last day of the part of `other` that is like the days of a running period."""
        n, off = self.worked(running)
        like = None
        for number, day in enumerate(other.days, start=1):
            worked, off_there = self.worked(other.days[:number])
            if worked < n or (worked == n and off_there <= off):
                like = day
        return like

    def expected(self, as_of: date) -> dict[tuple[bool, str, date], date]:
        """The last day of every period, and of the part of those that a running one is compared with."""
        found: dict[tuple[bool, str, date], date] = {}
        for grain, periods in self.periods.items():
            for number, period in enumerate(periods):
                if period.days[0] > as_of:
                    break
                found[False, grain, period.days[0]] = min(period.days[-1], as_of)
                if period.days[-1] <= as_of:
                    continue
                running = [day for day in period.days if day <= as_of]
                for back in {1, BACK[grain]}:
                    other = periods[number - back]
                    if number >= back and (like := self.same_part(running, other)):
                        found[True, grain, other.days[0]] = like
        return found


@pytest.fixture(scope="module", params=CALENDARS)
def spans(request: pytest.FixtureRequest, shipped: Definitions) -> Iterator[tuple[duckdb.DuckDBPyConnection, Plain]]:
    company = Company.model_validate(
        {"name": {"zh": "甲", "en": "A"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "calendar_from": FIRST}
        | CALENDARS[request.param]
    )
    with duckdb.connect() as con:
        con.execute(BASE_TABLES)
        few = shipped._replace(company=company, kpis={}, goals={}, scorecards={}, reconciliations=[])
        tables.write(con, few, "a test", LAST - timedelta(days=400), datetime(2026, 1, 1))
        for name, sql in Renderer(shipped.compiled).in_order("spans", set()).items():
            con.execute(f'create {"table" if name in ("working_days", "calendar_days") else "view"} "{name}" as {sql}')
        yield con, Plain(company)


def check(con: duckdb.DuckDBPyConnection, plain: Plain, as_of: date) -> None:
    con.execute("update definitions.run set as_of_date = ?", [as_of])
    rows = con.execute("select is_to_date, grain, period_start, last_day from spans where span = 'period'").fetchall()
    assert len(rows) == len({row[:3] for row in rows}), "each once"
    found = {(is_to_date, grain, start): last for is_to_date, grain, start, last in rows}
    expected = plain.expected(as_of)
    differing = {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if found.get(key) != expected.get(key)
    }
    assert differing == {}, f"on {as_of}: found, expected"


def random_days(seed: int, number: int) -> list[date]:
    chance = random.Random(seed)
    return [date(2023, 6, 1) + timedelta(days=chance.randrange(1270)) for _ in range(number)]


def test_running_period_is_compared_with_the_same_part_of_the_other_one(spans: tuple[Any, Plain]) -> None:
    edges = [
        date(2024, 2, 29),
        date(2024, 12, 30),
        date(2026, 1, 1),
        date(2026, 2, 28),
        date(2026, 10, 7),
        date(2025, 12, 29),
    ]
    for as_of in [*edges, *random_days(7, 9)]:
        check(*spans, as_of)


@pytest.mark.faults
def test_running_period_is_compared_with_the_same_part_on_300_days(spans: tuple[Any, Plain]) -> None:
    for as_of in random_days(8, 300):
        check(*spans, as_of)


def test_windows_end_with_their_period(spans: tuple[Any, Plain]) -> None:
    """Year to date begins with the fiscal year in which the span ends; 12 months begin a year before the day after it."""
    con, plain = spans
    for as_of in random_days(9, 3):
        con.execute("update definitions.run set as_of_date = ?", [as_of])
        rows = con.execute("select span, first_day, last_day from spans where span <> 'period'").fetchall()
        starts = {day: period.days[0] for period in plain.periods["year"] for day in period.days}
        for span, first, last in rows:
            after = last + A_DAY
            back = date(after.year - 1, after.month, 28 if (after.month, after.day) == (2, 29) else after.day)
            assert first == (starts[last] if span == "year_to_date" else back), (span, last)
