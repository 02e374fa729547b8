"""Whether the targets of a goal can be targets of its KPI: their sign, their order, points or per cent.

Belongs here: rules between a number and the KPI it is for, of the goal file and of every row of the files beside it.
Does not: what is a number at all (goal/number.py), or which goals a KPI may have (check_goal.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.model.goal import GoalFile, Target, parse_change
from pipelines.model.goal.number import parse_number
from pipelines.yaml_file import MOST_TOLD

if TYPE_CHECKING:
    from pipelines.model.kpi import Kpi, KpiFile

NEVER_BELOW_0 = ("count", "minute", "hour", "day")
Bounds = tuple[Decimal | None, Decimal | None, Decimal | None]  # floor, target, stretch


def errors(file: GoalFile, kpis: Mapping[str, KpiFile]) -> Iterator[KpiError]:
    if file.goal.kpi not in kpis:
        return
    kpi = kpis[file.goal.kpi].kpi
    for target, place in file.goal.targets:
        for problem in _target_problems(target, kpi):
            yield file.file.error(problem, place)
    # Of a file as of any other: nobody reads the ten thousandth mistake.
    yield from islice(_row_errors(file, kpi), MOST_TOLD)


def _row_errors(file: GoalFile, kpi: Kpi) -> Iterator[KpiError]:
    said = [((row.floor, row.value, row.stretch), row.said_in) for row in file.rows if row.said_in]
    said += [((row.floor, row.value, row.stretch), row.said_in) for row in file.steps]
    for bounds, place in said:
        for problem in _number_problems(bounds, kpi):
            yield place.error(problem)


def _target_problems(target: Target, kpi: Kpi) -> Iterator[str]:
    if target.change is not None:
        change = parse_change(target.change)
        if change.points is not None and kpi.unit not in ("ratio", "points"):
            yield f"{target.change} is in points, and {kpi.id} is no share: say the change in %"
        sign = "%" if change.points is None else "pp"
        floor, stretch = (None if one is None else parse_change(one).size for one in (target.floor, target.stretch))
        yield from _order_problems(
            (floor, change.size, stretch), kpi, lambda size: f"{(size * 100).normalize():f}{sign}"
        )
        return
    yield from _number_problems((parse_number(target.floor), target.value, parse_number(target.stretch)), kpi)
    if target.range:
        yield from _sign_problems(target.range, kpi)


def _number_problems(bounds: Bounds, kpi: Kpi) -> Iterator[str]:
    yield from _sign_problems(bounds, kpi)
    yield from _order_problems(bounds, kpi, lambda number: f"{number:f}")


def _sign_problems(numbers: tuple[Decimal | None, ...], kpi: Kpi) -> Iterator[str]:
    """What counts is never below 0, but for a difference of counts (stage_net_flow), and money, which may be net."""
    if kpi.unit in NEVER_BELOW_0 and not {*kpi.types} & {"derived", "growth"}:
        for number in numbers:
            if number is not None and number < 0:
                yield f"{number:f} is below 0, and {kpi.id} counts: it is never less than nothing"


def _order_problems(bounds: Bounds, kpi: Kpi, said: Callable[[Decimal], str]) -> Iterator[str]:
    """The least that is acceptable, the target, what would be outstanding: in that order, the way the KPI is to go."""
    if kpi.direction not in ("up", "down"):
        return
    floor, target, stretch = bounds
    sign, above, below = (1, "above", "below") if kpi.direction == "up" else (-1, "below", "above")
    better = "more" if kpi.direction == "up" else "less"
    if floor is not None and target is not None and sign * floor > sign * target:
        yield f"floor {said(floor)} is {above} the target {said(target)}: of {kpi.id} {better} is better"
    if stretch is not None and target is not None and sign * stretch < sign * target:
        yield f"stretch {said(stretch)} is {below} the target {said(target)}: of {kpi.id} {better} is better"
    if target is None and floor is not None and stretch is not None and sign * floor > sign * stretch:
        yield f"floor {said(floor)} is {above} the stretch {said(stretch)}: of {kpi.id} {better} is better"
