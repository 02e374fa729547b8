"""What is wrong with a goal beside its KPI, its people, the other goals and the company.

Belongs here: rules that need two files. Does not: rules inside one file (goal/definition.py), or how large a
target of a KPI may be (check_targets.py), or what its drivers are (check_drivers.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import SourceContract
from pipelines.model import check_drivers, check_targets
from pipelines.model.company import ROLES
from pipelines.model.goal import MONTHS, Goal, GoalFile, Period, parse_formula
from pipelines.yaml_file import Place, YamlFile

if TYPE_CHECKING:
    from pipelines.model.company import Company, Person
    from pipelines.model.kpi import Kpi, KpiFile


def errors(
    goals: Mapping[str, GoalFile],
    kpis: Mapping[str, KpiFile],
    people: Mapping[str, Person],
    contracts: Sequence[SourceContract],
    company: Company | None,
) -> Iterator[KpiError]:
    """Every mistake of every goal; what could not be read (empty, None) is not asked."""
    for file in goals.values():
        if kpis:
            yield from _kpi_errors(file, kpis)
            yield from _formula_errors(file, goals, kpis)
            yield from check_targets.errors(file, kpis)
            if kpi := kpis.get(file.goal.kpi):
                yield from check_drivers.errors(file, kpis, adds_up=splits(file.goal, kpi.kpi))
        if people:
            yield from _people_errors(file, people)
        if contracts:
            yield from _source_errors(file, contracts)
        if company:
            yield from period_errors(file.file, file.goal.period, company)
        yield from _serves_errors(file, goals)


def warnings(goals: Mapping[str, GoalFile]) -> list[str]:
    """What is allowed and may be a slip, each with its file and line.

    Two goals for the same: a budget and a stretch plan stand side by side in many companies, goal_attainment judges
    each, and a KPI that stands on targets takes the larger. So it is no mistake that a file shows.
    """
    files = [file for _, file in sorted(goals.items()) if file.goal.state == "approved"]
    groups: dict[tuple[str, str, str], list[GoalFile]] = {}
    for file in files:
        groups.setdefault((file.goal.kpi, file.goal.scope.level, file.goal.period.grain), []).append(file)
    return [
        str(
            other.file.error(
                f"{other.goal.id} and {one.goal.id} are both approved, for {one.goal.kpi} of the same units and days",
                ("period",),
                next_step="if one replaces the other, write it as a revision of the other",
            )
        )
        for group in groups.values()
        for one, other in combinations(group, 2)
        if _meet(one.goal, other.goal)
    ]


def _meet(one: Goal, other: Goal) -> bool:
    """Whether two goals of a KPI, level and grain set a target for the same unit, value of a cut and period."""
    if one.id in (other.serves, one.serves) or other.id in (one.serves, other.serves):
        return False
    units = {one.scope.unit, other.scope.unit} - {None}
    return (
        len(units) < 2
        and one.scope.cut_name == other.scope.cut_name
        and bool(set(one.scope.cut_values) & set(other.scope.cut_values))
        and one.period.from_ <= other.period.to
        and other.period.from_ <= one.period.to
    )


def splits(goal: Goal, kpi: Kpi) -> bool:
    """Whether the targets of units below are parts of the target above, or each the same."""
    return adds_up(goal, kpi) == "sum"


def adds_up(goal: Goal, kpi: Kpi) -> str:
    """How the targets of parts of a period and of units go together: sum, average or last."""
    is_range = bool(goal.target and goal.target.range)
    return goal.accumulate or ("average" if is_range else usual(kpi))


def usual(kpi: Kpi) -> str:
    """How a KPI's targets go together unless its goal says otherwise."""
    return "sum" if kpi.grows else "average"


def of_formula(goal: Goal, term_kpi: str, goals: Mapping[str, GoalFile]) -> list[Goal]:
    """The goals whose target a formula means by goal(<kpi>): of the same level, grain and periods, and no formulas."""
    return [
        file.goal
        for file in goals.values()
        if file.goal.kpi == term_kpi
        and file.goal.id != goal.id
        and file.goal.scope == goal.scope
        and file.goal.period.grain == goal.period.grain
        and file.goal.period.from_ <= goal.period.from_
        and file.goal.period.to >= goal.period.to
        and file.goal.target is not None
        and not any(target.formula for target, _ in file.goal.targets)
        and file.goal.state in ("approved", "closed")
    ]


def _kpi_errors(file: GoalFile, kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    goal = file.goal
    if goal.kpi not in kpis:
        yield file.file.error(f"unknown KPI {goal.kpi}{did_you_mean(goal.kpi, list(kpis))}", ("kpi",))
        return
    kpi = kpis[goal.kpi].kpi
    levels: list[tuple[str, Place]] = [(goal.scope.level, ("scope", "level"))]
    levels += [(step.to, ("cascade", number, "to")) for number, step in enumerate(goal.cascade)]
    for level, place in levels:
        if level not in kpi.levels:
            yield file.file.error(f"{kpi.id} is not computed at level {level}", place)
    if goal.period.grain not in kpi.grains:
        yield file.file.error(f"{kpi.id} is not computed by {goal.period.grain}", ("period", "grain"))
    if goal.scope.cut and goal.scope.cut_name not in kpi.cuts:
        hint = did_you_mean(goal.scope.cut_name, list(kpi.cuts))
        yield file.file.error(f"{kpi.id} is not cut by {goal.scope.cut_name}{hint}", ("scope", "cut"))
    is_range = bool(goal.target and goal.target.range)
    if goal.accumulate == "sum" and (not kpi.grows or is_range):
        what = "a range" if is_range else f"{kpi.id}, which does not grow through a period,"
        yield file.file.error(f"accumulate: sum would split {what} over the days; say average or last", ("accumulate",))
    if kpi.reads_goals:  # computed after the goals: it would be judged `no_data` for good
        yield file.file.error(f"{kpi.id} itself stands on targets, and no goal is judged by it yet", ("kpi",))
    if not splits(goal, kpi):
        for number, step in enumerate(goal.cascade):
            if step.by == "bottom_up" or step.over_assign or step.ramp:
                yield file.file.error(
                    f"{kpi.id} does not add up over units: each gets the same target (by: even), or its own (by: file)",
                    ("cascade", number),
                )


def _formula_errors(file: GoalFile, goals: Mapping[str, GoalFile], kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    goal = file.goal
    for target, place in goal.targets:
        place = (*place, "formula")
        for term in parse_formula(target.formula) if target.formula else ():
            if term.kpi is None:
                continue
            if term.kpi == goal.kpi:
                yield file.file.error(f"goal({term.kpi}): the target of {goal.kpi} cannot stand on itself", place)
                continue
            if term.kpi not in kpis:
                hint = did_you_mean(term.kpi, list(kpis))
                yield file.file.error(f"goal({term.kpi}): unknown KPI {term.kpi}{hint}", place)
                continue
            found = of_formula(goal, term.kpi, goals)
            if len(found) != 1:
                said = ", ".join(one.id for one in found) or "none"
                yield file.file.error(
                    f"goal({term.kpi}) must be one approved goal of the same scope, grain and periods that is no "
                    f"formula itself; there is {said}",
                    place,
                    next_step=f"write that goal for {term.kpi}, or give the target as a number",
                )


def _people_errors(file: GoalFile, people: Mapping[str, Person]) -> Iterator[KpiError]:
    named: list[tuple[str, str, Place]] = [("owner", file.goal.owner, ("owner",))]
    named += [
        ("approved_by", revision.approved_by, ("revisions", number, "approved_by"))
        for number, revision in enumerate(file.goal.revisions)
    ]
    named += [("agreed_by", person, ("agreed_by", number)) for number, person in enumerate(file.goal.agreed_by)]
    named += [("editors", one, ("editors", number)) for number, one in enumerate(file.goal.editors) if one not in ROLES]
    viewers = file.goal.viewers or []
    named += [("viewers", one, ("viewers", number)) for number, one in enumerate(viewers) if one not in ROLES]
    for field, person, place in named:
        if person not in people:
            hint = did_you_mean(person, list(people))
            yield file.file.error(f"{field} {person} is nobody in people.yml{hint}", place)


def _source_errors(file: GoalFile, contracts: Sequence[SourceContract]) -> Iterator[KpiError]:
    holding = [
        c.system for c in contracts if any(m.entity == "goal_figures" for t in c.tables.values() for m in t.entities)
    ]
    for target, place in file.goal.targets:
        if target.source and target.source not in holding:
            hint = did_you_mean(target.source, holding)
            yield file.file.error(
                f"{target.source} is no enabled system that feeds goal_figures{hint}", (*place, "source")
            )


def period_errors(file: YamlFile, period: Period, company: Company) -> Iterator[KpiError]:
    """A target for a quarter that the company does not have would never meet an actual figure."""
    if (period.from_.month - company.fiscal_year_start) % MONTHS[period.grain]:
        yield file.error(
            f"from {period.from_} starts no {period.grain} of the company, whose year starts in month "
            f"{company.fiscal_year_start}",
            ("period", "from"),
        )


def _serves_errors(file: GoalFile, goals: Mapping[str, GoalFile]) -> Iterator[KpiError]:
    serves = file.goal.serves
    if serves is None:
        return
    long = {goal_id: other.goal for goal_id, other in goals.items() if other.goal.horizon == "long"}
    if serves not in long:
        hint = did_you_mean(serves, list(long))
        yield file.file.error(f"serves {serves}, which is no goal with horizon: long{hint}", ("serves",))
