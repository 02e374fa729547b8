"""The end of a run, whatever became of it and whoever started it: findings recorded, owners told.

Belongs here: the order of that, and that nothing in it makes a run fail. Does not: any of its parts (see __init__.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.errors import KpiError
from pipelines.model.company import Person, read_company, read_people
from pipelines.settings import Settings
from pipelines.watch.alerts import found, outbox, record
from pipelines.watch.alerts.channels import Channels, read_channels
from pipelines.watch.alerts.history import Event, Finding, observe
from pipelines.watch.notices import Notice

NO_CHANNELS = "no channel is configured (kpi_definitions/channels.yml): notices stand in data/reports/notices.md only"


class Seen(NamedTuple):
    """What a run saw: its notices, their fix lists, the tables it judged, the steward of each KPI, what grew stale."""

    notices: Sequence[Notice]
    lists: Mapping[tuple[str, str], str]
    judged: set[str]
    stewards_of: Mapping[str, str]
    stale: Sequence[Finding] = ()


def after_run(
    settings: Settings, run_id: str, seen: Seen | None, failure: BaseException | str | None, now: dt.datetime
) -> list[str]:
    """Records what a run found and sends what is due; returns what to say of it, a line each. Raises nothing.

    `seen` is None where the run ended before the gate spoke, `failure` None where it came to its end (a blocked table
    is no failure of the run). Does nothing for a run that was reported already.
    """
    try:
        people = read_people(settings.kpi_definitions)
        channels = read_channels(settings.kpi_definitions)
        said = channels.said if channels else None
        findings, judged = _findings(seen, failure, people, said)

        def derive(state: record.State) -> list[Event]:
            if run_id in state.ended_runs:
                return []
            return [*observe(state, findings, judged, now), Event(now, "run_ended", run_id, {})]

        record.append(settings, derive)
        return send(settings, now)
    except KpiError as error:
        return [f"alerts: {error}"]
    except Exception as error:  # the numbers are published; alerts must not take that back
        return [f"alerts could not be sent: {type(error).__name__}"]


def send(settings: Settings, now: dt.datetime) -> list[str]:
    """Sends what is due: held back, failed before, escalated. Returns what to say of it.

    Raises KpiError where people.yml, channels.yml or the record cannot be read.
    """
    channels = read_channels(settings.kpi_definitions)
    if channels is None:
        return [NO_CHANNELS]
    people = read_people(settings.kpi_definitions)
    zone = ZoneInfo(read_company(settings.kpi_definitions).time_zone)
    return outbox.deliver(settings, people, channels.said, now, zone).lines


def was_reported(settings: Settings, run_id: str) -> bool:
    """Whether the end of this run is in the record."""
    try:
        return run_id in record.read(settings).ended_runs
    except KpiError:
        return False


def _findings(
    seen: Seen | None, failure: BaseException | str | None, people: Mapping[str, Person], channels: Channels | None
) -> tuple[list[Finding], set[str]]:
    """What is wrong, and the tables of which this run knows everything."""
    stewards = found.stewards(people, channels)
    findings: list[Finding] = []
    judged: set[str] = set()
    if seen is not None:
        findings += found.from_notices(seen.notices, seen.lists, seen.stewards_of, stewards)
        findings += seen.stale
        judged |= seen.judged
    if failure is not None:
        findings += found.from_failure(failure, stewards)
    else:
        judged.add(found.RUN)
    return findings, judged
