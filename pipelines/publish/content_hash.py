"""One text for what a table says: equal for equal rows, whatever their order, threads, storage or run.

Belongs here: the definition of "the same content". Does not: which two hashes somebody compares.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.publish.tables import KEYED_BY_RUN, NOT_COMPARED, NOT_CONTENT

if TYPE_CHECKING:
    import duckdb

_LOW_HALF = f"{2**64 - 1}::uhugeint"  # halves, cast to hugeint: the sum of whole uhugeint would be a double
_NULL = "chr(30)"  # stands for null; no text of a non-text type holds it, and texts carry their length


def content_hash(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, *, catalog: str | None = None, run_id: str | None = None
) -> str:
    """64 hex digits over the rows of `schema.table`, in one scan.

    Columns in NOT_CONTENT are left out, and the rest is taken by name, so that column order does not matter. A table
    keyed by run counts only the rows of `run_id`, by default of the run in `publication`, else in `definitions.run`.
    The sum of the rows' 128-bit digests takes the place of sorting: it does not depend on order either, still counts
    equal rows, and needs no memory. Raises KpiError where there is no such table.
    """
    columns = _columns(con, schema, table, catalog)
    counted = sorted((name, kind) for name, kind in columns.items() if name not in NOT_CONTENT)
    row = f"concat_ws(chr(31), '', {', '.join(_as_text(name, kind) for name, kind in counted) or 'null'})"
    where, parameters = "", []
    if table in KEYED_BY_RUN and "run_id" in columns:
        where = " where run_id = ?"
        parameters = [run_id or _latest_run(con, schema, table, catalog)]
    rows, low, high = con.execute(
        f"""
        select count(*), sum((digest & {_LOW_HALF})::hugeint), sum((digest >> 64)::hugeint)
        from (select md5_number({row}) as digest from {address(schema, table, catalog)}{where})
        """,
        parameters,
    ).fetchall()[0]
    said = json.dumps([[name for name, _ in counted], rows, int(low or 0), int(high or 0)], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def content_hashes(
    con: duckdb.DuckDBPyConnection, schema: str, *, catalog: str | None = None, run_id: str | None = None
) -> dict[str, str]:
    """The content hash of every table of `schema` that is compared, by table name."""
    return {
        table: content_hash(con, schema, table, catalog=catalog, run_id=run_id)
        for table in table_names(con, schema, catalog)
        if table not in NOT_COMPARED
    }


def table_names(con: duckdb.DuckDBPyConnection, schema: str, catalog: str | None = None) -> list[str]:
    """The tables of `schema`, sorted."""
    found = con.execute(
        """
        select table_name from duckdb_tables()
        where schema_name = ? and database_name = coalesce(?, current_catalog())
        """,
        [schema, catalog],
    ).fetchall()
    return sorted(name for (name,) in found)


def address(schema: str, table: str, catalog: str | None = None) -> str:
    """The quoted name of a table."""
    return ".".join(quoted(part) for part in (catalog, schema, table) if part)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str, catalog: str | None) -> dict[str, str]:
    found = con.execute(
        """
        select column_name, data_type from duckdb_columns()
        where schema_name = ? and table_name = ? and database_name = coalesce(?, current_catalog())
        """,
        [schema, table, catalog],
    ).fetchall()
    if not found:
        raise KpiError(f"there is no table {schema}.{table}", next_step="run `kpi run` to build it")
    return dict(found)


def _as_text(column: str, kind: str) -> str:
    """The canonical text of a value: 1.50 and 1.500000 are the same, null is not the empty text."""
    name = quoted(column)
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        text = f"strlen({name}::varchar) || ':' || {name}::varchar"
    elif kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        text = f"rtrim(rtrim({name}::varchar, '0'), '.')"
    elif kind in ("DOUBLE", "FLOAT"):
        text = f"({name} + 0)::varchar"  # + 0 makes -0.0 the 0.0 it equals
    elif kind == "TIMESTAMP WITH TIME ZONE":
        text = f"epoch_us({name})::varchar"  # as varchar it would follow the session's zone
    elif kind == "BLOB" or "[" in kind or ("(" in kind and not kind.startswith("DECIMAL")):
        text = f"md5({name}::varchar)"  # nested values may hold the separator
    else:
        text = f"{name}::varchar"
    return f"coalesce({text}, {_NULL})"


def _latest_run(con: duckdb.DuckDBPyConnection, schema: str, table: str, catalog: str | None) -> str | None:
    """The run a serving file or a working file says it is of; without either the greatest id."""
    for place, name in ((schema, "publication"), ("definitions", "run")):
        if name in table_names(con, place, catalog):
            return con.execute(f"select max(run_id) from {address(place, name, catalog)}").fetchall()[0][0]
    return con.execute(f"select max(run_id) from {address(schema, table, catalog)}").fetchall()[0][0]
