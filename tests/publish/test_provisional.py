"""Which years of working days are not official, as far as anything published depends on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.page import write_page
from pipelines.publish.provisional import provisional_years
from pipelines.settings import Settings
from tests.publish.conftest import AS_OF, NOW, RUN


def years(days: list[tuple[str, bool]], periods: list[tuple[str, str]]) -> str | None:
    with duckdb.connect() as con:
        con.execute("create schema published; create schema definitions")
        con.execute("create table definitions.working_days (day date, is_provisional boolean)")
        con.executemany("insert into definitions.working_days values (?, ?)", days)
        for table, (first, last) in zip(("kpi_values", "goal_attainment"), periods, strict=True):
            con.execute(
                f"create table published.{table} as select ?::date as period_start, ?::date as period_end",
                [first, last],
            )
        return provisional_years(con)


DAYS = [("1996-07-04", True), ("1997-01-02", True), ("2026-05-20", False), ("2027-01-04", True), ("2028-01-03", True)]


@pytest.mark.parametrize(
    ("periods", "named"),
    [
        (
            [("2026-05-01", "2026-05-31"), ("2026-01-01", "2026-12-31")],
            None,
        ),  # 2027 is in the calendar, not in a figure
        ([("2026-05-01", "2026-05-31"), ("2027-01-01", "2027-01-31")], "2027"),  # a goal of next year
        ([("1996-07-01", "1996-07-31"), ("2027-01-01", "2027-12-31")], "1996–1997, 2027"),
        ([("1997-01-01", "2028-01-31"), ("2026-01-01", "2026-12-31")], "1997, 2027–2028"),
    ],
)
def test_a_year_is_named_where_a_published_period_reaches_into_it(
    periods: list[tuple[str, str]], named: str | None
) -> None:
    assert years(DAYS, periods) == named


def test_page_says_which_working_days_are_provisional(settings: Settings, tmp_path: Path) -> None:
    from pipelines.publish.serving import publish

    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("insert into definitions.working_days values (?, true)", [date(2026, 6, 1)])
    publish(settings, RUN, AS_OF, NOW, "abc")
    text = write_page(settings.serving / "kpi.duckdb", tmp_path).read_text(encoding="utf-8")
    assert "2026 年的工作日为暂定" in text
    assert "Working days of 2026 are provisional" in text
