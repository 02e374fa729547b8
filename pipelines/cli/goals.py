"""`kpi goals`: targets as a workbook that managers fill in, and back."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pipelines.cli.console import console
from pipelines.cli.served import open_served
from pipelines.errors import KpiError
from pipelines.keep import closes
from pipelines.model import check
from pipelines.model.company import today
from pipelines.model.goal import record, workbook, workbook_read, workbook_rows, workbook_save
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.take_up import take_up
from pipelines.model.goal.workbook import Asked, Row
from pipelines.model.kpi import Kpi
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from pipelines.model.check import Definitions

STATES = get_args(Goal.model_fields["state"].annotation)


def template(settings: Settings, year: int, level: str, grain: str, kpis: Sequence[str], out: Path | None) -> None:
    """Writes a workbook with an empty row per KPI and unit, and last year's figures beside it.

    Raises KpiError: an unknown year, level, grain or KPI; no run yet, where the level has units; nowhere to write.
    """
    what = workbook.asked(year, level, grain)
    _writable(out)
    definitions = check.read_definitions(settings)
    chosen = workbook_rows.chosen(what, _computed(definitions), kpis)
    with _served(settings, what) as con:
        there = workbook_rows.units(con, what, definitions.company, live=True)
        if not there:
            raise KpiError(f"no {level} is published", next_step="another --level, as company")
        rows = workbook_rows.empty(what, chosen, there)
        reached = workbook_rows.last_year(con, what, definitions.company, rows)
    _write(out, what, definitions, rows, reached)


def export(settings: Settings, year: int | None, level: str, grain: str, out: Path | None) -> None:
    """Writes the same workbook with the targets that are in force, of the business date's year unless `year` says.

    Raises KpiError: as `template`, and where no target is in force.
    """
    workbook.asked(year or workbook.YEARS[0], level, grain)  # what is wrong is said before anything is read
    _writable(out)
    definitions = check.read_definitions(settings)
    goals = {goal_id: file.goal for goal_id, file in definitions.goals.items()}
    with open_served(settings) as con:
        what = workbook.asked(year or workbook_rows.this_year(con, definitions.company), level, grain)
        kpis = workbook_rows.chosen(what, _computed(definitions), ())
        rows, notes = workbook_rows.in_force(con, what, definitions.company, kpis, goals)
        reached = workbook_rows.last_year(con, what, definitions.company, rows)
    if not rows:
        raise KpiError(
            f"no target of {what.year} is in force for {level} by {grain}",
            next_step="another --level or --grain; drafts are not in force",
        )
    for note in notes:
        console(stderr=True).print(note, markup=False)
    _write(out, what, definitions, rows, reached)


def import_(settings: Settings, path: Path, state: str, replace: bool) -> None:
    """Turns a workbook into goal files: all of it, or nothing.

    Raises KpiErrors with every bad row, and KpiError: no such state, a goal that is there and says otherwise.
    """
    if state not in STATES:
        raise KpiError(f"goals have no state {state}", next_step=f"one of {', '.join(STATES)}")
    book, what = workbook_read.open_workbook(path)
    definitions = check.read_definitions(settings)
    kpis = _computed(definitions)
    with _served(settings, what) as con:
        units = workbook_rows.above(con, what)
        standing = workbook_rows.standing(con, what, definitions.company)
    closed = workbook_rows.closed(what, definitions.company, closes.periods(settings))
    known = workbook_read.Known(kpis, units, definitions.people, closed, standing)
    said = workbook_read.read(path, book, what, definitions.company, known)
    files = workbook_save.texts(settings.kpi_definitions, what, definitions.company, kpis, said, state)
    new = workbook_save.changed(files, replace=replace)
    if new:
        workbook_save.save(new, lambda: check.read_definitions(settings))
    told = {file.with_suffix(".yml") for file in new}
    for one in said:
        goal_id = workbook_rows.own_id(what, one.kpi)
        count = sum(map(len, one.numbers.values()))
        done = "written" if any(file.stem == goal_id for file in told) else "unchanged"
        console().print(f"{goal_id}: {count:,} targets of {len(one.numbers):,} units, {done}", markup=False)
    if new:
        _take_up(settings, [file.stem for file in told])


def _take_up(settings: Settings, goal_ids: Sequence[str]) -> None:
    """Puts what was written in force where that is for KPI_USER to say; before the first run the files say all."""
    if not record.read(settings):
        console().print("the next `kpi run` computes them", markup=False)
        return
    definitions, now = check.read_definitions(settings), datetime.now(UTC)
    day = today(definitions.company, now)
    taken = take_up(settings, definitions, day, now.replace(tzinfo=None), "kpi goals import", goal_ids)
    for problem in taken.refused:
        console().print(str(problem), markup=False)
    if not taken.refused:
        console().print("the next `kpi run` computes them", markup=False)


def _computed(definitions: Definitions) -> Mapping[str, Kpi]:
    return {name: file.kpi for name, file in definitions.kpis.items() if name in definitions.computed}


@contextmanager
def _served(settings: Settings, what: Asked) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The serving file; None where there is none yet and the company itself is all that is asked for."""
    if what.level == "company" and not (settings.serving / "kpi.duckdb").is_file():
        yield None
        return
    with open_served(settings) as con:
        yield con


def _writable(out: Path | None) -> None:
    """Raises KpiError where the workbook would go to a terminal, or over a file that somebody may have filled in."""
    if out is None and sys.stdout.isatty():
        raise KpiError("a workbook is nothing for a terminal", next_step="add --out goals.xlsx, or > goals.xlsx")
    if out is not None and out.exists():
        raise KpiError("is there already", file=out, next_step="give another --out, or move it away")


def _write(
    out: Path | None, what: Asked, definitions: Definitions, rows: Sequence[Row], reached: Sequence[Row]
) -> None:
    kpis = workbook_rows.chosen(what, _computed(definitions), ())
    held = io.BytesIO()
    workbook.write(held, what, definitions.company, kpis, list(definitions.people), rows, reached)
    if out is None:
        sys.stdout.buffer.write(held.getvalue())
        sys.stdout.flush()
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(held.getvalue())
    except OSError as error:
        raise KpiError(f"cannot be written: {error.strerror}", file=out, next_step="give another --out") from error
    console().print(f"{out}: {len(rows):,} rows", markup=False)
