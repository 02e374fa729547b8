"""The years whose working days are not official, of those that published figures and goals reach into.

Belongs here: finding and naming them; the page, the summary of a run and the notices say so. Does not: what makes a
year provisional (model/calendar.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

PERIODS = ("kpi_values", "goal_attainment")


def provisional_years(con: duckdb.DuckDBPyConnection, database: str | None = None) -> str | None:
    """As `2027` or `1996–2003, 2027`; None where every working day that counts is official.

    `database` is the catalog of the working file, where it is not the one in use.
    """
    at = f"{database}." if database else ""
    spans = " union all ".join(f"select period_start, period_end from {at}published.{table}" for table in PERIODS)
    found = con.execute(
        f"""
        with reached as (select min(period_start) as first, max(period_end) as last from ({spans}))
        select distinct year(day) from {at}definitions.working_days cross join reached
        where is_provisional and day between reached.first and reached.last
        order by 1
        """
    ).fetchall()
    return _named(year for (year,) in found) or None


def _named(years: Iterable[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
