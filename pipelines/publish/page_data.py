"""What the page shows, read from the serving file and from nothing else.

Belongs here: queries and their joining to plain values. Does not: words, numbers as text, markup (page.py).
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
GRAINS = {"month": 13, "quarter": 9}  # how many periods back the page looks, by grain: a year and the same one before
LEVELS = ("company", "region", "department", "team", "rep")
NEWEST = """
where (scorecard_id, period_start) in (select (scorecard_id, max(period_start)) from scorecards group by scorecard_id)
"""


@dataclass
class Unit:
    """A node of the organisation as it is now; `parent` is None at the top and for `unassigned`."""

    id: str
    level: str
    label: Words
    parent: str | None


@dataclass
class PageData:
    """Everything on the page. `values` and `goals` are keyed (kpi_id, grain, level, unit_id, period_start)."""

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

    @property
    def company(self) -> Unit:
        return next(unit for unit in self.units.values() if unit.level == "company")

    def name(self, unit_id: str) -> Words:
        """The label of a unit; of one that is not published, its id."""
        return self.units[unit_id].label if unit_id in self.units else plain(unit_id)


def read(serving_file: Path) -> PageData:
    """Reads the serving file, opened read-only. Raises KpiError where it is not there or names no company."""
    import duckdb

    if not serving_file.is_file():
        raise KpiError("there is no serving file", file=serving_file, next_step="run `kpi run`")
    with duckdb.connect(str(serving_file), read_only=True) as con:
        con.execute("use published")
        periods = {grain: _periods(con, grain, count) for grain, count in GRAINS.items()}
        data = PageData(
            publication=_rows(con, "select * from publication")[0],
            kpis=_kpis(con),
            units=_units(con),
            periods=periods,
            values=_by_key(con, "kpi_values", periods),
            goals=_by_key(con, "goal_attainment", periods),
            failures=_rows(
                con,
                """
                select * from quality_results where run_id = (select run_id from publication) and status <> 'pass'
                order by severity = 'critical' desc, failed_rows desc, "table", "check"
                """,
            ),
            checks=con.execute(
                "select count(*) from quality_results where run_id = (select run_id from publication)"
            ).fetchall()[0][0],
            loads=_rows(con, 'select * from load_status order by system, "table"'),
            verdicts=_rows(con, "select * from verdicts where run_id = (select run_id from publication)"),
            effects={
                (row["kpi_id"], row["grain"], row["period_start"]): row
                for row in _rows(con, "select * from quarantine_effect where held_rows > 0")
            },
            labels={
                row["kpi_id"]: Words(row["label_zh"], row["label_en"])
                for row in _rows(con, "select kpi_id, label_zh, label_en from kpi_catalog order by definition_version")
            },
            feedback=_rows(con, "select * from feedback order by act_no desc"),
            scorecards=_rows(con, f"select * from scorecards {NEWEST} order by scorecard_id, unit_id"),
            scorecard_items=_rows(con, f"select * from scorecard_items {NEWEST} order by weight desc, kpi_id"),
            broken=_broken(con),
        )
    if not any(unit.level == "company" for unit in data.units.values()):
        raise KpiError("published.units has no row of level company", next_step="check the org_units of the sources")
    return data


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: object = None) -> list[Row]:
    cursor = con.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _kpis(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """The newest definition of each KPI, those somebody set a goal for first."""
    rows = _rows(
        con,
        """
        select * from kpi_catalog where is_core
        qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
        order by kpi_id not in (select kpi_id from goal_attainment), unit <> 'money', kpi_id
        """,
    )
    return {row["kpi_id"]: row for row in rows}


def _units(con: duckdb.DuckDBPyConnection) -> dict[str, Unit]:
    """Each unit as it was last, in the order of the tree: a parent before its children."""
    rows = _rows(
        con,
        """
        select * from units
        qualify row_number() over (partition by unit_id order by valid_from desc) = 1
        order by unit_id = 'unassigned', label_en, unit_id
        """,
    )
    known = {row["unit_id"] for row in rows}
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for row in rows:
        parent = row["parent_id"] if row["parent_id"] in known and row["parent_id"] != row["unit_id"] else None
        children[parent].append(Unit(row["unit_id"], row["level"], Words(row["label_zh"], row["label_en"]), parent))
    ordered: dict[str, Unit] = {}
    waiting = list(reversed(children[None]))
    while waiting:
        unit = waiting.pop()
        ordered[unit.id] = unit
        waiting.extend(reversed(children[unit.id]))
    return ordered


def _periods(con: duckdb.DuckDBPyConnection, grain: str, count: int) -> list[date]:
    """The newest `count` periods of a grain, oldest first."""
    found = con.execute(
        "select distinct period_start from kpi_values where grain = ? order by 1 desc limit ?", [grain, count]
    ).fetchall()
    return [start for (start,) in reversed(found)]


def _by_key(con: duckdb.DuckDBPyConnection, table: str, periods: dict[str, list[date]]) -> dict[tuple, Row]:
    """Rows without a cut, by KPI, grain, level, unit and period; of two goals for one KPI the first by id."""
    order = "goal_id desc" if table == "goal_attainment" else "kpi_id"
    found: dict[tuple, Row] = {}
    for grain, starts in periods.items():
        if not starts:
            continue
        query = f"select * from {table} where grain = ? and period_start >= ? and cut = 'none' order by {order}"
        for row in _rows(con, query, [grain, starts[0]]):
            found[row["kpi_id"], grain, row["level"], row["unit_id"], row["period_start"]] = row
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
    for row in _rows(con, query):
        found[row["goal_id"], row["grain"], row["level"], row["unit_id"], row["period_start"]].append(row)
    return dict(found)


def text_time(value: datetime | date | str | None) -> str:
    """A time to the minute."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "–" if value is None else str(value)
