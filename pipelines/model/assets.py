"""Step 3 as Dagster assets: one asset a dbt model, one check a dbt test, one op for the one build.

The specs come from graph.json, not from dagster-dbt: importing that package costs 1.0 CPU s more
than Dagster alone, and it starts dbt's own CLI, which parses the project and writes its artefacts (DECISIONS.md).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.gate.verdicts import CheckResult, Reconciled
from pipelines.model.dbt import NodeResult
from pipelines.model.graph import Graph
from pipelines.model.reconciliation import Reconciliation, read_reconciliations
from pipelines.progress import say
from pipelines.schedules import BusinessDate
from pipelines.settings import Settings

RECONCILIATIONS = dg.AssetKey(["published", "reconciliations"])


def build(settings: Settings, graph: Graph) -> list[dg.AssetsDefinition]:
    specs = [_spec(graph, unique_id) for unique_id in sorted(graph.models)]
    checks = {spec.key: spec for unique_id in sorted(graph.tests) if (spec := _check(graph, unique_id))}
    published = [node for node in graph.models.values() if node["schema"] == "published"]
    compared = read_reconciliations(settings.kpi_definitions).checks
    checks |= {spec.key: spec for check in compared for spec in [_reconciliation(check)]}
    checks |= {spec.key: spec for node in published for spec in [_suite(node["name"])]}

    @dg.multi_asset(name="dbt_build", specs=specs, check_specs=list(checks.values()))
    def dbt_build(
        context: dg.AssetExecutionContext, business_date: BusinessDate
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from pipelines.gate.run import check_published
        from pipelines.gate.suite import read_suites
        from pipelines.model import build as model

        as_of = business_date.of(settings)
        now = datetime.now(UTC).replace(tzinfo=None)
        started = 0

        def on_start(name: str) -> None:
            nonlocal started
            started += 1
            say("model", f"{started}/{len(graph.nodes)} {name}")

        built = model.build(settings, context.run_id, as_of, now, on_start)
        if built.kept:
            say("model", f"kept as they were, because a source is blocked: {', '.join(built.kept)}")
        for refused in built.refused:
            say("model", f"goal not taken up: {refused}")
        model.refuse_bad(built.results)
        yield from _outcomes(graph, built.results)
        yield from _agreement(compared, built.reconciled)
        say("model", "checking what published tables promise")
        promised = check_published(settings, read_suites(settings), context.run_id, as_of)
        yield from _promises([node["name"] for node in published], promised)

    return [dbt_build]


def _spec(graph: Graph, unique_id: str) -> dg.AssetSpec:
    node = graph.models[unique_id]
    return dg.AssetSpec(
        key=_address(graph.models[unique_id]),
        deps=[key for parent in sorted(graph.parents(unique_id)) if (key := _key(graph, parent))],
        group_name=node["schema"],
        description=node["description"] or None,
        owners=[f"team:{graph.groups[node['group']]}"] if node["group"] in graph.groups else None,
        kinds={"duckdb", "dbt"},
        metadata={"file": f"dbt_project/{node['file']}"},
    )


def _address(node: dict[str, Any]) -> dg.AssetKey:
    return dg.AssetKey([node["schema"], node["name"]])


def _key(graph: Graph, unique_id: str) -> dg.AssetKey | None:
    """The address of a model or raw table; None for tables of ours that are no asset (definitions, gate, loads)."""
    node = graph.models.get(unique_id) or graph.sources.get(unique_id)
    if node and (unique_id in graph.models or node["schema"].startswith("raw_")):
        return _address(node)
    return None


def _check(graph: Graph, unique_id: str) -> dg.AssetCheckSpec | None:
    node = graph.tests[unique_id]
    tested = node["attached"] or next((p for p in node["parents"] if p in graph.models), None)
    if tested not in graph.models:
        return None
    return dg.AssetCheckSpec(
        name=node["name"], asset=_address(graph.models[tested]), description=node["description"] or None
    )


def _reconciliation(check: Reconciliation) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(name=check.id, asset=RECONCILIATIONS, description=f"{check.label.en}. {check.why.en}.")


def _suite(table: str) -> dg.AssetCheckSpec:
    said = f"expectations/published/{table}.yml holds; where a critical rule does not, nothing is published."
    return dg.AssetCheckSpec(name="suite", asset=["published", table], description=said)


def _promises(tables: Sequence[str], found: Sequence[CheckResult]) -> Iterator[dg.AssetCheckResult]:
    """What came of each published table's suite; it does not block: publishing reads the same results itself."""
    from pipelines.gate.run import broken

    for table in tables:
        own = [result for result in found if result.table == f"published.{table}"]
        failed = [result for result in own if result.outcome.status != "pass"]
        worst = dg.AssetCheckSeverity.ERROR if broken(failed) else dg.AssetCheckSeverity.WARN
        yield dg.AssetCheckResult(
            check_name="suite",
            asset_key=["published", table],
            passed=not failed,
            severity=worst,
            metadata={
                "rules": len(own),
                "failed_rules": len(failed),
                "failed_rows": sum(result.outcome.failed_rows or 0 for result in failed),
            },
        )


def _agreement(checks: Sequence[Reconciliation], found: list[Reconciled]) -> Iterator[dg.AssetCheckResult]:
    """What two systems agree on; a check that no source feeds on both sides has nothing to compare."""
    by_id = {result.check: result for result in found}
    for check in checks:
        result = by_id.get(check.id)
        yield dg.AssetCheckResult(
            check_name=check.id,
            asset_key=RECONCILIATIONS,
            passed=result is None or result.failed == 0,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "months_of_customers": result.checked if result else 0,
                "do_not_agree": result.failed if result else 0,
            },
        )


def _outcomes(graph: Graph, results: list[NodeResult]) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    by_id = {result.id: result for result in results}
    for unique_id in graph.in_order:
        result = by_id.get(unique_id)
        yield dg.MaterializeResult(
            asset_key=_address(graph.models[unique_id]),
            metadata={"kept_last_good_rows": result is None, "seconds": result.seconds if result else 0.0},
        )
    for unique_id in sorted(graph.tests):
        if spec := _check(graph, unique_id):
            result = by_id.get(unique_id)
            yield dg.AssetCheckResult(
                check_name=spec.name,
                asset_key=spec.asset_key,
                passed=result is not None and not result.is_bad,
                metadata={"failures": (result.failures if result else None) or 0, "ran": result is not None},
            )
