"""What is served now, for the run that comes next: its generation, its run, its last act.

Belongs here: questions to data/serving/kpi.duckdb that must be answered whoever holds it open. Does not: making it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.publish.content_hash import address
from pipelines.publish.swap import text
from pipelines.publish.tables import SCHEMA

if TYPE_CHECKING:
    import duckdb

FILE = "kpi.duckdb"  # its base name is the catalog's name, which must differ from the schema's
ASIDE = ".kpi.duckdb.next"
_SERVING = "serving_file"


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
            con.execute(f"attach {text(aside)} as {_SERVING} (read_only)")
            return read(con)
    except duckdb.Error as error:
        raise KpiError(
            f"the file served now cannot be read ({first_line(error)}), so its generation is unknown",
            file=served,
            next_step="move it away, or `kpi rollback`, then run again",
        ) from error
    finally:
        aside.unlink(missing_ok=True)


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
