"""Dagster's entry point: joins the five steps of the configuration in KPI_CONFIG, opens nothing."""

from __future__ import annotations

import dagster as dg

from pipelines.schedules import BusinessDate, keeping_schedules, nightly_schedule
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

    contracts = read_contracts(settings)
    graph = read_graph(settings)
    job = dg.define_asset_job(
        NIGHTLY_JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,  # a process a step costs 4.5 CPU s each, and DuckDB has one writer
        description="Everything: sources to raw, checks, one dbt build, the serving file, the page, the notices.",
        hooks={watch.stopped(settings)},
    )
    company, keeping = read_company(settings.kpi_definitions), keep.build(settings)
    return dg.Definitions(
        assets=[
            *extract.build(settings, contracts),
            *model.build(settings, graph),
            *publish.build(settings, graph),
            *watch.build(settings),
        ],
        asset_checks=gate.build(settings, contracts),
        jobs=[job, *keeping],
        schedules=[nightly_schedule(job, company), *keeping_schedules(keeping, company)],
        sensors=[sensors.build(settings, NIGHTLY_JOB)],
        resources={"business_date": BusinessDate()},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build(load())
