"""The tables a contract calls for: raw_<system>.<table> and quarantine_<system>.<table>.

Belongs here: their columns, making them, and seeing that an older contract made them. Does not: filling them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.extract.cast import identifier
from pipelines.extract.contract import LOAD_COLUMNS, SNAPSHOT_DAY, SourceContract, TableContract

if TYPE_CHECKING:
    import duckdb

LOAD_VERSION = 3  # raised when the same contract and file would give other rows in raw than before

# One row per record and fault; a record that could not be typed (stage load) is here and not in raw.
QUARANTINE_COLUMNS = {
    "_batch_id": "varchar",
    "_row_number": "bigint",
    "_source_file": "varchar",
    "stage": "varchar",  # load | rule
    "rule": "varchar",
    "column_name": "varchar",
    "reason_zh": "varchar",
    "reason_en": "varchar",
    "record": "varchar",  # JSON without personal columns
    "run_id": "varchar",
    "set_aside_at": "timestamp",
}


@dataclass(frozen=True)
class Target:
    """Where one contract table is loaded to."""

    system: str
    table_name: str
    table: TableContract
    time_zone: str
    fingerprint: str  # of everything that decides what raw holds

    @property
    def address(self) -> str:
        return f"raw_{self.system}.{self.table_name}"

    @property
    def raw(self) -> str:
        return f"raw_{self.system}.{identifier(self.table_name)}"

    @property
    def quarantine(self) -> str:
        return f"quarantine_{self.system}.{identifier(self.table_name)}"

    @property
    def columns(self) -> dict[str, str]:
        """Name and DuckDB type of every column of the raw table, in order."""
        day = {SNAPSHOT_DAY: "date"} if self.table.delivery == "snapshot" else {}
        return {column.name: column.duckdb_type for column in self.table.loaded_columns} | day | LOAD_COLUMNS


def target(contract: SourceContract, table_name: str, secret: bytes | None) -> Target:
    """The target of a table; `secret` is the key of hashed columns, None where there are none."""
    table = contract.tables[table_name]
    return Target(contract.system, table_name, table, contract.time_zone, _fingerprint(contract, table, secret))


COLUMN_PARTS = {"name", "at", "type", "format", "thousands", "nulls", "personal", "form", "country"}


def _fingerprint(contract: SourceContract, table: TableContract, secret: bytes | None) -> str:
    # Only what changes raw: a new label, entity mapping or value map must not reload 40 million rows.
    said = {
        "version": LOAD_VERSION,
        "time_zone": contract.time_zone,
        "from": table.from_.model_dump(exclude={"glob"}),
        "delivery": table.delivery,
        "key": table.key,
        "cursor": table.cursor,
        "columns": [
            column.model_dump(
                include={"name", "at", "type", "format", "thousands", "nulls", "personal", "form", "country"}
            )
            for column in table.columns
        ],
        # A new key gives new pseudonyms: all rows must carry the same.
        "secret": hmac.digest(secret, b"fingerprint", hashlib.sha256).hex()[:16] if secret else None,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:20]


def ensure(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Makes schemas and tables where they are missing."""
    con.execute(f"create schema if not exists raw_{target.system}")
    con.execute(f"create schema if not exists quarantine_{target.system}")
    con.execute(f"create table if not exists {target.raw} ({_ddl(target.columns)})")
    con.execute(f"create table if not exists {target.quarantine} ({_ddl(QUARANTINE_COLUMNS)})")


def empty(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Makes both tables anew, without rows; inside the caller's transaction."""
    con.execute(f"drop table if exists {target.raw}")
    con.execute(f"drop table if exists {target.quarantine}")
    ensure(con, target)


def exists_as_said(con: duckdb.DuckDBPyConnection, target: Target) -> bool | None:
    """Whether raw has exactly the contract's columns; None where there is no raw table yet."""
    found = con.execute(
        "select column_name, lower(data_type) from duckdb_columns()"
        " where schema_name = ? and table_name = ? and database_name = current_database() order by column_index",
        [f"raw_{target.system}", target.table_name],
    ).fetchall()
    if not found:
        return None
    return found == [(name, kind.replace(" ", "")) for name, kind in target.columns.items()]


def rows(con: duckdb.DuckDBPyConnection, target: Target) -> int:
    found = con.execute(f"select count(*) from {target.raw}").fetchone()
    assert found is not None
    return int(found[0])


def _ddl(columns: dict[str, str]) -> str:
    return ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
