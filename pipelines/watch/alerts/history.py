"""What happened to alerts, as events, and what that makes of them now.

Belongs here: the events, and folding them into a state. Does not: keeping them (record.py), or what follows (due.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["opened", "seen", "closed", "attempt", "sent", "failed", "run_ended"]
MessageKind = Literal["alert", "digest", "escalation", "weekly"]
Check = tuple[str, str]  # table, check


class Event(NamedTuple):
    """One thing that happened. `at` is UTC with zone; `subject` an alert's number, a message's or a run's id."""

    at: dt.datetime
    kind: Kind
    subject: str
    detail: dict[str, Any]


class Finding(NamedTuple):
    """What is wrong now, and who is to hear of it; `text` by language, without values of records."""

    owner: str
    table: str
    check: str
    severity: str
    failed_rows: int
    text: dict[str, str]
    fix_list: str | None = None  # below data/reports/


@dataclass
class Alert:
    """One finding of one owner, from the run that found it to the run that no longer did. Its number is its name."""

    no: int
    finding: Finding
    opened_at: dt.datetime
    seen_at: dt.datetime
    closed_at: dt.datetime | None = None
    tried_at: dt.datetime | None = None  # the first attempt to tell its owner, whether it came through or not
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str = ""
    told: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)  # person, channel → last
    escalated: set[tuple[str, str]] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"A{self.no}"

    @property
    def check(self) -> Check:
        return (self.finding.table, self.finding.check)


@dataclass
class State:
    """All alerts by number, and what was sent by person and channel."""

    alerts: dict[int, Alert] = field(default_factory=dict)
    last_told: dict[tuple[str, str, Check], dt.datetime] = field(default_factory=dict)
    last_digest: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)
    last_weekly: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)
    failing: dict[tuple[str, str], tuple[dt.datetime, str]] = field(default_factory=dict)  # since the last success
    ended_runs: set[str] = field(default_factory=set)

    @property
    def open(self) -> list[Alert]:
        return [alert for alert in self.alerts.values() if alert.closed_at is None]


def fold(events: Iterable[tuple[int, Event]]) -> State:
    """The state after `events` (number, event), in their order."""
    state = State()
    under_way: dict[str, dict[str, Any]] = {}
    for number, (at, kind, subject, detail) in events:
        if kind == "opened":
            state.alerts[number] = Alert(number, Finding(**detail), at, at)
        elif kind == "seen":
            alert = state.alerts[int(subject)]
            alert.finding, alert.seen_at = Finding(**detail), at
        elif kind == "closed":
            state.alerts[int(subject)].closed_at = at
        elif kind == "attempt":
            under_way[subject] = detail
            for no in detail["alerts"]:
                alert = state.alerts[no]
                if detail["person"] == alert.finding.owner and alert.tried_at is None:
                    alert.tried_at = at
        elif kind in ("sent", "failed"):
            _outcome(state, at, kind == "sent", under_way.pop(subject), detail)
        elif kind == "run_ended":
            state.ended_runs.add(subject)
    return state


def _outcome(state: State, at: dt.datetime, sent: bool, said: dict[str, Any], detail: dict[str, Any]) -> None:
    whom = (said["person"], said["channel"])
    if not sent:
        state.failing[whom] = (at, detail["reason"])
        return
    state.failing.pop(whom, None)
    for no in said["alerts"]:
        alert = state.alerts[no]
        alert.told[whom] = at
        state.last_told[(*whom, alert.check)] = at
        if said["kind"] == "escalation":
            alert.escalated.add(whom)
    if said["kind"] == "weekly":
        state.last_weekly[whom] = at
    if said["kind"] == "digest":
        state.last_digest[whom] = at


def observe(state: State, findings: Sequence[Finding], judged: set[str], now: dt.datetime) -> list[Event]:
    """What a run's findings add: alerts opened, seen again, closed.

    Closed are those on a table among `judged` that the run no longer found; of other tables nothing is known.
    """
    known = {(alert.finding.owner, *alert.check): alert for alert in state.open}
    events = []
    found = {(finding.owner, finding.table, finding.check): finding for finding in findings}
    for key, finding in found.items():
        if key in known:
            events.append(Event(now, "seen", str(known[key].no), finding._asdict()))
        else:
            events.append(Event(now, "opened", "", finding._asdict()))
    for key, alert in known.items():
        if key not in found and alert.finding.table in judged:
            events.append(Event(now, "closed", str(alert.no), {}))
    return events
