"""What people wrote, as tables that dbt can read: the schema `definitions`, rewritten by every run.

Belongs here: the columns of those tables and filling them by bound parameters (dbt vars are rendered as Jinja and go
through unescaped, so no word of a person travels that way). Does not: checking what was written (check.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.keep import closes, feedback, goal_reviews
from pipelines.model import calendar
from pipelines.model.check import Definitions
from pipelines.model.compiler import alone, dated
from pipelines.model.goal import tables as goal_tables
from pipelines.model.kpi import Kpi, KpiFile, Range, definition_hash, entities_of
from pipelines.model.reconciliation import Reconciliation
from pipelines.model.scorecard import tables as scorecard_tables
from pipelines.watch.alerts import mirror

COMPANY_ID = "company"  # the unit_id of the company level, whatever the company calls its own top unit
NUMBER = "decimal(38,6)"

COLUMNS: dict[str, dict[str, str]] = {
    "run": {"run_id": "varchar", "as_of_date": "date", "started_at": "timestamp"},
    "company": {
        "company_id": "varchar",
        "name_zh": "varchar",
        "name_en": "varchar",
        "currency": "varchar",
        "time_zone": "varchar",
        "stale_after_months": "integer",
        "new_market_revenue": NUMBER,
        "close_after": "integer",
        "closing_since": "date",  # periods that were over before then close only by hand
    },
    "working_days": {
        "calendar_id": "varchar",
        "day": "date",
        "is_working": "boolean",
        "opens_at": "time",
        "closes_at": "time",
        "fiscal_year": "integer",
        "fiscal_quarter": "integer",
        "fiscal_month": "integer",
        "is_provisional": "boolean",
    },
    "kpis": {
        "kpi_id": "varchar",
        "definition_version": "integer",
        "valid_from": "date",
        **dict.fromkeys(["holds_from", "holds_until"], "date"),  # the first version holds for all time before it too
        "is_current": "boolean",
        "is_core": "boolean",  # watched: of the company's packs, or with a goal
        **dict.fromkeys(["area", "business_goal", "type", "unit", "direction"], "varchar"),
        **dict.fromkeys(["range_low", "range_high"], NUMBER),
        **dict.fromkeys(["owner", "steward", "cadence", "label_zh", "label_en"], "varchar"),
        **dict.fromkeys(["description_zh", "description_en", "formula", "sql"], "varchar"),
        "min_denominator": "integer",
        "is_ratio": "boolean",
        "reads_goals": "boolean",
        "is_additive": "boolean",
        "is_dated": "boolean",  # its figure as of an earlier day can be computed
        "grows": "boolean",  # through a period
        "bounds": "varchar",
        "min_group_size": "integer",
        "matures_after_days": "integer",
        "is_personal_at_rep": "boolean",
        "definition_hash": "varchar",
        "green": "decimal(9,4)",
        "amber": "decimal(9,4)",
    },
    "kpi_levels": {"kpi_id": "varchar", "level": "varchar"},
    "kpi_grains": {"kpi_id": "varchar", "grain": "varchar"},
    "kpi_landing": {"kpi_id": "varchar", "way": "varchar"},  # how the figure of a running period is carried to its end
    "kpi_guardrails": {"kpi_id": "varchar", "guardrail": "varchar"},  # the KPI that falls where the other is gamed
    **goal_tables.COLUMNS,
    **scorecard_tables.COLUMNS,
    "audit_samples": {
        **dict.fromkeys(["source_system", "sample_id", "record_id", "table_name", "owner_id"], "varchar"),
        "drawn_at": "timestamp",
        "accepted_share": NUMBER,
        "checked_by": "varchar",
        "is_wrong": "boolean",
        "wrong_fields": "varchar",
    },
    **{log.table: log.columns for log in closes.LOGS},
    "acts": {
        "act_no": "bigint",
        "done_at": "timestamp",
        **dict.fromkeys(["who", "what", "subject", "why", "digest"], "varchar"),
    },
    "feedback": feedback.COLUMNS,
    "goal_reviews": goal_reviews.COLUMNS,
    "business_goals": {"business_goal": "varchar", "kpi_id": "varchar"},  # each with its first KPI
    "alerts": mirror.COLUMNS,
    "reconciliations": {
        **dict.fromkeys(["check_id", "label_zh", "label_en", "why_zh", "why_en", "owner", "severity"], "varchar"),
        **dict.fromkeys(["left_entity", "right_entity"], "varchar"),
        **dict.fromkeys(["tolerance_share", "tolerance_amount"], NUMBER),
        "grace_days": "integer",
        "kpis_affected": "varchar",
    },
}


def write(
    con: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    run_id: str,
    as_of: date,
    now: datetime,
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Rewrites every table of the schema `definitions` in one transaction.

    `kept` are rows of what is kept apart from the working file: acts (keep/acts.py), alerts
    (alerts/mirror.py), audit_samples (audit.py), feedback,
    goal_reviews, goal_records; `goals_held`, the record that each goal stands on;
    `closing_since` is the day from which periods close by themselves (default: `as_of`, as in a first run).
    """
    company = definitions.company
    kpis = definitions.kpis.values()
    watched = _watched(definitions)
    rows: dict[str, Iterable[Sequence[Any]]] = {
        "run": [(run_id, as_of, now)],
        "company": [
            (
                COMPANY_ID,
                company.name.zh,
                company.name.en,
                company.currency,
                company.time_zone,
                company.stale_after_months,
                company.new_market_revenue,
                company.close_after,
                kept.get("closing_since", as_of),
            )
        ],
        "working_days": calendar.days(company, as_of),
        "kpis": [row for file in kpis for row in _kpi_rows(file, definitions, watched)],
        "kpi_levels": [(file.kpi.id, level) for file in kpis for level in file.kpi.levels],
        "kpi_landing": [(file.kpi.id, way) for file in kpis for way in file.kpi.landing],
        "kpi_guardrails": _guardrails(definitions),
        "kpi_grains": [(file.kpi.id, grain) for file in kpis for grain in file.kpi.grains],
        **goal_tables.rows(
            definitions.goals, {file.kpi.id: file.kpi for file in kpis}, company, now, kept.get("goals_held", {})
        ),
        "goal_records": kept.get("goal_records", ()),
        **{log.table: () for log in closes.LOGS},  # filled by keep/closes.py: they may hold a million rows
        **scorecard_tables.rows(definitions.scorecards, definitions.goals, company),
        "acts": kept.get("acts", ()),
        "feedback": kept.get("feedback", ()),
        "goal_reviews": kept.get("goal_reviews", ()),
        "business_goals": [(goal.id, goal.kpis[0]) for goal in definitions.business_goals.values() if goal.kpis],
        "alerts": kept.get("alerts", ()),
        "reconciliations": [
            _reconciliation_row(check, {file.kpi.id: file.kpi for file in kpis})
            for check in definitions.reconciliations
        ],
        "audit_samples": kept.get("audit_samples", ()),
    }
    con.begin()
    try:
        con.execute("create schema if not exists definitions")
        for table, columns in COLUMNS.items():
            _fill(con, table, columns, list(rows[table]))
        con.commit()
    except BaseException:
        con.rollback()
        raise


def _fill(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[Sequence[Any]]) -> None:
    ddl = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"create or replace table definitions.{table} ({ddl})")
    if not rows:
        return
    texts = {
        name: pa.array([None if row[i] is None else _text(row[i]) for row in rows], pa.string())
        for i, name in enumerate(columns)
    }
    con.register("_definition_rows", pa.table(texts))
    casts = ", ".join(f"cast({name} as {kind})" for name, kind in columns.items())
    con.execute(f"insert into definitions.{table} select {casts} from _definition_rows")
    con.unregister("_definition_rows")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _kpi_rows(file: KpiFile, definitions: Definitions, watched: set[str]) -> Iterable[Sequence[Any]]:
    kpi, all_kpis = file.kpi, {kpi_id: other.kpi for kpi_id, other in definitions.kpis.items()}
    low, high = kpi.direction.range if isinstance(kpi.direction, Range) else (None, None)
    direction = "range" if isinstance(kpi.direction, Range) else kpi.direction
    sql = alone.sql_of(kpi, all_kpis, definitions.measured, definitions.company.time_zone)
    for meaning in kpi.meanings:
        yield (
            kpi.id, meaning.version, meaning.valid_from, meaning.holds_from, meaning.holds_until,
            meaning.version == len(kpi.versions), kpi.id in watched,
            file.area, kpi.business_goal, kpi.type, kpi.unit, direction, low, high,
            kpi.owner, kpi.steward, kpi.cadence, kpi.label.zh, kpi.label.en, kpi.description.zh, kpi.description.en,
            meaning.type.words, sql, meaning.min_denominator, meaning.is_ratio, kpi.reads_goals,
            kpi.is_additive, dated.is_dated(kpi, all_kpis, definitions.measured), kpi.grows, kpi.bounds,
            kpi.privacy.min_group_size, kpi.matures_after, kpi.privacy.sensitivity == "personal_at_rep",
            definition_hash(meaning, all_kpis), kpi.thresholds.green, kpi.thresholds.amber,
        )  # fmt: skip


def _guardrails(definitions: Definitions) -> list[tuple[str, str]]:
    """What guards each KPI: as its file says, and as the packs of the company do; those that are computed."""
    said = {(file.kpi.id, guard) for file in definitions.kpis.values() for guard in file.kpi.guardrails}
    for name in definitions.company.packs:
        said |= set(definitions.packs[name].pack.guardrails.items())
    return sorted(pair for pair in said if set(pair) <= set(definitions.kpis))


def _watched(definitions: Definitions) -> set[str]:
    """The few KPIs people look at first: of the packs the company chose, and those somebody set a goal for."""
    if not definitions.company.packs:
        return set(definitions.kpis)
    chosen = {kpi_id for name in definitions.company.packs for kpi_id in definitions.packs[name].pack.kpis}
    return chosen | {file.goal.kpi for file in definitions.goals.values()}


def _reconciliation_row(check: Reconciliation, kpis: Mapping[str, Kpi]) -> Sequence[Any]:
    touched = [kpi.id for kpi in kpis.values() if entities_of(kpi, kpis) & set(check.entities)]
    return (
        check.id, check.label.zh, check.label.en, check.why.zh, check.why.en, check.owner, check.severity,
        *check.entities, check.tolerance.share, check.tolerance.amount, check.grace, ",".join(touched),
    )  # fmt: skip
