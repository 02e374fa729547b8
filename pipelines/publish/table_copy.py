"""A published table copied from one DuckDB file into another, as readers of all drivers from 1.0 on can open it.

Belongs here: the shape of a served table. Does not: which rows (audience_files.py), or when (serving.py).

Written in the storage version of DuckDB 1.0, which drivers from 1.0 to 2.0 read. Keys are NOT NULL and checked to be
unique before (verify.py), not declared as PRIMARY KEY: whatever the storage version, DuckDB 2.0 writes an index in a
form at which 1.0 fails on opening ("found field id: 103"), and on a million rows it makes the file 2.8 times as large.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publish.content_hash import address, quoted
from pipelines.publish.swap import text
from pipelines.publish.tables import KEYS, SCHEMA

if TYPE_CHECKING:
    import duckdb


def attach_new(con: duckdb.DuckDBPyConnection, path: Path, catalog: str) -> None:
    """A new file at `path` with an empty schema `published`."""
    con.execute(f"attach {text(path)} as {catalog} (storage_version 'v1.0.0')")
    con.execute(f"create schema {catalog}.{SCHEMA}")


def columns_of(con: duckdb.DuckDBPyConnection, catalog: str, table: str) -> list[tuple[str, str]]:
    """Name and type of each column, in order."""
    return con.execute(
        """
        select column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = ? and table_name = ? order by column_index
        """,
        [catalog, SCHEMA, table],
    ).fetchall()


def copy_table(
    con: duckdb.DuckDBPyConnection,
    table: str,
    source: str,
    target: str,
    where: str = "true",
    values: Sequence[Any] = (),
) -> None:
    """The rows `where` holds, with the key NOT NULL and sorted by it, so that a filter on it reads few blocks.

    Sorted anew also where the source is: else half of a company's rows took 25 MB instead of 18 (row groups half full).
    """
    key = KEYS.get(table, ())
    shape = ", ".join(
        f"{quoted(name)} {kind}{' not null' if name in key else ''}" for name, kind in columns_of(con, source, table)
    )
    order = f"order by {', '.join(quoted(column) for column in key)}" if key else ""
    copy = address(SCHEMA, table, target)
    con.execute(f"create table {copy} ({shape})")
    con.execute(f"insert into {copy} select * from {address(SCHEMA, table, source)} where {where} {order}", [*values])
    if key:
        con.execute(f"comment on table {copy} is 'key: {', '.join(key)}'")
