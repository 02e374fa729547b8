"""A target split among the units below adds up to it to the cent, or the difference is a row."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipelines.model.check import Definitions
from tests.model.goal.targets import (
    CENT,
    Targets,
    company,
    deal,
    goal,
    months,
    problems,
    random_company,
    share,
    targets,
)

OLD, Q2 = date(2021, 3, 1), date(2026, 4, 1)
PEOPLE = [
    ("e1", "t1", "sales", OLD),
    ("e2", "t1", "sales", OLD),
    ("e3", "t2", "sales", OLD),
    ("e4", "t2", "service", OLD),
]
TEAMS = [("t1", "north"), ("t2", "south")]


def at(found: Targets, level: str, start: date = Q2, revision: int = 1) -> dict[str, Decimal | None]:
    return {
        unit: row.target
        for (of_level, unit, _, first, number), row in found.items()
        if (of_level, first, number) == (level, start, revision)
    }


def test_a_target_is_split_evenly_to_the_cent(shipped: Definitions, tmp_path: Path) -> None:
    goal(
        tmp_path,
        target={"value": 100, "floor": 90, "stretch": 110},
        cascade=[{"to": "rep", "by": "even", "roles": ["sales"]}],
    )
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "rep") == {"e1": Decimal("33.33"), "e2": Decimal("33.33"), "e3": Decimal("33.34")}
    row = found["rep", "e1", "all", Q2, 1]
    assert (row.floor, row.stretch, row.set_by, row.parent_id) == (30, Decimal("36.66"), "even", "company")


def test_the_largest_target_there_may_be_is_split_to_the_cent(shipped: Definitions, tmp_path: Path) -> None:
    steps = [{"to": "region", "by": "even"}, {"to": "rep", "by": "headcount", "over_assign": "100%"}]
    goal(tmp_path, target={"value": "999999999999999999.99"}, cascade=steps)
    goal(tmp_path, "small", target={"value": 1}, cascade=steps)
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "region") == {"north": Decimal("499999999999999999.99"), "south": Decimal("500000000000000000.00")}
    assert sum(number for unit, number in at(found, "rep").items() if number and unit.startswith("e")) == 2 * Decimal(
        "999999999999999999.99"
    )


def test_each_step_splits_what_the_one_above_gave(shipped: Definitions, tmp_path: Path) -> None:
    steps = [{"to": "region", "by": "even"}, {"to": "team", "by": "even"}, {"to": "rep", "by": "headcount"}]
    goal(tmp_path, target={"value": 100}, cascade=steps)
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "region") == {"north": 50, "south": 50}
    assert at(found, "rep") == {"e1": 25, "e2": 25, "e3": 25, "e4": 25}


def test_headcount_counts_who_is_there_on_the_first_day_and_new_people_by_their_ramp(
    shipped: Definitions, tmp_path: Path
) -> None:
    people = [
        *PEOPLE[:2],
        ("new", "t2", "sales", date(2026, 2, 15)),  # one whole month in April, four in July
        ("newer", "t2", "sales", date(2026, 4, 1)),  # none in April, three in July
        ("later", "t2", "sales", date(2026, 4, 2)),  # comes when the targets of the quarter are set
    ]
    ramp = {0: 0, 1: "0.5", 2: 1}
    goal(tmp_path, target={"value": 100}, cascade=[{"to": "rep", "by": "headcount", "ramp": ramp}])
    found = targets(shipped, tmp_path, company(people, TEAMS))
    assert at(found, "rep") == {"e1": 40, "e2": 40, "new": 20}
    assert at(found, "rep", date(2026, 7, 1)) == dict.fromkeys(["e1", "e2", "new", "newer", "later"], 20)


def test_over_assignment_is_a_row_below_nothing(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, target={"value": 100}, cascade=[{"to": "region", "by": "even", "over_assign": "5%"}])
    found = at(targets(shipped, tmp_path, company(PEOPLE, TEAMS)), "region")
    assert found == {"north": Decimal("52.5"), "south": Decimal("52.5"), "company/unallocated": -5}


def test_a_file_says_each_part_and_the_difference_is_a_row(shipped: Definitions, tmp_path: Path) -> None:
    said = "unit_id,2026-01,2026-04\nnorth,70,60\nsouth,30,30\n"
    goal(
        tmp_path,
        files={"regions.csv": said},
        target={"value": 100},
        cascade=[{"to": "region", "by": "file", "file": "regions.csv"}],
    )
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "region", date(2026, 1, 1)) == {"north": 70, "south": 30}
    assert at(found, "region") == {"north": 60, "south": 30, "company/unallocated": 10}
    assert at(found, "region", date(2026, 7, 1)) == {"company/unallocated": 100}


def test_bottom_up_adds_up_what_the_units_below_say(shipped: Definitions, tmp_path: Path) -> None:
    steps = [{"to": "region", "by": "bottom_up"}, {"to": "rep", "by": "bottom_up", "file": "reps.csv"}]
    goal(tmp_path, files={"reps.csv": "unit_id,2026-04\ne1,10\ne2,20.5\ne3,3\n"}, cascade=steps)
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "company") == {"company": Decimal("33.5")}
    assert at(found, "region") == {"north": Decimal("30.5"), "south": 3}
    assert at(found, "rep") == {"e1": 10, "e2": Decimal("20.5"), "e3": 3}
    assert at(found, "company", date(2026, 7, 1)) == {"company": None}  # nobody said anything: no target, not 0


def test_what_does_not_add_up_is_the_same_for_everybody(shipped: Definitions, tmp_path: Path) -> None:
    steps = [{"to": "region", "by": "even"}, {"to": "rep", "by": "even"}]
    goal(tmp_path, kpi="win_share", target={"value": "0.4512345"}, accumulate="average", cascade=steps)
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert set(at(found, "region").values()) == set(at(found, "rep").values()) == {Decimal("0.451235")}
    assert "company/unallocated" not in at(found, "region")


def test_share_of_base_follows_last_years_figures(shipped: Definitions, tmp_path: Path) -> None:
    goal(
        tmp_path,
        target={"base": "same_period_last_year", "change": "10%"},
        cascade=[{"to": "rep", "by": "share_of_base"}],
    )
    given = company(PEOPLE, TEAMS)
    given["deals"] = [
        deal("a", "e1", 300, date(2025, 5, 1)), deal("b", "e2", 100, date(2025, 5, 1)), deal("c", "e3", -40, date(2025, 5, 1)),
    ]  # fmt: skip
    found = targets(shipped, tmp_path, given)
    assert at(found, "company") == {"company": 396}
    assert at(found, "rep") == {"e1": 297, "e2": 99}  # nobody's share is below nothing


def test_a_target_of_a_cut_is_split_within_it(shipped: Definitions, tmp_path: Path) -> None:
    scope = {"level": "company", "cut": {"loss_reason": ["price", "late"]}}
    goal(tmp_path, scope=scope, target={"value": 10}, cascade=[{"to": "region", "by": "even"}])
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert {key[:3]: row.target for key, row in found.items() if key[3] == Q2} == {
        (level, unit, value): Decimal(target)
        for value in ("price", "late")
        for level, unit, target in (("company", "company", 10), ("region", "north", 5), ("region", "south", 5))
    }


def test_nobody_to_split_among_leaves_everything_over(shipped: Definitions, tmp_path: Path) -> None:
    goal(
        tmp_path, target={"value": 100}, cascade=[{"to": "department", "by": "even"}, {"to": "rep", "by": "headcount"}]
    )
    found = targets(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert at(found, "department") == {"company/unallocated": 100}
    assert at(found, "rep") == {}


WAYS: list[dict[str, Any]] = [
    {"by": "even"},
    {"by": "headcount"},
    {"by": "headcount", "roles": ["sales"]},
    {"by": "headcount", "ramp": {0: 0, 1: "0.333333", 3: "0.5", 6: 1}},
    {"by": "share_of_base"},
    {"by": "headcount", "over_assign": "7.5%"},
    {"by": "even", "over_assign": "0.01"},
]


@pytest.mark.parametrize("seed", range(30))
def test_children_and_what_is_left_over_add_up_to_their_parent(shipped: Definitions, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    given = random_company(chance)
    below = chance.choice([["region"], ["region", "team"], ["region", "rep"], ["region", "team", "rep"], ["rep"]])
    target: dict[str, Any] = {"value": str(Decimal(chance.randint(-(10**6), 10**12)) / 100)}
    if chance.random() < 0.3:
        target = {"base": "same_period_last_year", "change": f"{chance.randint(-20, 40)}%"}
    goal(tmp_path, target=target, cascade=[{"to": level, **chance.choice(WAYS)} for level in below])
    found = targets(shipped, tmp_path, given)
    parts: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    split: dict[tuple[str, str], Decimal] = {}
    levels = ["company", *below]
    for (level, unit, _, start, _), row in found.items():
        if row.parent_id is not None and row.target is not None:
            parts[row.parent_id, start] += row.target
        if row.target is not None and level != below[-1] and row.set_by != "unallocated":
            split[unit, start] = row.target
    assert split or target.get("base")
    assert dict(parts) == {key: value for key, value in split.items() if key in parts or value}
    assert {level for level, *_ in found} <= set(levels)


@pytest.mark.parametrize("seed", range(10))
def test_each_part_is_within_a_cent_of_its_exact_share(shipped: Definitions, tmp_path: Path, seed: int) -> None:
    chance = random.Random(1000 + seed)
    given = random_company(chance)
    ramp = {0: Decimal(0), 1: Decimal("0.25"), 4: Decimal("0.75"), 6: Decimal(1)}
    step = {
        "to": "rep",
        "by": "headcount",
        "roles": ["sales"],
        "ramp": {month: str(part) for month, part in ramp.items()},
    }
    value = Decimal(chance.randint(1, 10**9)) / 100
    goal(tmp_path, target={"value": str(value)}, cascade=[step])
    found = targets(shipped, tmp_path, given)
    for start in (date(2026, 1, 1), Q2, date(2026, 7, 1), date(2026, 10, 1)):
        weights = {}
        for person in given["employees"]:
            if person["role"] == "sales" and person["hired_date"] <= start:
                there = months(person["hired_date"], start)
                weights[person["employee_id"]] = Fraction(ramp[max(month for month in ramp if month <= there)])
        exact = share(value, weights) if any(weights.values()) else {}
        reached = {unit: part for unit, part in at(found, "rep", start).items() if "/" not in unit}
        assert set(reached) == set(exact)
        assert all(abs(Fraction(part) - exact[unit]) < CENT for unit, part in reached.items() if part is not None)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"kpi": "win_share", "target": {"value": 1}, "cascade": [{"to": "rep", "by": "even", "over_assign": 0.1}]},
         "win_share does not add up over units"),
        ({"kpi": "win_share", "target": {"value": 1}, "accumulate": "sum"}, "accumulate: sum would split win_share"),
        ({"target": {"value": 1}, "scope": {"level": "company", "cut": {"loss_reasons": ["a"]}}},
         "won is not cut by loss_reasons (did you mean loss_reason?)"),
        ({"target": {"value": 1}, "serves": "dream"}, "serves dream, which is no goal with horizon: long"),
        ({"target": {"formula": "goal(wonn)"}}, "goal(wonn): unknown KPI wonn (did you mean won?)"),
        ({"target": {"formula": "goal(deals_won)"}}, "must be one approved goal of the same scope, grain and periods"),
    ],
)  # fmt: skip
def test_a_goal_that_does_not_fit_its_kpi_is_refused(
    shipped: Definitions, tmp_path: Path, said: dict[str, Any], problem: str
) -> None:
    goal(tmp_path, **said)
    (found,) = problems(shipped, tmp_path)
    assert problem in found
    assert "more.yml:" in found
