"""Reads the serving file for the terminal: what BI tools see is what `kpi run` and `kpi show` print."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pipelines.publish import read_only
from pipelines.publish.served import FILE
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


def open_served(settings: Settings, *, is_locked: bool = True) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """The serving file, read-only, as read_only.opened opens it."""
    return read_only.opened(settings.serving / FILE, is_locked=is_locked)
