"""What a scorecard file (`kpi_definitions/scorecards/<id>.yml`) may say.

Belongs here: the shape of a scorecard and the rules inside it. Does not: whether its KPIs exist (check_scorecard.py),
or how its score is computed (dbt_project/models/4_goals/scorecard_parts.sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from pipelines.model.goal import Period
from pipelines.model.goal.definition import GoalGrain
from pipelines.model.kpi import KpiId, Level
from pipelines.model.kpi.definition import Threshold
from pipelines.shape import Label, Strict, wrong_at
from pipelines.yaml_file import Place

WHOLE = 100
FEWEST, MOST = 5, 8  # fewer and one KPI decides; of more, none is watched (packs have the same bound)


def _is_named(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("a name stands on one line and is not empty")
    return value


Name = Annotated[str, AfterValidator(_is_named)]
# pydantic reads `true` as 1; a weight is a number that somebody wrote.
Weight = Annotated[Decimal, Field(gt=0, le=WHOLE, max_digits=9, decimal_places=4)]


class Segment(Strict):
    """Which units of the level are meant, where not all; or which value of a cut."""

    roles: list[Name] = Field([], description="of employees.role, at level rep: [sales_rep]")
    within: list[Name] = Field([], description="units, each with all that is below it: [region_east]")
    cut: dict[Name, Name] = Field({}, description="goals of one value of a cut: {product_category: instruments}")


class Colours(Strict):
    """From which score on a scorecard is green, and from which amber."""

    green: Threshold = Decimal("1.0")
    amber: Threshold = Decimal("0.9")


class Scorecard(Strict):
    """How units of a level are judged over several KPIs: each by its goal, weighed."""

    id: KpiId
    label: Label
    level: Level
    segment: Segment | None = Field(None, description="default: every unit of the level")
    period: Period | None = Field(None, description="default: each quarter in which one of its KPIs has a goal")
    kpis: dict[KpiId, Weight] = Field(min_length=1, description="five to eight, each with its weight; together 100")
    thresholds: Colours = Colours()

    @model_validator(mode="after")
    def _whole(self) -> Scorecard:
        for place, problem in (*self._weight_problems(), *self._segment_problems()):
            raise wrong_at(place, problem)
        if self.thresholds.amber > self.thresholds.green:
            raise wrong_at(("thresholds", "amber"), "amber begins below green")
        return self

    @model_validator(mode="before")
    @classmethod
    def _no_truths(cls, said: Any) -> Any:
        weights = said.get("kpis") if isinstance(said, dict) else None
        for kpi, weight in weights.items() if isinstance(weights, dict) else ():
            if isinstance(weight, bool):
                raise wrong_at(("kpis", str(kpi)), f"{str(weight).lower()} is no weight; write a number")
        return said

    @property
    def grain(self) -> GoalGrain:
        return self.period.grain if self.period else "quarter"

    @property
    def cut(self) -> tuple[str, str]:
        """The cut and its value; none, all where the scorecard is not of a cut."""
        cuts = self.segment.cut if self.segment else {}
        return next(iter(cuts.items()), ("none", "all"))

    @property
    def roles(self) -> list[str]:
        return self.segment.roles if self.segment else []

    @property
    def within(self) -> list[str]:
        return self.segment.within if self.segment else []

    def _weight_problems(self) -> Iterator[tuple[Place, str]]:
        if (together := sum(self.kpis.values(), Decimal(0))) != WHOLE:
            yield ("kpis",), f"the weights add up to {together.normalize():f}, not to {WHOLE}"

    def _segment_problems(self) -> Iterator[tuple[Place, str]]:
        said = self.segment
        if said is None:
            return
        if said == Segment():
            yield ("segment",), "segment names roles, within or cut; leave it out for every unit of the level"
        if said.roles and self.level != "rep":
            yield ("segment", "roles"), f"roles are of people, and the level is {self.level}"
        if said.within and self.level == "company":
            yield ("segment", "within"), "the company lies within no other unit"
        if len(said.cut) > 1:
            yield ("segment", "cut"), "one cut at a time"
        for field in ("roles", "within"):
            names = getattr(said, field)
            if twice := sorted({name for name in names if names.count(name) > 1}):
                yield ("segment", field), f"{twice[0]} stands twice"
