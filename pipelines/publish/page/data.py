"""What the page shows of the unit at its top, read from the serving file and from nothing else.

Belongs here: queries and their joining to plain values. Does not: the figures of the units below (cube.py), goals and
their drivers by unit (goals.py), words, numbers as text, markup (cards.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.publish.words import Words, plain

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
GRAINS = {"month": 36, "quarter": 12}  # how many periods back the page looks, by grain: three years
CARD = {"month": 13, "quarter": 9}  # those of a card's line: a year and the same period before
LEVELS = ("company", "region", "department", "team", "rep")
_TOPS = (*LEVELS, "unassigned")
NEWEST = """
where (scorecard_id, period_start) in (select (scorecard_id, max(period_start)) from scorecards group by scorecard_id)
"""


@dataclass
class Unit:
    """A node of the organisation as it is now; `parent` is None at the top of the file."""

    id: str
    level: str
    label: Words
    parent: str | None


@dataclass
class PageData:
    """What the page says of its top unit and of all. `values` and `goals` are keyed (kpi_id, grain, period_start)."""

    publication: Row
    kpis: dict[str, Row]
    units: dict[str, Unit]
    periods: dict[str, list[date]]
    values: dict[tuple, Row]
    goals: dict[tuple, Row]
    failures: list[Row]
    checks: int
    loads: list[Row]
    verdicts: list[Row] = field(default_factory=list)
    effects: dict[tuple, Row] = field(
        default_factory=dict
    )  # kpi_id, grain, period_start: what is held back would change
    labels: dict[str, Words] = field(default_factory=dict)  # of every KPI, also those that are not watched
    feedback: list[Row] = field(default_factory=list)  # the newest first
    scorecards: list[Row] = field(default_factory=list)  # of the newest period of each, by level and unit
    scorecard_items: list[Row] = field(default_factory=list)  # the same rows by KPI, the heaviest first
    broken: dict[tuple, list[Row]] = field(
        default_factory=dict
    )  # goal_id, grain, level, unit_id, period_start: the drivers whose links broke
    alerts: list[Row] = field(default_factory=list)  # those still open
    scores: dict[str, Row] = field(default_factory=dict)  # quality_scores of tables

    @property
    def top(self) -> Unit:
        """Whose page it is: the highest unit of the file whose parent is not in it."""
        return next(unit for unit in self.units.values() if unit.parent is None)

    @property
    def is_whole(self) -> bool:
        """Whether this is the whole company's file; an audience's says nothing of alerts or effects."""
        return self.top.level == "company"

    def name(self, unit_id: str) -> Words:
        """The label of a unit; of one that is not published, its id."""
        return self.units[unit_id].label if unit_id in self.units else plain(unit_id)

    def newest(self, grain: str) -> date:
        return self.periods[grain][-1]


def read(serving_file: Path) -> PageData:
    """Reads the serving file, opened read-only. Raises KpiError where it is not there or has no unit."""
    with opened(serving_file) as con:
        return read_from(con)


def opened(serving_file: Path) -> duckdb.DuckDBPyConnection:
    """A serving file to read, in its schema `published`. Raises KpiError where it is not there."""
    import duckdb

    if not serving_file.is_file():
        raise KpiError("there is no serving file", file=serving_file, next_step="run `kpi run`")
    con = duckdb.connect(str(serving_file), read_only=True)
    con.execute("use published")
    return con


def read_from(con: duckdb.DuckDBPyConnection) -> PageData:
    """What the page says of its top unit. Raises KpiError where the file has no unit."""
    units = read_units(con)
    if not units:
        raise KpiError("published.units has no row", next_step="check the org_units of the sources")
    top = next(iter(units.values()))
    periods = {grain: _periods(con, grain, count) for grain, count in GRAINS.items()}
    results = "quality_results where run_id = (select run_id from publication)"
    return PageData(
        publication=rows(con, "select * from publication")[0],
        kpis=_kpis(con),
        units=units,
        periods=periods,
        values=_of_top(con, "kpi_values", top, periods),
        goals=_of_top(con, "goal_attainment", top, periods),
        failures=rows(
            con,
            f"select * from {results} and status <> 'pass'"
            """ order by severity = 'critical' desc, failed_rows desc, "table", "check" """,
        ),
        checks=con.execute(f"select count(*) from {results}").fetchall()[0][0],
        loads=rows(con, 'select * from load_status order by system, "table"'),
        verdicts=rows(con, "select * from verdicts where run_id = (select run_id from publication)"),
        effects={
            (row["kpi_id"], row["grain"], row["period_start"]): row
            for row in rows(con, "select * from quarantine_effect where held_rows > 0")
        },
        labels={
            row["kpi_id"]: Words(row["label_zh"], row["label_en"])
            for row in rows(con, "select kpi_id, label_zh, label_en from kpi_catalog order by definition_version")
        },
        feedback=rows(con, "select * from feedback order by act_no desc"),
        scorecards=rows(con, f"select * from scorecards {NEWEST} order by scorecard_id, unit_id"),
        scorecard_items=rows(con, f"select * from scorecard_items {NEWEST} order by weight desc, kpi_id"),
        broken=_broken(con),
        alerts=rows(con, 'select * from alerts where closed_at is null order by opened_at, "check"'),
        scores={row["scope_id"]: row for row in rows(con, "select * from quality_scores where scope = 'table'")},
    )


def rows(con: duckdb.DuckDBPyConnection, query: str, values: object = None) -> list[Row]:
    """The rows of a query by column; none where its table is not in this file (an audience's file has fewer)."""
    import duckdb

    try:
        cursor = con.execute(query, values)
    except duckdb.CatalogException:
        return []
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _kpis(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """The newest definition of each watched KPI, those somebody set a goal for first."""
    found = rows(
        con,
        """
        select * from kpi_catalog where is_core
        qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
        order by kpi_id not in (select kpi_id from goal_attainment), unit <> 'money', kpi_id
        """,
    )
    return {row["kpi_id"]: row for row in found}


def read_units(con: duckdb.DuckDBPyConnection) -> dict[str, Unit]:
    """Each unit as it was last, in the order of the tree: a parent before its children, the top of the file first.

    Whatever else has no parent in this file hangs below the top, so that everything can be reached.
    """
    found = rows(
        con,
        """
        select * from units
        qualify row_number() over (partition by unit_id order by valid_from desc) = 1
        order by unit_id = 'unassigned', label_en, unit_id
        """,
    )
    known = {row["unit_id"]: row for row in found}
    up = {row["unit_id"]: row["parent_id"] for row in found if row["parent_id"] in known}
    tops = [unit for unit in known if unit not in up or _turns(unit, up)]
    tops.sort(key=lambda unit: _TOPS.index(known[unit]["level"]) if known[unit]["level"] in _TOPS else len(_TOPS))
    for other in tops[1:]:
        up[other] = tops[0]
    up.pop(tops[0] if tops else "", None)
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for row in found:
        unit = row["unit_id"]
        children[up.get(unit)].append(Unit(unit, row["level"], Words(row["label_zh"], row["label_en"]), up.get(unit)))
    ordered: dict[str, Unit] = {}
    waiting = list(reversed(children[None]))
    while waiting:
        one = waiting.pop()
        ordered[one.id] = one
        waiting.extend(reversed(children[one.id]))
    return ordered


def _turns(unit: str, up: dict[str, str]) -> bool:
    """Whether the way up from a unit leads back to itself: such a unit counts as one without a parent."""
    at, seen = up.get(unit), {unit}
    while at is not None and at not in seen:
        seen.add(at)
        at = up.get(at)
    return at == unit


def _periods(con: duckdb.DuckDBPyConnection, grain: str, count: int) -> list[date]:
    """The newest `count` periods of a grain, oldest first."""
    found = con.execute(
        "select distinct period_start from kpi_values where grain = ? and cut = 'none' order by 1 desc limit ?",
        [grain, count],
    ).fetchall()
    return [start for (start,) in reversed(found)]


def _of_top(con: duckdb.DuckDBPyConnection, table: str, top: Unit, periods: dict[str, list[date]]) -> dict[tuple, Row]:
    """The top unit's rows without a cut, by KPI, grain and period; of two goals for one KPI the first by id."""
    order = "goal_id desc" if table == "goal_attainment" else "kpi_id"
    found: dict[tuple, Row] = {}
    for grain, starts in periods.items():
        if not starts:
            continue
        query = (
            f"select * from {table} where grain = ? and period_start >= ? and unit_id = ? and level = ?"
            f" and cut = 'none' order by {order}"
        )
        for row in rows(con, query, [grain, starts[0], top.id, top.level]):
            found[row["kpi_id"], grain, row["period_start"]] = row
    return found


def _broken(con: duckdb.DuckDBPyConnection) -> dict[tuple, list[Row]]:
    """The drivers whose links broke, each with its unit and the label of what it leads to."""
    found: dict[tuple, list[Row]] = defaultdict(list)
    query = """
        with kpis as (
            select kpi_id, unit, direction, label_zh, label_en from kpi_catalog
            qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
        )
        select drivers.*, kpis.unit, kpis.direction, parents.label_zh as parent_zh, parents.label_en as parent_en
        from goal_drivers as drivers
        inner join kpis on drivers.kpi_id = kpis.kpi_id
        inner join kpis as parents on drivers.parent_kpi_id = parents.kpi_id
        where drivers.is_link_broken
        order by drivers.kpi_id
    """
    for row in rows(con, query):
        found[row["goal_id"], row["grain"], row["level"], row["unit_id"], row["period_start"]].append(row)
    return dict(found)


def text_time(value: datetime | date | str | None) -> str:
    """A time to the minute."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "–" if value is None else str(value)
