"""The record of alerts, data/alerts.sqlite: appended to, never changed, whoever writes: `kpi run`, Dagster, a person.

Belongs here: keeping events so that a killed process loses none, and that one process sends at a time.
Does not: what the events mean (history.py). Acknowledgements are acts of people and lie with these (keep/acts.py).

A message is written down before it is handed over (attempt) and after (sent, failed). An attempt without an outcome is
made again: a process killed in between costs at most one duplicate and loses nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.settings import Settings
from pipelines.watch.alerts.history import Event, State, fold

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

WAIT = 30.0  # seconds for another process to finish its transaction; one takes milliseconds
TURN = 10.0  # seconds to wait for another process that sends; a sensor of Dagster's has 60 for all
ACKNOWLEDGE = "acknowledge_alert"  # what the act is called; its subject is the alert's name, A17

SCHEMA = (
    """
    create table if not exists events (
        event_no integer primary key autoincrement,
        at text not null check (at glob '????-??-??T??:??:??*+00:00'),
        kind text not null check (kind in ('opened', 'seen', 'closed', 'attempt', 'sent', 'failed', 'run_ended')),
        subject text not null,
        detail text not null check (json_valid(detail))
    ) strict
    """,
    "create trigger if not exists events_are_not_changed before update on events"
    " begin select raise(abort, 'events are never changed'); end",
    "create trigger if not exists events_are_not_deleted before delete on events"
    " begin select raise(abort, 'events are never deleted'); end",
    # insert or replace deletes a row without telling the trigger above.
    "create trigger if not exists events_are_not_replaced before insert on events"
    " when new.event_no in (select event_no from events) begin select raise(abort, 'events are never changed'); end",
)


def read(settings: Settings) -> State:
    """What is known of every alert. Raises KpiError where the record cannot be read."""
    path = _path(settings)
    if not path.exists():
        return State()
    with _opened(path) as con:
        return _acknowledged(_state(con), settings)


def append(settings: Settings, derive: Callable[[State], Sequence[Event]]) -> State:
    """Adds what `derive` makes of the state, both in one transaction, so that no two processes open one alert twice.

    Returns the state after it; when this returns, it is on disk.
    """
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as con:
        con.execute("begin immediate")
        events = derive(_acknowledged(_state(con), settings))
        con.executemany(
            "insert into events (at, kind, subject, detail) values (?, ?, ?, ?)",
            [
                (e.at.astimezone(dt.UTC).isoformat(), e.kind, e.subject, json.dumps(e.detail, ensure_ascii=False))
                for e in events
            ],
        )
        con.execute("commit")
        return _acknowledged(_state(con), settings)


@contextmanager
def sending(settings: Settings) -> Iterator[bool]:
    """Within the block no other process sends; False where another one does so for longer than TURN.

    A killed process frees it at once.
    """
    import fcntl
    import time

    path = settings.data / "alerts.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        until = time.monotonic() + TURN
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    yield False
                    return
                time.sleep(0.1)
            else:
                yield True
                return


def _state(con: sqlite3.Connection) -> State:
    rows = con.execute("select event_no, at, kind, subject, detail from events order by event_no").fetchall()
    return fold(
        (no, Event(dt.datetime.fromisoformat(at), kind, subject, json.loads(said)))
        for no, at, kind, subject, said in rows
    )


def _acknowledged(state: State, settings: Settings) -> State:
    for act in acts.read(settings, ACKNOWLEDGE):
        alert = state.alerts.get(int(act.subject[1:])) if re.fullmatch(r"A\d+", act.subject) else None
        if alert is not None:
            alert.acknowledged_at, alert.acknowledged_by = act.at.replace(tzinfo=dt.UTC), act.who
    return state


def _path(settings: Settings) -> Path:
    return settings.data / "alerts.sqlite"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    import sqlite3

    try:
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as con:
            con.execute("pragma synchronous = extra")  # the journal's folder too: a message sent is not forgotten
            con.execute("begin immediate")
            for statement in SCHEMA:
                con.execute(statement)
            con.execute("commit")
            yield con
    except sqlite3.Error as error:
        raise KpiError(
            f"the record of alerts cannot be used: {error}",
            file=path,
            next_step="look at the disk and at who may write there; if the file is damaged, move it away",
        ) from error
