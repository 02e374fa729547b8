"""What a step asks for by name: the working file.

Belongs here: opening it the same way everywhere, and saying who holds it when it is taken.
Does not: what is read from or written to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines import one_writer
from pipelines.base_tables import BASE_TABLES, VERSION
from pipelines.errors import KpiError
from pipelines.progress import say
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


STREAMING = "256MB"


class Held(KpiError):
    """Another process has the working file; it will not for ever."""


@contextmanager
def open_warehouse(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the working file, in UTC, with the base tables made; closed at the end of the block.

    DuckDB lets one process write a file and then no other open it, so the block should be short; who else wants it
    waits (one_writer.py). Raises KpiError where another process holds the file, it is not a DuckDB file, or (read_only)
    there is none yet.
    """
    import duckdb

    path = settings.warehouse
    if read_only and not path.is_file():
        raise KpiError("there is no warehouse yet", file=path, next_step="kpi run")
    spill = settings.data / "tmp"
    for folder in (path.parent, spill):
        folder.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(spill),
    }
    with one_writer.alone(settings, on_wait=lambda text: say("wait", text)):
        try:
            con = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            raise _cannot_open(error, settings) from error
        try:
            # Without it, a cast between timestamp with and without zone would depend on the machine.
            con.execute("set TimeZone = 'UTC'")
            if not read_only:
                _make_base_tables(con, settings)
            yield con
        finally:
            con.close()


@contextmanager
def in_little_memory(con: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[None]:
    """A stretch that only streams: more memory would hold blocks that nobody reads again.

    Of a CSV of 2 GB, loaded without key: 0.5 GB in all instead of 1.1, in the same time.
    """
    con.execute(f"set memory_limit = '{STREAMING}'")
    try:
        yield
    finally:
        con.execute("set memory_limit = ?", [settings.memory_limit])


def _make_base_tables(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Makes the tables that exist before any source does. Raises KpiError for a file of another version of them."""
    is_new = not con.execute("select 1 from duckdb_schemas() where schema_name = 'loads'").fetchall()
    has_version = con.execute("select 1 from duckdb_tables() where table_name = 'base_version'").fetchall()
    if is_new or has_version:
        con.execute(BASE_TABLES)
        if con.execute("select version from loads.base_version").fetchall() == [(VERSION,)]:
            return
    raise KpiError(
        "the warehouse was made by another version of KPI Warehouse",
        file=settings.warehouse,
        next_step="move it away and run again: landing files and sources rebuild it",
    )


def _cannot_open(error: Exception, settings: Settings) -> KpiError:
    text = str(error)
    if holder := re.search(r"lock is held in (.+?) \(PID (\d+)\)", text):
        program, pid = holder.groups()
        return Held(
            f"another process is using the warehouse: {program} (process {pid})",
            file=settings.warehouse,
            next_step=f"wait until it ends, or stop process {pid}, then run again",
        )
    if "different configuration" in text:
        return KpiError(
            "this process already holds the warehouse open",
            file=settings.warehouse,
            next_step="close the other connection first",
        )
    if "not a valid DuckDB database" in text:
        return KpiError(
            "not a DuckDB file, or damaged",
            file=settings.warehouse,
            next_step="restore a backup, or move it away and run again: landing files and sources rebuild it",
        )
    return KpiError(
        f"cannot open the warehouse: {text.splitlines()[0]}",
        file=settings.warehouse,
        next_step="look at KPI_MEMORY_LIMIT, KPI_THREADS and the rights on the folder",
    )
