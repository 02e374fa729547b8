"""Worked examples: a KPI computed from the rows its file gives, by the very models that run at night.

Belongs here: laying the rows down, computing, comparing. Does not: any SQL of a model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import KpiError, did_you_mean
from pipelines.model import tables
from pipelines.model.check import Definitions
from pipelines.model.company import read_company
from pipelines.model.compiler import alone
from pipelines.model.entities import Entity
from pipelines.model.kpi import Example, KpiFile, depended_on
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.render import Renderer, built

if TYPE_CHECKING:
    import duckdb

GOALS = "goals"  # beside the entities: targets of the example's period, as {kpi: won_amount, target: 1000}
OF_THE_RUN = ("working_days", "employee_units")  # not given by an example, but made from it


class Outcome(NamedTuple):
    """What an example gave beside what it promises, column by column."""

    kpi_id: str
    number: int
    line: int | None
    expected: Mapping[str, Any]
    found: Mapping[str, Any]

    @property
    def holds(self) -> bool:
        return self.expected == self.found


def run(file: KpiFile, definitions: Definitions, models: Path | None = None) -> Iterator[Outcome]:
    """The outcome of each example of a KPI; one of the shipped catalogue counts in the shipped company's calendar.

    Raises KpiError with the line where an example names an entity, a column or a period that there is not.
    """
    if file.file.path.resolve().is_relative_to(SHIPPED.resolve()):
        company = read_company(SHIPPED).model_copy(update={"packs": definitions.company.packs})
        definitions = definitions._replace(company=company)
    for number, example in enumerate(file.kpi.examples):
        expected: dict[str, Any] = {name: _plain(value) for name, value in example.expect.items()}
        found = {name: _plain(value) for name, value in _compute(file, number, example, definitions, models).items()}
        line = file.file.line(("examples", number, "expect"))
        yield Outcome(file.kpi.id, number + 1, line, expected, found)


def _plain(value: Any) -> Any:
    """Numbers compare as numbers, whatever they were written as."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize() + 0
    return value


def _compute(
    file: KpiFile, number: int, example: Example, definitions: Definitions, models: Path | None
) -> dict[str, Any]:
    import duckdb

    place = ("examples", number)
    grain, first, last = _period(file, place, example)
    with duckdb.connect() as con:
        con.execute("set enable_external_access = false")  # an example is rows and a number: it opens no file
        _lay_down(con, file, place, example, definitions, example.as_of or last)
        _set_goals(con, file, place, example, (grain, first, last))
        kpis = {kpi_id: other.kpi for kpi_id, other in definitions.kpis.items()}
        own = alone.compile_some([file.kpi.id], kpis, definitions.measured, definitions.company.time_zone)
        renderer = Renderer(definitions.compiled | {f"{name}.sql": text for name, text in own.items()}, models)
        for name, sql in renderer.in_order("kpi_values", built(con, ["main"])).items():
            con.execute(f'create table "{name}" as {sql}')
        wanted = ", ".join(f'"{name}"' for name in example.expect)
        ((cut, cut_value),) = example.cut.items() or (("none", "all"),)
        try:
            row = con.execute(
                f'select {wanted} from "kpi_values" where kpi_id = ? and grain = ? and period_start = ?'
                " and level = ? and unit_id = ? and cut = ? and cut_value = ?",
                [file.kpi.id, grain, first, example.level, example.unit or tables.COMPANY_ID, cut, cut_value],
            ).fetchone()
        except duckdb.BinderException as error:
            raise file.file.error(f"expect: {str(error).splitlines()[0]}", (*place, "expect")) from error
    names: list[str] = list(example.expect)
    return dict.fromkeys(names, None) if row is None else dict(zip(names, row, strict=True))


def _period(file: KpiFile, place: tuple[str | int, ...], example: Example) -> tuple[str, date, date]:
    """Grain, first and last day of the period an example is about."""
    if len(example.at) != 1:
        raise file.file.error("at names one period, as {month: 2026-03}", (*place, "at"))
    ((grain, said),) = example.at.items()
    try:
        first = (
            said
            if isinstance(said, date)
            else date.fromisoformat(f"{said}-01-01"[:10] if grain == "year" else f"{said}-01")
        )
    except ValueError as error:
        raise file.file.error(f"{said} is no period; write 2026-03 or the first day", (*place, "at")) from error
    if grain in ("day", "week"):
        return grain, first, first + timedelta(days=0 if grain == "day" else 6)
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    index = first.year * 12 + first.month - 1 + months
    return grain, first, date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


def _lay_down(
    con: duckdb.DuckDBPyConnection,
    file: KpiFile,
    place: tuple[str | int, ...],
    example: Example,
    definitions: Definitions,
    as_of: date,
) -> None:
    """A warehouse that holds just the rows of the example, as delivered; every other entity is empty."""
    needed = alone.with_what_they_read([file.kpi.id], {k: f.kpi for k, f in definitions.kpis.items()})
    few = definitions._replace(
        kpis={k: definitions.kpis[k] for k in needed}, goals={}, scorecards={}, reconciliations=[]
    )
    known = [*definitions.measured, GOALS]
    if unknown := [name for name in example.given if name not in known]:
        hint = did_you_mean(unknown[0], known)
        raise file.file.error(f"there is no entity {unknown[0]}{hint}", (*place, "given", unknown[0]))
    for name, table in lay_out(con, few, example.given, as_of).items():
        for position, row in enumerate(example.given.get(name, [])):
            here = (*place, "given", name, position)
            _insert(con, file, here, definitions.measured[name], table, position, row)


def _set_goals(
    con: duckdb.DuckDBPyConnection,
    file: KpiFile,
    place: tuple[str | int, ...],
    example: Example,
    period: tuple[str, date, date],
) -> None:
    """The targets of an example: of its period, and of its level and unit where they name no other."""
    grain, first, last = period
    fields = {"kpi": "kpi_id", "target": "value", "level": "level", "unit": "unit_id"}
    for position, said in enumerate(example.given.get(GOALS, [])):
        here = (*place, "given", GOALS, position)
        if unknown := [name for name in said if name not in fields]:
            raise file.file.error(f"a goal has no {unknown[0]}{did_you_mean(unknown[0], list(fields))}", here)
        if missing := [name for name in ("kpi", "target") if name not in said]:
            raise file.file.error(f"a goal needs a {missing[0]}", here)
        if (of := said["kpi"]) not in (known := depended_on(file.kpi)):
            raise file.file.error(f"{file.kpi.id} stands on no goal of {of}{did_you_mean(str(of), known)}", here)
        row: dict[str, Any] = {"level": example.level, "unit_id": example.unit or tables.COMPANY_ID}
        row |= {fields[name]: value for name, value in said.items()}
        row |= {
            "goal_id": f"goal {position}", "revision": 1, "grain": grain, "period_start": first, "period_end": last,
            "named_start": first, "kind": "value", "cut": "none", "cut_value": "all", "phasing": "even",
            "accumulate": "sum", "goal_state": "approved", "is_split": False, "is_in_force": True,
        }  # fmt: skip
        _write_row(con, file, here, "goals", "definitions.goals", row)


def lay_out(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, given: Collection[str], as_of: date
) -> dict[str, str]:
    """Makes an empty warehouse: the definitions, and per entity the table its rows are delivered in, by entity.

    A derived entity has one where it is `given`; else its model computes it.
    """
    from pipelines.base_tables import BASE_TABLES

    con.execute("set TimeZone = 'UTC'")
    con.execute(BASE_TABLES)
    tables.write(con, definitions, "example", as_of, datetime(2026, 1, 1))
    con.execute("insert into gate.kpi_quality select kpi_id, 'ok' from definitions.kpis group by kpi_id")
    found: dict[str, str] = {}
    for entity in definitions.measured.values():
        if entity.name not in given and (entity.name in OF_THE_RUN or entity.is_derived):
            continue
        columns = [column for column in entity.columns if entity.is_derived or not column.is_derived]
        found[entity.name] = (
            f"delivered_{entity.name}" if entity.is_handwritten and not entity.is_derived else entity.name
        )
        con.execute(f'create table "{found[entity.name]}" ({", ".join(f"{c.name} {c.type}" for c in columns)})')
    return found


def _insert(
    con: duckdb.DuckDBPyConnection,
    file: KpiFile,
    place: tuple[str | int, ...],
    entity: Entity,
    table: str,
    position: int,
    row: dict[str, Any],
) -> None:
    known = [column.name for column in entity.columns if entity.is_derived or not column.is_derived]
    if unknown := [name for name in row if name not in known]:
        raise file.file.error(f"{entity.name} delivers no {unknown[0]}{did_you_mean(unknown[0], known)}", place)
    texts = [name for name in entity.key if entity.type_of(name) == "string"]
    system = {"source_system": "example"} if "source_system" in known else {}
    whole = system | dict.fromkeys(texts, f"row {position}") | row
    _write_row(con, file, place, entity.name, f'"{table}"', whole)


def _write_row(
    con: duckdb.DuckDBPyConnection,
    file: KpiFile,
    place: tuple[str | int, ...],
    name: str,
    table: str,
    row: Mapping[str, Any],
) -> None:
    """Writes a row of an example; raises KpiError with its line where the table cannot hold it."""
    try:
        con.execute(
            f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
            [str(value) if isinstance(value, float) else value for value in row.values()],
        )
    except Exception as error:
        raise file.file.error(f"{name}: {str(error).splitlines()[0]}", place) from error


def broken(outcome: Outcome, file: KpiFile) -> KpiError:
    """What to say of an example that does not hold."""
    differing = [name for name in outcome.expected if outcome.expected[name] != outcome.found[name]]
    said = ", ".join(f"{name} is {outcome.found[name]}, not {outcome.expected[name]}" for name in differing)
    return file.file.error(f"example {outcome.number}: {said}", ("examples", outcome.number - 1, "expect"))
