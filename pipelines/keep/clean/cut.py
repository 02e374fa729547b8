"""One kind of thing that is too old: how much there is, what of it goes, and what has to stay and why.

Belongs here: its shape. Does not: finding it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import KpiError


class Rows(NamedTuple):
    """Rows of a table that go: a condition over its own columns; `sets` names columns that are emptied instead."""

    table: str  # quoted, with its schema
    where: str
    sets: tuple[str, ...] = ()


class Cut(NamedTuple):
    """What goes of one kind in one place; `kept` says what stays for a reason, `after` what is no longer possible."""

    what: str  # raw | personal | quarantine | landing | generations | dagster_events
    where: str
    number: int
    since: datetime | None = None
    bytes: int = 0
    kept: str = ""
    after: str = ""
    rows: Rows | None = None
    paths: tuple[Path, ...] = ()
    runs: tuple[str, ...] = ()


def days(said: str, setting: str) -> timedelta:
    """A retention as company.yml writes it. Raises KpiError where it is no number of days."""
    number, _, unit = said.partition(" ")
    if not number.isdigit() or unit not in ("day", "days") or not int(number):
        raise KpiError(f"retention.{setting}: {said} is not a number of days", next_step="write it as 400 days")
    return timedelta(days=int(number))
