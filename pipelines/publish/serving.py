"""The file people open: built aside, verified, swapped in by rename.

Belongs here: the life of data/serving/kpi.duckdb. Does not: the rules it must meet (verify.py), the page (page.py).

Written in the storage version of DuckDB 1.0, which drivers from 1.0 to 2.0 read. Keys are NOT NULL and checked to be
unique here, not declared as PRIMARY KEY: whatever the storage version, DuckDB 2.0 writes an index in a form at which
1.0 fails on opening ("found field id: 103"), and on a million rows it makes the file 2.8 times as large.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.keep import closes
from pipelines.publish import verify
from pipelines.publish.content_hash import address, quoted
from pipelines.publish.provisional import provisional_years
from pipelines.publish.tables import KEYS, SCHEMA

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

FILE = "kpi.duckdb"  # its base name is the catalog's name, which must differ from the schema's
ASIDE = ".kpi.duckdb.next"
_WAREHOUSE, _NEXT, _SERVING = "warehouse", "next_file", "serving_file"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Publication:
    """What was swapped in: rows and content hash by table."""

    path: Path
    generation: int
    tables: dict[str, int]
    hashes: dict[str, str]


def publish(
    settings: Settings, run_id: str, as_of: date, now: datetime, definitions_hash: str, progress: Progress | None = None
) -> Publication:
    """Publishes the warehouse's schema `published` as the next generation; `now` is in UTC.

    Raises KpiError where a publication rule fails or the disk does; the file served so far is then untouched.
    """
    import duckdb

    folder = settings.serving
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.warehouse.is_file():
        raise KpiError("there is no warehouse to publish", file=settings.warehouse, next_step="run `kpi run`")
    with _alone(folder):
        _tidy(folder)
        try:
            publication = _build(settings, run_id, as_of, now, definitions_hash, progress or (lambda _: None))
            _swap(folder / ASIDE, publication.path)
            closes.stand(settings, run_id)
            closes.begin(settings, as_of)
            return publication
        except duckdb.Error as error:
            raise KpiError(
                f"not published: {_first_line(error)}", next_step="yesterday's file stays; mend it, run again"
            ) from error
        except OSError as error:
            raise KpiError(
                f"not published: {error}", next_step="check space and rights of the disk, run again"
            ) from error
        finally:
            _tidy(folder)


def _build(
    settings: Settings, run_id: str, as_of: date, now: datetime, definitions_hash: str, progress: Progress
) -> Publication:
    import duckdb

    folder = settings.serving
    with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
        con.execute(f"attach {_text(settings.warehouse)} as {_WAREHOUSE} (read_only)")
        verify.check_run(con, _WAREHOUSE, run_id, as_of)
        verify.check_conservation(con, _WAREHOUSE)
        tables = verify.check_tables(con, _WAREHOUSE)
        generation = current_generation(folder) + 1

        con.execute(f"attach {_text(folder / ASIDE)} as {_NEXT} (storage_version 'v1.0.0')")
        con.execute(f"create schema {_NEXT}.{SCHEMA}")
        for table in tables:
            progress(f"publishing {table}")
            verify.check_key(con, _WAREHOUSE, table)
            _copy(con, table)
        _write_publication(con, generation, run_id, as_of, now, definitions_hash)
        con.execute(f"checkpoint {_NEXT}")
        con.execute(f"detach {_NEXT}")

        progress("verifying the new file")
        con.execute(f"attach {_text(folder / ASIDE)} as {_NEXT} (read_only)")
        checked = {table: verify.check_copy(con, _WAREHOUSE, _NEXT, table, run_id) for table in tables}
        for log in closes.LOGS:
            if log.table in tables:
                rows = f"select * from {_NEXT}.{SCHEMA}.{log.table} where run_id = ?"
                closes.prepare(con, settings, log, rows, run_id)
    return Publication(
        folder / FILE,
        generation,
        {t: rows for t, (rows, _) in checked.items()},
        {t: h for t, (_, h) in checked.items()},
    )


def current_generation(folder: Path) -> int:
    """The generation served now, 0 before the first."""
    return _served(folder, _of_publication("max(generation)")) or 0


def published_run(folder: Path) -> str | None:
    """The run whose figures are served now; None before the first."""
    return _served(folder, _of_publication("max(run_id)"))


def published_act(folder: Path) -> tuple[int, str] | None:
    """Number and digest of the last act that is published; None where there is none, or none with a digest."""

    def last(con: duckdb.DuckDBPyConnection) -> Any:
        has_digest = con.execute(
            "select 1 from duckdb_columns() where database_name = ? and table_name = 'acts' and column_name = 'digest'",
            [_SERVING],
        ).fetchone()
        acts = address(SCHEMA, "acts", _SERVING)
        return (
            has_digest
            and con.execute(
                f"select act_no, digest from {acts} where digest is not null order by act_no desc limit 1"
            ).fetchone()
        )

    return _served(folder, last)


def _of_publication(what: str) -> Callable[[duckdb.DuckDBPyConnection], Any]:
    return lambda con: con.execute(f"select {what} from {_SERVING}.{SCHEMA}.publication").fetchall()[0][0]


def _served(folder: Path, read: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
    """Something of the publication that is served now.

    Read from a copy: a BI tool that opened the file for writing locks it, and must not stop the night's run.
    """
    import duckdb

    served, aside = folder / FILE, folder / f"{ASIDE}.served"
    if not served.exists():
        return None
    try:
        shutil.copyfile(served, aside)
        with duckdb.connect() as con:
            con.execute(f"attach {_text(aside)} as {_SERVING} (read_only)")
            return read(con)
    except duckdb.Error as error:
        raise KpiError(
            f"the file served now cannot be read ({_first_line(error)}), so its generation is unknown",
            file=served,
            next_step="move it away or restore it, then run again",
        ) from error
    finally:
        aside.unlink(missing_ok=True)


def _copy(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """The table with its key NOT NULL and its rows sorted by the key, so that a filter on it reads few blocks."""
    columns = con.execute(
        """
        select column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = ? and table_name = ? order by column_index
        """,
        [_WAREHOUSE, SCHEMA, table],
    ).fetchall()
    key = KEYS[table]
    shape = ", ".join(f"{quoted(name)} {kind}{' not null' if name in key else ''}" for name, kind in columns)
    order = ", ".join(quoted(column) for column in key)
    copy = address(SCHEMA, table, _NEXT)
    con.execute(f"create table {copy} ({shape})")
    con.execute(f"insert into {copy} select * from {address(SCHEMA, table, _WAREHOUSE)} order by {order}")
    con.execute(f"comment on table {copy} is 'key: {', '.join(key)}'")


def _write_publication(
    con: duckdb.DuckDBPyConnection, generation: int, run_id: str, as_of: date, now: datetime, definitions_hash: str
) -> None:
    table = address(SCHEMA, "publication", _NEXT)
    con.execute(
        f"create table {table} (generation bigint not null, run_id varchar not null, as_of_date date not null,"
        " published_at timestamp not null, definitions_hash varchar not null, provisional_years varchar)"
    )
    con.execute(
        f"insert into {table} values (?, ?, ?, ?, ?, ?)",
        [generation, run_id, as_of, now.replace(tzinfo=None), definitions_hash, provisional_years(con, _WAREHOUSE)],
    )


def _swap(aside: Path, served: Path) -> None:
    """Makes `aside` the served file; a reader that is open keeps what it has."""
    sync(aside)
    aside.replace(served)
    sync(served.parent)


def sync(path: Path) -> None:
    """Waits until the disk holds the file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publisher at a time; the lock goes with the process, so a killed one leaves none behind."""
    import fcntl

    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KpiError(
                "another run is publishing", file=folder / FILE, next_step="wait for it, then run again"
            ) from error
        yield


def _tidy(folder: Path) -> None:
    """Removes what this or a killed publisher left aside."""
    for left in folder.glob(f"{ASIDE}*"):
        left.unlink(missing_ok=True)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
