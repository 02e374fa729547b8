"""Text as SQL Server's bcp writes it: no quotes and no header, and any field may hold line breaks.

Belongs here: records told apart by counting fields, and an independent count. Does not: delimited text with quotes
(csv_file.py), types. Every column is handed on as text; transfer.py casts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.extract.contract import TableContract
from pipelines.extract.files.source_file import CHUNK, LONGEST_LINE, SourceFile, open_text
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000  # records; as Python texts these are the most memory a read takes
EMPTY = "\0"  # bcp's empty text; an empty field is no value
LOOK = "compare the columns, from.delimiter and from.record_end of the contract with the file"


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns as text, in the order of the file; an empty field is null.

    A field ends at the delimiter and the last one of a record at `from.record_end`, so a line break inside any other
    field is text. Raises KpiError: wrong encoding, a last record that breaks off, a field too long.
    """
    import pyarrow as pa

    names = table.delivered_names
    places = [names.index(column.name) for column in table.columns]
    schema = pa.schema([(column.name, pa.string()) for column in table.columns])

    def batches() -> Iterator[pa.RecordBatch]:
        rows: list[list[str]] = []
        for record in _records(source, table):
            rows.append(record)
            if len(rows) == BATCH:
                yield _batch(rows, places, schema)
                rows = []
        if rows:
            yield _batch(rows, places, schema)

    return Records(pa.RecordBatchReader.from_batches(schema, batches()), [])


def count(source: SourceFile, table: TableContract) -> int:
    """Records by their delimiters alone: each record has one less than columns.

    Raises KpiError where they do not come out even: a record has too many or too few fields.
    """
    each = len(table.delivered_names) - 1
    mark = table.from_.delimiter if each else table.from_.record_end
    total, rest = 0, ""
    with open_text(source, table.from_.encoding) as text:
        while piece := text.read(CHUNK):
            rest += piece
            total += rest.count(mark)
            # What is left over may hold the first half of a delimiter of several characters, never a whole one.
            last = rest.rfind(mark)
            rest = rest[last + len(mark) if last >= 0 else 0 :][-max(len(mark) - 1, 1) :]
    if not each:
        return total + bool(rest.strip("\r\n"))
    if total % each:
        raise KpiError(
            f"{total:,} delimiters where each record of {each + 1} columns has {each}", file=source.path, next_step=LOOK
        )
    return total // each


def _records(source: SourceFile, table: TableContract) -> Iterator[list[str]]:
    width = len(table.delivered_names)
    ends = [table.from_.delimiter] * (width - 1) + [table.from_.record_end]
    fields: list[str] = []
    rest, start, number = "", 0, 1
    with open_text(source, table.from_.encoding) as text:
        while True:
            at = rest.find(ends[len(fields)], start)
            if at >= 0:
                fields.append(rest[start:at])
                start = at + len(ends[len(fields) - 1])
                if len(fields) == width:
                    yield _whole(fields, table)
                    fields, number = [], number + 1
                continue
            rest, start = rest[start:], 0
            if len(rest) > LONGEST_LINE:
                raise KpiError(f"record {number:,}: a field longer than {LONGEST_LINE:,} characters", file=source.path)
            piece = text.read(CHUNK)
            if not piece:
                break
            rest += piece
    if not fields and not rest.strip("\r\n"):
        return
    if len(fields) < width - 1:
        said = f"record {number:,} breaks off: {len(fields) + 1} fields where {width} are expected"
        raise KpiError(said, file=source.path, next_step=LOOK)
    yield _whole([*fields, rest], table)


def _whole(fields: list[str], table: TableContract) -> list[str]:
    """The fields of a record; a \\r before the \\n that ends it belongs to that end."""
    if table.from_.record_end == "\n":
        fields[-1] = fields[-1].removesuffix("\r")
    return fields


def _batch(rows: list[list[str]], places: list[int], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    columns = [pa.array([_value(row[place]) for row in rows], pa.string()) for place in places]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _value(field: str) -> str | None:
    return "" if field == EMPTY else field or None
