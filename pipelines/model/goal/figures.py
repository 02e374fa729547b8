"""Files of targets beside a goal, CSV or workbook: long (a row per unit and period) or wide (a column per period).

Belongs here: what a row says, and telling each bad one by its number. Does not: cells and formats (sheets.py), what a
goal may say, or what needs its KPI (check_goal.py).

Long: unit_id, period_start, target, and floor, stretch, cut_value where wanted. Wide: unit_id (and cut_value), and a
column per period, named by its first day (2026-01-01), its month (2026-01) or its quarter (2026-Q1); an empty cell is
no target. `yearly` and columns whose names begin with # are left out, so that people may keep sums beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.model.goal import sheets
from pipelines.model.goal.definition import MONTHS, MOST_TARGETS, Goal
from pipelines.model.goal.number import parse_number
from pipelines.model.goal.sheets import Sheet
from pipelines.yaml_file import MOST_TOLD

LONG = ("unit_id", "period_start", "target")
OPTIONAL = ("floor", "stretch", "cut_value", "currency")
Row = Mapping[str, str]


class Figure(NamedTuple):
    """One target of the file."""

    unit_id: str
    cut_value: str
    period_start: date
    period_end: date
    value: Decimal
    floor: Decimal | None
    stretch: Decimal | None
    line: int


def read(goal: Goal, path: Path, said_in: str) -> tuple[Sheet, list[Figure]]:
    """The targets of one file. Raises KpiErrors with every row that is none, by line of the CSV or row of the sheet."""
    if not path.is_file():
        raise KpiError("no such file", file=path, next_step=f"create it, or correct {said_in} of {goal.id}")
    sheet = sheets.read(path)
    header = sheet.header
    if "unit_id" not in header:
        raise sheet.error(1, f"column unit_id is missing{did_you_mean('unit_id', header)}")
    ends, cut_values = dict(goal.period.periods()), goal.scope.cut_values
    wide = {name: start for name in header if (start := period_of(name, goal.period.grain)) is not None}
    errors = [_unknown(sheet, name, wide) for name in header if name and not _is_known(name, wide)]
    if not wide and not errors and (missing := [name for name in LONG if name not in header]):
        errors.append(sheet.error(1, f"column {missing[0]} is missing"))
    errors += [
        sheet.error(1, f"{name} starts no {goal.period.grain} of {goal.id}")
        for name, start in wide.items()
        if start not in ends
    ]
    if errors:
        raise KpiErrors(errors)
    found: dict[tuple[str, str, date], Figure] = {}
    for line, row in sheet.rows:
        try:
            said = sheet.named(row)
            if sheet.name and said["unit_id"].startswith("="):  # in a CSV it is what a source calls somebody
                raise ValueError(f"unit_id {said['unit_id'][:60]!r} is a formula; write the unit's id")
            for figure in _figures(goal, line, said, wide, ends, cut_values):
                key = (figure.unit_id, figure.cut_value, figure.period_start)
                if key in found:
                    other = f"the other stands in row {found[key].line}"
                    raise ValueError(f"{figure.unit_id} has two targets for {figure.period_start}; {other}")
                found[key] = figure
                if len(found) > MOST_TARGETS:
                    raise sheet.error(line, f"holds more than {MOST_TARGETS:,} targets; one goal has no more")
        except ValueError as error:
            errors.append(sheet.error(line, str(error)))
        if len(errors) == MOST_TOLD:
            errors.append(sheet.error(line, f"is the {MOST_TOLD}th wrong row; the rest was not looked at"))
            break
    if not found and not errors:
        errors.append(sheet.error(1, "holds no target: below the names of the columns each row gives a unit its own"))
    if errors:
        raise KpiErrors(errors)
    return sheet, list(found.values())


def _figures(
    goal: Goal, line: int, row: Row, wide: Mapping[str, date], ends: Mapping[date, date], cut_values: Sequence[str]
) -> Iterator[Figure]:
    unit = row.get("unit_id", "")
    cut_value = row.get("cut_value", "") or ("all" if not goal.scope.cut else "")
    if not unit:
        raise ValueError("unit_id and target must be filled")
    if not unit.isprintable():
        raise ValueError(f"unit_id {unit[:60]!r} holds a sign that cannot be seen")
    if cut_value not in cut_values:
        named = ", ".join(cut_values)
        raise ValueError(f"cut_value {cut_value or 'is empty: it'} must be one of the goal's scope: {named}")
    if row.get("currency"):
        raise ValueError("a target is in the company's currency: leave the column currency out")
    if wide:
        for name, start in wide.items():
            value = parse_number(row.get(name))
            if value is not None:
                yield Figure(unit, cut_value, start, ends[start], value, None, None, line)
        return
    start = _day(row.get("period_start", ""))
    value = parse_number(row.get("target"))
    floor = parse_number(row["floor"]) if "floor" in row else None
    stretch = parse_number(row["stretch"]) if "stretch" in row else None
    if value is None:
        raise ValueError("unit_id and target must be filled")
    if start not in ends:
        raise ValueError(f"{start} starts no {goal.period.grain} of {goal.id}")
    yield Figure(unit, cut_value, start, ends[start], value, floor, stretch, line)


def period_of(name: str, grain: str) -> date | None:
    """The first day of the period that a column is named by; None where its name is no period."""
    if match := re.fullmatch(r"([0-9]{4})-?Q([1-4])", name) if grain == "quarter" else None:
        return date(int(match.group(1)), int(match.group(2)) * MONTHS["quarter"] - 2, 1)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", name):
        try:
            return _day(name if len(name) > 7 else f"{name}-01")
        except ValueError:  # 2026-13
            return None
    return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is no day such as 2026-01-01") from error


def _is_known(name: str, wide: Mapping[str, date]) -> bool:
    known = ("unit_id", "cut_value", "currency", *wide) if wide else (*LONG, *OPTIONAL)
    return name in known or name == "yearly" or name.startswith("#")


def _unknown(sheet: Sheet, name: str, wide: Mapping[str, date]) -> KpiError:
    known = ["unit_id", "cut_value", *wide] if wide else [*LONG, *OPTIONAL]
    return sheet.error(
        1, f"unknown column {name}{did_you_mean(name, known)}", "name it with a # in front to leave it out"
    )
