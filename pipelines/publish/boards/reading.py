"""What the boards read: one serving file, of any audience, and nothing else.

Belongs here: queries, and the tree of units whose top is the reader's own. Does not: which KPIs a board shows (its
own file), words and numbers as text (figures.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipelines.publish.boards.rows import GOAL_COLUMNS, GRAINS, LEVELS, VALUE_COLUMNS, Goal, Key, Kpi, Unit, Value
from pipelines.publish.words import Words

if TYPE_CHECKING:
    import duckdb

FEW = 100  # ids that stand in a query one by one
CUTS = ("none", "stage", "loss_reason", "kind")
MONTHS = 25  # as far back as a board looks: a year and the same one before


@dataclass(frozen=True)
class Published:
    """A serving file that is open: its definitions and units in memory, its numbers asked for as a board needs them."""

    con: duckdb.DuckDBPyConnection
    kpis: dict[str, Kpi]
    units: dict[str, Unit]
    root: Unit
    as_of: date
    starts: dict[str, list[date]]  # by grain, oldest first
    of_root: dict[tuple[str, str], list[Value]]  # by grain and cut: most of what is asked for, so it is read at once

    def has(self, *kpis: str) -> list[str]:
        """Those of `kpis` that the catalogue knows, in the order given."""
        return [kpi for kpi in kpis if kpi in self.kpis]

    def first(self, *kpis: str) -> list[str]:
        """The first of `kpis` that the catalogue knows, as a list of none or one."""
        return self.has(*kpis)[:1]

    def newest(self, grain: str, back: int = 0) -> date | None:
        """The start of the running period, or of one before it."""
        starts = self.starts[grain]
        return starts[-1 - back] if len(starts) > back else None

    def is_running(self, grain: str) -> bool:
        """Whether the newest period is not over, by the rows of the root."""
        start = self.newest(grain)
        return any(row.is_partial for row in self.of_root.get((grain, "none"), []) if row.start == start)

    def last(self, grain: str, count: int) -> list[date]:
        """The newest `count` periods, oldest first."""
        return self.starts[grain][-count:]

    @cached_property
    def _children(self) -> dict[str | None, list[Unit]]:
        found: dict[str | None, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            found[unit.parent].append(unit)
        return dict(found)

    def children(self, unit: str) -> list[Unit]:
        return self._children.get(unit, [])

    def below(self, unit: str) -> set[str]:
        """A unit with all below it."""
        found, waiting = {unit}, [unit]
        while waiting:
            more = [one.id for one in self.children(waiting.pop()) if one.id not in found]
            found.update(more)
            waiting.extend(more)
        return found

    def values(
        self, kpis: Collection[str], units: Iterable[Unit], grain: str, starts: Sequence[date], cut: str = "none"
    ) -> dict[Key, Value]:
        """Rows of these KPIs, units and periods; of a cut all its values."""
        if not kpis or not starts:
            return {}
        places = {unit.id: unit.level for unit in units}
        found = []
        if self.root.id in places:
            since, until = min(starts), max(starts)
            known = self.of_root.get((grain, cut), [])
            found = [row for row in known if row.kpi in kpis and since <= row.start <= until]
            del places[self.root.id]
        found += self._values(kpis, places, grain, starts, cut) if places else []
        return {Key(row.kpi, row.unit, row.start, row.cut_value): row for row in found}

    def _values(
        self, kpis: Collection[str], places: dict[str, str], grain: str, starts: Sequence[date], cut: str
    ) -> list[Value]:
        among, ids = _among(places)
        rows = self.con.execute(
            f"select {VALUE_COLUMNS} from published.kpi_values where kpi_id in ({_marks(kpis)}) and grain = ?"
            f" and cut = ? and period_start between ? and ? and unit_id in ({among})",
            [*kpis, grain, cut, min(starts), max(starts), *ids],
        ).fetchall()
        return [row for row in (Value(*row) for row in rows) if places[row.unit] == row.level]

    def goals(
        self, kpis: Collection[str], units: Iterable[Unit], grain: str, starts: Sequence[date]
    ) -> dict[Key, Goal]:
        """Goals of these KPIs and units from these periods on; of two goals for one number the first by id."""
        places = {unit.id: unit.level for unit in units}
        if not kpis or not places or not starts:
            return {}
        among, ids = _among(places)
        rows = self.con.execute(
            f"select {GOAL_COLUMNS} from published.goal_attainment where kpi_id in ({_marks(kpis)}) and grain = ?"
            f" and cut = 'none' and period_start >= ? and unit_id in ({among}) order by goal_id desc",
            [*kpis, grain, min(starts), *ids],
        ).fetchall()
        found = (Goal(*row) for row in rows)
        return {Key(row.kpi, row.unit, row.start): row for row in found if places[row.unit] == row.level}

    def with_figures(self, kpis: Collection[str], grain: str, start: date | None) -> set[str]:
        """The ids of the units for which any of these KPIs has a number in a period."""
        if not kpis or start is None:
            return set()
        rows = self.con.execute(
            f"select distinct unit_id from published.kpi_values where kpi_id in ({_marks(kpis)}) and grain = ?"
            " and period_start = ? and cut = 'none' and value is not null",
            [*kpis, grain, start],
        ).fetchall()
        return {unit for (unit,) in rows}

    def rows(self, table: str, query: str) -> list[tuple[Any, ...]]:
        """What `query` finds in a table that a publication may lack."""
        is_there = self.con.execute(
            "select 1 from duckdb_tables() where schema_name = 'published' and table_name = ?", [table]
        ).fetchone()
        return self.con.execute(query).fetchall() if is_there else []


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


def _among(places: Collection[str]) -> tuple[str, list[Any]]:
    """What stands in `in (…)`: few ids one by one, which is planned in half the time, many as one list."""
    return (_marks(places), [*places]) if len(places) <= FEW else ("select unnest(?::varchar[])", [[*places]])


def read(con: duckdb.DuckDBPyConnection, kpis: Collection[str]) -> Published | None:
    """The file behind `con`, for boards of `kpis`; None where it has no units or no figures yet."""
    units = _units(con)
    starts = _starts(con)
    as_of = con.execute("select max(as_of_date) from published.publication").fetchall()[0][0]
    if not units or as_of is None or not any(starts.values()):
        return None
    root = _top(units)
    return Published(con, _kpis(con), units, root, as_of, starts, _of_root(con, root, kpis, starts))


def _of_root(
    con: duckdb.DuckDBPyConnection, root: Unit, kpis: Collection[str], starts: dict[str, list[date]]
) -> dict[tuple[str, str], list[Value]]:
    since = min(some[-MONTHS:][0] for some in starts.values() if some)
    rows = con.execute(
        f"select {VALUE_COLUMNS} from published.kpi_values where unit_id = ? and level = ?"
        f" and kpi_id in ({_marks(kpis)}) and grain in ({_marks(GRAINS)}) and cut in ({_marks(CUTS)})"
        " and period_start >= ?",
        [root.id, root.level, *kpis, *GRAINS, *CUTS, since],
    ).fetchall()
    found: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for row in map(Value._make, rows):
        found[row.grain, row.cut].append(row)
    return dict(found)


def _kpis(con: duckdb.DuckDBPyConnection) -> dict[str, Kpi]:
    rows = con.execute(
        """
        select kpi_id, unit, direction, label_zh, label_en from published.kpi_catalog
        qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
        """
    ).fetchall()
    return {kpi: Kpi(kpi, unit, direction, Words(zh, en)) for kpi, unit, direction, zh, en in rows}


def _units(con: duckdb.DuckDBPyConnection) -> dict[str, Unit]:
    """Each unit as it was last; a parent that is not in the file does not exist for its readers."""
    rows = con.execute(
        """
        select unit_id, level, parent_id, label_zh, label_en from published.units
        qualify row_number() over (partition by unit_id order by valid_from desc) = 1
        order by unit_id = 'unassigned', label_en, unit_id
        """
    ).fetchall()
    known = {row[0] for row in rows}
    return {
        unit: Unit(unit, level, parent if parent in known and parent != unit else None, Words(zh, en))
        for unit, level, parent, zh, en in rows
    }


def _top(units: dict[str, Unit]) -> Unit:
    tops = [unit for unit in units.values() if unit.parent is None] or list(units.values())
    return min(tops, key=lambda unit: LEVELS.index(unit.level) if unit.level in LEVELS else len(LEVELS))


def _starts(con: duckdb.DuckDBPyConnection) -> dict[str, list[date]]:
    rows = con.execute(
        "select distinct grain, period_start from published.kpi_values where cut = 'none' order by 2"
    ).fetchall()
    return {grain: [start for one, start in rows if one == grain] for grain in GRAINS}
