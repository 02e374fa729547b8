"""Taking one person's rows out: raw, quarantine, what was computed of them, landing, fix lists.

Belongs here: that, so that a kill leaves what the next time finishes. Does not: which rows (person.py).

Exactly-once holds since the ledger stays as it is and a landing file keeps its name: the hash of the delivery as it
came, by which the ledger, releases and samples know it. It then holds less than that; `kpi.forgotten` in it says so.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.cast import identifier, literal
from pipelines.extract.load import transaction
from pipelines.gate import fingerprint
from pipelines.keep.forget.person import Place
from pipelines.publish.swap import swap, text
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import pyarrow.parquet as pq

MARK = b"kpi.forgotten"  # in a landing file: how many rows were taken out of it


class Removed(NamedTuple):
    """Rows or files taken out of one place."""

    where: str
    number: int


def from_warehouse(
    con: duckdb.DuckDBPyConnection, found: Sequence[Place], customer: str, values: Sequence[str]
) -> list[Removed]:
    """Takes the person out of every table of the working file, in one transaction."""
    removed = []
    with transaction(con):
        con.execute("create or replace temp table forgotten as select unnest(?::varchar[]) as value", [list(values)])
        for place in found:
            removed += _from_raw(con, place, customer)
        for schema, table in _tables(con):
            removed.append(Removed(f"{schema}.{table}", _by_value(con, schema, table)))
        con.execute("drop table forgotten")
        fingerprint.forget_all(con)
    return [one for one in removed if one.number]


def rewrite(settings: Settings) -> None:
    """Writes the working file anew: what was deleted stays in its free blocks until something else is written there.

    The caller holds no connection. A kill before the rename leaves the old file.
    """
    import duckdb

    file = settings.warehouse
    aside = file.with_name(f".{file.name}.next")
    aside.unlink(missing_ok=True)
    try:
        with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
            con.execute("set enable_progress_bar = false")
            con.execute(f"attach {text(file)} as old")  # for writing, so that nobody else has it meanwhile
            con.execute("checkpoint old")
            con.execute(f"attach {text(aside)} as made")
            con.execute("copy from database old to made")
            con.execute("checkpoint made")
            con.execute("detach made")
            swap(aside, file)
    finally:
        aside.unlink(missing_ok=True)


def from_landing(place: Place, customer: str) -> list[Removed]:
    """Writes each landing file that holds rows of the person anew without them, and in place of the old one."""
    return [
        Removed(f"landing/{place.system}/{place.table}/{path.name}", count)
        for path in place.files
        if (count := _from_file(path, place.key, customer))
    ]


def from_reports(settings: Settings, values: Sequence[str], customer: str) -> list[Removed]:
    """Removes the fix lists that name the person: the next run writes those that are still due."""
    removed = []
    for path in sorted((settings.reports / "fix_lists").glob("*")):
        if path.is_file() and any(value.encode() in path.read_bytes() for value in (*values, customer)):
            path.unlink()
            removed.append(Removed(f"reports/fix_lists/{path.name}", 1))
    return removed


def _from_raw(con: duckdb.DuckDBPyConnection, place: Place, customer: str) -> list[Removed]:
    there = {f"{schema}.{table}" for schema, table in _all_tables(con)}
    removed = []
    if f"raw_{place.system}.{place.table}" in there:
        count = _count(con, f"delete from {place.raw} where {identifier(place.key)}::varchar = ?", [customer])
        removed.append(Removed(f"raw_{place.system}.{place.table}", count))
    if f"quarantine_{place.system}.{place.table}" in there:
        path = '$."' + place.key.replace('"', '\\"') + '"'
        sql = (
            f"delete from {place.quarantine} where json_extract_string(record, {literal(path)}) = ?"
            " or exists (select 1 from forgotten where contains(record, value))"
        )
        removed.append(Removed(f"quarantine_{place.system}.{place.table}", _count(con, sql, [customer])))
    return removed


def _by_value(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    """Deletes the rows of a computed table that hold one of the values; the next run makes the table anew."""
    columns = con.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? and data_type = 'VARCHAR'"
        " and database_name = current_database()",
        [schema, table],
    ).fetchall()
    holds = " or ".join(f"{identifier(name)} in (select value from forgotten)" for (name,) in columns)
    name = f"{identifier(schema)}.{identifier(table)}"
    return _count(con, f"delete from {name} where {holds}", []) if holds else 0


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """What a run computes anew: neither raw and quarantine, nor what it knows of loads, of checks and people's acts."""
    return [
        (schema, table)
        for schema, table in _all_tables(con)
        if schema not in ("loads", "gate", "definitions", "main") and not schema.startswith(("raw_", "quarantine_"))
    ]


def _all_tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
    ).fetchall()


def _from_file(path: Path, key: str, customer: str) -> int:
    """How many rows were taken out. Written aside and renamed: after a kill the file is the old one or the new one."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    passing, removed = path.with_name(f".tmp-{os.getpid()}.parquet"), 0
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        if key not in schema.names or not _holds(file, key, customer):
            return 0
        said = schema.metadata or {}
        with pq.ParquetWriter(passing, schema, compression="zstd", write_statistics=False) as writer:
            for batch in file.iter_batches():
                others = pc.fill_null(pc.not_equal(pc.cast(batch.column(key), pa.string()), customer), True)
                kept = batch.filter(others)
                removed += batch.num_rows - kept.num_rows
                writer.write_batch(kept)
            writer.add_key_value_metadata({**said, MARK: str(removed + int(said.get(MARK, b"0"))).encode()})
    swap(passing, path)
    return removed


def _holds(file: pq.ParquetFile, key: str, customer: str) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    return any(
        pc.any(pc.equal(pc.cast(batch.column(key), pa.string()), customer)).as_py()
        for batch in file.iter_batches(columns=[key])
    )


def _count(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[str]) -> int:
    found = con.execute(sql, parameters).fetchone()
    return int(found[0]) if found else 0
