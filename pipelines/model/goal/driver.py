"""One driver of a goal: what somebody has to do, so many of it per one of the KPI it leads to.

Belongs here: what a driver may say, and the rules of a goal's list of them. Does not: rules that need the KPIs
(check_drivers.py), or the arithmetic (dbt_project/models/4_goals/drivers.sql).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator

from pipelines.model.goal.number import parse_number
from pipelines.model.kpi import Level
from pipelines.model.kpi.measure import Grain
from pipelines.shape import Strict
from pipelines.yaml_file import Place

FITTED = "trailing_4_quarters"
MAX_DEPTH = 4  # drivers one above another, as many as drivers.sql has steps
SMALLEST = Decimal("1e-12")  # as the tables hold a ratio


class Driver(Strict):
    """`{kpi: valid_visits, level: rep, grain: quarter, per: new_customers, ratio: 4}`: 4 visits per new customer"""

    kpi: str
    level: Level
    grain: Grain = Field(description="the goal's own")
    per: str = Field(description="the KPI it leads to: the goal's, or that of a driver above it in the list")
    ratio: Decimal | Literal["trailing_4_quarters"] = Field(
        description="so many per one of the other (money: per unit of it), or as the last four quarters had it"
    )

    @field_validator("ratio", mode="before")
    @classmethod
    def _a_number_or_fitted(cls, value: Any) -> Any:
        if value == FITTED:
            return value
        try:
            number = parse_number(value)
        except ValueError as error:
            raise ValueError(f"{error}; or write {FITTED}") from error
        if number is None or number < SMALLEST:
            raise ValueError(f"a ratio is a number above 0 (at the least {SMALLEST}), or {FITTED}")
        return number


def problems(drivers: Sequence[Driver], kpi: str, levels: Collection[str], grain: str) -> Iterator[tuple[Place, str]]:
    """What is wrong with the drivers of a goal for `kpi` by `grain` that has targets for `levels`."""
    depths: dict[tuple[str, str], int] = {}
    for number, one in enumerate(drivers):
        place: Place = ("drivers", number)
        if one.grain != grain:
            yield (*place, "grain"), f"drivers: the goal is by {grain}, and so are its drivers"
        if one.level not in levels:
            yield (*place, "level"), f"drivers: the goal has no targets for {one.level}, only for {', '.join(levels)}"
        if one.kpi == kpi:
            yield (*place, "kpi"), f"drivers: {kpi} is the goal's own KPI"
        if (one.level, one.kpi) in depths:
            yield (*place, "kpi"), f"drivers: {one.kpi} stands twice for {one.level}"
        if one.per != kpi and (one.level, one.per) not in depths:
            yield (
                (*place, "per"),
                f"drivers: per {one.per} is neither the goal's KPI {kpi} nor a driver above it for {one.level}",
            )
        depths[one.level, one.kpi] = depth = _depth(one, depths)
        if depth > MAX_DEPTH:
            yield (*place, "per"), f"drivers: more than {MAX_DEPTH} stand one above another"


def with_depth(drivers: Sequence[Driver]) -> Iterator[tuple[Driver, int]]:
    """Each driver, and how many links lie between it and the goal: 1 leads to the goal itself."""
    depths: dict[tuple[str, str], int] = {}
    for one in drivers:
        depths[one.level, one.kpi] = depth = _depth(one, depths)
        yield one, depth


def _depth(one: Driver, above: dict[tuple[str, str], int]) -> int:
    return above.get((one.level, one.per), 0) + 1
