"""A sample file as a table of texts, and the form it has: encoding, delimiter, quote, header, sheet.

Belongs here: finding the form and reading every record by it, with the readers of the load (files/). Does not: what
the columns mean (types.py, words.py).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract import files
from pipelines.extract.cast import identifier, literal
from pipelines.extract.contract import TableContract
from pipelines.extract.contract.column import RESERVED
from pipelines.extract.draft import encoding, words
from pipelines.extract.files.source_file import SourceFile

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DELIMITERS = [",", "\t", ";", "|", "\x01", "^", "~"]
LINES = 200  # looked at for delimiter and quote
VALUE = re.compile(r"[\d\s.,:/+\-%$¥€£]*\d[\d\s.,:/+\-%$¥€£TZ]*|true|false|yes|no|null|", re.IGNORECASE)


class Sample(NamedTuple):
    """The records of a file as the DuckDB table `sample` (c0, c1, …, in the file's order) and the form of the file."""

    con: duckdb.DuckDBPyConnection
    names: list[str]  # the columns of the contract, unique without case
    types: list[str]  # DuckDB's; VARCHAR but for Parquet
    rows: int
    form: dict[str, Any]  # fields of from: but glob
    doubts: dict[str, str]  # field of from: → why it is doubtful


class _Form(NamedTuple):
    said: dict[str, Any]
    header: list[str] | None  # None: the file has none
    width: int
    doubts: dict[str, str]


def read(path: Path, con: duckdb.DuckDBPyConnection, scratch: Path) -> Sample:
    """Finds the form and reads the whole file into `con`.

    Raises KpiError: no such file, empty, of no form the load can read; with file and line where a record breaks it.
    """
    if not path.is_file():
        raise KpiError("no such file", file=path, next_step="name a sample file of the system")
    kind = _kind(path)
    if kind in ("json", "jsonl"):
        return _read_json(path, con, kind, scratch)
    if not path.stat().st_size:
        raise _no_records(path)
    form = {"csv": _csv_form, "xlsx": _xlsx_form, "parquet": _parquet_form}[kind](path)
    table = TableContract.model_validate(
        {
            "from": {"glob": path.name, "names": _places(form.width)} | form.said,
            "delivery": "full",
            "columns": [{"name": name} for name in _places(form.width)],
        }
    )
    _fill(con, files.read(SourceFile(path, path.name), table, scratch).reader)
    return _sample(path, con, form)


def _fill(con: duckdb.DuckDBPyConnection, reader: pa.RecordBatchReader) -> None:
    """The records as the table; what the reader says of a bad one, and not DuckDB's words around it."""
    import duckdb
    import pyarrow as pa

    said: list[KpiError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from reader
        except KpiError as error:
            said.append(error)
            raise

    con.register("delivered", pa.RecordBatchReader.from_batches(reader.schema, batches()))
    try:
        con.execute("create table sample as select * from delivered")
    except duckdb.Error as error:
        if not said:
            raise
        raise said[0] from error
    finally:
        con.unregister("delivered")


def _kind(path: Path) -> str:
    ending = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    known = {"xlsx": "xlsx", "xls": "xlsx", "xlsm": "xlsx", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl"}
    return "parquet" if ending == "parquet" else known.get(ending, "csv")


def _places(width: int) -> list[str]:
    return [f"c{place}" for place in range(width)]


def _sample(path: Path, con: duckdb.DuckDBPyConnection, form: _Form) -> Sample:
    described = con.execute("describe sample").fetchall()
    ((rows,),) = con.execute("select count(*) from sample").fetchall()
    if not rows:
        raise _no_records(path)
    names, said = _names(form), dict(form.said)
    if form.header is not None and names != form.header:
        said |= {"header": form.header, "names": names}
    elif form.header is None:
        said |= {"names": names}
    return Sample(con, names, [kind for _, kind, *_ in described], rows, said, form.doubts)


def _no_records(path: Path) -> KpiError:
    return KpiError("holds no records", file=path, next_step="take a sample with some hundred records")


def _names(form: _Form) -> list[str]:
    """Names that DuckDB takes for different ones: blank and repeated names of the header are numbered."""
    found: list[str] = []
    for place in range(form.width):
        said = " ".join(form.header[place].split()) if form.header else ""
        said = re.sub(r"[\x00-\x1f\x7f]", "", said) or f"column_{place + 1}"
        taken, number, name = {words.fold(n) or n for n in found}, 1, said
        while (words.fold(name) or name) in taken or name in found or _is_reserved(name):
            number += 1
            name = f"{said.lstrip('_') if _is_reserved(said) else said}_{number}"
        found.append(name)
    return found


def _is_reserved(name: str) -> bool:
    """Whether the load makes this name itself."""
    return name.casefold() in RESERVED or (name.startswith("_") and name.endswith("_is_valid"))


def _csv_form(path: Path) -> _Form:
    source = SourceFile(path, path.name)
    guess = encoding.guess(source)
    doubts = {"encoding": guess.why} if guess.why else {}
    delimiter, quote, records = _split(path, guess.head)
    said: dict[str, Any] = {"encoding": guess.name} if guess.name != "utf-8" else {}
    said |= {"delimiter": delimiter} if delimiter != "," else {}
    if quote == '"' and '"' in guess.head and not re.search(rf'(^|{re.escape(delimiter)})"', guess.head, re.MULTILINE):
        quote = ""  # an inch or a word in the middle of a field: no field begins with a quote
        doubts["quote"] = "quotes stand only inside fields, so they are taken for plain letters"
    said |= {"quote": quote} if quote != '"' else {}
    if not path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".txt")):
        said["format"] = "csv"
    return _with_header(said, records, doubts)


def _split(path: Path, head: str) -> tuple[str, str, list[list[str]]]:
    """Delimiter and quote by which the first lines have most often the same number of fields, and those records."""
    lines = head.splitlines(keepends=True)[:LINES]
    best: tuple[float, int, str, str, list[list[str]]] = (0.0, 0, ",", '"', [])
    for quote in ('"', "'", ""):
        for delimiter in DELIMITERS:
            records = _records(lines, delimiter, quote)
            if not records:
                continue
            width, count = Counter(len(record) for record in records).most_common(1)[0]
            share = count / len(records)
            quoted = quote == '"' or (quote == "'" and _is_quoted(records, lines))
            if (
                width > 1
                and (quoted or not quote)
                and (share > best[0] + 0.02 or (share > best[0] - 0.02 and width > best[1]))
            ):
                best = (share, width, delimiter, quote, records)
        if best[0] > 0.98 and best[1] > 1:
            break
    if not best[4]:
        return ",", '"', _records(lines, ",", '"')
    share, width, delimiter, quote, records = best
    if len(records[0]) != width:
        raise KpiError(
            f"line 1 has {len(records[0])} fields, most lines have {width}",
            file=path,
            line=1,
            next_step="remove what stands above the header, or ask for the file without it",
        )
    return delimiter, quote, records


def _records(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    found = []
    try:
        for record in reader:
            if record:
                found.append(record)
    except csv.Error:
        # The last record may be cut off where the head ends; anything else is another quote.
        return found if reader.line_num >= len(lines) and len(lines) == LINES else []
    return found


def _is_quoted(records: list[list[str]], lines: list[str]) -> bool:
    return sum(line.count("'") for line in lines) >= len(records)


def _xlsx_form(path: Path) -> _Form:
    from pipelines.extract.files import excel_file

    rows = excel_file.head(SourceFile(path, path.name), LINES)
    while rows and rows[0] and all(not row[-1:] or row[-1] == "" for row in rows):
        rows = [row[:-1] for row in rows]
    said: dict[str, Any] = {} if path.suffix.lower() in (".xlsx", ".xls") else {"format": "xlsx"}
    return _with_header(said, rows, {})


def _parquet_form(path: Path) -> _Form:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise KpiError("not a Parquet file, or damaged", file=path, next_step="ask for it again") from error
    return _Form({}, names, len(names), {})


def _with_header(said: dict[str, Any], records: list[list[str]], doubts: dict[str, str]) -> _Form:
    """Whether the first record is one of names: known words, no value among them, unlike what stands below."""
    if not records:
        return _Form(said, [], 0, doubts)
    first, width = records[0], len(records[0])
    known = _known_words()
    hits = sum(words.compact(name) in known for name in first)
    values = sum(VALUE.fullmatch(name.strip()) is not None for name in first if name.strip())
    below = [[record[place] for record in records[1:] if place < len(record)] for place in range(width)]
    repeated = sum(name in column for name, column in zip(first, below, strict=True) if name)
    if hits and hits >= values:
        return _Form(said, first, width, doubts)
    typed = any(column and all(VALUE.fullmatch(cell.strip()) for cell in column) for column in below)
    if values or repeated:
        return _Form(said | {"header": "none"}, None, width, doubts)
    why = "" if typed else "no word of the first line is known, yet it is taken as the header"
    return _Form(said, first, width, doubts | ({"header": why} if why else {}))


def _known_words() -> set[str]:
    from pipelines.model.entities import read_entities

    entities = [name for name, entity in read_entities().items() if not entity.is_derived]
    found = {word for name in entities for field in words.words_of(name).values() for word in field}
    personal = [words.compact(word) for several in words.vocabulary()["personal"].values() for word in several]
    return found | set(personal) | {words.compact(word) for word in words.vocabulary()["key"]}


def _read_json(path: Path, con: duckdb.DuckDBPyConnection, kind: str, scratch: Path) -> Sample:
    """JSON by DuckDB, which is quick; it may bend the last digits of very long numbers, which no type hangs on."""
    import duckdb

    if (guess := encoding.guess(SourceFile(path, path.name))).name != "utf-8":
        raise KpiError(
            f"JSON in {guess.name}", file=path, next_step="ask for it in UTF-8, as the standard of JSON wants"
        )
    form = "newline_delimited" if kind == "jsonl" else "auto"
    packed = "gzip" if path.name.lower().endswith(".gz") else "none"
    try:
        con.execute(
            "create table objects as select json from read_json_objects("
            f"{literal(str(path))}, format = '{form}', compression = '{packed}', maximum_object_size = 100000000)"
        )
        found = con.execute(
            "select name, min(row * 10000 + place) from (select rowid as row, unnest(json_keys(json)) as name,"
            " generate_subscripts(json_keys(json), 1) as place from objects) group by name order by 2"
        ).fetchall()
    except duckdb.Error:  # its message quotes the record
        raise KpiError("not valid JSON", file=path, next_step="ask for the file again") from None
    names = [name for name, _ in found]
    chosen = ", ".join(f"json ->> {literal('$.' + identifier(n))} as c{place}" for place, n in enumerate(names))
    con.execute(f"create table sample as select {chosen or 'json as c0'} from objects")
    con.execute("drop table objects")
    return _sample(path, con, _Form({}, names, len(names), {}))
