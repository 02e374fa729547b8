"""loads.ledger: which deliveries raw holds. Written in the transaction that loads them, and nowhere else.

Belongs here: reading and writing ledger rows. Does not: deciding what to load (load.py).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.raw_tables import Target

if TYPE_CHECKING:
    import duckdb


FEWEST_EARLIER = 3  # of a table that comes in pieces: two days say nothing of what a usual day is


class Entry(NamedTuple):
    """One delivery that raw holds."""

    file_hash: str
    batch_id: str
    source_file: str
    contract_hash: str


class Usual(NamedTuple):
    """The median of the records of earlier deliveries, and of how many deliveries it is."""

    rows: float
    deliveries: int

    def is_known(self, whole: bool) -> bool:
        return self.deliveries >= (1 if whole else FEWEST_EARLIER)


class Counts(NamedTuple):
    """What became of a delivery's records; source_rows = loaded + quarantined + duplicates."""

    source_rows: int
    loaded: int
    quarantined: int
    duplicates: int
    watermark: str | None = None


def entries(con: duckdb.DuckDBPyConnection, target: Target) -> dict[str, Entry]:
    """The deliveries raw holds, by the hash of their file, in the order they were loaded."""
    rows = con.execute(
        "select file_hash, batch_id, source_file, contract_hash from loads.ledger where system = ? and table_name = ?"
        " order by loaded_at, rowid",
        [target.system, target.table_name],
    ).fetchall()
    return {row[0]: Entry(*row) for row in rows}


def usual(con: duckdb.DuckDBPyConnection, target: Target) -> Usual:
    """The median of the records of the latest 20 deliveries that held any; all files of a full table count as one."""
    whole = target.table.delivery == "full"
    found = con.execute(
        f"select coalesce({'sum' if whole else 'median'}(source_rows), 0), count(*) from (select source_rows"
        " from loads.ledger where system = ? and table_name = ? and source_rows > 0 order by loaded_at desc, rowid desc"
        f"{'' if whole else ' limit 20'})",
        [target.system, target.table_name],
    ).fetchone()
    assert found is not None
    return Usual(float(found[0]), int(found[1]))


def watermark(con: duckdb.DuckDBPyConnection, target: Target) -> str | None:
    """The highest cursor of all deliveries that raw holds, as text."""
    if not target.table.cursor:
        return None
    kind = target.table.column(target.table.cursor).duckdb_type
    found = con.execute(
        f"select cast(max(cast(watermark as {kind})) as varchar) from loads.ledger where system = ? and table_name = ?",
        [target.system, target.table_name],
    ).fetchone()
    assert found is not None
    return found[0]


def has(con: duckdb.DuckDBPyConnection, target: Target, column: str, value: str) -> bool:
    found = con.execute(
        f"select 1 from loads.ledger where system = ? and table_name = ? and {column} = ? limit 1",
        [target.system, target.table_name, value],
    ).fetchone()
    return found is not None


def record(
    con: duckdb.DuckDBPyConnection, target: Target, entry: Entry, counts: Counts, run_id: str, now: dt.datetime
) -> None:
    con.execute(
        "insert into loads.ledger by name select ? as system, ? as table_name, ? as batch_id, ? as source_file,"
        " ? as file_hash, ? as contract_hash, ? as source_rows, ? as loaded, ? as quarantined, ? as duplicates,"
        " ? as watermark, ? as loaded_at, ? as run_id",
        [target.system, target.table_name, entry.batch_id, entry.source_file, entry.file_hash, entry.contract_hash,
         *counts, now, run_id],
    )  # fmt: skip


def forget(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Takes the table's rows out: its content is about to be replaced, in the same transaction."""
    con.execute("delete from loads.ledger where system = ? and table_name = ?", [target.system, target.table_name])


def forget_delivery(con: duckdb.DuckDBPyConnection, target: Target, entry: Entry) -> None:
    """Takes one delivery's ledger row and what was set aside of it out: it is about to be loaded again."""
    con.execute(
        "delete from loads.ledger where system = ? and table_name = ? and file_hash = ?",
        [target.system, target.table_name, entry.file_hash],
    )
    con.execute(f"delete from {target.quarantine} where _batch_id = ?", [entry.batch_id])
