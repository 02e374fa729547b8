"""Files of targets beside a goal, CSV or workbook: long (a row per unit and period) or wide (a column per period).

Belongs here: reading both, and telling each bad row by its number. Does not: what a goal may say.

Long: unit_id, period_start, target, and floor, stretch, cut_value where wanted. Wide: unit_id (and cut_value), and a
column per period, named by its first day (2026-01-01), its month (2026-01) or its quarter (2026-Q1); an empty cell is
no target. `yearly` and columns whose names begin with # are left out, so that people may keep sums beside them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.model.goal.definition import MONTHS, Goal
from pipelines.model.goal.target import parse_number

LONG = ("unit_id", "period_start", "target")
OPTIONAL = ("floor", "stretch", "cut_value", "currency")
MAX_ROWS = 1_000_000  # 5,000 people × 12 months × 16 KPIs; one file is one goal
Row = Mapping[str, Any]


class Figure(NamedTuple):
    """One target of the file."""

    unit_id: str
    cut_value: str
    period_start: date
    period_end: date
    value: Decimal
    floor: Decimal | None
    stretch: Decimal | None


def read(goal: Goal, path: Path, said_in: str) -> list[Figure]:
    """The targets of one file. Raises KpiErrors with every row that is none, by line of the CSV or row of the sheet."""
    if not path.is_file():
        raise KpiError("no such file", file=path, next_step=f"create it, or correct {said_in} of {goal.id}")
    header, rows = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    if "unit_id" not in header:
        hint = did_you_mean("unit_id", header)
        raise KpiError(f"column unit_id is missing{hint}", file=path, line=1)
    ends = dict(goal.period.periods())
    wide = {name: start for name in header if (start := period_of(name, goal.period.grain)) is not None}
    if not wide and (missing := [name for name in LONG if name not in header]):
        raise KpiError(f"column {missing[0]} is missing", file=path, line=1)
    errors = [_unknown(path, name, wide) for name in header if not _is_known(name, wide)]
    errors += [
        KpiError(f"{name} starts no {goal.period.grain} of {goal.id}", file=path, line=1)
        for name, start in wide.items()
        if start not in ends
    ]
    found: dict[tuple[str, str, date], Figure] = {}
    for line, row in rows if not errors else ():
        try:
            for figure in _figures(goal, row, wide, ends):
                key = (figure.unit_id, figure.cut_value, figure.period_start)
                if key in found:
                    raise ValueError(f"{figure.unit_id} has two targets for {figure.period_start}")
                found[key] = figure
        except ValueError as error:
            errors.append(KpiError(str(error), file=path, line=line))
    if errors:
        raise KpiErrors(errors)
    return list(found.values())


def _figures(goal: Goal, row: Row, wide: Mapping[str, date], ends: Mapping[date, date]) -> Iterator[Figure]:
    unit = str(row.get("unit_id") or "").strip()
    cut_value = str(row.get("cut_value") or "").strip() or ("all" if not goal.scope.cut else "")
    if not unit:
        raise ValueError("unit_id and target must be filled")
    if cut_value not in goal.scope.cut_values:
        named = ", ".join(goal.scope.cut_values)
        raise ValueError(f"cut_value {cut_value or 'is empty: it'} must be one of the goal's scope: {named}")
    if row.get("currency"):
        raise ValueError("a target is in the company's currency: leave the column currency out")
    if wide:
        for name, start in wide.items():
            value = parse_number(row.get(name))
            if value is not None:
                yield Figure(unit, cut_value, start, ends[start], value, None, None)
        return
    start = _day(row.get("period_start"))
    value, floor, stretch = (parse_number(row.get(name)) for name in ("target", "floor", "stretch"))
    if value is None:
        raise ValueError("unit_id and target must be filled")
    if start not in ends:
        raise ValueError(f"{start} starts no {goal.period.grain} of {goal.id}")
    yield Figure(unit, cut_value, start, ends[start], value, floor, stretch)


def _csv(path: Path) -> tuple[list[str], Iterable[tuple[int, Row]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KpiError(f"not UTF-8 (byte {error.start})", file=path, next_step="save it as CSV UTF-8") from error
    reader = csv.DictReader(text.splitlines())
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    return _once(path, header), ((reader.line_num, row) for row in reader)


def _workbook(path: Path) -> tuple[list[str], Iterable[tuple[int, Row]]]:
    """The first sheet; a formula reads as its text, which is no number: what it showed is nobody's word."""
    from openpyxl import load_workbook

    from pipelines.extract.files import workbook

    workbook.refuse_strange(path)
    book = load_workbook(path, read_only=True)
    try:
        rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(max_row=MAX_ROWS)]
    finally:
        book.close()
    header = [as_text(cell) for cell in rows[0]] if rows else []
    filled = [(line, row) for line, row in enumerate(rows[1:], 2) if any(cell is not None for cell in row)]
    return _once(path, header), ((line, dict(zip(header, map(as_text, row), strict=False))) for line, row in filled)


def _once(path: Path, header: list[str]) -> list[str]:
    names = [name for name in header if name]
    if twice := [name for name in names if names.count(name) > 1]:
        raise KpiError(f"column {twice[0]} stands twice", file=path, line=1)
    return names


def as_text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    return "" if cell is None else str(cell).strip()


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


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(as_text(text))
    except ValueError as error:
        raise ValueError(f"{as_text(text)!r} is no day such as 2026-01-01") from error


def _is_known(name: str, wide: Mapping[str, date]) -> bool:
    known = ("unit_id", "cut_value", "currency", *wide) if wide else (*LONG, *OPTIONAL)
    return name in known or name == "yearly" or name.startswith("#")


def _unknown(path: Path, name: str, wide: Mapping[str, date]) -> KpiError:
    known = ["unit_id", "cut_value", *wide] if wide else [*LONG, *OPTIONAL]
    return KpiError(
        f"unknown column {name}{did_you_mean(name, known)}",
        file=path,
        line=1,
        next_step="name it with a # in front to leave it out",
    )
