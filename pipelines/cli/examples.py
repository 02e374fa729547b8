"""`kpi examples`: the worked examples of KPI files, computed by the models of the night."""

from __future__ import annotations

from pipelines.cli.console import console
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.settings import Settings


def run(settings: Settings, names: list[str]) -> None:
    """Computes the examples of these KPIs, or of all.

    Raises KpiErrors with file and line of every example that does not give what it promises, KpiError for an unknown
    KPI and where an example cannot be computed.
    """
    from pipelines.model import check, examples

    definitions = check.read_definitions(settings)
    if unknown := [name for name in names if name not in definitions.kpis]:
        raise KpiError(f"unknown KPI {unknown[0]}{did_you_mean(unknown[0], list(definitions.kpis))}")
    wrong: list[KpiError] = []
    count = 0
    for kpi_id in names or definitions.kpis:
        file = definitions.kpis[kpi_id]
        for outcome in examples.run(file, definitions, settings.models):
            count += 1
            if not outcome.holds:
                wrong.append(examples.broken(outcome, file))
    if wrong:
        raise KpiErrors(wrong)
    console().print(f"{count} examples of {len(names or definitions.kpis)} KPIs give what they promise")
