"""What is wrong with a scorecard beside its KPIs, the goals and the company.

Belongs here: rules that need two files. Does not: rules inside one file (scorecard/definition.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.check_goal import period_errors
from pipelines.model.goal import Goal, GoalFile
from pipelines.model.scorecard.definition import FEWEST, MOST, Scorecard
from pipelines.model.scorecard.files import ScorecardFile

if TYPE_CHECKING:
    from pipelines.model.company import Company
    from pipelines.model.kpi import Kpi, KpiFile


def errors(
    scorecards: Mapping[str, ScorecardFile], kpis: Mapping[str, KpiFile], company: Company | None
) -> Iterator[KpiError]:
    """Every mistake of every scorecard; what could not be read (empty, None) is not asked."""
    for scorecard, file in scorecards.values():
        if company and scorecard.period:
            yield from period_errors(file, scorecard.period, company)
        for kpi_id in scorecard.kpis if kpis else ():
            if kpi_id not in kpis:
                yield file.error(f"unknown KPI {kpi_id}{did_you_mean(kpi_id, list(kpis))}", ("kpis", kpi_id))
            else:
                for problem in _misfits(scorecard, kpis[kpi_id].kpi):
                    yield file.error(problem, ("kpis", kpi_id))


def warnings(scorecards: Mapping[str, ScorecardFile], goals: Mapping[str, GoalFile]) -> list[str]:
    """What is allowed and unwise, each with its file and line."""
    found = []
    for _, (scorecard, file) in sorted(scorecards.items()):
        if (count := len(scorecard.kpis)) < FEWEST:
            found.append(
                file.error(f"few KPIs: {count}, and one of them decides", ("kpis",), f"weigh {FEWEST} to {MOST}")
            )
        if count > MOST:
            found.append(
                file.error(
                    f"{count} KPIs are more than anybody watches", ("kpis",), f"keep the {MOST} that decide most"
                )
            )
        found += [
            file.error(
                f"no goal in force of {kpi_id} reaches {scorecard.level} by {scorecard.grain}: its weight never counts",
                ("kpis", kpi_id),
                f"set a goal of {kpi_id} for {scorecard.level} by {scorecard.grain}, or leave it out",
            )
            for kpi_id in scorecard.kpis
            if not goals_of(scorecard, kpi_id, goals)
        ]
    return [str(one) for one in found]


def goals_of(scorecard: Scorecard, kpi_id: str, goals: Mapping[str, GoalFile]) -> list[Goal]:
    """The goals in force by which a scorecard may judge a KPI: of its grain, level, cut and periods."""
    period, (cut, value) = scorecard.period, scorecard.cut
    return [
        goal
        for goal in (file.goal for file in goals.values())
        if goal.kpi == kpi_id
        and goal.state in ("approved", "closed")
        and goal.period.grain == scorecard.grain
        and scorecard.level in (goal.scope.level, *(step.to for step in goal.cascade))
        and goal.scope.cut_name == cut
        and value in goal.scope.cut_values
        and (period is None or (goal.period.from_ <= period.to and period.from_ <= goal.period.to))
    ]


def _misfits(scorecard: Scorecard, kpi: Kpi) -> Iterator[str]:
    if scorecard.level not in kpi.levels:
        yield f"{kpi.id} is not computed at level {scorecard.level}"
    if scorecard.grain not in kpi.grains:
        yield f"{kpi.id} is not computed by {scorecard.grain}"
    if scorecard.cut[0] not in ("none", *kpi.cuts):
        yield f"{kpi.id} is not cut by {scorecard.cut[0]}{did_you_mean(scorecard.cut[0], list(kpi.cuts))}"
