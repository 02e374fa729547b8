"""A serving file made by hand, with what `kpi goals check` asks it: figures of quarters, targets, records, reviews.

Belongs here: laying rows down. Does not: what is found in them. Every figure is 100 (0.5 of a ratio) unless said, so
that a target of 121 asks for +21 %; what history had is said apart, as year_ago_change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

AS_OF = date(2026, 5, 20)
RUNNING = 2026 * 4 + 1  # the second quarter of 2026 runs
TABLES = """
create schema published;
create table published.publication (as_of_date date);
create table published.kpi_catalog (kpi_id varchar, definition_version int, unit varchar, direction varchar);
create table published.units (unit_id varchar, level varchar, valid_to date);
create table published.kpi_values (
    kpi_id varchar, grain varchar, period_start date, level varchar, unit_id varchar, cut varchar, cut_value varchar,
    value decimal(38, 6), year_ago_change decimal(38, 6), is_partial boolean, state varchar, quality varchar
);
create table published.goal_targets (
    goal_id varchar, revision int, level varchar, unit_id varchar, cut varchar, cut_value varchar, grain varchar,
    period_start date, kpi_id varchar, target decimal(38, 6), set_by varchar
);
create table published.kpi_reviews (kpi_id varchar, goal_id varchar, relevance decimal(38, 6));
create table published.goal_history (goal_id varchar, state varchar, known_from date, recorded_by varchar);
insert into published.kpi_catalog values
    ('won_amount', 1, 'money', 'up'), ('first_response_time', 1, 'minute', 'up'),
    ('first_response_time', 2, 'minute', 'down'), ('win_rate', 1, 'ratio', 'up'), ('nps', 1, 'points', 'up');
insert into published.units values
    ('company', 'company', null), ('e1', 'rep', null), ('e2', 'rep', null), ('gone', 'rep', date '2025-12-31');
"""


def quarter(number: int) -> date:
    """The first day of a quarter, counted from year 0."""
    return date(number // 4, number % 4 * 3 + 1, 1)


class Served:
    """The open file; `con` is what smart_figures reads."""

    def __init__(self, path: str = ":memory:") -> None:
        self.con = duckdb.connect(path)
        self.con.execute(TABLES)
        self._add("publication", AS_OF)

    def history(
        self,
        changes: Sequence[float | None],
        *,
        kpi: str = "won_amount",
        level: str = "company",
        unit: str = "company",
        value: float = 100,
        states: Sequence[str] = (),
        quality: str = "ok",
        first_change: float | None = None,
    ) -> None:
        """Complete quarters up to the first of 2026, the last of which have these changes, and the running one.

        Five more lie before them: a first, whose own followers' change is `first_change`, and the four after it.
        `states` are those of the last complete quarters.
        """
        before = [None, None, None, None, first_change]
        whole = [*before, *changes]
        held = ["ok"] * (len(whole) - len(states)) + list(states)
        start = RUNNING - len(whole)
        for number, (change, state) in enumerate(zip(whole, held, strict=True), start):
            self.figure(number, value, change, state, quality, kpi, level, unit)
        self.figure(RUNNING, value / 2, 9, "ok", quality, kpi, level, unit, is_partial=True)

    def figure(
        self, number: int, value: float, change: float | None, state: str, quality: str, kpi: str, level: str,
        unit: str, *, is_partial: bool = False,
    ) -> None:  # fmt: skip
        self._add(
            "kpi_values", kpi, "quarter", quarter(number), level, unit, "none", "all",
            None if state == "no_data" else value, change, is_partial, state, quality,
        )  # fmt: skip

    def target(
        self, value: float, goal: str = "signed", *, kpi: str = "won_amount", level: str = "company",
        unit: str = "company", quarters: Sequence[int] = range(RUNNING, RUNNING + 3), revision: int = 1,
        set_by: str = "value",
    ) -> None:  # fmt: skip
        """The same target in each quarter: those of 2026 that are not over."""
        for number in quarters:
            self._add(
                "goal_targets", goal, revision, level, unit, "none", "all", "quarter", quarter(number), kpi, value,
                set_by,
            )  # fmt: skip

    def review(self, relevance: float, goal: str = "signed") -> None:
        self._add("kpi_reviews", "won_amount", goal, relevance)

    def record(self, known_from: date, by: str | None, state: str = "approved", goal: str = "signed") -> None:
        self._add("goal_history", goal, state, known_from, by)

    def _add(self, table: str, *values: Any) -> None:
        self.con.execute(f"insert into published.{table} values ({', '.join('?' * len(values))})", list(values))
