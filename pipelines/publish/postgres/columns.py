"""The columns of a published table in PostgreSQL: their types, and what the dbt contracts say they mean.

Belongs here: DuckDB's types as PostgreSQL's, and comments. Does not: rows (load.py), views (views.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError
from pipelines.publish.postgres.names import quoted, text
from pipelines.publish.tables import KEYS, SCHEMA
from pipelines.settings import DBT_PROJECT

if TYPE_CHECKING:
    import duckdb

TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",  # UTC, as the contracts say
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}

# The one table that no dbt model makes.
PUBLICATION = {
    "": "One row: which version this is. It changes with all other tables at once",
    "generation": "Number of the version; it only grows, but for a rollback",
    "run_id": "The run that computed it",
    "as_of_date": "Business date of its figures",
    "published_at": "When it was published, UTC",
    "definitions_hash": "Tells the KPI definitions behind it from others",
    "provisional_years": "Years whose working days are provisional, comma separated; null = none",
}


class Column(NamedTuple):
    """A column as PostgreSQL calls it."""

    name: str
    kind: str


def of_table(con: duckdb.DuckDBPyConnection, table: str) -> list[Column]:
    """The columns of a table of the serving file. Raises KpiError for a type that has no place in PostgreSQL."""
    found = con.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
        " order by column_index",
        [SCHEMA, table],
    ).fetchall()
    return [Column(name, _kind(kind, f"{table}.{name}")) for name, kind in found]


def _kind(kind: str, what: str) -> str:
    if exact := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        return f"numeric({exact[1]},{exact[2]})"
    if kind not in TYPES:
        raise KpiError(f"published.{what} is {kind}, for which PostgreSQL serving has no type", next_step="cast it")
    return TYPES[kind]


def create(address: str, table: str, columns: list[Column]) -> str:
    """The statement that makes it; the key comes after the rows (`key`), which is quicker."""
    needed = key_of(table)
    shape = ", ".join(f"{quoted(c.name)} {c.kind}{' not null' if c.name in needed else ''}" for c in columns)
    return f"create table {address} ({shape})"


def key(address: str, table: str) -> str:
    return f"alter table {address} add primary key ({', '.join(map(quoted, key_of(table)))})"


def key_of(table: str) -> tuple[str, ...]:
    return ("generation",) if table == "publication" else KEYS[table]


def descriptions() -> dict[str, dict[str, str]]:
    """What each published table ("") and column is, by table, as the dbt contracts say."""
    found = {"publication": PUBLICATION}
    for path in sorted((DBT_PROJECT / "models" / "5_published").glob("*.yml")):
        for model in yaml_file.read(path).data.get("models", []):
            found[model["name"]] = {"": model["description"]} | {
                column["name"]: column.get("description", "") for column in model["columns"]
            }
    return found


def comments(kind: str, address: str, columns: list[Column], said: Mapping[str, str]) -> list[str]:
    """Statements that write descriptions onto a table or a view; what has none is left as it is."""
    about = [f"comment on {kind} {address} is {text(said[''])}"] if said.get("") else []
    return about + [
        f"comment on column {address}.{quoted(column.name)} is {text(said[column.name])}"
        for column in columns
        if said.get(column.name)
    ]
