"""`kpi alert`: what owners were told, saying that it is seen to, a trial message, sending what is due."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.model.company import read_company, read_people
from pipelines.settings import Settings
from pipelines.watch.alerts import due, outbox, record, words
from pipelines.watch.alerts import run as alerts
from pipelines.watch.alerts.channels import Channels, filled_in, read_channels
from pipelines.watch.alerts.history import Alert, State
from pipelines.watch.alerts.schemes import MAIL


def list_alerts(settings: Settings, everything: bool = False) -> None:
    """Prints the open alerts (or all), how each stands, and the channels that do not work."""
    from rich import box
    from rich.table import Table

    state, now = record.read(settings), datetime.now(UTC)
    zone = ZoneInfo(read_company(settings.kpi_definitions).time_zone)
    people, channels = read_people(settings.kpi_definitions), read_channels(settings.kpi_definitions)
    quiet = due.held_back(state, people, channels.said, now, zone) if channels else set()
    shown = [alert for alert in state.alerts.values() if everything or alert.closed_at is None]
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("alert", "since", "owner", "table", "rule", "severity"):
        table.add_column(heading, overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("stands", overflow="fold")
    for alert in shown:
        about = alert.finding
        table.add_row(
            alert.name, f"{alert.opened_at.astimezone(zone):%Y-%m-%d %H:%M}", about.owner, about.table, about.check,
            about.severity, f"{about.failed_rows:,}", _stands(alert, quiet, zone),
        )  # fmt: skip
    if shown:
        console().print(table)
    console().print(f"{len(state.open)} alerts are open")
    _print_failing(state, zone)
    if channels is None:
        console().print(alerts.NO_CHANNELS, markup=False)


def acknowledge(settings: Settings, name: str, reason: str) -> None:
    """Writes down that somebody sees to an alert: an act with its reason. Raises KpiError where it is not open."""
    from pipelines.keep import acts

    state = record.read(settings)
    named = {alert.name: alert for alert in state.alerts.values()}
    if name not in named:
        known = [alert.name for alert in state.open]
        raise KpiError(f"there is no alert {name}{did_you_mean(name, known)}", next_step="kpi alert list")
    if named[name].closed_at is not None:
        raise KpiError(f"{name} is mended already", next_step="kpi alert list")
    if not reason.strip():
        raise KpiError("an acknowledgement needs a reason, which is kept with your name", next_step='add --reason "…"')
    about = named[name].finding
    detail = {"owner": about.owner, "table": about.table, "check": about.check}
    acts.record(settings, record.ACKNOWLEDGE, name, reason, detail, datetime.now(UTC))
    console().print(f"{name} is acknowledged: neither repeated nor passed on for some days", markup=False)


def test(settings: Settings, channel: str) -> None:
    """Sends a trial message to whoever KPI_USER is. Raises KpiError where it does not go through, and says why."""
    channels = _channels(settings)
    people = read_people(settings.kpi_definitions)
    if channel not in channels.channels:
        known = list(channels.channels)
        raise KpiError(f"no channel {channel}{did_you_mean(channel, known)}", next_step=f"one of {', '.join(known)}")
    if settings.user not in people:
        raise KpiError("nobody knows who you are", next_step="export KPI_USER=…, an id of people.yml")
    person, way = people[settings.user], channels.channels[channel]
    address = filled_in(way, settings)
    scheme = address.partition("://")[0].lower()
    if scheme in MAIL and not person.mail:
        raise KpiError(f"{person.id} has no `mail` in people.yml", next_step="add it")
    asked = outbox.request(settings, way, channels, address, person, words.trial(person, scheme), "info")
    with outbox.Sender() as sender:
        if problem := sender.send(asked):
            raise KpiError(
                f"{channel} did not take the message: {problem}", next_step="docs/alerts.md lists what that means"
            )
    console().print(f"sent by {channel}", markup=False)


def send(settings: Settings) -> None:
    """Sends what quiet hours held back, what failed before and what nobody acknowledged; looks for runs that died."""
    _channels(settings)
    from pipelines.cli.run import dagster_instance
    from pipelines.definitions import NIGHTLY_JOB
    from pipelines.watch.sensors import look

    with dagster_instance(settings) as instance:
        lines = look(settings, instance, NIGHTLY_JOB, datetime.now(UTC))
    for line in lines or ["nothing is due"]:
        console().print(line, markup=False)


def _channels(settings: Settings) -> Channels:
    said = read_channels(settings.kpi_definitions)
    if said is None:
        raise KpiError(
            "no channel is configured", file=settings.kpi_definitions / "channels.yml", next_step="docs/alerts.md"
        )
    return said.said


def _stands(alert: Alert, quiet: set[str], zone: ZoneInfo) -> str:
    if alert.closed_at:
        return f"mended {alert.closed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    if alert.acknowledged_at:
        return f"acknowledged by {alert.acknowledged_by}"
    told = [f"{person} by {channel}" for person, channel in alert.told]
    if told:
        return f"told {', '.join(told)}"
    return "held back by quiet hours" if alert.finding.owner in quiet else "not told yet"


def _print_failing(state: State, zone: ZoneInfo) -> None:
    for (person, channel), (at, why) in state.failing.items():
        when = f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
        console().print(f"{channel} is down for {person} since {when}: {why}", markup=False)
