"""What BI may rely on: each published table, the columns that name one row of it, and what a content hash leaves out.

Belongs here: names and keys. Does not: what the columns hold (dbt contracts in 5_published say that).
"""

from __future__ import annotations

from pipelines import yaml_file
from pipelines.settings import DBT_PROJECT

SCHEMA = "published"

_PERIOD = ("grain", "period_start")
_CUT = ("cut", "cut_value")
_KPI_ROW = ("kpi_id", *_PERIOD, "level", "unit_id", *_CUT)

KEYS: dict[str, tuple[str, ...]] = {
    "kpi_catalog": ("kpi_id", "definition_version"),
    "units": ("unit_id", "valid_from"),
    "kpi_values": _KPI_ROW,
    "goal_targets": ("goal_id", "revision", "level", "unit_id", *_CUT, *_PERIOD),
    "goal_attainment": ("goal_id", "level", "unit_id", *_CUT, *_PERIOD),
    "goal_closes": ("goal_id", "level", "unit_id", *_CUT, *_PERIOD),
    "goal_history": ("act_no",),
    "goal_drivers": ("goal_id", "level", "unit_id", *_PERIOD, "kpi_id"),
    "scorecards": ("scorecard_id", "level", "unit_id", *_PERIOD),
    "scorecard_items": ("scorecard_id", "level", "unit_id", *_PERIOD, "kpi_id"),
    "funnel": ("level", "unit_id", *_CUT, "month", "stage"),
    "deals_stalled": ("deal_id",),
    "quality_scores": ("day", "scope", "scope_id"),
    "acts": ("act_no",),
    "feedback": ("act_no",),
    "kpi_reviews": ("kpi_id", "goal_id"),
    "customers_stale": ("customer_id",),
    "quality_results": ("run_id", "table", "check"),
    "verdicts": ("run_id", "table"),
    "load_status": ("system", "table"),
    "quarantine_effect": ("kpi_id", "grain", "period_start"),
    "reconciliations": ("check", "customer_id", "month"),
    "audits": ("sample_id", "owner_id"),
    "alerts": ("alert_id",),
    "closes": _KPI_ROW,
    "restatements": _KPI_ROW,
}

# A publication without one of these is not a publication; the others join as they are built.
REQUIRED = (
    "kpi_catalog",
    "units",
    "kpi_values",
    "goal_targets",
    "goal_attainment",
    "quality_results",
    "verdicts",
    "load_status",
)

KEYED_BY_RUN = frozenset({"quality_results", "verdicts"})

# Columns that differ between two runs on the same input, and tables that are about the run itself.
NOT_CONTENT = frozenset({"run_id", "generation", "recorded_at", "loaded_at", "published_at"})
NOT_COMPARED = frozenset({"publication", "run_steps", "alerts"})


def columns() -> dict[str, list[str]]:
    """The columns of each published table by address (`published.units`), as the dbt contracts promise them."""
    found = {}
    for path in sorted((DBT_PROJECT / "models" / "5_published").glob("*.yml")):
        for model in yaml_file.read(path).data.get("models", []):
            found[f"{SCHEMA}.{model['name']}"] = [column["name"] for column in model["columns"]]
    return found
