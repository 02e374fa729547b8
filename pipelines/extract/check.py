"""`kpi source check`: one system tried with its first records, nothing kept of them.

Belongs here: what was found of each table, and the next step where it does not fit. Does not: loading (load.py), how
it looks in a terminal (cli/source.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract import cast, files
from pipelines.extract.cast import identifier
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.contract.database import FromDatabase
from pipelines.extract.files.source_file import SourceFile, open_bytes, told_as
from pipelines.extract.personal import forms
from pipelines.extract.source import Finding, Pulled, Records
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

ROWS = 100
HEAD = 4 << 20  # bytes of a text file; a record longer than a hundredth of it is told as fewer rows looked at
FETCHED = HEAD + (4 << 20)  # of an object: gzip unfolds to hardly less than it was, and is read ahead
WHOLE = 100_000_000  # bytes of an object whose form says nothing before its end


class TableCheck(NamedTuple):
    """What was found of one table; counts only, never a value of a record."""

    table: str
    read_from: str
    rows: int
    columns: int
    findings: tuple[Finding, ...]
    untyped: dict[str, tuple[int, str]]  # column → (records, the type they are not)
    keys: str  # unique, 3 blank, 2 repeated; "none" where the contract has none
    newest: str | None
    problems: tuple[KpiError, ...]

    @property
    def fits(self) -> bool:
        return not self.problems


def check(contract: SourceContract, settings: Settings, rows: int = ROWS) -> Iterator[TableCheck]:
    """One TableCheck a table, in the order of the contract; a table that cannot be read has only its problem."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kpi-check-")))
        pulled: Pulled | KpiError | None = None
        if contract.kind != "files":
            try:
                pulled = _connect(stack, contract, settings, rows)
            except KpiError as error:
                pulled = error.alone()
        for name in contract.tables:
            try:
                if isinstance(pulled, KpiError):
                    raise pulled
                with ExitStack() as copies:
                    said, records = _records(contract, name, settings, scratch, pulled, rows, copies)
                    found = look(contract, name, said, records, settings, rows)
                yield found
            except KpiError as error:
                yield TableCheck(name, "", 0, 0, (), {}, "", None, (error.alone(),))


def look(
    contract: SourceContract, name: str, read_from: str, records: Records, settings: Settings, rows: int = ROWS
) -> TableCheck:
    """The first records of a table against its contract. Raises KpiError where they cannot be read."""
    import duckdb
    import pyarrow as pa

    table = contract.tables[name]
    batches, seen = [], 0
    for batch in records.reader:
        batches.append(batch.slice(0, rows - seen))
        seen += batches[-1].num_rows
        if seen >= rows:
            break
    first = pa.Table.from_batches(batches, records.reader.schema)
    with duckdb.connect() as con:
        con.register("first", first)
        con.execute("create table delivered as select * from first")
        untyped = _untyped(con, contract, table)
        keys, newest = _keys(con, table), _newest(con, table)
    findings = tuple(records.findings)
    file = settings.sources / f"{contract.system}.yml"
    problems = tuple(_problems(name, table, findings, untyped, keys, seen, file))
    return TableCheck(name, read_from, seen, len(table.columns), findings, untyped, keys, newest, problems)


def _connect(stack: ExitStack, contract: SourceContract, settings: Settings, rows: int) -> Pulled:
    from pipelines.extract import databases, rest

    if contract.kind == "rest":
        return stack.enter_context(rest.connect(contract, settings, most=rows))
    return stack.enter_context(databases.connect(_limited(contract, settings, rows), settings))


def _limited(contract: SourceContract, settings: Settings, rows: int) -> SourceContract:
    """The same contract reading only the first records of each table, so that a large one answers at once."""
    url = settings.expand(contract.connection.url)  # type: ignore[union-attr]
    mark = "`" if url.startswith(("mysql", "mariadb")) else '"'
    if not url.startswith(("mysql", "mariadb", "postgres", "sqlite")):
        return contract  # other dialects write the limit otherwise
    tables = {}
    for name, table in contract.tables.items():
        said = table.from_.database
        assert said is not None
        if said.table:
            parts = settings.expand(said.table).split(".")
            place = ".".join(mark + part.replace(mark, mark * 2) + mark for part in parts)
        else:
            place = f"({settings.expand(said.query or '')}) as whole"
        limited = FromDatabase(table=None, query=f"select * from {place} limit {rows}")
        tables[name] = table.model_copy(update={"from_": table.from_.model_copy(update={"database": limited})})
    return contract.model_copy(update={"tables": tables})


def _records(
    contract: SourceContract,
    name: str,
    settings: Settings,
    scratch: Path,
    pulled: Pulled | None,
    rows: int,
    copies: ExitStack,
) -> tuple[str, Records]:
    table = contract.tables[name]
    if pulled is not None:
        pull = pulled.pull(name, None)
        said = table.from_.database
        return (settings.expand(said.table) if said and said.table else pull.name), pull.records
    found = files.list_files(contract, table, settings)
    newest = found[-1]
    said_of = newest.name if len(found) == 1 else f"{newest.name} (the last of {len(found)})"
    in_parts = table.from_.file_format in ("csv", "jsonl")
    if not in_parts and not isinstance(newest, SourceFile) and newest.size > WHOLE:
        raise KpiError(
            f"{name}: {newest.size:,} bytes would have to be fetched whole, so it was found and not tried",
            file=newest.name,
            next_step="kpi run reads it; or let from.glob find a smaller one for the check",
        )
    source = copies.enter_context(newest.fetched(scratch, FETCHED if in_parts else None))
    if in_parts:
        source = copies.enter_context(_first_part(source, table, scratch / name))
    return said_of, files.read(source, table, scratch)


@contextmanager
def _first_part(source: SourceFile, table: TableContract, folder: Path) -> Iterator[SourceFile]:
    """The first lines of a text file as a file of its own, cut behind a whole record."""
    folder.mkdir(parents=True)
    with open_bytes(source) as file:
        head = file.read(HEAD + 1)
    if len(head) <= HEAD and not source.is_gzip:
        yield source
        return
    if len(head) > HEAD:
        head = _cut(head, table)
    copy = folder / Path(source.name).name.removesuffix(".gz").removesuffix(".GZ")
    copy.write_bytes(head)
    with told_as(copy, source.path):
        yield SourceFile(copy, source.name)


def _cut(head: bytes, table: TableContract) -> bytes:
    """Up to the last line end outside quotes."""
    end = "\n".encode(_endless(table.from_.encoding))
    quote = table.from_.quote.encode(_endless(table.from_.encoding))
    place = len(head)
    for _ in range(1_000):
        place = head.rfind(end, 0, place)
        if place < 0:
            break
        if (place % len(end) == 0 or len(end) == 1) and (not quote or head.count(quote, 0, place) % 2 == 0):
            return head[: place + len(end)]
    return head


def _endless(encoding: str) -> str:
    """An encoding that writes no byte order mark before each text."""
    from pipelines.extract.files.source_file import codec_of

    name = codec_of(encoding)
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)


def _untyped(
    con: duckdb.DuckDBPyConnection, contract: SourceContract, table: TableContract
) -> dict[str, tuple[int, str]]:
    """Records whose value is not of the column's type, or of a personal column's form."""
    types = {name: kind for name, kind, *_ in con.execute("describe delivered").fetchall()}
    excel = table.from_.file_format == "xlsx"
    found: dict[str, tuple[int, str]] = {}
    for column in table.columns:
        kind, given = types[column.name], cast.delivered(column, types[column.name])
        if column.personal == "hash":
            values = [v for (v,) in con.execute(f"select {given} from delivered").fetchall() if v is not None]
            said = [forms.read(str(v), column.form, column.country) for v in values if str(v) not in column.nulls]
            wrong, what = sum(one is not None and not one.is_valid for one in said), str(column.form)
        elif cast.can_fail(column):
            typed = cast.typed(column, given, kind, contract.time_zone, excel)
            counted = f"select count(*) from delivered where ({given}) is not null and ({typed}) is null"
            ((wrong,),) = con.execute(counted).fetchall()
            what = f"{column.type} {column.format}" if column.format else column.type
        else:
            continue
        if wrong:
            found[column.name] = (int(wrong), what)
    return found


def _keys(con: duckdb.DuckDBPyConnection, table: TableContract) -> str:
    if not table.key:
        return "none"
    key = ", ".join(f"trim(cast({identifier(name)} as varchar))" for name in table.key)
    blank = " or ".join(f"coalesce(trim(cast({identifier(name)} as varchar)), '') = ''" for name in table.key)
    ((rows, lacking, different),) = con.execute(
        f"select count(*), count(*) filter ({blank}), count(distinct ({key})) filter (not ({blank})) from delivered"
    ).fetchall()
    said = [f"{lacking} blank"] if lacking else []
    said += [f"{rows - lacking - different} repeated"] if rows - lacking > different else []
    return ", ".join(said) or "unique"


def _newest(con: duckdb.DuckDBPyConnection, table: TableContract) -> str | None:
    if table.cursor is None or table.column(table.cursor).personal:
        return None
    types = {name: kind for name, kind, *_ in con.execute("describe delivered").fetchall()}
    column = table.column(table.cursor)
    typed = cast.typed(column, cast.delivered(column, types[column.name]), types[column.name], "UTC")
    ((newest,),) = con.execute(f"select cast(max({typed}) as varchar) from delivered").fetchall()
    return newest


def _problems(
    name: str,
    table: TableContract,
    findings: tuple[Finding, ...],
    untyped: dict[str, tuple[int, str]],
    keys: str,
    rows: int,
    file: Path,
) -> Iterator[KpiError]:
    """What a load would refuse, set aside or lose; of what the contract takes with a warning nothing is said."""
    if not rows and table.empty != "allow":
        yield KpiError(f"{name}: no records", file=file, next_step="ask for a delivery, or say empty: allow")
    for column, (count, what) in untyped.items():
        form = table.column(column).personal == "hash"
        step = "correct form, or personal" if form else "correct type, format, thousands or nulls"
        yield KpiError(
            f"{name}: {count} of {rows} records have a {column} that is not {what}",
            file=file,
            next_step=f"{step} of the column",
        )
    for finding in findings:
        if finding.outcome != "take":
            yield KpiError(f"{name}: {finding.why_en}", file=file, next_step="add it to columns, or to `also` of one")
    if "blank" in keys:
        yield KpiError(
            f"{name}: key {', '.join(table.key)}: {keys}", file=file, next_step="choose a key that every record has"
        )
    elif "repeated" in keys and table.cursor is None:
        yield KpiError(
            f"{name}: key {', '.join(table.key)}: {keys}, and no cursor says which is newer", file=file,
            next_step="add a column to key, or name the cursor",
        )  # fmt: skip
