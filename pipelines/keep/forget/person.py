"""Whose rows: those of tables with personal columns, and of customers, that carry the customer's key.

Belongs here: finding them, and the values that no other row holds. Does not: removing them (remove.py).

Orders, invoices, payments and what else tells of business rather than of a person keep the key: figures stay what they
were, and the key leads to nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract import landing
from pipelines.extract.cast import identifier, literal
from pipelines.extract.contract import Column, SourceContract, TableContract
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb

KEY, ENTITY = "customer_id", "customers"
SHORTEST = 4  # characters of a value that tells somebody apart; a shorter one stands in every file


class Place(NamedTuple):
    """A table that holds persons: its key column, and the columns whose values can tell who somebody is."""

    system: str
    table: str
    key: str
    texts: tuple[str, ...]
    landing: Path

    @property
    def raw(self) -> str:
        return f"raw_{self.system}.{identifier(self.table)}"

    @property
    def quarantine(self) -> str:
        return f"quarantine_{self.system}.{identifier(self.table)}"

    @property
    def files(self) -> list[Path]:
        return sorted(self.landing.glob("[!.]*.parquet"))


def places(settings: Settings, contracts: Sequence[SourceContract]) -> list[Place]:
    """The tables that hold persons, by their contracts."""
    found = []
    for contract in contracts:
        for name, table in contract.tables.items():
            key = next((column.name for column in table.loaded_columns if column.as_ == KEY), None)
            is_personal = any(column.personal for column in table.loaded_columns)
            if key and (is_personal or any(mapping.entity == ENTITY for mapping in table.entities)):
                texts = tuple(c.name for c in table.loaded_columns if c.name != key and _tells_who(c, table))
                found.append(Place(contract.system, name, key, texts, landing.folder(settings, contract.system, name)))
    return found


def _tells_who(column: Column, table: TableContract) -> bool:
    """Personal columns, names, keys of the table, and what the company's own words have no name for, as a credit code;
    not what many share, as an industry, even where one customer alone has it."""
    if column.duckdb_type != "varchar":
        return False
    return bool(column.personal) or column.as_ in (None, "name") or column.name in table.key


def values(con: duckdb.DuckDBPyConnection, found: Sequence[Place], customer: str) -> list[str]:
    """Every text that the person's rows hold and nobody else's: names, numbers, pseudonyms; in raw or only landed."""
    said: set[str] = set()
    for place in found:
        for source in _sources(con, place):
            there = {name for name, *_ in con.execute(f"describe select * from {source}").fetchall()}
            if place.key not in there:
                continue
            for column in (column for column in place.texts if column in there):
                said |= set(_own(con, source, identifier(place.key), identifier(column), customer))
    return sorted(said - {customer})


def _sources(con: duckdb.DuckDBPyConnection, place: Place) -> Iterator[str]:
    if con.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?",
        [f"raw_{place.system}", place.table],
    ).fetchall():
        yield place.raw
    for path in place.files:
        yield f"read_parquet({literal(str(path))})"


def _own(con: duckdb.DuckDBPyConnection, source: str, key: str, column: str, customer: str) -> Iterator[str]:
    rows = con.execute(
        f"select {column}::varchar from {source} where {column} is not null group by 1"
        f" having bool_and({key}::varchar is not distinct from ?) and length({column}::varchar) >= {SHORTEST}",
        [customer],
    ).fetchall()
    return (value for (value,) in rows)
