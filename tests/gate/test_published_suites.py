"""What the suites of published tables promise, held against rows that break it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipelines import yaml_file
from pipelines.gate import moving
from pipelines.gate.engine import GreatExpectations
from pipelines.gate.moving import Moment
from pipelines.gate.suite import read_suites
from pipelines.model.company import read_company
from pipelines.settings import DBT_PROJECT, Settings

AS_OF = date(2026, 3, 31)
AT = datetime(2026, 3, 31, 2)
SOUND: dict[str, dict[str, Any]] = {
    "alerts": {
        "alert_id": "A1", "owner": "sales_ops", "severity": "critical", "opened_at": AT, "seen_at": AT, "told_at": AT,
        "acknowledged_at": AT, "acknowledged_by": "sales_ops",
    },
    "audits": {
        "sample_id": "S1", "records": 50, "checked": 50, "wrong": 1, "error_rate": 0.02, "error_rate_low": 0.003,
        "error_rate_high": 0.1, "verdict": "pass",
    },
    "kpi_values": {
        "kpi_id": "win_rate", "state": "ok", "quality": "ok", "value": 0.5, "denominator": 10, "as_of_date": AS_OF,
        "period_start": date(2026, 3, 1),
    },
    "reconciliations": {
        "check": "a", "customer_id": "c1", "month": date(2026, 1, 1), "left_amount": 7, "right_amount": 3, "difference": 4,
        "age_days": 38, "state": "break", "owner": "sales_ops",
    },
    "quality_scores": {"day": AS_OF, "scope": "rep", "scope_id": "E1", "rows": 3, "completeness": 1, "score": 1},
    "acts": {"act_no": 1, "done_at": AT, "who": "sales_ops", "what": "release", "subject": "crm.deals", "why": "x"},
    "deals_stalled": {"deal_id": "D1", "entered_date": date(2026, 1, 1), "days_in_stage": 89, "usual_days": 30},
    "customers_stale": {"customer_id": "c1", "updated_date": date(2024, 1, 1), "days_since": 820},
    "units": {"level": "team", "path": "company/t1", "valid_from": date(2026, 1, 1)},
    "goal_targets": {"goal_state": "approved", "recorded_by": "ceo", "floor": 1, "stretch": 2},
    "goal_drivers": {
        "ratio": 4, "fit": 0.2, "required_to_date": 16, "actual": 9, "is_link_broken": True, "broken_by": "activity", "quality": "ok",
    },
}  # fmt: skip
BROKEN: list[tuple[str, dict[str, Any], set[str]]] = [
    ("alerts", {"owner": None, "severity": "fatal"}, {"not_be_null(owner)", "be_in_set(severity)"}),
    ("alerts", {"seen_at": datetime(2026, 3, 1)}, {"seen_not_before_opened"}),
    ("alerts", {"closed_at": datetime(2026, 3, 1), "told_at": datetime(2026, 3, 1)},
     {"closed_not_before_opened", "told_not_before_opened"}),
    ("alerts", {"acknowledged_by": None}, {"acknowledged_by_somebody"}),
    ("audits", {"checked": 51}, {"wrong_within_checked_within_drawn"}),
    ("audits", {"error_rate": 0.2}, {"rate_within_its_bounds"}),
    ("audits", {"verdict": "open"}, {"open_until_something_is_checked"}),
    ("audits", {"verdict": "fine", "records": 0, "checked": 0, "wrong": 0},
     {"be_in_set(verdict)", "be_between(records)", "open_until_something_is_checked"}),
    ("reconciliations", {"difference": 5, "state": "new"}, {"be_in_set(state)", "difference_is_left_less_right"}),
    ("reconciliations", {"owner": None, "age_days": -1}, {"not_be_null(owner)", "be_between(age_days)"}),
    ("quality_scores", {"day": date(2026, 4, 1), "scope": "all", "score": 1.1},
     {"be_in_set(scope)", "be_between(score)", "is_counted_by_the_business_date"}),
    ("acts", {"who": None, "done_at": None}, {"not_be_null(who)", "not_be_null(done_at)"}),
    ("deals_stalled", {"days_in_stage": 30, "entered_date": date(2026, 4, 1)},
     {"longer_than_usual", "entered_by_the_business_date"}),
    ("customers_stale", {"days_since": 3}, {"be_between(days_since)"}),
    ("kpi_values", {"denominator": 0}, {"ratio_is_its_parts"}),
    ("kpi_values", {"as_of_date": date(2026, 3, 30)}, {"is_of_the_business_date"}),
    ("kpi_values", {"as_of_date": date(2026, 4, 1)}, {"is_of_the_business_date"}),
    ("units", {"valid_to": date(2025, 1, 1)}, {"ends_not_before_it_begins"}),
    ("goal_targets", {"floor": 3}, {"floor_below_stretch"}),
    ("goal_drivers", {"broken_by": "fate", "fit": 1.1, "ratio": -1},
     {"be_in_set(broken_by)", "be_between(fit)", "be_between(ratio)"}),
    ("goal_drivers", {"broken_by": None}, {"a_broken_link_says_how"}),
    ("goal_drivers", {"actual": None}, {"broken_needs_a_requirement_and_an_actual"}),
    ("goal_drivers", {"quality": "blocked"}, {"broken_needs_a_requirement_and_an_actual"}),
]  # fmt: skip


def broken(table: str, row: dict[str, Any]) -> set[str]:
    """The rules that a table of this one row breaks."""
    suite = read_suites(Settings())[f"published.{table}"]
    (model,) = yaml_file.read(DBT_PROJECT / "models" / "5_published" / f"{table}.yml").data["models"]
    kinds = {"string": "varchar", "int": "integer"}
    columns = {column["name"]: kinds.get(column["data_type"], column["data_type"]) for column in model["columns"]}
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with duckdb.connect() as con:
        con.execute("create schema published")
        con.execute(f"create table published.{table} ({typed})")
        names = ", ".join(f'"{name}"' for name in row)
        con.execute(f"insert into published.{table} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
        now = moving.resolved(suite, Moment(AS_OF, read_company(Settings().kpi_definitions)))
        with GreatExpectations(con) as gx:
            outcomes = gx.check(now, AS_OF)
    assert [name for name, outcome in outcomes.items() if outcome.status == "error"] == []
    return {name for name, outcome in outcomes.items() if outcome.status == "fail"}


@pytest.mark.parametrize("table", SOUND)
def test_a_sound_row_keeps_every_promise(table: str) -> None:
    assert broken(table, SOUND[table]) == set()


@pytest.mark.parametrize(("table", "said", "rules"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_promise_is_found(table: str, said: dict[str, Any], rules: set[str]) -> None:
    assert broken(table, SOUND[table] | said) == rules
