"""The small company with a serving file made by hand: reps, last year's figures, targets in force.

Belongs here: laying it down. Does not: what a workbook makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.model.goal import read_goals
from pipelines.settings import Settings
from tests.journey.small_company import SmallCompany

ALWAYS = date(2020, 1, 1)
UNITS = [
    ("company", ALWAYS, "company", None, "company", None, "小公司", "Small company"),
    ("east", ALWAYS, "team", "company", "company/east", None, "东", "East"),
    ("e1", ALWAYS, "rep", "west", "company/west/e1", date(2025, 12, 31), "安", "Ann"),
    ("e1", date(2026, 1, 1), "rep", "east", "company/east/e1", None, "安", "Ann"),
    ("=1+1", ALWAYS, "rep", "east", "company/east/=1+1", None, "@SUM(1)", "+1"),  # what a source may call somebody
    ("gone", ALWAYS, "rep", "east", "company/east/gone", date(2025, 6, 30), "走", "Gone"),
]
TABLES = """
create schema published;
create table published.publication (as_of_date date);
create table published.units (
    unit_id varchar, valid_from date, level varchar, parent_id varchar, path varchar, valid_to date, label_zh varchar,
    label_en varchar
);
create table published.kpi_values (
    kpi_id varchar, grain varchar, period_start date, level varchar, unit_id varchar, cut varchar, value decimal(38, 6)
);
create table published.goal_targets (
    goal_id varchar, revision int, level varchar, unit_id varchar, cut varchar, grain varchar, period_start date,
    kpi_id varchar, target decimal(38, 6), set_by varchar, goal_state varchar, recorded_by varchar
);
insert into published.publication values (date '2026-03-31');
insert into published.kpi_values values ('won_amount', 'month', date '2025-02-01', 'rep', 'e1', 'none', 1234.5);
"""


def lay_down(folder: Path) -> Settings:
    company = SmallCompany(folder / "company").lay_down()
    company.served.parent.mkdir(parents=True)
    with duckdb.connect(str(company.served)) as con:
        con.execute(TABLES)
        con.executemany("insert into published.units values (?, ?, ?, ?, ?, ?, ?, ?)", UNITS)
    return Settings(config=company.folder)


def publish(settings: Settings, *more: Iterable[Any]) -> None:
    """What a run publishes of goals by file: each number as it was said; and rows of the caller's own."""
    rows = [
        (goal.id, row.revision, goal.scope.level, row.unit_id, "none", goal.period.grain, row.period_start, goal.kpi,
         row.value or Decimal(0), "value", goal.state, goal.owner)
        for goal, _, spelled, _ in read_goals(settings.kpi_definitions).values()
        for row in spelled
    ]  # fmt: skip
    with duckdb.connect(str(settings.serving / "kpi.duckdb")) as con:
        con.execute("delete from published.goal_targets")
        marks = ", ".join("?" * 12)
        con.executemany(f"insert into published.goal_targets values ({marks})", [*rows, *map(tuple, more)])
