"""Acts: who did what, when, to what and why. Appended to data/acts.sqlite, never changed or taken out.

Belongs here: writing one act so that it is kept, reading them. Does not: deciding who
may do what, or what follows from an act.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import KpiError
from pipelines.settings import Settings

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


WAIT = 30.0  # seconds for another process to finish writing its act; one takes milliseconds

LOGIN = re.compile(r"://[^/\s:@]+:[^/\s@]+@")  # postgresql://user:password@…

# `if not exists` each, so that a process killed between two of them leaves nothing that the next does not finish.
TABLE = """
create table if not exists acts (
    act_no integer primary key autoincrement,
    at text not null check (at glob '????-??-??T??:??:??*Z'),
    who text not null check (who <> ''),
    what text not null check (what <> ''),
    subject text not null,
    why text not null,
    detail text not null check (json_valid(detail))
) strict
"""
TRIGGERS = (
    "create trigger if not exists acts_are_not_changed before update on acts"
    " begin select raise(abort, 'acts are never changed'); end",
    "create trigger if not exists acts_are_not_deleted before delete on acts"
    " begin select raise(abort, 'acts are never deleted'); end",
    # insert or replace deletes a row without telling the trigger above.
    "create trigger if not exists acts_are_not_replaced before insert on acts"
    " when new.act_no in (select act_no from acts) begin select raise(abort, 'acts are never changed'); end",
)


class Act(NamedTuple):
    """One act; `at` is UTC without zone, `detail` what else belongs to it."""

    act_no: int
    at: dt.datetime
    who: str
    what: str
    subject: str
    why: str
    detail: dict[str, Any]


def record(settings: Settings, what: str, subject: str, why: str, detail: Mapping[str, Any], now: dt.datetime) -> None:
    """Appends an act; when this returns, it is on disk. `now` is UTC; `detail` is JSON without secrets or records.

    What an act is of: accept_empty, subject crm.deals, detail {"deliveries": [hash, …]}.
    Raises KpiError where it cannot be written: then nothing may be done that rests on it.
    """
    at = now.replace(tzinfo=None) if now.tzinfo is None else now.astimezone(dt.UTC).replace(tzinfo=None)
    said = json.dumps(dict(detail), ensure_ascii=False, sort_keys=True, allow_nan=False)
    _refuse_secrets(settings, f"{subject}\n{why}\n{said}")
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as con:
        con.execute("begin immediate")
        con.execute(
            "insert into acts (at, who, what, subject, why, detail) values (?, ?, ?, ?, ?, ?)",
            (f"{at.isoformat()}Z", who(settings), what, subject, why, said),
        )
        con.execute("commit")


def read(settings: Settings, what: str | None = None) -> list[Act]:
    """Every act, or those of one kind, in the order in which they were done. Raises KpiError where unreadable."""
    path = _path(settings)
    if not path.exists():
        return []
    with _opened(path) as con:
        rows = con.execute(
            "select act_no, at, who, what, subject, why, detail from acts where ? is null or what = ? order by act_no",
            (what, what),
        ).fetchall()
    return [
        Act(no, dt.datetime.fromisoformat(at.rstrip("Z")), who, kind, subject, why, json.loads(said))
        for no, at, who, kind, subject, why, said in rows
    ]


def _path(settings: Settings) -> Path:
    return settings.data / "acts.sqlite"


def who(settings: Settings) -> str:
    """Who does what is done now: KPI_USER, else the name the machine knows."""
    if settings.user:
        return settings.user
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "unknown"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file with its table and triggers; what SQLite says becomes a KpiError."""
    import sqlite3

    try:
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as con:
            # No WAL: the switch to it does not wait for other writers ("database is locked", 1 of 4 processes, once in
            # a few runs), and a handful of acts a day gain nothing by it. extra also syncs the folder.
            con.execute("pragma synchronous = extra")
            con.execute("begin immediate")
            con.execute(TABLE)
            for trigger in TRIGGERS:
                con.execute(trigger)
            con.execute("commit")
            yield con
    except sqlite3.Error as error:
        raise KpiError(
            f"the record of acts cannot be used: {error}",
            file=path,
            next_step="look at the disk and at who may write there; if the file is damaged, put back its last copy",
        ) from error


def _refuse_secrets(settings: Settings, text: str) -> None:
    path = settings.data / "pseudonym.key"
    said = settings.pseudonym_key.get_secret_value() if settings.pseudonym_key else ""
    keys = re.split(r"[,\r\n]+", said + "\n" + (path.read_text() if path.is_file() else ""))
    if any(one.strip() and one.strip() in text for one in keys) or LOGIN.search(text):
        raise KpiError(
            "an act must not hold a secret: a key of personal columns, or an address with a password, stands in it",
            next_step="say it without; and change the secret where it was typed in the open",
        )
