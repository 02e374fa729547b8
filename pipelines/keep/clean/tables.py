"""Rows of the working file that are too old: raw, personal columns, quarantine.

Belongs here: which rows, by when they were loaded. Does not: removing them (plan.py).

By age go only rows of tables delivered as `append` or `snapshot`. An `upsert` or `full` table is the source's present
state: a customer who was entered six years ago and never changed is a customer today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipelines.extract.cast import identifier, literal
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.keep.clean.cut import Cut, Rows

if TYPE_CHECKING:
    import duckdb

BY_AGE = ("append", "snapshot")


def old_raw(
    con: duckdb.DuckDBPyConnection,
    contracts: Sequence[SourceContract],
    before: datetime,
    first_closed: date | None,
    alerted: Collection[str],
) -> Iterator[Cut]:
    """Rows loaded before `before`. Those loaded since the first closed period began stay: `restatements` compares its
    figures with what raw says, and without the rows would call each of them restated."""
    for address, table, name in _tables(con, contracts, "raw"):
        if table.delivery not in BY_AGE:
            continue
        limit = before if first_closed is None else min(before, datetime.combine(first_closed, datetime.min.time()))
        where = f"_loaded_at < timestamp {literal(limit.isoformat(sep=' '))}"
        old = f"_loaded_at < timestamp {literal(before.isoformat(sep=' '))}"
        if address in alerted:
            held, where = _count(con, name, old)[0], "false"
            kept = f"{held:,} rows: an open alert is about this table" if held else ""
        else:
            held = _count(con, name, f"{old} and not ({where})")[0]
            kept = f"{held:,} rows: periods closed since {first_closed} rest on them" if held else ""
        count, since = _count(con, name, where)
        if count or kept:
            yield Cut("raw", address, count, since, kept=kept, rows=Rows(name, where))


def old_personal(
    con: duckdb.DuckDBPyConnection, contracts: Sequence[SourceContract], before: datetime
) -> Iterator[Cut]:
    """Personal columns of rows loaded before `before`, which are emptied; the rows stay, and so do keys."""
    for address, table, name in _tables(con, contracts, "raw"):
        columns = [c.name for c in table.loaded_columns if c.personal and c.name not in table.key]
        there = _columns(con, address)
        columns = [name for name in columns if name in there]
        if table.delivery not in BY_AGE or not columns:
            continue
        filled = " or ".join(f"{identifier(column)} is not null" for column in columns)
        where = f"_loaded_at < timestamp {literal(before.isoformat(sep=' '))} and ({filled})"
        count, since = _count(con, name, where)
        if count:
            yield Cut("personal", address, count, since, rows=Rows(name, where, tuple(columns)))


def old_quarantine(
    con: duckdb.DuckDBPyConnection, contracts: Sequence[SourceContract], before: datetime, alerted: Collection[str]
) -> Iterator[Cut]:
    """Rows set aside before `before`; not of a table that an open alert is about: its owner still has to mend them."""
    for address, _, name in _tables(con, contracts, "quarantine"):
        raw = address.replace("quarantine_", "raw_", 1)
        where = f"set_aside_at < timestamp {literal(before.isoformat(sep=' '))}"
        count, since = _count(con, name, where, "set_aside_at")
        if count and raw in alerted:
            yield Cut("quarantine", address, 0, since, kept=f"{count:,} rows: an open alert is about {raw}")
        elif count:
            yield Cut("quarantine", address, count, since, rows=Rows(name, where))


def _tables(
    con: duckdb.DuckDBPyConnection, contracts: Sequence[SourceContract], layer: str
) -> Iterator[tuple[str, TableContract, str]]:
    """Address, contract and quoted name of each table of a layer that is there."""
    there = {
        f"{schema}.{table}"
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    }
    for contract in contracts:
        for table_name, table in contract.tables.items():
            address = f"{layer}_{contract.system}.{table_name}"
            if address in there:
                yield address, table, f"{layer}_{contract.system}.{identifier(table_name)}"


def _columns(con: duckdb.DuckDBPyConnection, address: str) -> set[str]:
    schema, _, table = address.partition(".")
    found = con.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?", [schema, table]
    ).fetchall()
    return {name for (name,) in found}


def _count(
    con: duckdb.DuckDBPyConnection, table: str, where: str, column: str = "_loaded_at"
) -> tuple[int, datetime | None]:
    found = con.execute(f"select count(*), min({column}) from {table} where {where}").fetchone()
    assert found is not None
    return int(found[0]), found[1]
