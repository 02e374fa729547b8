"""The published tables as Parquet and CSV, for who reads neither DuckDB nor PostgreSQL.

Belongs here: data/serving/parquet/ and data/serving/csv/, a file a table, each replaced whole. Does not: who may read
them: they are the whole company's, as the served file is.

CSV begins with the mark by which Excel knows UTF-8, and a text that a spreadsheet would compute (=, +, -, @, tab or
carriage return first) stands behind an apostrophe: https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import whole_file
from pipelines.errors import KpiError
from pipelines.publish.content_hash import address, quoted, table_names
from pipelines.publish.swap import text
from pipelines.publish.table_copy import columns_of
from pipelines.publish.tables import SCHEMA

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

FORMATS = ("parquet", "csv")
MARK = "\ufeff"
LAST = "publication"  # written last: who reads it first and last knows whether the files are of one generation
_WHOLE = "whole"


def write(settings: Settings, source: Path, progress: Callable[[str], None] = lambda _: None) -> dict[str, int]:
    """Writes both formats of every table of the served file at `source`; returns bytes by format.

    Raises KpiError where the disk fails; the files of before then stay, each whole.
    """
    import duckdb

    try:
        with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
            con.execute(f"attach {text(source)} as {_WHOLE} (read_only)")
            tables = sorted(table_names(con, SCHEMA, _WHOLE), key=lambda table: (table == LAST, table))
            for kind in FORMATS:
                progress(f"writing {kind} of {len(tables)} tables")
                _write_all(con, tables, settings.serving / kind, kind)
    except (duckdb.Error, OSError) as error:
        raise KpiError(
            f"Parquet and CSV were not written: {str(error).splitlines()[0]}",
            file=settings.serving,
            next_step="check space and rights of the disk, run again",
        ) from error
    return {kind: sum(path.stat().st_size for path in (settings.serving / kind).iterdir()) for kind in FORMATS}


def _write_all(con: duckdb.DuckDBPyConnection, tables: list[str], folder: Path, kind: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{table}.{kind}" for table in tables]
    for left in folder.iterdir():
        if left not in made:
            left.unlink()
    for table, path in zip(tables, made, strict=True):
        query, options = (_as_csv(con, table), "csv, header") if kind == "csv" else (_plain(table), "parquet")
        con.execute(f"copy ({query}) to {text(whole_file.aside(path))} (format {options})")
        whole_file.aside(path).replace(path)


def _plain(table: str) -> str:
    return f"select * from {address(SCHEMA, table, _WHOLE)}"


def _as_csv(con: duckdb.DuckDBPyConnection, table: str) -> str:
    columns = columns_of(con, _WHOLE, table)
    names = [f"{MARK if not place else ''}{name}" for place, (name, _) in enumerate(columns)]
    shown = ", ".join(
        f"{_harmless(quoted(name)) if kind == 'VARCHAR' else quoted(name)} as {quoted(heading)}"
        for heading, (name, kind) in zip(names, columns, strict=True)
    )
    return f"select {shown} from {address(SCHEMA, table, _WHOLE)}"


@functools.cache
def _harmless(column: str) -> str:
    first = "('=', '+', '-', '@', chr(9), chr(13), '＝', '＋', '－', '＠')"  # Excel computes full-width signs as well
    return f"case when {column}[1] in {first} then '''' || {column} else {column} end"
