"""The JSON Schemas of every kind of file people write; editors complete from them, tests enforce them."""

from __future__ import annotations

import json

from pydantic import BaseModel


def compile_all() -> dict[str, str]:
    """Schema texts by file name, for kpi_definitions/schema/."""
    from pipelines.extract.contract import SourceContract
    from pipelines.gate.suite import SuiteFile
    from pipelines.model.company import BusinessGoals, Company, People
    from pipelines.model.goal import Goal
    from pipelines.model.kpi import Kpi
    from pipelines.model.matching import Matching
    from pipelines.model.pack import Pack
    from pipelines.model.reconciliation import Reconciliations
    from pipelines.model.report import Report
    from pipelines.model.report.rules import Rules
    from pipelines.model.scorecard import Scorecard
    from pipelines.watch.alerts.channels import Channels

    models: dict[str, type[BaseModel]] = {
        "source": SourceContract,
        "suite": SuiteFile,
        "company": Company,
        "people": People,
        "business_goals": BusinessGoals,
        "kpi": Kpi,
        "goal": Goal,
        "scorecard": Scorecard,
        "report": Report,
        "report_rules": Rules,
        "pack": Pack,
        "matching": Matching,
        "reconciliations": Reconciliations,
        "channels": Channels,
    }
    return {f"{name}.json": _text(model) for name, model in models.items()}


def _text(model: type[BaseModel]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
