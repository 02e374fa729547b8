"""`kpi validate`: everything people wrote, checked against itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.cli.console import console
from pipelines.errors import KpiErrors
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.gate.suite import Suite
    from pipelines.model.check import Definitions


def validate(settings: Settings) -> None:
    """Raises KpiErrors with every mistake; prints what was read, and what is unwise, where there is none."""
    from rich.markup import escape

    from pipelines.model import check_goal, check_scorecard, pack

    definitions, suites = read_all(settings)
    for warning in [
        *pack.warnings(definitions.packs),
        *check_goal.warnings(definitions.goals),
        *check_scorecard.warnings(definitions.scorecards, definitions.goals),
    ]:
        console().print(f"[yellow]warning[/yellow] {escape(warning)}")
    tables = sum(len(contract.tables) for contract in definitions.contracts)
    console().print(
        f"valid: {len(definitions.contracts)} sources with {tables} tables, {len(suites)} suites, "
        f"{len(definitions.kpis)} KPIs, {len(definitions.packs)} packs, {len(definitions.goals)} goals, "
        f"{len(definitions.scorecards)} scorecards, {len(definitions.reports)} reports, "
        f"{len(definitions.people)} people"
    )


def read_all(settings: Settings) -> tuple[Definitions, dict[str, Suite]]:
    """Definitions and suites, checked against each other; what a run looks at before it touches anything.

    The suites of sources that are off are checked like all others and left out of what is returned.
    """
    from pipelines.gate import suite
    from pipelines.model import check
    from pipelines.publish.tables import columns

    definitions = check.read_definitions(settings)
    suites = suite.read_suites(settings, also_off=True)
    contracts = [*definitions.contracts, *definitions.off]
    if errors := suite.validate(suites, contracts, set(definitions.people), columns()):
        raise KpiErrors(errors)
    off = {contract.raw_schema for contract in definitions.off}
    return definitions, {address: found for address, found in suites.items() if found.schema not in off}
