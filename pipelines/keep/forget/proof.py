"""Where a person's values still are: every file below data/, by its bytes, and what is compressed by its content too.

Belongs here: looking. Does not: removing (remove.py), what may still hold them and until when (cli/forget.py says).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract.cast import identifier, literal
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
INSIDE = (".parquet", ".duckdb")  # compressed: bytes alone would prove nothing


class Left(NamedTuple):
    """A file, or a table in one, that still holds values of the person."""

    path: Path
    where: str  # bytes, or the table and column
    values: int


def look(settings: Settings, values: Sequence[str]) -> tuple[int, list[Left]]:
    """How many files were looked at, and where any of `values` was found. Raises KpiError where one cannot be read."""
    import duckdb

    files = [path for path in sorted(settings.data.rglob("*")) if path.is_file() and not path.is_symlink()]
    left: list[Left] = []
    if not values:
        return len(files), left
    with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
        con.execute("set enable_progress_bar = false")
        con.execute("create temp table wanted as select unnest(?::varchar[]) as value", [list(values)])
        for path in files:
            left += _in_bytes(path, values)
            try:
                if path.suffix == ".parquet":
                    left += _in_relation(con, path, f"read_parquet({literal(str(path))})", "content")
                elif path.suffix == ".duckdb":
                    left += _in_database(con, path)
            except duckdb.Error as error:
                raise KpiError(
                    f"cannot be looked into: {type(error).__name__}", file=path, next_step="nothing may hold it open"
                ) from error
    return len(files), left


def _in_bytes(path: Path, values: Sequence[str]) -> Iterator[Left]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        found = sum(any(body.find(form) >= 0 for form in _forms(value)) for value in values)
    if found:
        yield Left(path, "bytes", found)


def _forms(value: str) -> list[bytes]:
    forms = []
    for encoding in ENCODINGS:
        try:
            forms.append(value.encode(encoding))
        except UnicodeEncodeError:
            continue
    return forms


def _in_database(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[Left]:
    con.execute(f"attach {literal(str(path))} as looked (read_only)")
    try:
        for schema, table in con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked'"
        ).fetchall():
            name = f"{schema}.{table}"
            yield from _in_relation(con, path, f"looked.{identifier(schema)}.{identifier(table)}", name)
    finally:
        con.execute("detach looked")


def _in_relation(con: duckdb.DuckDBPyConnection, path: Path, relation: str, name: str) -> Iterator[Left]:
    columns = [c for c, kind, *_ in con.execute(f"describe select * from {relation}").fetchall() if kind == "VARCHAR"]
    for column in columns:
        found = con.execute(
            f"select count(*) from wanted where value in (select {identifier(column)} from {relation})"
        ).fetchone()
        if found and found[0]:
            yield Left(path, f"{name}, {column}", int(found[0]))
