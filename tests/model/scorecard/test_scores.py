"""A score is the weighed mean of what could be judged; what could not counts neither as nothing nor as reached."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipelines.model.check import Definitions
from pipelines.model.goal import read_goals
from tests.model.goal.targets import company, deal, goal
from tests.model.scorecard.scores import (
    AMBER,
    ENOUGH,
    GREEN,
    KPIS,
    figure,
    plain,
    random_company,
    random_goal,
    warehouse,
)
from tests.model.scorecard.test_definition import card

Q1, Q2 = date(2026, 1, 1), date(2026, 4, 1)
OLD = date(2021, 3, 1)
NEAR = Fraction(1, 10**5)  # figures are held with six places, and targets of rates are from 0.1
PEOPLE = [("e1", "t1", "sales", OLD), ("e2", "t1", "service", OLD), ("e3", "t2", "sales", OLD)]
TEAMS = [("t1", "north"), ("t2", "south")]
WEIGHTS = {"won": 50, "deals_won": 20, "lost": 15, "win_share": 15}


@pytest.mark.parametrize("seed", range(25))
def test_scores_are_those_of_plain_arithmetic(shipped: Definitions, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    given = random_company(chance)
    for number in range(chance.randint(1, 10)):
        said = random_goal(chance, number)
        goal(tmp_path, said.pop("goal_id"), **said)
    cuts = sorted(chance.sample(range(1, 100), len(KPIS) - 1))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    level = chance.choice(["company", "region", "rep"])
    segment = {"rep": {"roles": ["sales"], "within": ["r0"]}, "region": {"within": ["r0"]}}.get(level)
    segment = chance.choice([segment, {"within": ["r1", "e0"]} if level == "rep" else None, None])
    asked = card(tmp_path, level=level, segment=segment, kpis=dict(zip(KPIS, weights, strict=True))).scorecard
    expected = plain(read_goals(tmp_path), given, asked)
    con = warehouse(shipped, tmp_path, given)
    found = {
        row[:3]: row[3:]
        for row in con.execute(
            "select level, unit_id, period_start, score, weight_covered, status from scorecards"
        ).fetchall()
    }
    items = {
        row[:4]: row[4:]
        for row in con.execute(
            "select level, unit_id, period_start, kpi_id, status, counted_share, goal_id, part_of_score from scorecard_items"
        ).fetchall()
    }
    assert set(found) == set(expected)
    assert len(items) == len(expected) * len(KPIS)
    for key, one in expected.items():
        score, covered, status = found[key]
        assert (score is None) == (one.score is None), key
        assert Fraction(covered) == one.covered, key
        parts = [items[(*key, kpi_id)] for kpi_id in KPIS]
        for (got, counted, goal_id, _), want in zip(parts, (one.parts[kpi_id] for kpi_id in KPIS), strict=True):
            assert (got, goal_id) == (want.status, want.goal_id), key
            assert (counted is None) == (want.counted is None)
            assert counted is None or abs(Fraction(counted) - (want.counted or 0)) < NEAR
        if one.score is None:
            assert status == "low_coverage"
            continue
        assert abs(Fraction(score) - one.score) < NEAR, key
        assert abs(sum(Fraction(part[3] or 0) for part in parts) - one.score) < len(parts) * NEAR
        if one.covered < ENOUGH:
            assert status == "low_coverage"
        elif all(abs(one.score - bound) > NEAR for bound in (GREEN, AMBER)):
            assert status == ("green" if one.score > GREEN else "amber" if one.score > AMBER else "red")


def test_random_companies_have_every_colour_and_gap() -> None:
    """What the test above sees: a corpus that never misses a goal would prove little."""
    seen: set[str] = set()
    states: set[str] = set()
    for seed in range(25):
        given = random_company(random.Random(seed))
        units = [one["employee_id"] for one in given["employees"]]
        for kpi_id in KPIS:
            for unit in units:
                value, state = figure(given, "rep", unit, Q1, kpi_id)
                states.add(state)
                seen.add("none" if value is None else "zero" if value == 0 else "below" if value < 0 else "above")
    assert seen == {"none", "zero", "below", "above"}
    assert states == {"ok", "no_data", "small_sample"}


def scores(shipped: Definitions, folder: Path, deals: list[dict[str, Any]], **said: Any) -> dict[tuple[str, date], Any]:
    """score, weight_covered, status and guardrail by unit and quarter."""
    card(folder, **({"level": "rep", "kpis": WEIGHTS} | said))
    con = warehouse(shipped, folder, company(PEOPLE, TEAMS) | {"deals": deals})
    rows = con.execute(
        "select unit_id, period_start, score, weight_covered, status, guardrail from scorecards"
    ).fetchall()
    return {row[:2]: row[2:] for row in rows}


WON = [deal("a", "e1", 100, date(2026, 2, 2)), deal("b", "e1", 50, date(2025, 2, 3)), deal("c", "e2", 1, date(2026, 2, 2))]  # fmt: skip


def test_what_has_no_goal_counts_neither_as_nothing_nor_as_reached(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, scope={"level": "rep"}, target={"value": 80})
    goal(tmp_path, "deals", kpi="deals_won", scope={"level": "rep"}, target={"value": 2})
    found = scores(shipped, tmp_path, WON)
    score = (50 * Decimal("1.2") + 20 * Decimal("0.5")) / 70  # 100 of 80 counts 1.2; 1 of 2 deals a half
    assert found["e1", Q1] == (score, Decimal("0.7"), "low_coverage", None)  # 70 of 100 is too little for a colour
    assert found["e3", Q1] == (None, 0, "low_coverage", None)  # a goal, and nothing was closed


def test_a_green_part_names_the_guardrail_that_falls(shipped: Definitions, tmp_path: Path) -> None:
    for name in ("won", "deals_won"):
        goal(tmp_path, name, kpi=name, scope={"level": "rep"}, target={"value": 1})
    deals = [
        deal("a", "e1", 100, date(2026, 2, 2)),
        deal("b", "e1", 150, date(2025, 2, 3)),
        deal("c", "e1", 9, date(2026, 2, 4), status="lost"),
        deal("d", "e1", 8, date(2025, 2, 4), status="lost"),
    ]
    weights = {"won": 30, "deals_won": 70}
    # won is less than a year ago, and lost is more: both guard deals_won; win_share, a range, neither rises nor falls.
    assert scores(shipped, tmp_path, deals, kpis=weights)["e1", Q1] == (Decimal("1.06"), 1, "green", "lost")
    con = warehouse(shipped, tmp_path, company(PEOPLE, TEAMS) | {"deals": deals})
    said = con.execute("select kpi_id, guardrail from scorecard_items where unit_id = 'e1' and period_start = ?", [Q1])
    assert dict(said.fetchall()) == {"won": None, "deals_won": "lost"}


def test_a_segment_is_people_of_a_role_below_some_units(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, scope={"level": "rep"}, target={"value": 1})
    assert {unit for unit, _ in scores(shipped, tmp_path, WON)} == {"e1", "e2", "e3"}
    assert {unit for unit, _ in scores(shipped, tmp_path, WON, segment={"roles": ["sales"]})} == {"e1", "e3"}
    of_north = {"roles": ["sales"], "within": ["north"]}
    assert {unit for unit, _ in scores(shipped, tmp_path, WON, segment=of_north)} == {"e1"}
    assert {unit for unit, _ in scores(shipped, tmp_path, WON, segment={"within": ["e2", "t2"]})} == {"e2", "e3"}


def test_a_segment_is_a_value_of_a_cut(shipped: Definitions, tmp_path: Path) -> None:
    cut = {"loss_reason": ["price", "late"]}
    goal(tmp_path, scope={"level": "company", "cut": cut}, target={"value": 100})
    deals = [deal("a", "e1", 70, date(2026, 2, 2), loss_reason="price"), deal("b", "e1", 100, date(2026, 2, 2))]
    found = scores(
        shipped, tmp_path, deals, level="company", kpis={"won": 100}, segment={"cut": {"loss_reason": "price"}}
    )
    assert found["company", Q1] == (Decimal("0.7"), 1, "red", None)


def test_of_two_goals_the_harder_one_judges(shipped: Definitions, tmp_path: Path) -> None:
    for name, kpi_id, value in (
        ("won_1", "won", 100),
        ("won_2", "won", 200),
        ("lost_1", "lost", 10),
        ("lost_2", "lost", 5),
    ):
        goal(tmp_path, name, kpi=kpi_id, scope={"level": "rep"}, target={"value": value})
    deals = [*WON, deal("z", "e1", 10, date(2026, 2, 4), status="lost")]
    found = scores(shipped, tmp_path, deals, kpis={"won": 50, "lost": 50})
    assert found["e1", Q1] == (Decimal("0.5"), 1, "red", None)
    con = warehouse(shipped, tmp_path, company(PEOPLE, TEAMS) | {"deals": deals})
    rows = con.execute("select kpi_id, goal_id from scorecard_items where unit_id = 'e1' and period_start = ?", [Q1])
    assert dict(rows.fetchall()) == {"won": "won_2", "lost": "lost_2"}


def test_nobody_has_a_score_of_a_quarter_to_come(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, scope={"level": "rep"}, target={"value": 1})
    assert {start for _, start in scores(shipped, tmp_path, WON)} == {Q1, Q2}
