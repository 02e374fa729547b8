"""Sends what is due: picks, words, hands over to the sending process, writes down what became of it.

Belongs here: the order of a delivery and its limits of time. Does not: who hears what (due.py), the connection
(sender.py).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import select
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.settings import REPOSITORY, Settings
from pipelines.watch.alerts import due, record, words
from pipelines.watch.alerts.channels import Channel, Channels, filled_in
from pipelines.watch.alerts.history import Event

MESSAGE_SECONDS = 12.0  # connecting takes at most 4, an answer 8
SLOW_SECONDS, STRIKES = 3.0, 3  # a channel that failed so slowly, or so often, is not tried again in this pass
ALL_SECONDS = 40.0  # a sensor of Dagster's has 60
KEPT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")


class Delivered(NamedTuple):
    """What one pass did: messages sent by channel, what failed and why, who is in their quiet hours."""

    sent: dict[str, int]
    people: set[str]
    failed: dict[str, str]  # channel → reason
    held_back: set[str]
    busy: bool = False  # another process is at it
    left: int = 0  # not tried for lack of time

    @property
    def lines(self) -> list[str]:
        """What a person reads of it, a line each."""
        said = []
        if self.sent:
            by = ", ".join(f"{count} by {channel}" for channel, count in self.sent.items())
            said.append(f"alerts to {len(self.people)} people: {by}")
        said += [f"{channel} is down ({reason}): tried again later" for channel, reason in self.failed.items()]
        if self.held_back:
            said.append(f"held back by quiet hours: {', '.join(sorted(self.held_back))}")
        if self.left:
            said.append(f"{self.left} messages not tried within {ALL_SECONDS:.0f} s: sent later")
        if self.busy:
            said.append("another process is sending alerts")
        return said


def deliver(
    settings: Settings,
    people: Mapping[str, Person],
    channels: Channels,
    now: dt.datetime,
    zone: ZoneInfo,
    sender: Sender | None = None,
) -> Delivered:
    """Sends everything due at `now`; takes at most ALL_SECONDS and raises for no channel.

    `sender` is a sending process that is there already and stays.

    Raises KpiError where the record of alerts cannot be used: then nothing is sent, lest it be sent for ever.
    """
    with record.sending(settings) as is_ours:
        if not is_ours:
            return Delivered({}, set(), {}, set(), busy=True)
        if sender is not None:
            return _deliver(settings, people, channels, now, zone, sender)
        with Sender() as own:
            return _deliver(settings, people, channels, now, zone, own)


def _deliver(
    settings: Settings,
    people: Mapping[str, Person],
    channels: Channels,
    now: dt.datetime,
    zone: ZoneInfo,
    sender: Sender,
) -> Delivered:
    state = record.read(settings)
    tellings = due.due(state, people, channels, now, zone)
    held_back = due.held_back(state, people, channels, now, zone)
    done = Delivered({}, set(), {}, held_back)
    left, until = 0, time.monotonic() + ALL_SECONDS
    strikes: dict[str, int] = {}
    for telling in tellings:
        if strikes.get(telling.channel, 0) >= STRIKES:
            continue  # down for everybody; a mailbox that is gone is not
        started = time.monotonic()
        if started + MESSAGE_SECONDS > until:
            left += 1
            continue
        person, alerts = people[telling.person], [state.alerts[no] for no in telling.alerts]
        channel = channels.channels[telling.channel]
        message_id = uuid.uuid4().hex
        said = {
            "person": telling.person,
            "channel": telling.channel,
            "kind": telling.kind,
            "alerts": telling.alerts,
        }
        record.append(settings, lambda _, i=message_id, s=said: [Event(now, "attempt", i, s)])  # type: ignore[misc]
        reason = ""
        try:
            address = filled_in(channel, settings)
            scheme = address.partition("://")[0].lower()
            text = words.message(telling.kind, alerts, person, dict(people), scheme, channels.link, zone)
            worst = "critical" if any(a.finding.severity == "critical" for a in alerts) else "warning"
            reason = sender.send(request(settings, channel, channels, address, person, text, worst))
        except KpiError as error:  # a secret that is not set
            reason = error.problem
        outcome = Event(now, "failed", message_id, {"reason": reason}) if reason else Event(now, "sent", message_id, {})
        record.append(settings, lambda _, o=outcome: [o])  # type: ignore[misc]
        if reason:
            done.failed[telling.channel] = reason
            slow = time.monotonic() - started > SLOW_SECONDS
            strikes[telling.channel] = STRIKES if slow else strikes.get(telling.channel, 0) + 1
        else:
            done.sent[telling.channel] = done.sent.get(telling.channel, 0) + 1
            done.people.add(telling.person)
    return done._replace(left=left)


def request(
    settings: Settings,
    channel: Channel,
    channels: Channels,
    address: str,
    person: Person,
    text: words.Message,
    severity: str,
) -> dict[str, Any]:
    """What the sending process is asked for. Raises KpiError where the person's address is not set."""
    return {
        "address": address,
        "server": channel.server,
        "to": settings.expand(person.mail) if person.mail else None,
        "title": text.title,
        "body": text.body,
        "severity": severity,
        "allowed": channels.allowed_hosts,
    }


class Sender:
    """The sending process, started with the first message and anew after one that it did not come back from."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def send(self, asked: Mapping[str, Any], seconds: float = MESSAGE_SECONDS) -> str:
        """Sends one message; returns why it was not taken, empty where it was. Ends what takes longer."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], seconds)
            answer = process.stdout.readline() if ready else b""
        except OSError:  # it ended by itself
            ready, answer = [process.stdout], b""
        if not answer:
            self._end()
            return "the sending process ended" if ready else f"no answer within {seconds:.0f} s"
        outcome = json.loads(answer)
        return "" if outcome["sent"] else outcome["reason"]

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.watch.alerts.sender"],
            cwd=REPOSITORY,
            env=environment | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()  # it waits for its next message, or hangs; nothing of ours is left in it
            self._process.communicate()
            self._process = None
