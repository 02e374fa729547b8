"""Delimited text, read by DuckDB with everything said and nothing guessed.

Belongs here: the reader's options, strict transcoding first, and an independent count.
Does not: types. Every column is handed on as text; load.py casts it.
"""

from __future__ import annotations

import atexit
import csv
import functools
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.extract.contract import TableContract
from pipelines.extract.drift import Settled, settle
from pipelines.extract.files.source_file import (
    CHUNK,
    LONGEST_LINE,
    MARK,
    SourceFile,
    codec_of,
    lines,
    nul_byte,
    open_bytes,
    open_text,
)
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 122_880  # a row group of DuckDB

# What DuckDB says, and what we say; its own text quotes the line, which may hold personal data.
CAUSES = {
    r"Number of Columns: (\d+) Found: (\d+)": "{1} fields where {0} are expected",
    r"unterminated quote": "a quote is opened and not closed, or stands inside a field",
    r"Invalid unicode|not utf-8": "bytes that are not UTF-8",
    r"Maximum line size": f"a line longer than {LONGEST_LINE:,} bytes",
    r"invalid state": "line ends or quotes are mixed",
}


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns as text, in the order of the file; an empty field is null.

    `scratch` takes the transcoded copy of a file that is not UTF-8, for as long as it is read.
    Raises KpiError with file and line: wrong header, wrong encoding, a ragged line, an open quote, a line too long.
    """
    import pyarrow as pa

    names, settled, line_end = header(source, table)
    width = len(names)
    chosen = ", ".join("cast(null as varchar)" if place is None else f"c{place}" for place in settled.places)
    schema = pa.schema([(column.name, pa.string()) for column in table.columns])

    def batches() -> Iterator[pa.RecordBatch]:
        with _as_utf8(source, table.from_.encoding, scratch) as path:
            try:
                sql = f"select {chosen}, c0 from {_read_csv(path, width, table, line_end)}"
                for batch in _duckdb(os.getpid()).cursor().sql(sql).to_arrow_reader(BATCH):
                    *columns, first = batch.columns
                    _refuse_joined(columns, first, [None if p is None else names[p] for p in settled.places], source)
                    yield pa.RecordBatch.from_arrays(columns, schema=schema)
            except Exception as error:  # DuckDB's own, or Arrow's around it, by where it breaks
                raise _readable(error, source) from error

    return Records(pa.RecordBatchReader.from_batches(schema, batches()), list(settled.findings))


def header(source: SourceFile, table: TableContract) -> tuple[list[str], Settled, str]:
    """The names of the file's columns, where the contract's stand, and how its records end; "" where none ends.

    An empty file has the contract's columns.

    Raises KpiError as drift.settle does.
    """
    with open_text(source, table.from_.encoding) as text:
        first, line_end = _first_record(lines(text, source), table, source)
    if first is None or table.from_.header == "none":
        names = table.delivered_names
        return names, Settled([names.index(column.name) for column in table.columns], ()), line_end
    return first, settle(first, table, source.path, line=1), line_end


def _refuse_joined(columns: list[pa.Array], first: pa.Array, names: list[str | None], source: SourceFile) -> None:
    """KpiError where a record repeats the header or begins with a byte order mark: there a second file begins.

    Nothing else shows it where all columns are text; and the second file's columns may stand in another order.
    """
    import pyarrow.compute as pc

    known = [(column, name) for column, name in zip(columns, names, strict=True) if name is not None]
    is_joined = pc.starts_with(first, MARK)
    if len(known) > 1:
        is_header = functools.reduce(pc.and_kleene, (pc.equal(column, name) for column, name in known))
        is_joined = pc.or_kleene(is_joined, is_header)
    if pc.any(is_joined).as_py():
        raise KpiError(
            "a header or a byte order mark in the middle: two files were joined",
            file=source.path,
            next_step="deliver them one by one",
        )


def _first_record(text: Iterator[str], table: TableContract, source: SourceFile) -> tuple[list[str] | None, str]:
    """The first record and the line end behind it."""
    last = ""

    def remembered() -> Iterator[str]:
        nonlocal last
        for line in text:
            last = line
            yield line

    first = next(_records(remembered(), table, source), None)
    return first, last[len(last.rstrip("\r\n")) :]


def count(source: SourceFile, table: TableContract) -> int:
    """Records by Python alone: line ends outside quotes, else, where quotes or line ends are odd, the csv module.

    A blank line is no record, except in a table of one column, where it is an empty one.
    """
    wide = len(table.delivered_names) > 1
    total = None
    if codec_of(table.from_.encoding) == "utf-8-sig":
        total = _count_lines(source, table, keep_blank=not wide)
    if total is None:
        with open_text(source, table.from_.encoding) as text:
            total = sum(1 for row in _records(lines(text, source), table, source) if row or not wide)
    return max(total - (table.from_.header != "none"), 0)


def explain(source: SourceFile, table: TableContract) -> None:
    """KpiError with the line of the first record that has too few or too many fields, if there is one.

    DuckDB 2.0 ends without an error where such a line stands near the end of a file of more than 32 MB, and leaves out
    it and all lines behind it (400,004 lines: 400,000 rows). The count finds that out; this says why.
    """
    width, number = len(header(source, table)[0]), 0

    def counted(text: Iterator[str]) -> Iterator[str]:
        nonlocal number
        for number, line in enumerate(text, 1):  # noqa: B007  (told when a record is odd)
            yield line

    with open_text(source, table.from_.encoding) as text:
        for record in _records(counted(lines(text, source)), table, source):
            if record and (len(record) < width or any(record[width:])):
                raise _unlike(f"{len(record)} fields where {width} are expected", source, number)


def _count_lines(source: SourceFile, table: TableContract, keep_blank: bool) -> int | None:
    """Lines that end outside quotes; None where something else than a field's end follows a quote, a quote stays open,
    or a line ends in \r alone.

    Whether a quote may open where it does is for the reader to say: a file in which one may not is refused there.
    """
    quote, behind = table.from_.quote.encode(), (10, table.from_.delimiter.encode()[0])
    total = line = pending = 0
    rest, outside = b"", True
    began = closed = False  # the line under way holds something; the last byte was a closing quote
    with open_bytes(source) as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise nul_byte(source, line + chunk[: chunk.index(b"\0")].count(b"\n") + 1)
            pending = _refuse_long_line(chunk, pending, source, line)
            line += chunk.count(b"\n")
            chunk, rest = rest + chunk, b""
            if chunk.endswith(b"\r"):
                chunk, rest = chunk[:-1], b"\r"
            if b"\r" in chunk:
                if chunk.count(b"\r") != chunk.count(b"\r\n"):
                    return None
                chunk = chunk.replace(b"\r\n", b"\n")
            for number, part in enumerate(chunk.split(quote) if quote else [chunk]):
                if number:
                    outside, closed, began = not outside, not outside, True
                if not outside or not part:
                    continue
                if closed and part[0] not in behind:
                    return None
                ended = part.count(b"\n")
                total += ended
                if not keep_blank and ended:
                    total -= (part[0] == 10 and not began) + _blank_lines(part)
                began, closed = part[-1] != 10 if ended else True, False
    if not outside or rest:
        return None
    return total + began


def _blank_lines(part: bytes) -> int:
    """Empty lines between two line ends."""
    return sum(1 for text in part.split(b"\n")[1:-1] if not text) if b"\n\n" in part else 0


def _refuse_long_line(chunk: bytes, pending: int, source: SourceFile, line: int) -> int:
    """How long the line is that goes on behind the chunk; `pending` is how long it was before."""
    first = chunk.find(b"\n")
    if pending + (len(chunk) if first < 0 else first) > LONGEST_LINE:
        raise KpiError(f"a line longer than {LONGEST_LINE:,} bytes", file=source.path, line=line + 1)
    return pending + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"\n") - 1


def _records(text: Iterator[str], table: TableContract, source: SourceFile) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_LINE)
    quoted = bool(table.from_.quote)
    reader = csv.reader(
        text,
        delimiter=table.from_.delimiter,
        quotechar=table.from_.quote or None,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        yield from reader
    except csv.Error as error:
        raise KpiError(f"cannot be read as CSV: {error}", file=source.path, line=reader.line_num) from error


@contextmanager
def _as_utf8(source: SourceFile, encoding: str, scratch: Path) -> Iterator[Path]:
    """A path that DuckDB reads as UTF-8: the file itself, or a copy that lives as long as the block."""
    plain = codec_of(encoding) == "utf-8-sig"
    if plain and not re.search(r"[*?\[]", str(source.path)):
        yield source.path
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=scratch) as folder:
        if plain:  # DuckDB would take the name for a pattern
            copy = Path(folder) / ("source.csv.gz" if source.is_gzip else "source.csv")
            copy.symlink_to(source.path.resolve())
        else:
            copy = Path(folder) / "source.csv"
            with open_text(source, encoding) as text, copy.open("w", encoding="utf-8", newline="") as out:
                while piece := text.read(CHUNK):
                    out.write(piece)
        yield copy


def _read_csv(path: Path, width: int, table: TableContract, line_end: str) -> str:
    columns = ", ".join(f"'c{place}': 'varchar'" for place in range(width))
    options = {
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "header": "false" if table.from_.header == "none" else "true",
        "delim": _literal(table.from_.delimiter),
        "quote": _literal(table.from_.quote),
        "escape": _literal(table.from_.quote),
        "encoding": "'utf-8'",
        "compression": "'gzip'" if path.suffix == ".gz" else "'none'",
        "nullstr": "''",
        "strict_mode": "true",
        "null_padding": "false",
        "ignore_errors": "false",
        "max_line_size": str(LONGEST_LINE),
    }
    if line_end == "\n":
        # DuckDB takes the first line end it meets, even one inside quotes: of a headerless file whose first record
        # holds a quoted \r\n it refused every line. Its new_line = '\r\n' finds no record at all, so that is not said.
        options["new_line"] = r"'\n'"
    return f"read_csv({_literal(str(path))}, {', '.join(f'{key} = {value}' for key, value in options.items())})"


@functools.cache
def _duckdb(pid: int) -> duckdb.DuckDBPyConnection:
    """An empty database in memory that only reads files; one per process, since opening one costs 14 ms."""
    import duckdb

    atexit.register(_duckdb.cache_clear)  # otherwise the binding complains of leaks as the process ends
    return duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})


def _readable(error: Exception, source: SourceFile) -> KpiError:
    if isinstance(error, KpiError):
        return error
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    cause = "this is not the CSV the contract describes"
    for pattern, words in CAUSES.items():
        if found := re.search(pattern, text):
            cause = words.format(*found.groups())
            break
    return _unlike(cause, source, int(line.group(1)) if line else None)


def _unlike(cause: str, source: SourceFile, line: int | None) -> KpiError:
    return KpiError(
        f"cannot be read as CSV: {cause}",
        file=source.path,
        line=line,
        next_step="compare the line with from.delimiter and from.quote of the contract, or ask for the file again",
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
