"""One version of what is published, loaded aside: a schema of its own that nobody may see until it is whole.

Belongs here: tables, rows, the proof that they arrived, keys, comments, protection. Does not: making it seen
(switch.py). All of it is one transaction: of a loader that was killed nothing is left. Rows go by ADBC's binary COPY,
which was the quickest (docs/performance.md); policies come after them, since COPY refuses a table that has some.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.publish.content_hash import address as duckdb_address
from pipelines.publish.content_hash import table_names
from pipelines.publish.postgres import access, columns
from pipelines.publish.postgres.columns import Column
from pipelines.publish.postgres.names import quoted
from pipelines.publish.tables import SCHEMA

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from pipelines.publish.postgres.connection import Session

BATCH = 65_536

Progress = Callable[[str], None]


def load(session: Session, con: duckdb.DuckDBPyConnection, version: str, progress: Progress) -> dict[str, int]:
    """Loads every table of the serving file `con` into the new schema `version`: rows by table.

    Raises KpiError where nobody said whose a table's rows are, or it did not arrive whole; then nothing is left of it.
    """
    names, said = session.names, columns.descriptions()
    rows = {}
    session.run(f"create schema {quoted(version)}")
    for table in table_names(con, SCHEMA):
        access.row_filter(names, table)  # before a row of it leaves
        there = f"{quoted(version)}.{quoted(table)}"
        shape = columns.of_table(con, table)
        session.run(columns.create(there, table, shape))
        session.ingest(version, table, _batches(con, table, shape))
        rows[table] = _arrived(session, con, table, there, shape)
        described = columns.comments("table", there, shape, said.get(table, {}))
        session.together(
            [columns.key(there, table), *described, f"analyze {there}", *access.protect(names, there, table)]
        )
        if rows[table] > BATCH:
            progress(f"PostgreSQL: {rows[table]:,} rows of {table} loaded")
    if missing := {"publication", "units"} - set(rows):
        raise KpiError(f"the serving file has no {' and no '.join(sorted(missing))}", next_step="kpi run")
    session.run(f"grant usage on schema {quoted(version)} to {quoted(names.reader)}")
    session.commit()
    return rows


def _batches(con: duckdb.DuckDBPyConnection, table: str, shape: list[Column]) -> pa.RecordBatchReader:
    """The rows of a table in the order of the file, which is that of the key."""
    named = ", ".join(quoted(column.name) for column in shape)
    return con.sql(f"select {named} from {duckdb_address(SCHEMA, table)}").to_arrow_reader(BATCH)


def _arrived(session: Session, con: duckdb.DuckDBPyConnection, table: str, there: str, shape: list[Column]) -> int:
    """The rows of a table that arrived. Raises KpiError unless both sides give the same digest for every column."""
    sent = con.execute(f"select {_digests(shape, 'strlen', 'epoch_us({})')} from {duckdb_address(SCHEMA, table)}")
    microseconds = "(extract(epoch from {}) * 1000000)::bigint"
    got = session.rows(f"select {_digests(shape, 'octet_length', microseconds)} from {there}")
    if list(map(str, sent.fetchall()[0])) != list(map(str, got[0])):
        raise KpiError(
            f"{table} arrived in PostgreSQL otherwise than it left the serving file", next_step="run again; report it"
        )
    return int(got[0][0])


def _digests(shape: list[Column], length: str, instant: str) -> str:
    """What is compared: rows, and of each column how many values and their sum, length, or first and last."""
    found = ["count(*)"]
    for name, kind in shape:
        column = quoted(name)
        found.append(f"count({column})")
        if kind.startswith("numeric") or kind.endswith("int") or kind == "integer":
            found.append(f"sum({column})")
        elif kind == "text":
            found.append(f"sum({length}({column}))")
        elif kind == "boolean":
            found.append(f"sum(case when {column} then 1 end)")
        elif kind == "date":
            found += [f"min({column})", f"max({column})"]
        elif kind.startswith("timestamp"):
            found += [f"min({instant.format(column)})", f"max({instant.format(column)})"]
    return ", ".join(f"cast({one} as varchar)" for one in found)
