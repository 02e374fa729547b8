"""Acts: who did what, when, to what and why. Appended to data/acts.sqlite, never changed or taken out.

Belongs here: writing acts so that they are kept, what is kept with them (attachments), reading them. Does not: deciding
who may do what, or what follows from an act.

Triggers stop a slip. Against surgery on the file each act has a digest over itself and the digest before it, so that
one act changed, taken out or put in between shows in all after it. Who recomputes the whole chain, or cuts its end off,
meets the digest of the last act that was published (`refuse_other_past`).
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import MappingProxyType
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
CHAIN = "create table if not exists chain (act_no integer primary key, digest text not null) strict"
ATTACHMENTS = "create table if not exists attachments (digest text primary key, body blob not null) strict"
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
    digest: str  # over this act and the digest of the one before


class Done(NamedTuple):
    """An act to be recorded: what, to what, why; `detail` is JSON without secrets or records."""

    what: str
    subject: str
    why: str
    detail: Mapping[str, Any]


def record(settings: Settings, what: str, subject: str, why: str, detail: Mapping[str, Any], now: dt.datetime) -> None:
    """Appends an act; when this returns, it is on disk. `now` is UTC; `detail` is JSON without secrets or records.

    What an act is of: accept_empty, subject crm.deals, detail {"deliveries": [hash, …]}.
    Raises KpiError where it cannot be written: then nothing may be done that rests on it.
    """
    record_all(settings, [Done(what, subject, why, detail)], now)


def record_all(
    settings: Settings, done: Sequence[Done], now: dt.datetime, attachments: Mapping[str, bytes] = MappingProxyType({})
) -> None:
    """Appends acts, all of them or none, with the attachments (by `digest_of`) that their details name.

    Raises KpiError where they cannot be written: then nothing may be done that rests on them.
    """
    at = now.replace(tzinfo=None) if now.tzinfo is None else now.astimezone(dt.UTC).replace(tzinfo=None)
    said = [json.dumps(dict(one.detail), ensure_ascii=False, sort_keys=True, allow_nan=False) for one in done]
    for one, detail in zip(done, said, strict=True):
        _refuse_secrets(settings, f"{one.subject}\n{one.why}\n{detail}")
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as con:
        con.execute("begin immediate")
        last = _last_digest(con, path)
        for one, detail in zip(done, said, strict=True):
            row = (f"{at.isoformat()}Z", who(settings), one.what, one.subject, one.why, detail)
            added = con.execute(
                "insert into acts (at, who, what, subject, why, detail) values (?, ?, ?, ?, ?, ?)", row
            ).lastrowid
            last = _chained(last, (added, *row))
            con.execute("insert into chain values (?, ?)", (added, last))
        con.executemany("insert or ignore into attachments values (?, ?)", attachments.items())
        con.execute("commit")


def read(settings: Settings, what: str | None = None) -> list[Act]:
    """Every act, or those of one kind, in the order in which they were done.

    Raises KpiError where they cannot be read, or one was changed, taken out or put in by another hand than `record`.
    """
    path = _path(settings)
    return [act for act in read_file(path) if what in (None, act.what)] if path.exists() else []


def read_file(path: Path) -> list[Act]:
    """Every act of a file, say of a copy. Raises KpiError as `read` does."""
    with _opened(path) as con:
        return _read(con, path)


def attachment(settings: Settings, digest: str) -> bytes:
    """What was kept with an act. Raises KpiError where it is not there or not what it was."""
    path = _path(settings)
    found = None
    if path.exists():
        with _opened(path) as con:
            found = con.execute("select body from attachments where digest = ?", (digest,)).fetchone()
    if found is None or digest_of(found[0]) != digest:
        raise _tampered(path, f"what was kept as {digest[:12]} is {'gone' if found is None else 'another content now'}")
    return bytes(found[0])


def digest_of(body: bytes) -> str:
    """The name under which an attachment is kept: SHA-256 as 64 hex digits."""
    return hashlib.sha256(body).hexdigest()


def refuse_other_past(settings: Settings, shown: tuple[int, str] | None) -> None:
    """`shown` is number and digest of the last act that is published; None where there is none.

    Raises KpiError where the record no longer has that act as it was: it was cut off, or written anew.
    """
    if shown is None:
        return
    number, digest = shown
    if not any(act.act_no == number and act.digest == digest for act in read(settings)):
        raise _tampered(_path(settings), f"act {number}, which is published, is no longer in the record as it was")


def _last_digest(con: sqlite3.Connection, path: Path) -> str:
    """Where the chain goes on; acts of a record from before there was one are chained first."""
    last = con.execute("select digest from chain order by act_no desc limit 1").fetchone()
    if last is not None:
        return str(last[0])
    before = _read(con, path)
    con.executemany("insert into chain values (?, ?)", [(act.act_no, act.digest) for act in before])
    return before[-1].digest if before else ""


def _read(con: sqlite3.Connection, path: Path) -> list[Act]:
    """Every act with its digest, which is compared with the one that was kept."""
    chain = dict(con.execute("select act_no, digest from chain").fetchall())
    rows = con.execute("select act_no, at, who, what, subject, why, detail from acts order by act_no").fetchall()
    found, last = [], ""
    for row in rows:
        no, at, person, kind, subject, why, said = row
        last = _chained(last, row)
        if chain and chain.get(no) != last:  # a record from before there was a chain has none at all
            raise _tampered(path, f"act {no} ({kind}, {subject}) is not what was recorded, or one before it is gone")
        found.append(
            Act(no, dt.datetime.fromisoformat(at.rstrip("Z")), person, kind, subject, why, json.loads(said), last)
        )
    if len(chain) > len(rows):
        raise _tampered(path, f"act {max(chain)} was recorded and is gone")
    return found


def _chained(before: str, row: Sequence[Any]) -> str:
    return digest_of(json.dumps([before, *row], ensure_ascii=False).encode())


def _tampered(path: Path, problem: str) -> KpiError:
    return KpiError(
        f"the record of acts was changed from outside: {problem}",
        file=path,
        next_step="put back its last copy; who could write to the file?",
    )


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
            for table in (TABLE, CHAIN, ATTACHMENTS):
                con.execute(table)
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
