"""What was sent: data/reports.sqlite, appended to, never changed.

Belongs here: keeping attempts and their outcomes so that a killed process loses none. Does not: what is due (due.py).

As with alerts (watch/alerts/record.py): a report is written down before it is handed over and after. An attempt without
an outcome is made again, so that a process killed in between costs at most one duplicate and loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Literal

from pipelines.errors import KpiError
from pipelines.settings import Settings

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

WAIT = 30.0  # seconds for another process to finish its transaction
Outcome = Literal["attempt", "sent", "failed"]
SCHEMA = (
    """
    create table if not exists sent (
        no integer primary key autoincrement,
        at text not null,
        key text not null check (key <> ''),
        outcome text not null check (outcome in ('attempt', 'sent', 'failed')),
        reason text not null
    ) strict
    """,
    "create trigger if not exists sent_is_not_changed before update on sent"
    " begin select raise(abort, 'what was sent is never changed'); end",
    "create trigger if not exists sent_is_not_deleted before delete on sent"
    " begin select raise(abort, 'what was sent is never deleted'); end",
)


def keys(settings: Settings) -> set[str]:
    """The keys of all reports that were sent. Raises KpiError where the record cannot be read."""
    if not _path(settings).exists():
        return set()
    with _opened(settings) as con:
        return {key for (key,) in con.execute("select distinct key from sent where outcome = 'sent'")}


def note(settings: Settings, key: str, outcome: Outcome, now: dt.datetime, reason: str = "") -> None:
    """Appends an attempt or its outcome; when this returns, it is on disk."""
    with _opened(settings) as con:
        con.execute(
            "insert into sent (at, key, outcome, reason) values (?, ?, ?, ?)",
            (now.astimezone(dt.UTC).isoformat(), key, outcome, reason),
        )


def _path(settings: Settings) -> Path:
    return settings.data / "reports.sqlite"


@contextmanager
def _opened(settings: Settings) -> Iterator[sqlite3.Connection]:
    import sqlite3

    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as con:
            con.execute("pragma synchronous = extra")
            for statement in SCHEMA:
                con.execute(statement)
            yield con
    except sqlite3.Error as error:
        raise KpiError(
            f"the record of sent reports cannot be used: {error}",
            file=path,
            next_step="look at the disk and at who may write there; if the file is damaged, move it away",
        ) from error
