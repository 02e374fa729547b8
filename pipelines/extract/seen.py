"""loads.objects: the hash of each object of a store, so that an unchanged one need not be fetched to be known.

Belongs here: reading and writing those rows. They say what bytes an object has, and never what raw holds: that is the
ledger's alone. Losing them costs a download.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.extract.files.source_file import Mark
from pipelines.extract.raw_tables import Target

if TYPE_CHECKING:
    import duckdb


def read(con: duckdb.DuckDBPyConnection, target: Target) -> dict[Mark, str]:
    """The sha256 of the objects that were hashed for this table, by what the store said of each version."""
    rows = con.execute(
        "select store, address, etag, size, modified, file_hash from loads.objects where system = ? and table_name = ?",
        [target.system, target.table_name],
    ).fetchall()
    return {Mark(*row[:5]): row[5] for row in rows}


def record(con: duckdb.DuckDBPyConnection, target: Target, before: Mapping[Mark, str], now: Mapping[Mark, str]) -> None:
    """Replaces what is remembered by what the store has now; writes the differences alone."""
    gone = [mark for mark, digest in before.items() if now.get(mark) != digest]
    if gone:
        con.execute(
            "delete from loads.objects where system = ? and table_name = ?"
            " and (store, address, etag, size, modified)"
            " in (select unnest(?), unnest(?), unnest(?), unnest(?), unnest(?))",
            [target.system, target.table_name, *_columns(gone)],
        )
    if new := {mark: digest for mark, digest in now.items() if before.get(mark) != digest}:
        con.execute(
            "insert into loads.objects by name select ? as system, ? as table_name, unnest(?) as store,"
            " unnest(?) as address, unnest(?) as etag, unnest(?) as size, unnest(?) as modified,"
            " unnest(?) as file_hash",
            [target.system, target.table_name, *_columns(list(new)), list(new.values())],
        )


def _columns(marks: list[Mark]) -> list[list[object]]:
    return [list(column) for column in zip(*marks, strict=True)]
