"""What stands in the workbook of goals before anybody fills it in: units, last year's figures, targets in force.

Belongs here: reading them from the serving file. Does not: how they look (workbook.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.check_goal import adds_up, usual
from pipelines.model.company import Company
from pipelines.model.fiscal import fiscal_day, month_start
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.workbook import Asked, Row, Slot, Unit, slots
from pipelines.model.kpi import Kpi
from pipelines.model.tables import COMPANY_ID

if TYPE_CHECKING:
    import duckdb

Figures = dict[tuple[str, str], dict[date, Decimal]]  # by KPI and unit: the number of each period

# One row a unit, the newest: somebody who changed teams has two.
UNITS = """
select unit_id, parent_id, coalesce(label_zh, unit_id), coalesce(label_en, unit_id) from published.units
where level = $level and (not $live or (
    valid_from <= (select max(as_of_date) from published.publication)
    and coalesce(valid_to, date '9999-12-31') >= (select max(as_of_date) from published.publication)
))
qualify row_number() over (partition by unit_id order by valid_from desc) = 1
order by path, unit_id
"""
REACHED = """
select kpi_id, unit_id, period_start, value from published.kpi_values
where level = $level and grain = $grain and cut = 'none' and value is not null
    and period_start between $first and $last
"""
IN_FORCE = """
select goal_id, kpi_id, unit_id, period_start, target, recorded_by from published.goal_targets
where level = $level and grain = $grain and cut = 'none' and target is not null
    and goal_state in ('approved', 'closed') and set_by is distinct from 'unallocated'
    and period_start between $first and $last
qualify row_number() over (partition by goal_id, unit_id, period_start order by revision desc) = 1
order by goal_id, period_start
"""


def own_id(what: Asked, kpi: str) -> str:
    """The id of the goal that a workbook becomes for a KPI."""
    return f"fy{what.year % 100:02}_{kpi}_by_{what.level}"


def chosen(what: Asked, kpis: Mapping[str, Kpi], named: Sequence[str]) -> dict[str, Kpi]:
    """The KPIs of a workbook: those named, or all that are computed at its level and by its grain.

    Raises KpiError for one that is not.
    """
    able = {name: kpi for name, kpi in kpis.items() if what.level in kpi.levels and what.grain in kpi.grains}
    for name in named:
        if name not in kpis:
            raise KpiError(f"unknown KPI {name}{did_you_mean(name, list(kpis))}", next_step="correct --kpi")
        if name not in able:
            levels, grains = ", ".join(kpis[name].levels), ", ".join(kpis[name].grains)
            raise KpiError(
                f"{name} is not computed at level {what.level} by {what.grain}",
                next_step=f"it has the levels {levels} and the grains {grains}",
            )
    if not able:
        raise KpiError(f"no KPI is computed at level {what.level} by {what.grain}", next_step="another --grain")
    return {name: able[name] for name in named} if named else dict(sorted(able.items()))


def this_year(con: duckdb.DuckDBPyConnection, company: Company) -> int:
    """The company's year of the business date that is published."""
    (day,) = con.execute("select max(as_of_date) from published.publication").fetchone() or (None,)
    if day is None:
        raise KpiError("nothing has been published yet", next_step="kpi run")
    return fiscal_day(company, day).year


def units(con: duckdb.DuckDBPyConnection | None, what: Asked, company: Company, *, live: bool) -> list[Unit]:
    """The units of the level: those that are there on the business date, or all there ever were.

    The company itself is there before the first run.
    """
    if con is None:
        return [Unit(COMPANY_ID, None, company.name.zh, company.name.en)]
    return [Unit(*row) for row in con.execute(UNITS, {"level": what.level, "live": live}).fetchall()]


def above(con: duckdb.DuckDBPyConnection | None, what: Asked) -> dict[str, set[str]]:
    """Each unit of the level, with itself and every unit it ever stood below."""
    if con is None:
        return {COMPANY_ID: {COMPANY_ID}}
    found: dict[str, set[str]] = {}
    rows = con.execute("select unit_id, path from published.units where level = $level", {"level": what.level})
    for unit, path in rows.fetchall():
        found.setdefault(unit, {unit}).update((path or "").split("/"))
    return found


def closed(what: Asked, company: Company, periods: Collection[tuple[str, str, date]]) -> set[tuple[str, str]]:
    """KPI and name of the column of what has closed (closes.periods)."""
    names = {month_start(company, slot.start): slot.name for slot in slots(company, what)}
    return {(kpi, names[start]) for kpi, grain, start in periods if grain == what.grain and start in names}


def standing(
    con: duckdb.DuckDBPyConnection | None, what: Asked, company: Company
) -> dict[tuple[str, str, str], Decimal]:
    """The targets in force of the goals that a workbook became: by KPI, unit and name of the column."""
    if con is None:
        return {}
    columns = slots(company, what)
    names = {slot.start: slot.name for slot in columns}
    return {
        (kpi, unit, names[start]): target
        for goal_id, kpi, unit, start, target, _ in _read(con, IN_FORCE, what, company, columns)
        if goal_id == own_id(what, kpi)
    }


def empty(what: Asked, chosen_: Mapping[str, Kpi], there: Sequence[Unit]) -> list[Row]:
    """A row per KPI and unit, with nothing in it."""
    return [Row(name, unit, kpi.owner, usual(kpi), {}) for name, kpi in chosen_.items() for unit in there]


def last_year(con: duckdb.DuckDBPyConnection | None, what: Asked, company: Company, rows: Sequence[Row]) -> list[Row]:
    """The same rows with what was reached a year before; none where nothing is published of it."""
    if con is None:
        return []
    columns = slots(company, what._replace(year=what.year - 1))
    found: Figures = {}
    for kpi, unit, start, value in _read(con, REACHED, what, company, columns):
        found.setdefault((kpi, unit), {})[start] = value
    filled = [row._replace(numbers=found.get((row.kpi, row.unit.unit_id), {})) for row in rows]
    return filled if any(row.numbers for row in filled) else []


def in_force(
    con: duckdb.DuckDBPyConnection, what: Asked, company: Company, kpis: Mapping[str, Kpi], goals: Mapping[str, Goal]
) -> tuple[list[Row], list[str]]:
    """The targets in force as rows, and what to tell of KPIs with several goals: one of them is taken.

    That is the workbook's own, else the first by id: numbers of two goals side by side would be nobody's target.
    """
    found: dict[str, Figures] = {}
    recorded: dict[str, str] = {}
    of_kpi: dict[str, list[str]] = {}
    for goal_id, kpi, unit, start, target, by in _read(con, IN_FORCE, what, company, slots(company, what)):
        found.setdefault(goal_id, {}).setdefault((kpi, unit), {})[start] = target
        recorded[goal_id] = by
        if goal_id not in of_kpi.setdefault(kpi, []):
            of_kpi[kpi].append(goal_id)
    every = {unit.unit_id: unit for unit in units(con, what, company, live=False)}
    rows: list[Row] = []
    notes: list[str] = []
    for name, kpi in sorted(kpis.items()):
        ids = of_kpi.get(name, [])
        if not ids:
            continue
        taken = own_id(what, name) if own_id(what, name) in ids else ids[0]
        if len(ids) > 1:
            notes.append(f"{name} has {len(ids)} goals ({', '.join(ids)}); taken: {taken}")
        goal = goals.get(taken)
        owner = goal.owner if goal else recorded[taken]
        how = adds_up(goal, kpi) if goal else usual(kpi)
        rows += [
            Row(name, every.get(unit, Unit(unit, None, unit, unit)), owner, how, numbers)
            for (_, unit), numbers in sorted(found[taken].items())
        ]
    return rows, notes


def _read(
    con: duckdb.DuckDBPyConnection, sql: str, what: Asked, company: Company, columns: Sequence[Slot]
) -> Iterable[tuple[Any, ...]]:
    """The rows of a query with their periods named as people do: in a 445 calendar they begin days apart."""
    named = {month_start(company, slot.start): slot.start for slot in columns}
    cursor = con.execute(sql, {"level": what.level, "grain": what.grain, "first": min(named), "last": max(named)})
    place = [column[0] for column in cursor.description or ()].index("period_start")
    for row in cursor.fetchall():
        if row[place] in named:
            yield (*row[:place], named[row[place]], *row[place + 1 :])
