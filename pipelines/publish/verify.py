"""What must hold before a new serving file may take the place of the old one; any doubt refuses.

Belongs here: publication rules, each one function that raises. Does not: building and swapping (serving.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, KpiErrors
from pipelines.publish.content_hash import address, content_hash, quoted, table_names
from pipelines.publish.tables import KEYS, NOT_COMPARED, REQUIRED, SCHEMA

if TYPE_CHECKING:
    import duckdb

    from pipelines.gate.verdicts import CheckResult

_STAYS = "Yesterday's file stays."


def refuse_broken(results: Sequence[CheckResult]) -> None:
    """A published table keeps what its own suite promises BI tools; `results` are the critical rules it breaks."""
    if results:
        raise KpiErrors(
            [
                KpiError(
                    f"not published: {result.name} of {result.table or 'a published table'} fails"
                    f"{f' in {result.outcome.failed_rows} rows' if result.outcome.failed_rows else ''}: "
                    f"{result.expectation.why_in('en')} {_STAYS}",
                    next_step=f"{result.owner or 'the data engineers'}: look at gate.results, mend, run again",
                )
                for result in results
            ]
        )


def check_run(con: duckdb.DuckDBPyConnection, catalog: str, run_id: str, as_of: date) -> None:
    """The models were built in this run and for this date, and the gate has spoken in it.

    Without verdicts nobody knows what the checks said (a gate that crashed leaves none), so that refuses too.
    """
    built = _rows(con, catalog, "definitions", "run", "run_id, as_of_date")
    if built != [(run_id, as_of)]:
        was = ", ".join(f"run {run} as of {day}" for run, day in built) or "no run"
        raise _refused(f"the models were built by {was}, not by run {run_id} as of {as_of}", "run `kpi run` again")
    verdicts = _rows(
        con, catalog, "gate", "verdicts", "verdict, coalesce(kpis_affected, '')", "where run_id = ?", [run_id]
    )
    if not verdicts:
        raise _refused(f"the gate gave no verdict in run {run_id}", "look for an error of the gate above")
    held = {kpi.strip() for verdict, kpis in verdicts if verdict == "block" for kpi in kpis.split(",") if kpi.strip()}
    shown_ok = _rows(
        con,
        catalog,
        SCHEMA,
        "kpi_values",
        "distinct kpi_id",
        "where list_contains(?::varchar[], kpi_id) group by kpi_id having count(*) filter (quality = 'blocked') = 0",
        [sorted(held)],
    )
    if shown_ok:
        raise _refused(
            f"{shown_ok[0][0]} rests on a blocked table but is not marked blocked", "check gate.kpi_quality of this run"
        )


def check_conservation(con: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """No record got lost on the way in: source rows = loaded + quarantined + duplicates, for every file."""
    lost = _rows(
        con,
        catalog,
        "loads",
        "ledger",
        "system, table_name, source_file, source_rows, loaded, quarantined, duplicates",
        "where source_rows is distinct from loaded + quarantined + duplicates order by 1, 2, 3",
    )
    if lost:
        system, table, file, source, *parts = lost[0]
        sums = " + ".join(str(part) for part in parts)
        more = f" (and {len(lost) - 1} more files)" if len(lost) > 1 else ""
        raise _refused(
            f"raw_{system}.{table}: {file} has {source} rows but {sums} are loaded + quarantined + duplicates{more}",
            f"load {file} again",
        )


def check_tables(con: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    """The published tables, every expected one there and every one with a key somebody promised."""
    there = [table for table in table_names(con, SCHEMA, catalog) if table in KEYS or table not in NOT_COMPARED]
    missing = [table for table in REQUIRED if table not in there]
    if missing:
        raise _refused(f"published.{missing[0]} is missing", "look for its error in the dbt output above")
    unknown = [table for table in there if table not in KEYS]
    if unknown:
        raise _refused(f"published.{unknown[0]} has no key", "name its key columns in pipelines/publish/tables.py")
    return there


def check_key(con: duckdb.DuckDBPyConnection, catalog: str, table: str) -> None:
    """The key of `table` is there, never null and unique."""
    key = KEYS[table]
    columns = ", ".join(quoted(column) for column in key)
    rows = con.execute(
        f"select {columns}, count(*) from {address(SCHEMA, table, catalog)} group by all having count(*) > 1"
        f" or not ({' and '.join(f'{quoted(column)} is not null' for column in key)}) limit 1"
    ).fetchall()
    if rows:
        *values, count = rows[0]
        named = ", ".join(f"{column} {value}" for column, value in zip(key, values, strict=True))
        what = f"{count} rows" if count > 1 else "a null in the key"
        raise _refused(f"published.{table} has {what} for {named}", f"mend the dbt model {table}")


def check_copy(con: duckdb.DuckDBPyConnection, source: str, copy: str, table: str, run_id: str) -> tuple[int, str]:
    """Rows and content hash of `table`, equal in the warehouse and in the copy as it lies on the disk."""
    rows = [con.execute(f"select count(*) from {address(SCHEMA, table, c)}").fetchall()[0][0] for c in (source, copy)]
    if rows[0] != rows[1]:
        raise _refused(f"published.{table} has {rows[0]} rows but its copy {rows[1]}", "check the disk, run again")
    hashes = [content_hash(con, SCHEMA, table, catalog=c, run_id=run_id) for c in (source, copy)]
    if hashes[0] != hashes[1]:
        raise _refused(f"the copy of published.{table} differs from the warehouse", "check the disk, run again")
    return rows[1], hashes[1]


def _rows(
    con: duckdb.DuckDBPyConnection,
    catalog: str,
    schema: str,
    table: str,
    columns: str,
    rest: str = "",
    values: object = None,
) -> list[tuple]:
    """`select columns from table rest`, where a table that is not there refuses."""
    if table not in table_names(con, schema, catalog):
        raise _refused(f"the warehouse has no table {schema}.{table}", "run `kpi run` from the start")
    return con.execute(f"select {columns} from {address(schema, table, catalog)} {rest}", values).fetchall()


def _refused(problem: str, next_step: str) -> KpiError:
    return KpiError(f"not published: {problem}. {_STAYS}", next_step=next_step)
