"""JSON (one array of objects) and JSON lines.

Belongs here: one record as text fields, digit for digit. Does not: types; load.py casts the text.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract import json_values
from pipelines.extract.contract import TableContract
from pipelines.extract.files.source_file import SourceFile, lines, open_text
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns as text; an absent key is null, an object or a list is its JSON text.

    Read by Python: DuckDB's reader turns a number into a double first and 12345678901234567.89 loses its cents.
    Raises KpiError with file and line: not JSON, not an object, a key the contract does not know, a key column or
    required column that no record holds.
    """
    import pyarrow as pa

    wanted = [column.name for column in table.columns]
    schema = pa.schema([(name, pa.string()) for name in wanted])
    return Records(pa.RecordBatchReader.from_batches(schema, _batches(source, table, schema)), [])


def count(source: SourceFile, table: TableContract) -> int:
    """Lines that are not blank, or the items of the array."""
    with open_text(source, table.from_.encoding) as text:
        if table.from_.file_format == "jsonl":
            return sum(1 for line in lines(text, source) if line.strip())
        try:
            # Objects become None while they are read, so that a large file is counted in little memory.
            whole = json.loads(text.read() or "[]", object_hook=lambda _: None)
        except ValueError as error:
            raise _not_json(source, getattr(error, "lineno", None)) from error
    return len(whole) if isinstance(whole, list) else 1


def _batches(source: SourceFile, table: TableContract, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    known, seen, total = set(table.delivered_names), set[str](), 0
    records = _records(source, table)
    while piece := list(itertools.islice(records, BATCH)):
        total += len(piece)
        seen.update(*piece)
        if unknown := sorted(seen - known):
            raise KpiError(
                f"unexpected key {unknown[0]!r}{did_you_mean(unknown[0], table.delivered_names)}",
                file=source.path,
                next_step="add it to the contract's columns or to from.header",
            )
        columns = [[json_values.as_text(record.get(name)) for record in piece] for name in schema.names]
        yield pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=schema)
    needed = [c.name for c in table.columns if c.required or c.name in table.key]
    if total and (missing := [name for name in needed if name not in seen]):
        raise KpiError(
            f"no record has the key {missing[0]}{did_you_mean(missing[0], sorted(seen))}",
            file=source.path,
            next_step="correct the contract's columns, or ask for the file as agreed",
        )


def _records(source: SourceFile, table: TableContract) -> Iterator[dict[str, Any]]:
    decode = json_values.decode
    with open_text(source, table.from_.encoding) as text:
        if table.from_.file_format == "jsonl":
            for number, line in enumerate(lines(text, source), 1):
                if line.strip():
                    yield _record(decode, line, source, number)
            return
        whole = _decoded(decode, text.read() or "[]", source, None)
    for number, record in enumerate(whole if isinstance(whole, list) else [whole], 1):
        if not isinstance(record, dict):
            raise KpiError(f"item {number} is not an object", file=source.path)
        yield record


def _record(decode: Callable[[str], Any], line: str, source: SourceFile, number: int) -> dict[str, Any]:
    record = _decoded(decode, line, source, number)
    if not isinstance(record, dict):
        raise KpiError("the line is not an object", file=source.path, line=number)
    return record


def _decoded(decode: Callable[[str], Any], text: str, source: SourceFile, line: int | None) -> Any:
    try:
        return decode(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(source, line or getattr(error, "lineno", None)) from error


def _not_json(source: SourceFile, line: int | None) -> KpiError:
    return KpiError("not valid JSON", file=source.path, line=line, next_step="ask for the file again")
