"""What runs when; the only cron lines in the repository, and the only place below the CLI that asks the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.model.company import Company, business_date, read_company, said_date, today
from pipelines.settings import Settings

NIGHTLY = "0 2 * * *"  # 02:00 in the company's zone: sources have closed their day, people read from eight

REPORTS = (
    "30 8 * * *"  # 08:30, after quiet hours: looks every day, sends what has become due (kpi_definitions/reports/)
)
BACKUP = "0 5 * * *"  # three hours after the run began; where it still holds the file, the job tries again
DRILL = "0 6 * * 6"  # Saturday: it needs the disk twice and nobody waits for it


class BusinessDate(dg.ConfigurableResource):
    """The date a run is as of: said by whoever starts it, else the demo's fixed date, else today."""

    as_of: str = ""

    def of(self, settings: Settings) -> date:
        """Raises KpiError where `as_of` is no date such as 2026-05-20."""
        company = read_company(settings.kpi_definitions)
        if self.as_of:
            return said_date(self.as_of, company.calendar_from)
        return today(company, datetime.now(UTC))


def nightly_schedule(job: dg.UnresolvedAssetJobDefinition, company: Company) -> dg.ScheduleDefinition:
    """Runs everything every night, as of the day that has just ended; off until an environment turns it on."""

    @dg.schedule(name="nightly_kpis", job=job, cron_schedule=NIGHTLY, execution_timezone=company.time_zone)
    def nightly_kpis(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        ended = context.scheduled_execution_time.astimezone(ZoneInfo(company.time_zone)).date() - timedelta(days=1)
        as_of = business_date(company, ended).isoformat()
        return dg.RunRequest(run_config={"resources": {"business_date": {"config": {"as_of": as_of}}}})

    return nightly_kpis


def report_schedule(job: dg.JobDefinition, settings: Settings, company: Company) -> dg.ScheduleDefinition:
    """Sends the reports that have become due; off until an environment turns it on."""

    @dg.schedule(name="monthly_report", job=job, cron_schedule=REPORTS, execution_timezone=company.time_zone)
    def monthly_report(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from pipelines.errors import KpiError
        from pipelines.watch.reports import send

        try:
            due = send.what_is_due(settings, context.scheduled_execution_time.astimezone(UTC))
        except KpiError as error:  # nothing is published yet, a file is wrong
            return dg.SkipReason(str(error))
        return dg.RunRequest() if due else dg.SkipReason("no report is due")

    return monthly_report


def keeping_schedules(jobs: Sequence[dg.JobDefinition], company: Company) -> list[dg.ScheduleDefinition]:
    """A backup every night, a drill every week; off until an environment turns them on."""
    times = {"backup": BACKUP, "backup_drill": DRILL}
    return [
        dg.ScheduleDefinition(
            name=job.name, job=job, cron_schedule=times[job.name], execution_timezone=company.time_zone
        )
        for job in jobs
    ]
