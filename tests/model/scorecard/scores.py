"""Random companies with goals and a scorecard: the score by the very models of a run, and the same in plain Python.

Belongs here: the warehouse of a test, and the second way of computing it. Does not: what must come out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.model.check import Definitions
from pipelines.model.goal import GoalFile, read_goals
from pipelines.model.kpi import Kpi
from pipelines.model.scorecard import read_scorecards
from tests.kpis.every_type import kpi
from tests.model.goal.targets import LEVELS, WON, Rows, company, deal
from tests.model.laid import compute, laid

AS_OF = date(2026, 5, 20)
QUARTERS = {date(2026, 1, 1): date(2026, 3, 31), date(2026, 4, 1): date(2026, 6, 30)}  # those that have begun
LOST = WON | {"filter": "status = 'lost'"}
KPIS: dict[str, Kpi] = {
    name: kpi(name, LEVELS | said)
    for name, said in {
        "won": {"simple": {"measure": WON}, "guardrails": ["win_share"], "cuts": ["loss_reason"]},
        "lost": {"simple": {"measure": LOST}, "direction": "down"},  # a deal of 0 lost is a figure: nothing was lost
        "deals_won": {"simple": {"measure": WON | {"agg": "count", "expr": None}}, "guardrails": ["won", "lost"]},
        "win_share": {
            "ratio": {"numerator": WON, "denominator": WON | {"filter": "amount > 0"}},
            "unit": "ratio",
            "direction": {"range": [0.3, 0.6]},
        },
        "win_rate_of_many": {
            "ratio": {
                "numerator": WON | {"agg": "count", "expr": None},
                "denominator": WON | {"agg": "count", "expr": None, "filter": "true"},
            },
            "unit": "ratio",
            "min_denominator": 3,
        },
    }.items()
}
GREEN, AMBER = Fraction(1), Fraction(9, 10)
CAP, ENOUGH = Fraction(12, 10), Fraction(75, 100)


class Part(NamedTuple):
    status: str
    counted: Fraction | None
    goal_id: str | None


class Score(NamedTuple):
    score: Fraction | None
    covered: Fraction
    parts: dict[str, Part]


Key = tuple[str, str, date]  # level, unit, first day


def warehouse(
    shipped: Definitions, folder: Path, given: Mapping[str, Rows], as_of: date = AS_OF, kpis: Mapping[str, Kpi] = KPIS
) -> duckdb.DuckDBPyConnection:
    """A database with scorecards and scorecard_items of the goals and scorecards in `folder`."""
    con = laid(shipped, kpis, given, as_of, goals=read_goals(folder), scorecards=read_scorecards(folder))
    for model in ("scorecards", "scorecard_items"):
        compute(con, shipped, kpis, model)
    return con


def random_company(chance: random.Random) -> dict[str, Rows]:
    teams = [(f"t{n}", f"r{n % chance.randint(1, 2)}") for n in range(chance.randint(1, 4))]
    people = [
        (
            f"e{n}",
            chance.choice(teams)[0],
            chance.choice(["sales", "service"]),
            chance.choice([date(2021, 3, 1), date(2026, 4, 1), date(2026, 5, 4)]),
        )
        for n in range(chance.randint(1, 12))
    ]
    given = company(people, teams)
    given["deals"] = []
    for n in range(chance.randint(0, 60)):
        who, _, _, hired = chance.choice(people)
        closed = date(2025, 1, 1) + timedelta(days=chance.randrange(505))
        if closed >= hired:
            amount = chance.choice([Decimal(0), Decimal(chance.randint(-20_000, 60_000)) / 100])
            given["deals"].append(deal(f"d{n}", who, amount, closed, status=chance.choice(["won", "won", "lost"])))
    return given


def random_goal(chance: random.Random, number: int) -> dict[str, Any]:
    kpi_id = chance.choice(list(KPIS))
    value = str(Decimal(chance.choice([0, chance.randint(-100, 100), chance.randint(1, 90_000)])) / 100)
    target: dict[str, Any] = {"value": value}
    if kpi_id == "win_share":
        target = {"range": [0.3, 0.6]}
    elif kpi_id == "win_rate_of_many":
        target = {"value": str(Decimal(chance.randint(10, 100)) / 100)}
    return {
        "goal_id": f"g{number}",
        "kpi": kpi_id,
        "target": target,
        "scope": {"level": chance.choice(["company", "region", "rep"])},
        "phasing": "even",
        "state": chance.choice(["approved", "approved", "closed", "draft"]),
        "thresholds": chance.choice([{}, {"basis": "pace"}, {"basis": "attainment"}]),
    }


def plain(goals: Mapping[str, GoalFile], given: Mapping[str, Rows], card: Any) -> dict[Key, Score]:
    """Every row of scorecards, computed from the deals one by one."""
    found: dict[Key, Score] = {}
    for start in QUARTERS:
        for unit in members(given, card, start):
            parts = {kpi_id: _part(goals, given, card.level, unit, start, kpi_id) for kpi_id in card.kpis}
            weights = {kpi_id: Fraction(weight) for kpi_id, weight in card.kpis.items()}
            covered = sum((weights[k] for k, part in parts.items() if part.counted is not None), Fraction(0))
            summed = sum(weights[k] * part.counted for k, part in parts.items() if part.counted is not None)
            found[card.level, unit, start] = Score(summed / covered if covered else None, covered / 100, parts)
    return found


def members(given: Mapping[str, Rows], card: Any, start: date) -> list[str]:
    """The units that are there on the first day, of the segment."""
    regions = {unit["unit_id"]: unit.get("parent_id") for unit in given["org_units"] if unit["level"] == "team"}
    if card.level == "company":
        return ["company"]
    if card.level == "region":
        return [r for r in sorted(set(regions.values())) if not card.within or r in card.within]
    return [
        one["employee_id"]
        for one in given["employees"]
        if one["hired_date"] <= start
        and (not card.roles or one["role"] in card.roles)
        and (not card.within or {one["employee_id"], one["unit_id"], regions[one["unit_id"]]} & set(card.within))
    ]


def figure(given: Mapping[str, Rows], level: str, unit: str, start: date, kpi_id: str) -> tuple[Fraction | None, str]:
    """The figure of a KPI from the deals of the unit's people, and its state."""
    regions = {one["unit_id"]: one.get("parent_id") for one in given["org_units"] if one["level"] == "team"}
    of = {
        one["employee_id"]: {"company": "company", "region": regions[one["unit_id"]], "rep": one["employee_id"]}[level]
        for one in given["employees"]
    }
    by_status: dict[str, list[Fraction]] = defaultdict(list)
    for one in given["deals"]:
        if of[one["owner_id"]] == unit and start <= one["closed_at"] <= min(QUARTERS[start], AS_OF):
            by_status[one["status"]].append(Fraction(one["amount"]))
    won, lost = by_status["won"], by_status["lost"]
    if kpi_id == "win_share":
        whole = sum((amount for amount in won + lost if amount > 0), Fraction(0))
        return (sum(won, Fraction(0)) / whole, "ok") if whole else (None, "no_data")
    if kpi_id == "win_rate_of_many":
        count = len(won) + len(lost)
        state = "ok" if count >= 3 else "small_sample"
        return (Fraction(len(won), count), state) if count else (None, "no_data")
    amounts = lost if kpi_id == "lost" else won
    if not amounts:
        return None, "no_data"
    return (Fraction(len(amounts)) if kpi_id == "deals_won" else sum(amounts, Fraction(0))), "ok"


def _part(
    goals: Mapping[str, GoalFile], given: Mapping[str, Rows], level: str, unit: str, start: date, kpi_id: str
) -> Part:
    asked = [
        file.goal
        for file in goals.values()
        if (file.goal.kpi, file.goal.scope.level) == (kpi_id, level) and file.goal.state != "draft"
    ]
    if not asked:
        return Part("no_target", None, None)
    down = kpi_id == "lost"

    def hardness(one: Any) -> tuple[Any, str]:
        target = one.target.range[0] if one.target.range else Decimal(one.target.value)
        return (target if down else -target), one.id

    goal = min(asked, key=hardness)
    actual, state = figure(given, level, unit, start, kpi_id)
    if actual is None or state != "ok":
        return Part("no_data" if actual is None else state, None, goal.id)
    if goal.target.range:
        return _range(actual, *map(Fraction, goal.target.range), goal.id)
    is_open = QUARTERS[start] > AS_OF
    target = Fraction(goal.target.value)
    grows = kpi_id in ("won", "lost", "deals_won")
    if grows and is_open and goal.thresholds.basis != "attainment":
        target *= Fraction((AS_OF - start).days + 1, (QUARTERS[start] - start).days + 1)
    return _reached(actual, target, down, goal.id)


def _range(actual: Fraction, low: Fraction, high: Fraction, goal_id: str) -> Part:
    if low <= actual <= high:
        return Part("green", Fraction(1), goal_id)
    share = actual / low if actual < low else high / actual
    return Part(_colour(share), min(max(share, Fraction(0)), CAP), goal_id)


def _reached(actual: Fraction, target: Fraction, down: bool, goal_id: str) -> Part:
    if target <= 0 or (down and actual <= 0):
        is_reached = actual <= target if down else actual >= target
        best = CAP if down and target > 0 else Fraction(1)
        return Part("green", best, goal_id) if is_reached else Part("red", Fraction(0), goal_id)
    share = target / actual if down else actual / target
    return Part(_colour(share), min(max(share, Fraction(0)), CAP), goal_id)


def _colour(share: Fraction) -> str:
    return "green" if share >= GREEN else "amber" if share >= AMBER else "red"
