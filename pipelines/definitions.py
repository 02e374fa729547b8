"""Dagster's entry point: joins the five steps of the configuration in KPI_CONFIG, opens nothing."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from pipelines.progress import say
from pipelines.schedules import BusinessDate, keeping_schedules, nightly_schedule, report_schedule
from pipelines.settings import Settings, load

NIGHTLY_JOB = "nightly_kpis"


def build(settings: Settings) -> dg.Definitions:
    """Assets, checks, the nightly job and its schedule of one configuration.

    Raises KpiError where a contract is wrong, or the dbt project was not parsed yet (`kpi compile` does that).
    """
    from pipelines.extract import assets as extract
    from pipelines.extract.contract import read_contracts
    from pipelines.gate import assets as gate
    from pipelines.keep import jobs as keep
    from pipelines.model import assets as model
    from pipelines.model.company import read_company
    from pipelines.model.dbt import read_graph
    from pipelines.publish import assets as publish
    from pipelines.watch import assets as watch
    from pipelines.watch import sensors
    from pipelines.watch.reports.job import report_job

    contracts = read_contracts(settings)
    graph = read_graph(settings)
    job = dg.define_asset_job(
        NIGHTLY_JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,  # a process a step costs 4.5 CPU s each, and DuckDB has one writer
        description="Everything: sources to raw, checks, one dbt build, the serving file, the page, the notices.",
        hooks={watch.stopped(settings)},
    )
    company, reports = read_company(settings.kpi_definitions), report_job(settings)
    keeping = keep.build(settings)
    return dg.Definitions(
        assets=[
            *extract.build(settings, contracts),
            *model.build(settings, graph),
            *publish.build(settings, graph),
            *watch.build(settings),
        ],
        asset_checks=gate.build(settings, contracts),
        jobs=[job, reports, *keeping],
        schedules=[
            nightly_schedule(job, company),
            report_schedule(reports, settings, company),
            *keeping_schedules(keeping, company),
        ],
        sensors=[sensors.build(settings, NIGHTLY_JOB)],
        resources={"business_date": BusinessDate(), "one_writer": _one_writer(settings)},
        executor=dg.in_process_executor,
    )


def _one_writer(settings: Settings) -> dg.ResourceDefinition:
    """The lock of the working file, from the first step of a run to its last; a run begun elsewhere waits for it."""

    @dg.resource
    def one_writer(context: dg.InitResourceContext) -> Iterator[None]:
        from pipelines.one_writer import alone

        with alone(settings, "a run of Dagster", context.run_id or "", lambda text: say("extract", text)):
            yield None

    return one_writer


@dg.definitions
def defs() -> dg.Definitions:
    return build(load())
