"""What a goal file (`kpi_definitions/goals/<year>/<id>.yml`) may say.

Belongs here: the shape of a goal and the rules inside it. Does not: whether its KPI and its people exist
(check_goal.py), the targets it spells out (spelled.py), or the arithmetic that needs actual figures
(dbt_project/models/4_goals).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.model.goal import driver
from pipelines.model.goal.cascade import Step
from pipelines.model.goal.driver import Driver
from pipelines.model.goal.target import Target
from pipelines.model.kpi import LEVELS, KpiId, Level, Thresholds
from pipelines.shape import Label, Strict, wrong_at
from pipelines.yaml_file import Place

GoalGrain = Literal["month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1990, 2100, 30  # 0026 and 9999 are slips, and each year costs a row a month
MOST_TARGETS = 100_000  # of one goal: 5,000 people × 12 months, and room
NOT_BUILT = ("alerts",)


class Scope(Strict):
    """For whom: a unit or every unit of a level; of a cut, the values named."""

    level: Level
    unit: str | None = Field(None, description="one unit; without it, every unit of the level")
    cut: dict[str, list[str]] = Field({}, description="as {product_category: [instruments]}: the same target for each")

    @field_validator("unit")
    @classmethod
    def _is_an_id(cls, value: str | None) -> str | None:
        if value is not None and not _is_one_line(value):
            raise ValueError("a unit is named by its id, on one line; leave it out for every unit of the level")
        return value

    @field_validator("cut")
    @classmethod
    def _one_cut(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if len(value) > 1:
            raise ValueError("one cut at a time")
        for name, values in value.items():
            if not values or len(set(values)) != len(values) or not all(map(_is_one_line, values)):
                raise ValueError(f"{name} names its values, each once")
        return value

    @property
    def cut_name(self) -> str:
        return next(iter(self.cut), "none")

    @property
    def cut_values(self) -> list[str]:
        return next(iter(self.cut.values()), ["all"])


class Period(Strict):
    grain: GoalGrain
    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        for name, day in (("from", self.from_), ("to", self.to)):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise wrong_at((name,), f"{day} lies outside of {FIRST_YEAR} to {LAST_YEAR}")
        if self.to < self.from_:
            raise wrong_at(("to",), f"to {self.to} lies before from {self.from_}")
        if self.from_.day != 1:
            raise wrong_at(
                ("from",),
                f"from {self.from_} is not the first day of a {self.grain}; a 445 calendar too calls a period "
                "by the first of its calendar month",
            )
        if self.to.year - self.from_.year > MOST_YEARS:
            raise wrong_at(("to",), f"a goal runs for {MOST_YEARS} years at the most")
        *_, (_, last) = self.periods()
        if self.to != last:
            raise wrong_at(("to",), f"to {self.to} is not the last day of a {self.grain} from {self.from_}; {last} is")
        return self

    def periods(self) -> Iterator[tuple[date, date]]:
        """First and last day of each period, in order."""
        start = self.from_
        while start <= self.to:
            following = _add_months(start, MONTHS[self.grain])
            yield start, following - timedelta(days=1)
            start = following


class Revision(Strict):
    """A later target: it holds for the periods that begin on its day or later."""

    from_: date = Field(alias="from")
    target: Target
    reason: Label
    approved_by: str


class Goal(Strict):
    """One target for one KPI: for whom, for when, how much."""

    id: KpiId
    label: Label
    kpi: str
    horizon: Literal["long", "short"] = "short"
    serves: str | None = Field(None, description="the id of the long goal that this short one leads to")
    scope: Scope
    period: Period
    target: Target | None = Field(None, description="left out where the cascade is bottom-up")
    phasing: Literal["even", "working_days", "history"] | list[Decimal] = Field(
        "working_days",
        description="how much of a target is due by a day; a list gives each month its share",
    )
    accumulate: Literal["sum", "average", "last"] | None = Field(None, description="default: as the KPI adds up")
    cascade: list[Step] = []
    drivers: list[Driver] = Field([], description="what leads to it: so many of this per one of that")
    thresholds: Thresholds = Thresholds()
    owner: str
    editors: list[str] = Field(
        ["manager"], description="roles or ids: who may change it, of its owner and those above; an id also alone"
    )
    viewers: list[str] | None = Field(
        None,
        description="roles or ids: who may read it, beside its owner, those above and those who agreed; default: "
        "whoever may see the unit",
    )
    agreed_by: list[str] = Field([], description="ids of those who must have agreed before it is approved")
    state: Literal["draft", "proposed", "approved", "closed"] = "approved"
    revisions: list[Revision] = []
    review: Literal["quarterly"] | None = Field(None, description="how often somebody asks whether it still serves")

    @model_validator(mode="before")
    @classmethod
    def _built(cls, said: Any) -> Any:
        if isinstance(said, dict) and (later := [name for name in NOT_BUILT if name in said]):
            raise wrong_at((later[0],), f"{later[0]} is not built yet; leave it out")
        return said

    @model_validator(mode="after")
    def _whole(self) -> Goal:
        problems = (
            *self._target_problems(), *self._cascade_problems(), *self._driver_problems(), *self._revision_problems(),
            *self._size_problems(),
        )  # fmt: skip
        for place, problem in problems:
            raise wrong_at(place, problem)
        return self

    @field_validator("phasing")
    @classmethod
    def _twelve_shares(cls, value: Any) -> Any:
        if isinstance(value, list) and (len(value) != 12 or sum(value) != 1 or any(not 0 <= n <= 1 for n in value)):
            raise ValueError("a list gives each of the 12 months its share, together 1")
        return value

    @property
    def is_bottom_up(self) -> bool:
        return self.target is None

    @property
    def levels(self) -> list[str]:
        """The levels it has targets for, from above."""
        return [self.scope.level, *(step.to for step in self.cascade)]

    @property
    def revised(self) -> list[tuple[int, date, Target | None]]:
        """The number of each revision, its first day and target (None: bottom-up); the goal itself is the first."""
        later = [(number, one.from_, one.target) for number, one in enumerate(self.revisions, 2)]
        return [(1, self.period.from_, self.target), *later]

    @property
    def targets(self) -> list[tuple[Target, Place]]:
        """The target and those of its revisions, each with where it stands."""
        said: list[tuple[Target, Place]] = [(self.target, ("target",))] if self.target else []
        return said + [(one.target, ("revisions", number, "target")) for number, one in enumerate(self.revisions)]

    def _target_problems(self) -> Iterator[tuple[Place, str]]:
        for target, place in self.targets:
            if target.source and self.period.grain != "month":
                yield place, f"targets of a source are monthly; period.grain is {self.period.grain}"
            if target.source and self.scope.cut:
                yield place, "targets of a source are for units; leave the cut out"

    def _cascade_problems(self) -> Iterator[tuple[Place, str]]:
        for number, (above, below) in enumerate(pairwise(self.levels)):
            if LEVELS.index(below) <= LEVELS.index(above):
                yield ("cascade", number, "to"), f"cascade: {below} is not below {above}"
        whole: Place = ("cascade",)
        ways = {step.by == "bottom_up" for step in self.cascade}
        if self.target is None and ways != {True}:
            yield (
                whole,
                "without a target the cascade is bottom-up: each step says by: bottom_up, and the last names its file",
            )
        if self.target is not None and True in ways:
            yield whole, "by: bottom_up adds up what the units below say; leave the target out"
        if ways == {True} and [bool(step.file) for step in self.cascade] != [False] * (len(self.cascade) - 1) + [True]:
            yield whole, "of a bottom-up cascade the last step, and only that, names the file"

    def _driver_problems(self) -> Iterator[tuple[Place, str]]:
        if self.drivers and self.scope.cut:
            yield ("drivers",), "drivers are of whole units: a goal of a cut has none"
        yield from driver.problems(self.drivers, self.kpi, self.levels, self.period.grain)

    def _revision_problems(self) -> Iterator[tuple[Place, str]]:
        starts = [start for start, _ in self.period.periods()]
        days = [revision.from_ for revision in self.revisions]
        for number, day in enumerate(days):
            if day not in starts:
                yield ("revisions", number, "from"), f"revisions: {day} starts no {self.period.grain} of this goal"
        if days != sorted(set(days)):
            yield ("revisions",), "revisions: each begins later than the one before"
        if days and self.target is None:
            yield ("revisions",), "revisions: a bottom-up goal is revised in its file"

    def _size_problems(self) -> Iterator[tuple[Place, str]]:
        periods = sum(1 for _ in self.period.periods())
        count = periods * len(self.scope.cut_values) * (1 + len(self.revisions))
        if count > MOST_TARGETS:
            yield ("scope",), f"the goal spells out {count:,} targets; one goal has {MOST_TARGETS:,} at the most"


def _is_one_line(text: str) -> bool:
    """Whether a text can be an id or a value of a cut: not empty, and nothing in it that moves a line."""
    return bool(text.strip()) and text.replace("\u3000", " ").isprintable()


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)
