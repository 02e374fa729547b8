"""What is wrong with the drivers of a goal beside the KPIs they name.

Belongs here: rules that need the KPIs. Does not: rules inside the goal's file (goal/driver.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.goal import GoalFile
from pipelines.yaml_file import Place

if TYPE_CHECKING:
    from pipelines.model.goal.driver import Driver
    from pipelines.model.kpi import Kpi, KpiFile


def errors(file: GoalFile, kpis: Mapping[str, KpiFile], *, adds_up: bool) -> Iterator[KpiError]:
    """Every mistake of a goal's drivers; `adds_up` says whether its targets do."""
    goal = file.goal
    if goal.drivers and not adds_up:
        yield file.file.error("drivers need a goal whose targets add up (accumulate: sum)", ("drivers",))
    for number, driver in enumerate(goal.drivers):
        for field, problem in _problems(driver, kpis):
            place: Place = ("drivers", number, field)
            yield file.file.error(f"drivers: {problem}", place)


def _problems(driver: Driver, kpis: Mapping[str, KpiFile]) -> Iterator[tuple[str, str]]:
    if driver.kpi not in kpis:
        yield "kpi", f"unknown KPI {driver.kpi}{did_you_mean(driver.kpi, list(kpis))}"
        return
    kpi = kpis[driver.kpi].kpi
    if driver.level not in kpi.levels:
        yield "level", f"{kpi.id} is not computed at level {driver.level}"
    if driver.grain not in kpi.grains:
        yield "grain", f"{kpi.id} is not computed by {driver.grain}"
    if not kpi.grows:
        yield "kpi", f"{kpi.id} is no sum and no count: there are not so many of it per one of {driver.per}"
    # Fewer complaints from fewer visits is no plan: what leads to less is proportional to nothing.
    if driver.per in kpis and not _go_the_same_way(kpi, kpis[driver.per].kpi):
        yield "per", f"{kpi.id} and {driver.per} must be good the same way: both when higher, or both when lower"


def _go_the_same_way(one: Kpi, other: Kpi) -> bool:
    return one.direction in ("up", "down") and one.direction == other.direction
