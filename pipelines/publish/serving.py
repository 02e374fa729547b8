"""The file people open: built aside, verified, kept, swapped in by rename.

Belongs here: the life of data/serving/kpi.duckdb. Does not: the rules it must meet (verify.py), the shape of its tables
(table_copy.py), what was served before (generations.py), what is drawn and written from it (audience_files.py, page).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.keep import closes
from pipelines.publish import generations, verify
from pipelines.publish.content_hash import address
from pipelines.publish.provisional import provisional_years
from pipelines.publish.served import ASIDE, FILE, current_generation, first_line
from pipelines.publish.swap import alone, swap, text, tidy
from pipelines.publish.table_copy import attach_new, copy_table
from pipelines.publish.tables import SCHEMA

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

KEEP = 7  # generations, where company.yml does not say (retention.generations)
_WAREHOUSE, _NEXT = "warehouse", "next_file"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Publication:
    """What was swapped in: rows and content hash by table."""

    path: Path
    generation: int
    tables: dict[str, int]
    hashes: dict[str, str]


def publish(
    settings: Settings,
    run_id: str,
    as_of: date,
    now: datetime,
    definitions_hash: str,
    progress: Progress | None = None,
    keep: int = KEEP,
) -> Publication:
    """Publishes the warehouse's schema `published` as the next generation; `now` is in UTC, `keep` are kept.

    Raises KpiError where a publication rule fails or the disk does; the file served so far is then untouched.
    """
    import duckdb

    folder = settings.serving
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.warehouse.is_file():
        raise KpiError("there is no warehouse to publish", file=settings.warehouse, next_step="run `kpi run`")
    with alone(folder, folder / FILE):
        tidy(folder, ASIDE)
        try:
            publication = _build(settings, run_id, as_of, now, definitions_hash, progress or (lambda _: None))
            number, rows = publication.generation, sum(publication.tables.values())
            generations.keep(folder, folder / ASIDE, number, run_id, as_of, now, rows)
            swap(folder / ASIDE, publication.path)
            closes.stand(settings, run_id)
            closes.begin(settings, as_of)
            generations.prune(folder, keep, number)
            return publication
        except duckdb.Error as error:
            raise KpiError(
                f"not published: {first_line(error)}", next_step="yesterday's file stays; mend it, run again"
            ) from error
        except OSError as error:
            raise KpiError(
                f"not published: {error}", next_step="check space and rights of the disk, run again"
            ) from error
        finally:
            tidy(folder, ASIDE)


def _build(
    settings: Settings, run_id: str, as_of: date, now: datetime, definitions_hash: str, progress: Progress
) -> Publication:
    import duckdb

    folder = settings.serving
    with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
        con.execute(f"attach {text(settings.warehouse)} as {_WAREHOUSE} (read_only)")
        verify.check_run(con, _WAREHOUSE, run_id, as_of)
        verify.check_conservation(con, _WAREHOUSE)
        tables = verify.check_tables(con, _WAREHOUSE)
        # Above all that are kept: after a rollback the number that was taken back is not given again.
        generation = max(current_generation(folder), generations.newest(folder)) + 1

        attach_new(con, folder / ASIDE, _NEXT)
        for table in tables:
            progress(f"publishing {table}")
            verify.check_key(con, _WAREHOUSE, table)
            copy_table(con, table, _WAREHOUSE, _NEXT)
        _write_publication(con, generation, run_id, as_of, now, definitions_hash)
        con.execute(f"checkpoint {_NEXT}")
        con.execute(f"detach {_NEXT}")

        progress("verifying the new file")
        con.execute(f"attach {text(folder / ASIDE)} as {_NEXT} (read_only)")
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
