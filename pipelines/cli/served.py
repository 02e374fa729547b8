"""Reads the serving file for the terminal: what BI tools see is what `kpi run` and `kpi show` print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.publish import read_only
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


@contextmanager
def open_served(settings: Settings, *, is_locked: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """The serving file, read-only; `is_locked` is off where rows of it are copied out (read_only.py).

    Raises KpiError where nothing was published yet or the file is broken.
    """
    import duckdb

    path = settings.serving / "kpi.duckdb"
    if not path.is_file():
        raise KpiError("nothing has been published yet", file=path, next_step="kpi run")
    try:
        con = read_only.connect(path) if is_locked else duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise KpiError(
            f"cannot be opened: {str(error).splitlines()[0]}", file=path, next_step="delete it and run `kpi run`"
        ) from error
    try:
        yield con
    finally:
        con.close()
