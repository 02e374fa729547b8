"""Excel workbooks, read by calamine and counted in their XML.

Belongs here: one worksheet as rows of text; of a formula the value that Excel stored, of merged cells the first.
Does not: refusing bombs, counting (workbook.py, worksheet.py), nor types: load.py casts the text.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.extract.contract import TableContract
from pipelines.extract.drift import Settled, settle
from pipelines.extract.files import workbook
from pipelines.extract.files.source_file import SourceFile
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import pyarrow as pa
    from python_calamine import CalamineSheet

BATCH = 20_000


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
        if table.from_.names:  # by position a column without a name is one all the same
            names += [""] * (min(len(first), len(table.from_.names)) - len(names))
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
    """Rows that hold anything, found in the XML itself; in .xls, which is none, by calamine's other way."""
    header = table.from_.header != "none"
    if _is_xls(source):
        return max(sum(1 for _ in _filled(_sheet(source, table.from_.sheet).iter_rows())) - header, 0)
    return max(workbook.look(source, table.from_.sheet).rows - header, 0)


def _rows(source: SourceFile, table: TableContract) -> Iterator[list[Any]]:
    """The rows that hold anything, from column A on."""
    texts: dict[tuple[int, int], str] = {}
    wanted = table.from_.sheet
    if not _is_xls(source):
        wanted, _, texts = workbook.look(source, wanted)
    sheet = _sheet(source, wanted)
    row, column = sheet.start or (0, 0)
    odd = {place[0] for place in texts}
    for number, cells in enumerate(sheet.iter_rows(), row):
        found = [""] * column + cells
        if number in odd:
            found = [texts.get((number, place), cell) for place, cell in enumerate(found)]
        if any(cell != "" for cell in found):
            yield found


def _sheet(source: SourceFile, wanted: str | None) -> CalamineSheet:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source.path))
        names = book.sheet_names
        if wanted is None or wanted in names:
            return book.get_sheet_by_name(wanted or names[0])
    except BaseException as error:  # a damaged part makes calamine panic, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise workbook.damaged(source) from error
    raise workbook.no_sheet(wanted, names, source)


def _is_xls(source: SourceFile) -> bool:
    return source.path.suffix.lower() == ".xls"


def _filled(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    return (row for row in rows if any(cell != "" for cell in row))


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


def head(source: SourceFile, rows: int) -> list[list[str]]:
    """The first rows of the first worksheet as text, before a contract says what they are."""
    any_table = TableContract.model_validate({"from": {"glob": "*"}, "delivery": "full", "columns": [{"name": "any"}]})
    return [[_text(cell) or "" for cell in row] for row in itertools.islice(_rows(source, any_table), rows)]
