"""Excel workbooks, read by calamine and counted by openpyxl.

Belongs here: one worksheet as rows of text; refusing a workbook that unfolds to a bomb.
Does not: formulas (the value Excel stored counts), nor types: load.py casts the text.
"""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import TableContract
from pipelines.extract.drift import Settled, settle
from pipelines.extract.files.source_file import SourceFile
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
# A 307 KB workbook unfolded to 1.4 GB; honest ones unfold to 5–20 times their size.
MOST_TIMES, FROM_BYTES, MOST_BYTES = 100, 50_000_000, 1_000_000_000


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns as text; an empty cell is null, a row of empty cells is no record.

    A number is written with the 15 digits Excel itself keeps, without exponent; a date as 2026-03-02, an instant as
    2026-03-02 10:00:00. Raises KpiError: not a workbook, no such sheet, wrong header, a bomb, values beside the header.
    """
    import pyarrow as pa

    wanted = [column.name for column in table.columns]
    schema = pa.schema([(name, pa.string()) for name in wanted])
    rows = _rows(source, table)
    names = table.delivered_names
    settled = Settled([names.index(name) for name in wanted], ())
    if table.from_.header != "none" and (first := next(rows, None)) is not None:
        names = _header(first)
        settled = settle(names, table, source.path, line=1)

    def batches() -> Iterator[pa.RecordBatch]:
        number = 0
        while piece := list(itertools.islice(rows, BATCH)):
            for row in piece:
                number += 1
                if any(cell != "" for cell in row[len(names) :]):
                    raise KpiError(f"record {number} has values beside the last column", file=source.path)
            columns = [
                [_text(row[place]) if place is not None and place < len(row) else None for row in piece]
                for place in settled.places
            ]
            yield pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=schema)

    return Records(pa.RecordBatchReader.from_batches(schema, batches()), list(settled.findings))


def count(source: SourceFile, table: TableContract) -> int:
    """Rows that hold anything, by openpyxl (.xlsx); for .xls, which it does not read, by calamine's other way."""
    if source.path.suffix.lower() == ".xls":
        return max(sum(1 for _ in _rows(source, table)) - (table.from_.header != "none"), 0)
    import openpyxl

    _refuse_bomb(source)
    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the damaged part leads to
        raise _not_a_workbook(source) from error
    try:
        sheet = book[table.from_.sheet] if table.from_.sheet in book.sheetnames else book.worksheets[0]
        found = sum(
            1 for row in sheet.iter_rows(values_only=True) if any(cell is not None and cell != "" for cell in row)
        )
    finally:
        book.close()
    return max(found - (table.from_.header != "none"), 0)


def _rows(source: SourceFile, table: TableContract) -> Iterator[list[Any]]:
    from python_calamine import CalamineWorkbook

    _refuse_bomb(source)
    try:
        book = CalamineWorkbook.from_path(str(source.path))
    except Exception as error:
        raise _not_a_workbook(source) from error
    wanted = table.from_.sheet or book.sheet_names[0]
    if wanted not in book.sheet_names:
        raise KpiError(
            f"no sheet {wanted}{did_you_mean(wanted, book.sheet_names)}",
            file=source.path,
            next_step=f"the workbook has {', '.join(book.sheet_names)}; correct from.sheet",
        )
    for row in book.get_sheet_by_name(wanted).to_python(skip_empty_area=False):
        if any(cell != "" for cell in row):
            yield row


def _header(row: list[Any]) -> list[str]:
    names = [_text(cell) or "" for cell in row]
    while names and not names[-1]:
        names.pop()
    return names


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Excel keeps 15 digits; the 16th and 17th are noise of its own sums (0.30000000000000004).
        number = format(Decimal(f"{cell:.15g}"), "f")
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def _refuse_bomb(source: SourceFile) -> None:
    if source.path.suffix.lower() == ".xls":
        return
    try:
        with zipfile.ZipFile(source.path) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise _not_a_workbook(source) from error
    packed = source.path.stat().st_size
    if unfolded > MOST_BYTES or (unfolded > FROM_BYTES and unfolded > packed * MOST_TIMES):
        raise KpiError(
            f"unfolds from {packed:,} to {unfolded:,} bytes, which no honest workbook does",
            file=source.path,
            next_step="deliver the table as CSV",
        )


def _not_a_workbook(source: SourceFile) -> KpiError:
    return KpiError("not an Excel workbook, or damaged", file=source.path, next_step="save it again as .xlsx")


def head(source: SourceFile, rows: int) -> list[list[str]]:
    """The first rows of the first worksheet as text, before a contract says what they are."""
    any_table = TableContract.model_validate({"from": {"glob": "*"}, "delivery": "full", "columns": [{"name": "any"}]})
    return [[_text(cell) or "" for cell in row] for row in itertools.islice(_rows(source, any_table), rows)]
