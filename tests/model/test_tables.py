"""What people wrote, as tables that dbt reads: exact, rewritten whole, and never as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.model import tables
from pipelines.model.check import Definitions

AS_OF, NOW = date(2026, 5, 20), datetime(2026, 5, 21, 2)
HOSTILE = "'); drop schema definitions cascade; -- {{ 7*7 }} \\ “”"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_tables_have_the_columns_that_are_promised(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    tables.write(con, shipped, "run", AS_OF, NOW)
    for table, columns in tables.COLUMNS.items():
        found = {name: kind.lower() for name, kind, *_ in rows(con, f"describe definitions.{table}")}
        assert found == columns, table


def test_tables_hold_every_definition(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    tables.write(con, shipped, "run", AS_OF, NOW)
    assert rows(con, "select run_id, as_of_date from definitions.run") == [("run", AS_OF)]
    assert {kpi for (kpi,) in rows(con, "select kpi_id from definitions.kpis")} == set(shipped.kpis)
    assert {goal for (goal,) in rows(con, "select distinct goal_id from definitions.goals")} == set(shipped.goals)
    assert rows(con, "select count(*), min(day), max(day) from definitions.working_days") == [
        (6574, date(2010, 1, 1), date(2027, 12, 31))
    ]


def test_tables_keep_a_change_as_the_exact_share(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    tables.write(con, shipped, "run", AS_OF, NOW)
    found = rows(
        con,
        "select distinct kind, value, change, change_points, floor_change, stretch_change, basis from definitions.goals"
        " where goal_id = 'fy26_signed_plus_3pct'",
    )
    assert found == [("change", None, Decimal("0.03"), None, Decimal("0.01"), Decimal("0.05"), "pace")]


def test_tables_keep_floor_and_stretch_in_points_where_the_change_is(
    con: duckdb.DuckDBPyConnection, shipped: Definitions
) -> None:
    file = shipped.goals["fy26_signed_plus_3pct"]
    target = file.goal.target.model_copy(update={"change": "2pp", "floor": "1pp", "stretch": "3pp"})
    goal = file.goal.model_copy(update={"target": target})
    changed = file._replace(goal=goal, rows=[row._replace(target=target) for row in file.rows])
    tables.write(con, shipped._replace(goals={goal.id: changed}), "run", AS_OF, NOW)
    found = rows(con, "select distinct change, change_points, floor_change, stretch_change from definitions.goals")
    assert found == [(None, Decimal("0.02"), Decimal("0.01"), Decimal("0.03"))]


def test_tables_are_rewritten_whole(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    tables.write(con, shipped, "run", AS_OF, NOW)
    tables.write(con, shipped._replace(goals={}, kpis={"win_rate": shipped.kpis["win_rate"]}), "run_2", AS_OF, NOW)
    assert rows(con, "select run_id, as_of_date from definitions.run") == [("run_2", AS_OF)]
    assert rows(con, "select kpi_id from definitions.kpis") == [("win_rate",)]
    assert rows(con, "select count(*) from definitions.goals") == [(0,)]


def test_hostile_words_stay_words(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    file = shipped.kpis["win_rate"]
    label = file.kpi.label.model_copy(update={"zh": HOSTILE, "en": HOSTILE})
    spoilt = file._replace(kpi=file.kpi.model_copy(update={"label": label, "owner": HOSTILE}))
    tables.write(con, shipped._replace(goals={}, kpis={"win_rate": spoilt}), HOSTILE, AS_OF, NOW)
    assert rows(con, "select label_zh, label_en, owner from definitions.kpis") == [(HOSTILE,) * 3]
    assert rows(con, "select run_id from definitions.run") == [(HOSTILE,)]


def test_a_failure_leaves_the_tables_of_the_run_before(con: duckdb.DuckDBPyConnection, shipped: Definitions) -> None:
    tables.write(con, shipped, "run", AS_OF, NOW)
    file = shipped.kpis["win_rate"]
    thresholds = file.kpi.thresholds.model_copy(update={"green": Decimal(10) ** 9})  # does not fit decimal(9,4)
    spoilt = file._replace(kpi=file.kpi.model_copy(update={"thresholds": thresholds}))
    with pytest.raises(duckdb.Error):
        tables.write(con, shipped._replace(goals={}, kpis={"win_rate": spoilt}), "run_2", AS_OF, NOW)
    assert rows(con, "select run_id, as_of_date from definitions.run") == [("run", AS_OF)]
    assert len(rows(con, "from definitions.kpis")) == len(shipped.kpis)


@pytest.mark.parametrize(("goal_id", "expected"), [("fy26_signed_plus_3pct", "sum"), ("fy26_win_rate", "average")])
def test_a_target_is_split_over_the_days_only_where_the_figure_grows(
    con: duckdb.DuckDBPyConnection, shipped: Definitions, goal_id: str, expected: str
) -> None:
    file = shipped.goals[goal_id]
    goal = file.goal.model_copy(update={"accumulate": None})
    unsaid = file._replace(goal=goal)
    tables.write(con, shipped._replace(goals={goal_id: unsaid}), "run", AS_OF, NOW)
    assert rows(con, "select distinct accumulate from definitions.goals") == [(expected,)]
