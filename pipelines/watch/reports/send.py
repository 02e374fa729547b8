"""Draws the reports that are due and sends them: a mail with PDF and workbook, or a few lines to a chat.

Belongs here: the order of that, and that no server can make it fail. Does not: who gets what (due.py), the connection
(watch/alerts/sender.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.errors import KpiError
from pipelines.model.company import Company, Person, read_company, read_people, today
from pipelines.model.report import Report, Rule, reports_of, rules_of
from pipelines.publish.reports.build import build
from pipelines.publish.reports.data import spans_of
from pipelines.publish.reports.source import opened
from pipelines.publish.reports.write import Written, named, write
from pipelines.settings import Settings
from pipelines.watch.alerts import outbox, record
from pipelines.watch.alerts.channels import Channel, Channels, filled_in, read_channels
from pipelines.watch.alerts.due import is_quiet
from pipelines.watch.alerts.escape import inert, link
from pipelines.watch.alerts.schemes import MAIL
from pipelines.watch.alerts.words import MAX_BYTES, OTHERWISE, Message
from pipelines.watch.reports import sent
from pipelines.watch.reports.due import Due, due

NO_CHANNELS = "no channel is configured (kpi_definitions/channels.yml): reports are sent to nobody"
BUSY = "another process is sending"
TYPES = {".pdf": "application/pdf", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SECONDS = 30.0  # for one mail with its attachments


class Office(NamedTuple):
    """What a configuration says of people, channels and reports."""

    settings: Settings
    company: Company
    people: Mapping[str, Person]
    channels: Channels
    reports: Mapping[str, Report]
    rules: list[Rule]


def what_is_due(settings: Settings, now: dt.datetime, again: bool = False) -> list[Due]:
    """What is to be sent at `now` (with zone) and was not yet; with `again` also what was.

    Raises KpiError where a file of the configuration or the record cannot be read, or nothing is published.
    """
    office = _office(settings)
    return _due(office, now, again) if office else []


def send_due(
    settings: Settings, now: dt.datetime, again: bool = False, sender: outbox.Sender | None = None
) -> list[str]:
    """Sends what is due; returns what to say of it, a line each. A server that is down is a line, not an error.

    Raises KpiError as what_is_due does.
    """
    office = _office(settings)
    if office is None:
        return [NO_CHANNELS]
    with record.sending(settings) as is_ours:
        if not is_ours:
            return [BUSY]
        ones = _due(office, now, again)
        if sender is not None:
            return _send_all(office, ones, now, sender)
        with outbox.Sender() as own:
            return _send_all(office, ones, now, own)


def _office(settings: Settings) -> Office | None:
    home = settings.kpi_definitions
    channels = read_channels(home)
    if channels is None:
        return None
    reports = reports_of(home, ())
    return Office(settings, read_company(home), read_people(home), channels.said, reports, rules_of(home))


def _due(office: Office, now: dt.datetime, again: bool) -> list[Due]:
    if not any(report.send for report in office.reports.values()):
        return []
    with opened(office.settings.serving) as source:
        spans, unit = spans_of(source), source.unit
        (as_of,) = source.con.execute("select as_of_date from seen.publication").fetchall()[0]
    day = today(office.company, now)
    ones = due(office.reports, office.people, office.channels, office.company, unit, spans, as_of, day)
    done = set() if again else sent.keys(office.settings)
    return [one for one in ones if one.key not in done]


def _send_all(office: Office, ones: list[Due], now: dt.datetime, sender: outbox.Sender) -> list[str]:
    zone = ZoneInfo(office.company.time_zone)
    drawn: dict[tuple[str, str, str, str], Written] = {}
    lines, quiet = [], set()
    for one in ones:
        person = office.people[one.person]
        if is_quiet(person, now, zone):
            quiet.add(one.person)
            continue
        what = f"{one.subject} {one.period} to {one.person} by {one.channel}"
        try:
            key = (one.subject, one.period, one.audience, person.language)
            if key not in drawn:
                drawn[key] = _draw(office, one, person)
            reason = _send(office, one, person, drawn[key], now, sender)
        except KpiError as error:
            reason = error.problem
        lines.append(f"not sent: {what} ({reason}); tried again later" if reason else f"sent: {what}")
    if quiet:
        lines.append(f"held back by quiet hours: {', '.join(sorted(quiet))}")
    return lines or ["no report is due"]


def _draw(office: Office, one: Due, person: Person) -> Written:
    report = build(
        office.settings.serving,
        office.company,
        office.reports[one.subject],
        office.rules,
        one.audience,
        one.period,
        office.people,
    )
    return write(report, person.language, office.settings.reports)


def _send(office: Office, one: Due, person: Person, written: Written, now: dt.datetime, sender: outbox.Sender) -> str:
    """Sends one report and writes down what became of it; returns why it was not taken, empty where it was."""
    channel = office.channels.channels[one.channel]
    sent.note(office.settings, one.key, "attempt", now)
    try:
        reason = sender.send(_asked(office, one, person, channel, written), SECONDS)
    except KpiError as error:  # a secret that is not set
        reason = error.problem
    sent.note(office.settings, one.key, "failed" if reason else "sent", now, reason)
    return reason


def _asked(office: Office, one: Due, person: Person, channel: Channel, written: Written) -> dict[str, object]:
    address = filled_in(channel, office.settings)
    scheme = address.partition("://")[0].lower()
    mail = written.mail
    text = Message(mail.subject, mail.text) if scheme in MAIL else _in_short(office, one, written, scheme)
    asked = outbox.request(office.settings, channel, office.channels, address, person, text, "info")
    if scheme not in MAIL:
        return asked
    files = [{"path": str(path), "name": path.name, "type": TYPES[path.suffix]} for path in written.attachments]
    return asked | {"html": mail.html, "attach": files}


def _in_short(office: Office, one: Due, written: Written, scheme: str) -> Message:
    """What a chat shows: the headline, the first suggestions, and where the report is."""
    gap = "\n\n" if scheme == "workflow" else "\n"
    room = MAX_BYTES.get(scheme, OTHERWISE) - 300
    body = gap.join(inert(line, scheme) for line in written.mail.chat.splitlines())
    kept = body.encode()[:room].decode(errors="ignore")
    if office.channels.link:
        page = next(path for path in written.paths if path.suffix == ".html")
        where = f"{office.channels.link.rstrip('/')}/{named(one.audience)}/{page.name}"
        kept += gap + link("HTML", where, scheme)
    return Message(inert(written.mail.subject, scheme), kept)
