"""The targets that a goal spells out: one row per revision, unit, value of its cut and period.

Belongs here: expanding a goal into rows. Does not: reading the files beside it (figures.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import KpiError, KpiErrors
from pipelines.model.goal import figures
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.figures import Figure
from pipelines.model.goal.number import parse_number
from pipelines.model.goal.sheets import Sheet
from pipelines.model.goal.target import Target


class Place(NamedTuple):
    """Where a target stands that a file says."""

    sheet: Sheet
    line: int

    def error(self, problem: str) -> KpiError:
        return self.sheet.error(self.line, problem)


class TargetRow(NamedTuple):
    """One target as it was said; unit_id None stands for every unit of the goal's level, target None for bottom-up."""

    revision: int
    target: Target | None
    unit_id: str | None
    cut_value: str
    period_start: date
    period_end: date
    value: Decimal | None
    floor: Decimal | None
    stretch: Decimal | None
    said_in: Place | None = None  # the row of its file


class StepRow(NamedTuple):
    """What the file of a step of the cascade says of one unit below; steps count from 1."""

    step: int
    unit_id: str
    cut_value: str
    period_start: date
    value: Decimal
    floor: Decimal | None
    stretch: Decimal | None
    said_in: Place


def targets(goal: Goal, folder: Path) -> Iterator[TargetRow]:
    """Revision 1 for every period, each later one for the periods from its day on; files are read from `folder`."""
    for number, first, target in goal.revised:
        if target and target.file:
            sheet, rows = figures.read(goal, folder / target.file, "target.file")
            _refuse_other_units(goal, sheet, rows)
            for row in rows:
                if row.period_start >= first:
                    yield TargetRow(
                        number, target, row.unit_id, row.cut_value, row.period_start, row.period_end,
                        row.value, row.floor, row.stretch, Place(sheet, row.line),
                    )  # fmt: skip
            continue
        floor, stretch = _bounds(target)
        number_said = target.value if target else None
        for start, end in goal.period.periods():
            if start >= first:
                for value in goal.scope.cut_values:
                    yield TargetRow(number, target, goal.scope.unit, value, start, end, number_said, floor, stretch)


def _bounds(target: Target | None) -> tuple[Decimal | None, Decimal | None]:
    """Floor and stretch where they are numbers; those of a change stand on what is not known yet."""
    if target is None or target.change is not None:
        return None, None
    return parse_number(target.floor), parse_number(target.stretch)


def steps(goal: Goal, folder: Path) -> Iterator[StepRow]:
    """What the files of the cascade say of the units below."""
    for number, step in enumerate(goal.cascade, 1):
        if step.file:
            sheet, rows = figures.read(goal, folder / step.file, f"cascade.{number}.file")
            for row in rows:
                yield StepRow(
                    number, row.unit_id, row.cut_value, row.period_start, row.value, row.floor, row.stretch,
                    Place(sheet, row.line),
                )  # fmt: skip


def _refuse_other_units(goal: Goal, sheet: Sheet, rows: list[Figure]) -> None:
    only = goal.scope.unit
    errors = [
        sheet.error(row.line, f"{row.unit_id} is not {only}, the unit of the goal")
        for row in rows
        if only not in (None, row.unit_id)
    ]
    if errors:
        raise KpiErrors(errors)
