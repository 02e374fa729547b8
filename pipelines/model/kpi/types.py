"""The seven types of KPI. The words are MetricFlow's where MetricFlow has one; what each becomes is the compiler's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from pipelines.model.kpi import names
from pipelines.model.kpi.measure import Measure, Timed
from pipelines.shape import Strict

KpiId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,50}$"), AfterValidator(names.free)]
PartName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$"), AfterValidator(names.free)]


class Aim(Strict):
    """The target of a unit and period: of several goals for the same KPI the largest."""

    goal: KpiId = Field(description="the KPI whose goals are meant")
    take: Literal["target", "left"] = Field("left", description="the target, or what is missing of it")

    @property
    def words(self) -> str:
        return f"target of {self.goal}" if self.take == "target" else f"what is left of the target of {self.goal}"


def _form(said: object) -> str:
    if isinstance(said, str):
        return "name"
    return "aim" if isinstance(said, Aim) or (isinstance(said, Mapping) and "goal" in said) else "fields"


# A measure, another KPI's value, or a target. Told apart by form, so that a mistake is told once, of the form meant.
Part = Annotated[
    Annotated[Measure, Tag("fields")] | Annotated[KpiId, Tag("name")] | Annotated[Aim, Tag("aim")], Discriminator(_form)
]


def _dated(part: Part) -> Part:
    if isinstance(part, Measure) and part.kind is None:
        raise ValueError("the measure needs a date (or day, or from and until)")
    return part


class Simple(Strict):
    """One measure."""

    measure: Measure

    @property
    def parts(self) -> dict[str, Part]:
        return {"": self.measure}

    @property
    def words(self) -> str:
        return self.measure.words

    @field_validator("measure")
    @classmethod
    def _flow(cls, value: Measure) -> Measure:
        _dated(value)
        if value.kind != "flow":
            raise ValueError("a simple KPI counts by date; a state of a day or what is open is a snapshot")
        return value


class Ratio(Strict):
    """One number ÷ another; both are carried."""

    numerator: Part
    denominator: Part

    @property
    def parts(self) -> dict[str, Part]:
        return {"numerator": self.numerator, "denominator": self.denominator}

    @property
    def words(self) -> str:
        return f"{part_words(self.numerator)} ÷ {part_words(self.denominator)}"

    _times = field_validator("numerator", "denominator")(staticmethod(_dated))


class Derived(Strict):
    """Arithmetic over named parts."""

    expr: str
    of: dict[PartName, Part] = Field(min_length=1)

    @property
    def parts(self) -> dict[str, Part]:
        return dict(self.of)

    @property
    def words(self) -> str:
        names = ", ".join(f"{name} = {part_words(part)}" for name, part in self.of.items())
        return f"{self.expr}; {names}"

    @field_validator("of")
    @classmethod
    def _times(cls, value: dict[str, Part]) -> dict[str, Part]:
        for part in value.values():
            _dated(part)
        return value


class Growth(Strict):
    """How a KPI changed since the period before, or the same one a year ago: a running period over the same span."""

    of: KpiId
    versus: Literal["previous", "year_ago"]
    as_: Literal["ratio", "difference"] = Field(alias="as")

    @property
    def parts(self) -> dict[str, Part]:
        return {"": self.of}

    @property
    def words(self) -> str:
        before = "the period before" if self.versus == "previous" else "the same period a year ago"
        return f"{self.of} ÷ {self.of} of {before} - 1" if self.as_ == "ratio" else f"{self.of} - {self.of} of {before}"


class Cumulative(Strict):
    """A KPI over a longer window that ends with the period."""

    of: KpiId
    window: Literal["year_to_date", "12 months"]

    @property
    def parts(self) -> dict[str, Part]:
        return {"": self.of}

    @property
    def words(self) -> str:
        return f"{self.of}, {'year to date' if self.window == 'year_to_date' else 'over 12 months'}"


class Snapshot(Timed):
    """What is so at the end of a period: a state of its last day, or what is open then."""

    measure: Measure

    @property
    def parts(self) -> dict[str, Part]:
        return {"": self.timed}

    @property
    def timed(self) -> Measure:
        """The measure with the time that stands beside it."""
        return self.measure.model_copy(
            update={"day": self.day, "take": self.take, "from_": self.from_, "until": self.until}
        )

    @property
    def words(self) -> str:
        return self.timed.words

    @model_validator(mode="after")
    def _at_the_end(self) -> Snapshot:
        if self.measure.kind is not None or self.kind in (None, "flow"):
            raise ValueError("a snapshot says day, or from and until, beside its measure, which has no date")
        if self.take == "average" and self.measure.agg not in ("sum", "count"):
            raise ValueError("take: average is for sums and counts")
        return self


class Event(Strict):
    """What makes a row of the cohort converted: a row of another entity with the same key."""

    entity: str
    key: str
    date: str
    filter: str | None = None


class Cohort(Strict):
    """Of the rows that started in a period and whose days have passed: the share that met the event in time."""

    entity: str
    start: str
    event: Annotated[Annotated[Event, Tag("fields")] | Annotated[str, Tag("name")], Discriminator(_form)]
    within: str = Field(description="90 days, or unlimited")
    filter: str | None = None
    person: str | None = None

    @field_validator("within")
    @classmethod
    def _days(cls, value: str) -> str:
        if value != "unlimited" and not re.fullmatch(r"[1-9]\d{0,3} days", value):
            raise ValueError(f"{value} is neither unlimited nor a number of days such as 90 days")
        return value

    @property
    def days(self) -> int | None:
        return None if self.within == "unlimited" else int(self.within.split()[0])

    @property
    def parts(self) -> dict[str, Part]:
        """What is counted: those that converted, and those that started; the compiler knows the rest."""
        entity = {"entity": self.entity, "agg": "count", "date": self.start}
        return {"numerator": Measure.model_validate(entity), "denominator": Measure.model_validate(entity)}

    @property
    def words(self) -> str:
        event = self.event if isinstance(self.event, str) else f"{self.event.date} of {self.event.entity}"
        where = f" where {self.filter}" if self.filter else ""
        return f"{self.entity}{where} by {self.start}: with {event} within {self.within} ÷ all whose days have passed"


Type = Simple | Ratio | Derived | Growth | Cumulative | Snapshot | Cohort
TYPES: dict[str, type[Strict]] = {
    "simple": Simple, "ratio": Ratio, "derived": Derived, "growth": Growth, "cumulative": Cumulative,
    "snapshot": Snapshot, "cohort": Cohort,
}  # fmt: skip


def part_words(part: Part) -> str:
    return part if isinstance(part, str) else part.words
