"""JSON (one array of objects) and JSON lines, record by record.

Belongs here: one record as text fields, digit for digit, in the memory of a batch; which key is which column.
Does not: types; load.py casts the text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.extract import drift, json_values
from pipelines.extract.contract import TableContract
from pipelines.extract.files.source_file import CHUNK, SourceFile, lines, open_text
from pipelines.extract.source import Finding, Records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
LARGEST_RECORD = 64_000_000  # characters: more is an object that is never closed, and a danger to memory
BLANK = re.compile(r"[ \t\r\n]*")


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns as text; an absent key is null, an object or a list is its JSON text.

    Read by Python: DuckDB's reader turns a number into a double first and 12345678901234567.89 loses its cents.
    Raises KpiError with file and line while it is read on: not JSON, not an object; after the last record, what
    drift.settle says of the keys of all of them.
    """
    import pyarrow as pa

    schema = pa.schema([(column.name, pa.string()) for column in table.columns])
    findings: list[Finding] = []
    return Records(pa.RecordBatchReader.from_batches(schema, _batches(source, table, schema, findings)), findings)


def count(source: SourceFile, table: TableContract) -> int:
    """Lines that are not blank, or the items of the array as another reader of JSON (ijson) finds them."""
    import ijson

    with open_text(source, table.from_.encoding) as text:
        if table.from_.file_format == "jsonl":
            return sum(1 for line in lines(text, source) if line.strip())
        bytes_of = _Bytes(text)
        try:
            return _count_items(ijson.basic_parse(bytes_of))
        except ijson.JSONError as error:
            if bytes_of.is_blank:
                return 0
            raise _not_json(source, None) from error


def _count_items(events: Iterator[tuple[str, Any]]) -> int:
    """Items of the array at the top; 1 for a value that stands alone."""
    depth, total, is_array = 0, 0, False
    for event, _ in events:
        if event in ("end_map", "end_array"):
            depth -= 1
            continue
        total += event != "map_key" and depth == (1 if is_array else 0)
        if event in ("start_map", "start_array"):
            if depth == 0 and event == "start_array":
                is_array, total = True, 0
            depth += 1
    return total


class _Bytes:
    """A text as the bytes ijson wants, whatever encoding it came in."""

    def __init__(self, text: IO[str]) -> None:
        self.text, self.is_blank = text, True

    def read(self, size: int = CHUNK) -> bytes:
        piece = self.text.read(size)
        self.is_blank = self.is_blank and not piece.strip()
        return piece.encode()


def _batches(
    source: SourceFile, table: TableContract, schema: pa.Schema, findings: list[Finding]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    claims = drift.claims(table)
    seen: dict[str, None] = {}
    keys: dict[str, list[str]] = {name: [] for name in schema.names}  # column → the keys that mean it
    records, done = _records(source, table), 0
    while piece := list(itertools.islice(records, BATCH)):
        for key in dict.fromkeys(itertools.chain.from_iterable(piece)):
            if key not in seen:
                seen[key] = None
                keys.get(drift.meant(key, claims) or "", []).append(key)
        columns = [_column(piece, keys[name]) for name in schema.names]
        try:
            arrays = [pa.array(column, pa.string()) for column in columns]
        except UnicodeEncodeError:  # "\ud83d" is half a character
            raise _half_a_character(columns, done, source) from None
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        done += len(piece)
    if seen:
        findings += drift.settle(list(seen), table, source.path, what="keys").findings


def _half_a_character(columns: list[list[str | None]], done: int, source: SourceFile) -> KpiError:
    is_half = re.compile("[\ud800-\udfff]").search
    rows = enumerate(zip(*columns, strict=True), done + 1)
    first = next(number for number, values in rows if any(map(is_half, filter(None, values))))
    return KpiError(f"record {first} holds half a character", file=source.path, next_step="ask for the file again")


def _column(piece: list[dict[str, Any]], keys: list[str]) -> list[str | None]:
    values: list[Any] = [None] * len(piece) if not keys else [record.get(keys[0]) for record in piece]
    return [json_values.as_text(value) for value in values]


def _records(source: SourceFile, table: TableContract) -> Iterator[dict[str, Any]]:
    with open_text(source, table.from_.encoding) as text:
        if table.from_.file_format == "jsonl":
            for number, line in enumerate(lines(text, source), 1):
                if line.strip():
                    yield _record(line, source, number, table)
            return
        for number, record in enumerate(_items(text, source, table), 1):
            if not isinstance(record, dict):
                raise KpiError(f"item {number} is not an object", file=source.path)
            yield record


def _items(text: IO[str], source: SourceFile, table: TableContract) -> Iterator[Any]:
    """The items of an array one by one, or the one value that stands alone."""
    reading = _Reading(text)
    try:
        if reading.next() == "[":
            reading.place += 1
            if reading.next() != "]":
                yield reading.item()
                while reading.next() == ",":
                    reading.place += 1
                    yield reading.item()
            if reading.next() != "]":
                raise ValueError("an array that is not closed")
            reading.place += 1
        elif reading.next():
            yield reading.item()
        if reading.next():
            raise ValueError("more behind the end")
    except UnicodeError:  # a ValueError too, and told by open_text
        raise
    except json_values.Repeated as error:
        raise _repeated(error.key, source, reading.line_of(reading.place), table) from None
    except (ValueError, RecursionError) as error:
        raise _not_json(source, reading.line_of(getattr(error, "pos", reading.place))) from error


class _Reading:
    """A text that is read bit by bit; what was passed is dropped, so one item and a bit is all that is held."""

    def __init__(self, text: IO[str]) -> None:
        self.text, self.held, self.place, self.passed = text, "", 0, 0

    def item(self) -> Any:
        """The value that comes next; json's own decoder says where it ends."""
        self.next()
        while True:
            try:
                item, self.place = json_values.decoder.raw_decode(self.held, self.place)
                return item
            except json_values.Repeated:
                raise
            except (ValueError, RecursionError):
                if len(self.held) - self.place > LARGEST_RECORD or not self._more():
                    raise

    def next(self) -> str:
        """The next character that is not blank, "" at the end."""
        while True:
            blank = BLANK.match(self.held, self.place)
            self.place = blank.end() if blank else self.place
            if self.place < len(self.held):
                return self.held[self.place]
            if not self._more():
                return ""

    def line_of(self, place: int) -> int:
        return self.passed + self.held.count("\n", 0, place) + 1

    def _more(self) -> bool:
        piece = self.text.read(max(CHUNK, len(self.held) - self.place))
        if not piece:
            return False  # and what is held stays where an error says it is
        self.passed += self.held.count("\n", 0, self.place)
        self.held, self.place = self.held[self.place :] + piece, 0
        return True


def _record(line: str, source: SourceFile, number: int, table: TableContract) -> dict[str, Any]:
    try:
        record = json_values.decode(line)
    except json_values.Repeated as error:
        raise _repeated(error.key, source, number, table) from None
    except (ValueError, RecursionError) as error:
        raise _not_json(source, number) from error
    if not isinstance(record, dict):
        raise KpiError("the line is not an object", file=source.path, line=number)
    return record


def _repeated(key: str, source: SourceFile, line: int, table: TableContract) -> KpiError:
    """A key that the contract does not know may stand deep inside a record and be somebody's data."""
    said = f"the record repeats {key}" if key in drift.claims(table) else "an object in the record repeats a key"
    step = "ask for it with each key once; nothing of it was loaded, since one of the two values would be lost"
    return KpiError(said, file=source.path, line=line, next_step=step)


def _not_json(source: SourceFile, line: int | None) -> KpiError:
    return KpiError("not valid JSON", file=source.path, line=line, next_step="ask for the file again")
