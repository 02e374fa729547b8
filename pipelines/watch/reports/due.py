"""Which reports are due: a function of what the files say, of people, of what is published and sent, and of the day.

Belongs here: working days after the end of a period, each report once. Does not: sending (send.py).

A report is of the last complete period of its grain that is published. It is due from the working day on that its file
names; a day on which nothing ran (a weekend, a machine that was off) is made up on the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.model.calendar import is_working
from pipelines.model.company import Company, Person
from pipelines.model.report import Report, ReportGrain
from pipelines.publish.audience import scope
from pipelines.publish.reports.period import Period, Span, of_start
from pipelines.watch.alerts.channels import Channels
from pipelines.watch.alerts.due import ways


class Due(NamedTuple):
    """One report that one person is to get by one channel."""

    subject: str
    grain: ReportGrain
    period: str  # as people type it
    audience: str
    person: str
    channel: str

    @property
    def key(self) -> str:
        """What is sent once: the same report to the same person by the same channel."""
        return "|".join((self.subject, self.grain, self.period, self.person, self.channel))


def due(
    reports: Mapping[str, Report],
    people: Mapping[str, Person],
    channels: Channels,
    company: Company,
    company_unit: str,
    spans: Mapping[str, list[Span]],
    as_of: date,
    today: date,
) -> list[Due]:
    """Everything that is due on `today`, whether it was sent or not."""
    found: dict[str, Due] = {}
    for report in reports.values():
        for send in report.send:
            period = last_complete(send.grain, spans, as_of, company)
            if period is None or working_days(company, period.end, today) < send.working_day:
                continue
            for one in _to(report, send.to, period, people, channels, company_unit):
                found.setdefault(one.key, one)
    return list(found.values())


def last_complete(grain: ReportGrain, spans: Mapping[str, list[Span]], as_of: date, company: Company) -> Period | None:
    """The newest published period that is over; None where none is."""
    over = [span for span in spans.get(grain, []) if span.end <= as_of]
    return of_start(grain, over[-1], as_of, company) if over else None


def working_days(company: Company, end: date, today: date) -> int:
    """How many working days have begun since a period ended, `today` among them."""
    days = (today - end).days
    return sum(is_working(company, end + timedelta(days=number)) for number in range(1, min(days, 60) + 1))


def _to(
    report: Report, to: list[str], period: Period, people: Mapping[str, Person], channels: Channels, company_unit: str
) -> Iterator[Due]:
    for name in to:
        person = people.get(name)
        units = scope(person, company_unit) if person else []
        if person and units:
            for channel in ways(person, channels):
                yield Due(report.id, period.grain, period.name, units[0], name, channel)
