"""The table in a CSV or workbook beside a goal: names of columns, and rows of texts with their numbers.

Belongs here: reading both formats within bounds, and refusing a table that nobody can read in one way only (a cell
under no name, a row longer or shorter than the header). Does not: what its columns mean (figures.py).
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.errors import KpiError

MAX_BYTES = 5_000_000  # 5,000 people × 12 months as a long CSV are 1.5 MB
MAX_UNFOLDED = 10_000_000  # bytes of a workbook's parts: 72,000 cells are 4 MB
MAX_ROWS, MAX_COLUMNS = 100_000, 500
MAX_CELLS = {".csv": 500_000, ".xlsx": 72_000}  # as many as are read in a second; 5,000 people by month are 65,000
FEWER = "keep what belongs to this goal; a goal of many people by month takes a column a month"


class Sheet(NamedTuple):
    path: Path
    name: str  # of a worksheet; empty for a CSV
    header: list[str]
    rows: list[tuple[int, list[str]]]  # line of the CSV or row of the sheet, cells; rows with nothing in them left out

    def error(self, line: int, problem: str, next_step: str = "") -> KpiError:
        where = f"sheet {self.name}, row {line}: " if self.name else ""
        return KpiError(f"{where}{problem}", file=self.path, line=line, next_step=next_step)

    def named(self, row: list[str]) -> dict[str, str]:
        """The cells of a row by column. Raises ValueError where one stands under no name, or the row is cut off."""
        beyond = any(row[len(self.header) :])
        if beyond and not self.name:
            shown = ",".join(row)[:80]
            raise ValueError(f"has {len(row)} cells, the header {len(self.header)}: a comma in a number? {shown}")
        if len(row) < len(self.header) and not self.name:  # a workbook leaves out what is empty at the end
            raise ValueError(f"has {len(row)} cells, the header {len(self.header)}: the row is cut off")
        found = dict(zip(self.header, row, strict=False))
        if beyond or (
            "" in self.header and any(cell for name, cell in zip(self.header, row, strict=False) if not name)
        ):
            raise ValueError("a cell stands under a column without a name; name each column, and merge no cells")
        return found


def read(path: Path) -> Sheet:
    """The table of a file. Raises KpiError: not such a file, outside of the goal's folder, too large, no header."""
    if not path.resolve().is_relative_to(path.parent.resolve()):
        raise KpiError("is a link that leads elsewhere", file=path, next_step="put the file itself beside the goal")
    if path.stat().st_size > MAX_BYTES:
        raise KpiError(f"larger than {MAX_BYTES:,} bytes", file=path, next_step=FEWER)
    sheet = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    names = [name for name in sheet.header if name]
    if not names:
        raise sheet.error(1, "is empty: the first row names the columns, such as unit_id, period_start, target")
    if twice := [name for name in names if names.count(name) > 1]:
        raise sheet.error(1, f"column {twice[0]} stands twice")
    return sheet


def _csv(path: Path) -> Sheet:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KpiError(f"not UTF-8 (byte {error.start})", file=path, next_step="save it as CSV UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins, cells, most = 1, 0, MAX_CELLS[".csv"]
    try:
        for row in reader:
            cells += len(row)
            if cells > most or len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise _too_much(path, "", begins)
            said = [cell.strip() for cell in row]
            if begins == 1 or any(said):
                rows.append((begins, said))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise KpiError(
            f"not a CSV from here on: {error}", file=path, line=begins, next_step="save it as CSV UTF-8"
        ) from error
    return _parted(path, "", rows)


def _workbook(path: Path) -> Sheet:
    """The first sheet; a formula reads as its text, which is no number: what it showed is nobody's word."""
    from openpyxl import load_workbook

    from pipelines.extract.files import workbook

    _refuse_large(path)
    workbook.refuse_strange(path)
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    try:
        book = load_workbook(path, read_only=True)
        try:
            first = book.worksheets[0]
            name = first.title
            first.reset_dimensions()  # what the file says of its own size can be less than what it holds
            for number, row in enumerate(first.iter_rows(max_row=MAX_ROWS + 2, values_only=True), 1):
                cells += len(row)
                if cells > MAX_CELLS[".xlsx"] or number > MAX_ROWS + 1 or len(row) > MAX_COLUMNS:
                    raise _too_much(path, name, number)
                said = [as_text(cell) for cell in row]
                if number == 1 or any(said):
                    rows.append((number, said))
        finally:
            book.close()
    except KpiError:
        raise
    # A part that is missing or damaged leads to errors of every kind in openpyxl and in what reads its XML.
    except Exception as error:
        raise KpiError("not an Excel workbook, or damaged", file=path, next_step="save it again as .xlsx") from error
    return _parted(path, name, rows)


def _refuse_large(path: Path) -> None:
    """Raises KpiError where the parts together are larger than a table of targets; what is no zip is told later."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, LookupError):
        return
    if unfolded > MAX_UNFOLDED:
        raise KpiError(f"unfolds to {unfolded:,} bytes, more than a table of targets", file=path, next_step=FEWER)


def _too_much(path: Path, name: str, line: int) -> KpiError:
    most = f"{MAX_ROWS:,} rows, {MAX_COLUMNS} columns or {MAX_CELLS[path.suffix.lower()]:,} cells"
    return Sheet(path, name, [], []).error(line, f"holds more than {most}", FEWER)


def _parted(path: Path, name: str, rows: list[tuple[int, list[str]]]) -> Sheet:
    return Sheet(path, name, rows[0][1] if rows else [], rows[1:])


def as_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    formula = getattr(cell, "text", None)  # an array formula is an object
    return "" if cell is None else str(formula if isinstance(formula, str) else cell).strip()
