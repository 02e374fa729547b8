"""The chart of the year cumulates what adds up, and only that."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.boards import reading
from pipelines.publish.boards.revenue import KPIS, content
from tests.publish.boards.conftest import drawn

Changed = Callable[..., Path]


def panels(path: Path) -> dict[str, dict]:
    with duckdb.connect(str(path), read_only=True) as con:
        file = reading.read(con, KPIS)
        assert file
        board = content(file)
        assert board
        return {panel["kpi"].id: panel for panel in board["panels"]}


def kinds(panel: dict) -> list[str]:
    return [kind for kind, _ in panel["chart"]["legend"]]


def test_money_is_cumulated_and_customers_who_are_counted_once_a_year_are_not(filled: Path) -> None:
    found = panels(filled)
    assert found["won_amount"]["chart"]["title"] == "cumulative"
    assert found["won_customers"]["chart"]["title"] == "months_13"
    assert kinds(found["won_customers"]) == ["b-bar"]


def test_the_line_ends_at_the_published_figure_of_the_year(filled: Path) -> None:
    panel = panels(filled)["won_amount"]
    year = panel["rows"][0]["year"]
    assert re.search(rf'class="b-at"[^>]*>{re.escape(year.text.zh)}<', panel["chart"]["picture"])


def test_the_target_line_has_what_is_due_by_now_and_the_band_the_landing(filled: Path) -> None:
    """Goals by quarter stand at the ends of quarters, and at the business date by what is due of the running one."""
    panel = panels(filled)["won_amount"]
    assert kinds(panel) == ["b-line", "b-goal", "b-before", "b-band"]
    path = re.search(r'<path class="b-goal" d="M([^"]+)"', panel["chart"]["picture"])
    assert path
    at = [float(point.split()[0]) for point in path.group(1).split("L")]
    assert at == pytest.approx([0, 90 / 365 * 1000, 140 / 365 * 1000, 181 / 365 * 1000], abs=0.1)


def test_a_target_that_starts_in_mid_year_draws_no_line_from_the_first_day(changed: Changed) -> None:
    path = changed("delete from goal_attainment where kpi_id = 'won_amount' and period_start < date '2026-04-01'")
    assert "b-goal" not in kinds(panels(path)["won_amount"])


def test_last_years_line_needs_all_its_months(changed: Changed) -> None:
    path = changed(
        "delete from kpi_values where kpi_id = 'won_amount' and grain = 'month' and period_start = date '2025-03-01'"
    )
    assert "b-before" not in kinds(panels(path)["won_amount"])


def test_the_grain_that_has_goals_is_judged(filled: Path) -> None:
    found = panels(filled)
    assert {kpi: panel["grain"] for kpi, panel in found.items()} == {
        "won_customers": "quarter",
        "won_amount": "quarter",
        "cash_collected": "month",
    }


def test_units_below_are_those_of_the_first_level_with_more_than_one(filled: Path, changed: Changed) -> None:
    """The most first; a company all of whose figures are one region's is shown by the teams of that region."""
    assert [row["unit"].level for row in panels(filled)["won_amount"]["rows"]] == ["company", "region", "region"]
    path = changed("update kpi_values set value = null where unit_id in ('region_south', 'team_s1', 'e003')")
    assert {row["unit"].id for row in panels(path)["won_amount"]["rows"]} == {"lanhai", "team_e1", "team_e2"}


def test_what_belongs_to_nobody_counts_at_the_level_of_its_siblings(changed: Changed) -> None:
    path = changed(
        "insert into units by name select * replace ('unassigned' as unit_id, 'unassigned' as level) from units where unit_id = 'region_east'",
        "insert into kpi_values by name select * replace ('unassigned' as unit_id) from kpi_values where unit_id in ('region_east', 'team_e1')",
    )
    rows = panels(path)["won_amount"]["rows"]
    assert [row["unit"].level for row in rows if row["unit"].id == "unassigned"] == ["region"]
    assert "未分配" in drawn(path)["revenue"].html
