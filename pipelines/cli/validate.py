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
    """Raises KpiErrors with every mistake; prints what was read where there is none."""
    definitions, suites = read_all(settings)
    tables = sum(len(contract.tables) for contract in definitions.contracts)
    console().print(
        f"valid: {len(definitions.contracts)} sources with {tables} tables, {len(suites)} suites, "
        f"{len(definitions.kpis)} KPIs, {len(definitions.goals)} goals, {len(definitions.people)} people"
    )


def read_all(settings: Settings) -> tuple[Definitions, dict[str, Suite]]:
    """Definitions and suites, checked against each other; what a run looks at before it touches anything."""
    from pipelines.gate import suite
    from pipelines.model import check

    definitions = check.read_definitions(settings)
    suites = suite.read_suites(settings)
    if errors := suite.validate(suites, definitions.contracts, set(definitions.people)):
        raise KpiErrors(errors)
    return definitions, suites
