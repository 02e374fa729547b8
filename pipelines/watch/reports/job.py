"""The Dagster job that sends reports; its schedule stands in schedules.py.

Belongs here: a thin op. Does not: what is sent (send.py). It fails for nothing that a server does: what was not taken
is tried again on the next day, and told in the log.
"""

from datetime import UTC, datetime

import dagster as dg

from pipelines.settings import Settings

JOB = "monthly_report"


def report_job(settings: Settings) -> dg.JobDefinition:
    @dg.op(name="send_reports", description="Draws the reports that are due and sends them, each once.")
    def send_reports(context: dg.OpExecutionContext) -> None:
        from pipelines.watch.reports.send import send_due

        for line in send_due(settings, datetime.now(UTC)):
            context.log.info(line)

    @dg.job(
        name=JOB,
        executor_def=dg.in_process_executor,
        description="The reports of a month, quarter or year, to the people that kpi_definitions/reports/ names.",
    )
    def monthly_report() -> None:
        send_reports()

    return monthly_report
