"""Reading the workbook of goals back: every row checked, all of it or nothing.

Belongs here: what people may have written into it, and the copy that says what is wrong. Does not: its looks
(workbook.py), the goal files it becomes (workbook_save.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.model.check_goal import usual
from pipelines.model.company import Company, Person
from pipelines.model.goal import figures, sheets
from pipelines.model.goal.number import parse_number
from pipelines.model.goal.workbook import (
    ABOUT,
    ACCUMULATES,
    FIXED,
    PROBLEM,
    TARGETS,
    YEARLY,
    Asked,
    asked,
    put,
    slots,
)
from pipelines.model.kpi import Kpi
from pipelines.model.tables import COMPANY_ID

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

MILLIONTH = Decimal("0.000001")  # as finely as targets are held; what a spreadsheet divides has 15 digits and noise
NEEDED = ("kpi", "unit_id", "owner")
NEXT = "give a workbook that kpi goals template or kpi goals export wrote"
RED = "C00000"
STRANGE = (OSError, LookupError, ValueError, TypeError, AttributeError, SyntaxError)  # what bad XML comes to
MAX_ROWS = 500_000  # 5,000 people and all KPIs; a sheet that was formatted down to its last row has a million


class Known(NamedTuple):
    """What a row may name, and what it may no longer change."""

    kpis: Mapping[str, Kpi]
    units: Mapping[str, Collection[str]]  # of the workbook's level; with all that they ever stood below
    owners: Mapping[str, Person]
    closed: Collection[tuple[str, str]] = ()  # KPI and name of a column
    standing: Mapping[tuple[str, str, str], Decimal] = MappingProxyType(
        {}
    )  # KPI, unit, column: of the workbook's goals


class Filled(NamedTuple):
    """What a workbook says of one KPI: its goal."""

    kpi: str
    owner: str
    accumulate: str
    numbers: dict[str, dict[str, Decimal]]  # by unit: by name of the column


class Said(NamedTuple):
    """The names of a row."""

    kpi: str
    unit: str
    owner: str
    how: str


class Bad(NamedTuple):
    """What is wrong at one cell."""

    row: int
    place: str
    problem: str


def open_workbook(path: Path) -> tuple[Workbook, Asked]:
    """The workbook, and what it says on its sheet `about` that it is for. Raises KpiError where it is none of ours."""
    from openpyxl import load_workbook

    from pipelines.extract.files import workbook

    if not path.is_file():
        raise KpiError(
            "no such file", file=path, next_step="kpi goals template --year 2026 --level rep --out goals.xlsx"
        )
    workbook.refuse_strange(path)
    try:
        with path.open("rb") as file:  # by its name alone openpyxl would refuse a workbook called goals.xls
            book = load_workbook(file)
    except (*STRANGE, BadZipFile) as error:
        raise KpiError("is no workbook of goals", file=path, next_step=NEXT) from error
    for name in (TARGETS, ABOUT):
        if name not in book.sheetnames:
            raise KpiError(f"has no sheet {name}", file=path, next_step=NEXT)
    said = {str(row[0]): row[1] for row in book[ABOUT].iter_rows(max_row=20, min_col=1, max_col=2, values_only=True)}
    try:
        return book, asked(int(str(said["year"])), str(said["level"]), str(said["grain"]))
    except (KeyError, ValueError) as error:
        raise KpiError(f"sheet {ABOUT} does not say year, level and grain", file=path, next_step=NEXT) from error
    except KpiError as error:
        raise KpiError(f"sheet {ABOUT}: {error.problem}", file=path, next_step=NEXT) from error


def read(path: Path, book: Workbook, what: Asked, company: Company, known: Known) -> list[Filled]:
    """The goals that the workbook says, by KPI. Raises KpiErrors with every bad row, and writes the copy that says so.

    Raises KpiError as well where no row holds a number.
    """
    columns = _columns(path, book, what, company)
    sheet = book[TARGETS]
    if sheet.max_row > MAX_ROWS:
        raise KpiError(f"{TARGETS} has rows down to {sheet.max_row:,}", file=path, next_step="delete the empty ones")
    rows = _Rows(what, known)
    for cells in sheet.iter_rows(min_row=2, max_row=max(sheet.max_row, 2), max_col=max(columns.values()) + 1):
        row = {name: cells[place] for name, place in columns.items()}
        if any(cell.value is not None for cell in row.values()):
            rows.take(row)
    if rows.bad:
        raise KpiErrors(_told(path, book, rows.bad))
    if not rows.found:
        raise KpiError(f"sheet {TARGETS} holds no number", file=path, next_step="fill in the white cells")
    return list(rows.found.values())


def _columns(path: Path, book: Workbook, what: Asked, company: Company) -> dict[str, int]:
    """Where each column stands that is read. Raises KpiErrors: one is missing, unknown, or there twice."""
    wanted = {slot.start: slot.name for slot in slots(company, what)}
    found: dict[str, int] = {}
    errors: list[KpiError] = []
    known = (*NEEDED, "accumulate", *wanted.values())
    header = next(book[TARGETS].iter_rows(min_row=1, max_row=1, values_only=True), ())
    for place, cell in enumerate(header):
        said = sheets.as_text(cell)
        if not said or said.startswith("#") or said in (YEARLY, PROBLEM):
            continue
        start = figures.period_of(said, what.grain)
        name = wanted.get(start, said) if start else said  # a spreadsheet may have made a day of 2026-01
        if name not in known:
            hint = did_you_mean(said, known)
            aside = "name it with a # in front to leave it out"
            errors.append(KpiError(f"{TARGETS}: unknown column {said}{hint}", file=path, line=1, next_step=aside))
        elif name in found:
            errors.append(
                KpiError(f"{TARGETS}: column {name} stands twice", file=path, line=1, next_step="take one of them out")
            )
        found[name] = place
    missing = [name for name in known if name not in found and name != "accumulate"]
    errors += [KpiError(f"{TARGETS}: column {name} is missing", file=path, line=1, next_step=NEXT) for name in missing]
    if errors:
        raise KpiErrors(errors)
    return found


class _Rows:
    """What was read so far: the goals by KPI, and all that is wrong."""

    def __init__(self, what: Asked, known: Known) -> None:
        self.what, self.known = what, known
        self.found: dict[str, Filled] = {}
        self.bad: list[Bad] = []
        self.first: dict[tuple[str, str], int] = {}  # the row of each KPI and unit
        self.filled_at: dict[str, int] = {}  # the first row of each KPI that holds a number

    def take(self, row: Mapping[str, Cell]) -> None:
        """Takes a row in, or notes what is wrong with it."""
        line = row["kpi"].row
        said = Said(*(_text(row.get(name)) for name in (*NEEDED, "accumulate")))
        numbers, wrong = _numbers(row)
        wrong += [(name, problem) for name, problem in _wrong_names(self.what, self.known, said) if name in row]
        if before := self.first.get(said[:2]) if said.kpi and said.unit else None:
            wrong.append(("unit_id", f"{said.kpi} of {said.unit} stands in row {before} already"))
        self.first.setdefault(said[:2], line)
        if not wrong:
            wrong = list(_closed(self.known, said, row, numbers))
        if numbers and not wrong:
            said = said._replace(how=said.how or usual(self.known.kpis[said.kpi]))
            wrong = list(self._differs(said))
        self.bad += [Bad(line, row[name].coordinate, problem) for name, problem in wrong]
        if numbers and not wrong:
            self.filled_at.setdefault(said.kpi, line)
            filled = self.found.setdefault(said.kpi, Filled(said.kpi, said.owner, said.how, {}))
            filled.numbers[said.unit] = numbers

    def _differs(self, said: Said) -> Iterator[tuple[str, str]]:
        """Where a row says otherwise than the first of its KPI: one KPI becomes one goal."""
        if said.kpi not in self.found:
            return
        goal, line = self.found[said.kpi], self.filled_at[said.kpi]
        for name, here, there in (("owner", said.owner, goal.owner), ("accumulate", said.how, goal.accumulate)):
            if here != there:
                yield name, f"{name} {here} is not {there}, as row {line} says: a KPI has one {name}"


def _numbers(row: Mapping[str, Cell]) -> tuple[dict[str, Decimal], list[tuple[str, str]]]:
    """The numbers of a row by column, and the cells that hold none."""
    numbers: dict[str, Decimal] = {}
    wrong: list[tuple[str, str]] = []
    for name, cell in row.items():
        if cell.data_type == "f":
            wrong.append((name, "is a formula: paste its value"))
        elif name not in FIXED:
            try:
                value = parse_number(_text(cell))
            except ValueError as error:
                wrong.append((name, str(error)))
                continue
            if value is not None:
                numbers[name] = value.quantize(MILLIONTH)
    return numbers, wrong


def _closed(
    known: Known, said: Said, row: Mapping[str, Cell], numbers: Mapping[str, Decimal]
) -> Iterator[tuple[str, str]]:
    """The columns of closed periods that say something else than is in force."""
    for name in row:
        stands = known.standing.get((said.kpi, said.unit, name))
        if (said.kpi, name) in known.closed and numbers.get(name) != stands:
            is_so = "there is none" if stands is None else f"it is {stands.normalize():f}"
            yield name, f"{name} has closed, and its target stays: {is_so}"


def _wrong_names(what: Asked, known: Known, said: Said) -> Iterator[tuple[str, str]]:
    """The column and the problem of each name that means nothing."""
    if said.kpi not in known.kpis:
        hint = did_you_mean(said.kpi, list(known.kpis))
        yield "kpi", f"unknown KPI {said.kpi}{hint}" if said.kpi else "kpi is empty"
    else:
        kpi = known.kpis[said.kpi]
        if what.level not in kpi.levels:
            yield "kpi", f"{kpi.id} is not computed at level {what.level}"
        if what.grain not in kpi.grains:
            yield "kpi", f"{kpi.id} is not computed by {what.grain}"
        if said.how == "sum" and not kpi.grows:
            yield "accumulate", f"{kpi.id} does not grow through a period: say average or last"
    if said.unit not in known.units:
        hint = did_you_mean(said.unit, list(known.units))
        yield "unit_id", f"no {what.level} {said.unit} is published{hint}" if said.unit else "unit_id is empty"
    if said.owner not in known.owners:
        hint = did_you_mean(said.owner, list(known.owners))
        yield "owner", f"owner {said.owner} is nobody in people.yml{hint}" if said.owner else "owner is empty"
    elif said.unit in known.units and known.owners[said.owner].unit not in (None, COMPANY_ID, *known.units[said.unit]):
        unit = known.owners[said.owner].unit
        yield "unit_id", f"{said.unit} is not below {unit}, the unit of its owner {said.owner}"
    if said.how and said.how not in ACCUMULATES:
        yield "accumulate", f"accumulate {said.how} is none of {', '.join(ACCUMULATES)}"


def _text(cell: Cell | None) -> str:
    return sheets.as_text(None if cell is None else cell.value)


def _told(path: Path, book: Workbook, bad: Sequence[Bad]) -> list[KpiError]:
    """Each mistake by its cell; the copy of the workbook says the same."""
    copy = path.with_name(f"{path.stem.removesuffix('.errors')}.errors.xlsx")
    errors: list[KpiError] = []
    next_step = f"correct it there or in {copy.name}"
    try:
        _copy(copy, book, bad)
    except OSError as error:
        next_step = "correct it"
        errors = [KpiError(f"cannot be written: {error.strerror}", file=copy, next_step="look at its folder's rights")]
    told = [(f"{TARGETS}!{one.place}: {one.problem}", one.row) for one in bad]
    return [KpiError(text, file=path, line=line, next_step=next_step) for text, line in told] + errors


def _copy(copy: Path, book: Workbook, bad: Sequence[Bad]) -> None:
    """The workbook with a column `problem`; what it was told before is gone."""
    from openpyxl.styles import Font

    sheet = book[TARGETS]
    heads = [sheets.as_text(cell.value) for cell in sheet[1]]
    column = heads.index(PROBLEM) + 1 if PROBLEM in heads else len(heads) + 1
    for line in range(1, sheet.max_row + 1):
        sheet.cell(line, column).value = None
    put(sheet.cell(1, column), PROBLEM)
    problems: dict[int, list[str]] = {}
    for one in bad:
        problems.setdefault(one.row, []).append(f"{one.place}: {one.problem}")
    for line, said in problems.items():
        put(sheet.cell(line, column), "; ".join(said))
        sheet.cell(line, column).font = Font(color=RED, bold=True)
    sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 60
    aside = copy.with_suffix(".new")
    try:
        book.save(aside)
        aside.replace(copy)
    finally:
        aside.unlink(missing_ok=True)
