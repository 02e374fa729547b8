"""Step 3 as one function: definitions into tables, verdicts into qualities, then one dbt build.

Belongs here: the order of these. Does not: any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from pipelines.errors import KpiError, KpiErrors, without_data
from pipelines.gate import audit
from pipelines.gate.verdicts import Reconciled, write_reconciliations
from pipelines.keep import acts, closes, feedback, goal_reviews
from pipelines.model import check, dbt, lineage, quarantine_effect, tables
from pipelines.model.dbt import NodeResult
from pipelines.model.goal import record
from pipelines.model.goal.take_up import take_up
from pipelines.publish.served import published_act, published_run
from pipelines.resources import open_warehouse
from pipelines.settings import DBT_PROJECT, Settings
from pipelines.watch.alerts import mirror


class Built(NamedTuple):
    """What became of each model and test, the entities kept as they were (blocked), and what two systems agree on."""

    results: list[NodeResult]
    kept: list[str]
    reconciled: list[Reconciled]
    refused: list[KpiError]  # changes of goals that are not in force


def build(
    settings: Settings,
    run_id: str,
    as_of: date,
    now: datetime,
    on_start: Callable[[str], None] = lambda name: None,
) -> Built:
    """Builds every model; no model's failure is raised (see refuse_bad)."""
    acts.refuse_other_past(settings, published_act(settings.serving))
    definitions = check.read_definitions(settings)
    taken = take_up(settings, definitions, as_of, now)
    definitions = definitions._replace(goals=taken.goals)
    done = acts.read(settings)
    kpis = {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items()}
    kept: dict[str, Any] = {
        "acts": [(*act[:6], act.digest) for act in done],
        "feedback": list(feedback.rows(settings)),
        "goal_reviews": goal_reviews.rows(settings, as_of),
        "goal_records": record.rows(taken.records),
        "goals_held": {
            goal_id: held for goal_id, several in taken.records.items() if (held := record.holds(several, as_of))
        },
        "alerts": mirror.rows(settings),
        "audit_samples": audit.rows(settings),
        "closing_since": closes.since(settings) or as_of,
    }
    by_hand = {act.detail["run_id"] for act in done if act.what == closes.BY_HAND}
    closes.settle(settings, {published_run(settings.serving), *by_hand})
    with open_warehouse(settings) as con:
        tables.write(con, definitions, run_id, as_of, now, kept)
        closes.fill(con, settings, as_of)
        verdicts = lineage.read_verdicts(con, run_id)
        measured = lineage.read_measured(con, run_id, definitions.company.time_zone)
        lineage.write_quality(con, lineage.quality_of_kpis(kpis, dbt.read_graph(settings), verdicts, measured))
        lineage.block_children(con, definitions.contracts, settings.models)
        as_they_were = lineage.kept_entities(con)
    results = dbt.build(settings, as_they_were, on_start)
    reconciled: list[Reconciled] = []
    if not any(result.is_bad for result in results):  # else a table may be an earlier run's
        on_start("quarantine_effect")
        with open_warehouse(settings) as con:
            reconciled = write_reconciliations(con, run_id)
            project = dbt.fingerprint(settings)
            graph = dbt.read_graph(settings)
            quarantine_effect.write(con, definitions, graph, settings.models, project, run_id, as_they_were)
    return Built(results, as_they_were, reconciled, taken.refused)


def refuse_bad(results: list[NodeResult]) -> None:
    """Raises KpiErrors where a model or test failed: nothing may be published from such a build."""
    if bad := [result for result in results if result.is_bad]:
        raise KpiErrors([_error(result) for result in bad])


def _error(result: NodeResult) -> KpiError:
    rows = f" ({result.failures} rows)" if result.failures else ""
    said = without_data(result.message)[:300]
    return KpiError(
        f"dbt {result.kind} {result.name} failed{rows}: {said}",
        file=DBT_PROJECT / result.file,
        next_step="yesterday's published file stays; mend the model or its input and run again",
    )
