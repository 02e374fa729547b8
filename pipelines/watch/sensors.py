"""What Dagster's daemon does for alerts, every five minutes: runs that died are told, and what has become due is sent.

Belongs here: finding runs whose process is gone. Does not: what is told of them (run.py, alerts/).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

EVERY_SECONDS = 300
LOOK_BACK = timedelta(days=7)
DIED = "Its process ended without a word (killed, or the machine went down). Next: run it again; nothing is lost."


def build(settings: Settings, job_name: str) -> dg.SensorDefinition:
    # On from the start: it does nothing until a company writes channels.yml, and alerts that somebody has to turn on
    # first are missed on the day they are needed.
    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells stewards of runs that died; sends what quiet hours held back, what failed, what escalates.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        lines = look(settings, context.instance, job_name, datetime.now(UTC))
        return dg.SkipReason("; ".join(lines) or "nothing is due")

    return alerts


def look(settings: Settings, instance: DagsterInstance, job_name: str, now: datetime) -> list[str]:
    """Reports runs that ended without having been, sends what is due; returns what to say of it. Raises nothing."""
    from pipelines.errors import KpiError
    from pipelines.watch.alerts import run as alerts
    from pipelines.watch.alerts.channels import read_channels
    from pipelines.watch.run import end

    try:
        if read_channels(settings.kpi_definitions) is None:
            return [alerts.NO_CHANNELS]
        lines = []
        for run, why in unreported(instance, job_name, now):
            lines += end(settings, run.run_id, why, now)
        return [*lines, *alerts.send(settings, now)]
    except KpiError as error:
        return [str(error)]


def unreported(instance: DagsterInstance, job_name: str, now: datetime) -> Iterator[tuple[DagsterRun, str]]:
    """Runs of the last days that failed, or whose process is gone, oldest first, with what is to be said of them."""
    wanted = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED]
    filters = dg.RunsFilter(job_name=job_name, statuses=wanted, created_after=now - LOOK_BACK)
    for record in reversed(instance.get_run_records(filters, limit=20)):
        if record.dagster_run.status == dg.DagsterRunStatus.FAILURE:
            yield record.dagster_run, "Dagster says that it failed. Next: look at the run there."
        elif is_gone(instance, record.dagster_run.run_id, record.start_time):
            yield record.dagster_run, DIED


def is_gone(instance: DagsterInstance, run_id: str, started_at: float | None) -> bool:
    """Whether the process that Dagster noted for a run lives no more. All runs are of this machine, as is their record.

    False where none was noted: the run is just beginning. One of its number that began after the run is another.
    """
    import psutil

    pids = [
        int(str(said.value))
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        if entry.dagster_event
        for name, said in entry.dagster_event.engine_event_data.metadata.items()
        if name == "pid" and str(said.value).isdigit()
    ]
    if not pids or started_at is None:
        return False
    try:
        process = psutil.Process(pids[-1])
        return process.status() == psutil.STATUS_ZOMBIE or process.create_time() > started_at + 1
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
