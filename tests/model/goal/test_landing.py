"""Where goals land and how they stood the day before: beside the same in plain Python, and beside a run of that day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.model.check import Definitions
from tests.model.goal import landing, targets
from tests.model.goal.landing import OLD, Oracle, random_company
from tests.model.goal.targets import Rows, deal, goal, warehouse
from tests.model.test_spans import Plain

A_DAY = timedelta(days=1)
KPIS = targets.KPIS | {"won": targets.KPIS["won"].model_copy(update={"landing": ["run_rate", "seasonal", "pipeline"]})}
COLUMNS = ("goal_id", "level", "unit_id", "period_start")


@pytest.fixture(scope="module")
def plain(shipped: Definitions) -> Plain:
    return Plain(shipped.company.model_copy(update={"calendar_from": OLD}))


@pytest.fixture(autouse=True)
def _with_a_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kpi in KPIS.items():
        monkeypatch.setitem(targets.KPIS, name, kpi)


def set_goals(folder: Path, year: int, name: str = "", **more: Any) -> None:
    """A goal for each KPI by quarter and month, for the company, regions and reps."""
    period = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    for grain in ("month", "quarter"):
        steps = [{"to": "region", "by": "even"}, {"to": "rep", "by": "even"}]
        for kpi, target in (("won", 90_000), ("deals_won", 12), ("win_share", "0.6")):
            goal(
                folder, f"{kpi}_{grain}{name}", kpi=kpi, period=period | {"grain": grain}, target={"value": target},
                cascade=steps, **more,
            )  # fmt: skip


def attainment(
    shipped: Definitions, folder: Path, given: Mapping[str, Rows], as_of: date
) -> dict[tuple, dict[str, Any]]:
    con = warehouse(shipped, folder, given, as_of, model="goal_attainment")
    cursor = con.execute("select * from goal_attainment")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {tuple(row[name] for name in COLUMNS): row for row in rows}


def close(found: Any, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return abs(float(found) - expected) <= max(abs(expected) * 1e-9, 2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_goal_lands_where_the_best_way_says(shipped: Definitions, plain: Plain, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    as_of = next(landing.days_to_try(chance, 1))
    given = random_company(chance, as_of)
    set_goals(tmp_path, as_of.year)
    rows = attainment(shipped, tmp_path, given, as_of)
    oracle, ways = Oracle(given, plain, as_of), set()
    running = [row for row in rows.values() if row["period_start"] <= as_of < row["period_end"]]
    assert running
    for row in running:
        target = {row["unit_id"]: float(row["target"])}
        expected = oracle.landings(
            row["kpi_id"], row["level"], row["grain"], lambda unit, figure, t=target: figure >= t.get(unit, 0)
        ).get(row["unit_id"], landing.Landing(None, None, None, None, None))
        place = (seed, as_of, row["goal_id"], row["level"], row["unit_id"])
        assert row["landing_method"] == expected.way, place
        found = [row[name] for name in ("landing", "landing_low", "landing_high")]
        for one, other in zip(found, (expected.landing, expected.low, expected.high), strict=True):
            assert close(one, other), (place, found, expected)
        if row["kpi_id"] != "deals_won":  # counts hit their target to the last digit, which no double tells
            assert close(row["hit_probability"], expected.chance), (place, row["hit_probability"], expected)
        ways.add(row["landing_method"])
    assert len(ways - {None}) > 1, "else this company tells no way from another"


@pytest.mark.parametrize("as_of", [date(2025, 11, 12), date(2026, 4, 1), date(2026, 6, 30)])
def test_the_status_before_is_that_of_a_run_of_the_day_before(
    shipped: Definitions, tmp_path: Path, as_of: date
) -> None:
    """Of every phasing that is exact, in the middle, at the beginning and at the end of a quarter."""
    given = random_company(random.Random(as_of.toordinal()), date(2026, 12, 31))
    for number, phasing in enumerate(["working_days", "even", ["0.1", "0.05"] + ["0.085"] * 10]):
        thresholds = {"green": "0.98", "amber": "0.9"}
        set_goals(tmp_path, as_of.year, name=f"_{number}", phasing=phasing, thresholds=thresholds)
    now, before = (attainment(shipped, tmp_path, given, day) for day in (as_of, as_of - A_DAY))
    assert before.keys() <= now.keys()
    for key, row in before.items():
        assert now[key]["previous_status"] == row["status"], key
    assert any(now[key]["status"] != row["status"] for key, row in before.items()), "else this says nothing"


def test_what_is_over_lands_where_it_is_and_what_is_to_come_nowhere(shipped: Definitions, tmp_path: Path) -> None:
    given = targets.company([("e1", "t1", "sales", OLD)], [("t1", "north")])
    given["deals"] = [deal("a", "e1", 80, date(2026, 1, 15))]
    goal(tmp_path, target={"value": 80})
    rows = attainment(shipped, tmp_path, given, date(2026, 3, 31))
    said = [
        (row["period_start"].month, row["landing"], row["landing_low"], row["landing_method"], row["hit_probability"],
         row["previous_status"])
        for _, row in sorted(rows.items())
    ]  # fmt: skip
    assert said[0] == (1, 80, 80, None, 1, "green")
    assert said[1:] == [(month, None, None, None, None, "not_started") for month in (4, 7, 10)]
    missed = attainment(
        shipped, tmp_path, given | {"deals": [deal("a", "e1", 79, date(2026, 1, 15))]}, date(2026, 3, 31)
    )
    assert [row["hit_probability"] for _, row in sorted(missed.items())] == [0, None, None, None]


def test_with_seven_earlier_periods_there_is_no_interval_and_with_eight_there_is(
    shipped: Definitions, tmp_path: Path
) -> None:
    given = targets.company([("e1", "t1", "sales", OLD)], [("t1", "north")])
    goal(tmp_path, target={"value": 100}, period={"grain": "month", "from": "2026-01-01", "to": "2026-12-31"})
    for months, known in ((7, False), (8, True)):
        starts = [date(2025 + (8 + n) // 12, (8 + n) % 12 + 1, 2) for n in range(8 - months, 9)]  # the last one runs
        given["deals"] = [
            deal(f"{start}{late}", "e1", 10 + n, start + timedelta(days=22 * late))
            for n, start in enumerate(starts)
            for late in ((0, 1) if start < date(2026, 5, 1) else (0,))
        ]
        row = attainment(shipped, tmp_path, given, date(2026, 5, 20))["more", "company", "company", date(2026, 5, 1)]
        assert row["landing_method"] == "run_rate"
        assert (row["landing_low"] is not None, row["hit_probability"] is not None) == (known, known)
