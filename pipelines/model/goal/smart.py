"""Whether a goal is SMART: specific, measurable, achievable, relevant, time-bound. Advice; what is wrong is refused.

Belongs here: what is a finding, and the numbers that say so. Does not: the words (cli/smart_words.py), the questions to
the serving file (smart_figures.py). Bounds and their reasons: DECISIONS.md, 75.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal, NamedTuple

from pipelines.model.check import Definitions
from pipelines.model.goal.definition import Goal
from pipelines.model.goal.files import GoalFile
from pipelines.model.goal.smart_figures import FEWEST, Ask, Published
from pipelines.yaml_file import Place

Letter = Literal["S", "M", "A", "R", "T"]
JUDGED = Decimal("0.75")  # of the figures of the last year, as a scorecard needs three quarters of its weights
MOVES = Decimal("0.25")  # of the months, above which kpi_reviews calls a KPI relevant (decision 69)
LONGEST = 12  # months of a short goal


class Finding(NamedTuple):
    """One thing that speaks against a goal: the letter, which words, where in the goal's file, and the numbers."""

    goal_id: str
    letter: Letter
    kind: str
    place: Place
    facts: Mapping[str, Any]


def findings(definitions: Definitions, published: Published) -> Iterator[Finding]:
    """All findings by goal and letter; of goals that are closed there are none."""
    goals = {goal_id: file.goal for goal_id, file in definitions.goals.items()}
    for _, file in sorted(definitions.goals.items()):
        if file.goal.state == "closed":
            continue
        yield from _specific(file, goals, published)
        yield from _measurable(file.goal, published)
        yield from _achievable(file.goal, published)
        yield from _relevant(file.goal, definitions, published)
        yield from _time_bound(file.goal, goals, published)


def _specific(file: GoalFile, goals: Mapping[str, Goal], published: Published) -> Iterator[Finding]:
    goal = file.goal
    start = goal.period.from_
    named: set[tuple[str, str]] = {(goal.scope.level, row.unit_id) for row in file.rows if row.unit_id}
    named |= {(goal.levels[row.step], row.unit_id) for row in file.steps}
    there = {
        (level, unit)
        for unit, versions in published.units.items()
        for level, last in versions
        if last is None or last >= start
    }
    for level, several in groupby(sorted(named - there), key=lambda one: one[0]):
        units = [unit for _, unit in several]
        facts = {"level": level, "unit": units[0], "count": len(units), "start": start}
        yield Finding(goal.id, "S", "unit_unknown", ("scope",), facts)
    for one in published.same:
        if one.goal_id != goal.id or one.other_id not in goals or _serve(goal, goals[one.other_id]):
            continue
        facts = {"level": one.level, "other": one.other_id, "count": one.targets, "different": one.different}
        yield Finding(goal.id, "S", "same_target", ("scope",), facts)


def _serve(one: Goal, other: Goal) -> bool:
    return one.serves == other.id or other.serves == one.id


def _measurable(goal: Goal, published: Published) -> Iterator[Finding]:
    rows = [row for row in published.judged if row.goal_id == goal.id]
    if not rows:
        yield Finding(goal.id, "M", "no_target", ("target",), {"as_of": published.as_of})
    for row in rows:
        facts = row._asdict() | {"kpi": goal.kpi, "grain": goal.period.grain}
        if not row.ok:
            yield Finding(goal.id, "M", "no_figure", ("kpi",), facts)
        elif row.ok < JUDGED * row.asked:
            facts |= {"share": Decimal(row.ok) / row.asked, "no_data": row.asked - sum(row[3:6])}
            yield Finding(goal.id, "M", "seldom_judged", ("kpi",), facts)
        if row.blocked:
            yield Finding(goal.id, "M", "blocked", ("kpi",), facts)


def _achievable(goal: Goal, published: Published) -> Iterator[Finding]:
    of_goal = [ask for ask in published.asks if ask.goal_id == goal.id]
    for level, several in groupby(of_goal, key=lambda ask: ask.level):
        asks = list(several)  # the one that is furthest beyond its history first
        for kind, beyond in (
            ("too_high", [ask for ask in asks if ask.is_above]),
            ("too_low", [ask for ask in asks if ask.is_below]),
            ("no_history", [ask for ask in asks if ask.changes < FEWEST]),
        ):
            if beyond:
                yield Finding(goal.id, "A", kind, _said_at(goal, level), _told(beyond, len(asks)))


def _said_at(goal: Goal, level: str) -> Place:
    """Where the targets of a level stand: the goal's own, or the step of its cascade."""
    above = goal.levels.index(level) if level in goal.levels else 0
    return ("cascade", above - 1) if above else ("target",)


def _told(beyond: list[Ask], asked: int) -> dict[str, Any]:
    return beyond[0]._asdict() | {"count": len(beyond), "asked": asked, "fewest": FEWEST}


def _relevant(goal: Goal, definitions: Definitions, published: Published) -> Iterator[Finding]:
    aim = definitions.kpis[goal.kpi].kpi.business_goal
    facts: dict[str, Any] = {"kpi": goal.kpi, "business_goal": aim, "goal_id": goal.id}
    business = definitions.business_goals.get(aim)
    if not goal.serves and (business is None or goal.kpi not in business.kpis):
        yield Finding(goal.id, "R", "unserved", ("kpi",), facts)
    moved = published.relevance.get(goal.id)
    if moved is not None and moved <= MOVES:
        yield Finding(goal.id, "R", "seldom_moves", ("kpi",), facts | {"share": moved})


def _time_bound(goal: Goal, goals: Mapping[str, Goal], published: Published) -> Iterator[Finding]:
    first, last = goal.period.from_, goal.period.to
    facts: dict[str, Any] = {"goal_id": goal.id, "first": first, "last": last}
    recorded = published.recorded.get(goal.id)
    if recorded and recorded > last:
        yield Finding(goal.id, "T", "over_when_recorded", ("period", "to"), facts | {"recorded": recorded})
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if goal.horizon == "short" and months > LONGEST:
        yield Finding(goal.id, "T", "too_long", ("period", "to"), facts | {"months": months, "longest": LONGEST})
    if goal.serves and goal.serves in goals:
        plan = goals[goal.serves].period
        if first < plan.from_ or last > plan.to:
            facts |= {"other": goal.serves, "plan_first": plan.from_, "plan_last": plan.to}
            yield Finding(goal.id, "T", "outside_of_plan", ("period",), facts)
