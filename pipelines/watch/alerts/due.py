"""Who is to hear what, now: a function of what is known, of people and of the time, and of nothing else.

Belongs here: one alert per check and owner in four hours, then a digest; quiet hours; escalation. Does not: sending.

- New: told at once, unless the same check was told to that person on that channel within `repeat_hours` (a check that
  comes and goes).
- Told before and found again after `repeat_hours`: in a digest, at most one each `repeat_hours`.
- Mended before anybody was told: nobody is.
- Quiet hours hold everything back, critical things too: a number that is wrong at two in the morning is mended at
  eight. Whoever wants to be woken leaves quiet_hours out.
- Critical and not acknowledged `escalate_hours` after its owner was first told, or could not be: told once to the
  deputy, where there is none to the manager.
- What has grown stale (severity info): once in a week of the calendar, all of it in one message.
- Acknowledged: neither repeated nor escalated for `acknowledged_days`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.model.company import Person
from pipelines.watch.alerts.channels import Channels
from pipelines.watch.alerts.history import Alert, Check, MessageKind, State

WEEKLY = "info"  # the severity of what is told once a week


class Telling(NamedTuple):
    """One message that is due: these alerts, to this person, by this channel."""

    person: str
    channel: str
    kind: MessageKind
    alerts: tuple[int, ...]


def due(
    state: State, people: Mapping[str, Person], channels: Channels, now: dt.datetime, zone: ZoneInfo
) -> list[Telling]:
    """What is to be sent at `now` (with zone), people in their order, new things first."""
    repeat = dt.timedelta(hours=channels.repeat_hours)
    current = [alert for alert in state.open if not _is_acknowledged(alert, channels, now)]
    found = []
    for person in people.values():
        if is_quiet(person, now, zone):
            continue
        own = [a for a in current if a.finding.owner == person.id and a.finding.severity != WEEKLY]
        stale = [a for a in current if a.finding.owner == person.id and a.finding.severity == WEEKLY]
        known = {alert.check for alert in own}
        late = [a for a in current if a.check not in known and _to_escalate(a, people, channels, now) == person.id]
        for channel in ways(person, channels):
            whom = (person.id, channel)
            rested = {
                check for check in _checks(own, late) if _is_over(state.last_told.get((*whom, check)), now, repeat)
            }
            again = [a for a in own if whom in a.told and a.seen_at > a.told[whom]]
            by_kind: dict[MessageKind, list[Alert]] = {
                "alert": [a for a in own if whom not in a.told],
                "digest": again if _is_over(state.last_digest.get(whom), now, repeat) else [],
                "escalation": [a for a in late if whom not in a.escalated],
            }
            last = state.last_weekly.get(whom)
            if stale and (last is None or _week(last, zone) != _week(now, zone)):
                found.append(Telling(*whom, "weekly", tuple(a.no for a in stale)))
            for kind, alerts in by_kind.items():
                if numbers := tuple(a.no for a in alerts if a.check in rested):
                    found.append(Telling(*whom, kind, numbers))
    return found


def _week(at: dt.datetime, zone: ZoneInfo) -> tuple[int, int]:
    year, week, _ = at.astimezone(zone).isocalendar()
    return year, week


def _checks(*alerts: list[Alert]) -> set[Check]:
    return {alert.check for some in alerts for alert in some}


def _is_over(last: dt.datetime | None, now: dt.datetime, wait: dt.timedelta) -> bool:
    return last is None or now - last >= wait


def ways(person: Person, channels: Channels) -> list[str]:
    """The channels by which a person can be told."""
    return [name for name in person.channels if name in channels.channels]


def held_back(
    state: State, people: Mapping[str, Person], channels: Channels, now: dt.datetime, zone: ZoneInfo
) -> set[str]:
    """Those who have something to hear and are in their quiet hours."""
    awake = {person.id: person.model_copy(update={"quiet_hours": None}) for person in people.values()}
    return {t.person for t in due(state, awake, channels, now, zone) if is_quiet(people[t.person], now, zone)}


def is_quiet(person: Person, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether `now` is in the person's quiet hours, by the clock on the wall there; the end is not quiet any more."""
    if not person.quiet_hours:
        return False
    start, end = (dt.time.fromisoformat(text) for text in person.quiet_hours.split("-"))
    clock = now.astimezone(zone).time().replace(tzinfo=None)
    return start <= clock < end if start < end else clock >= start or clock < end


def deputy_of(person: Person | None) -> str | None:
    return (person.deputy or person.manager) if person else None


def _to_escalate(alert: Alert, people: Mapping[str, Person], channels: Channels, now: dt.datetime) -> str | None:
    """Whom an alert goes to beside its owner; None while it is the owner's alone."""
    owner = people.get(alert.finding.owner)
    if alert.finding.severity != "critical":
        return None
    unreachable = owner is None or not ways(owner, channels)
    since = alert.opened_at if unreachable else alert.tried_at
    if since is None or now - since < dt.timedelta(hours=channels.escalate_hours):
        return None
    return deputy_of(owner)


def _is_acknowledged(alert: Alert, channels: Channels, now: dt.datetime) -> bool:
    at = alert.acknowledged_at
    return at is not None and now - at < dt.timedelta(days=channels.acknowledged_days)
