"""What one KPI file (`kpi_definitions/kpis/<area>/<id>.yml`) says.

Belongs here: the shape of the file and the rules inside it. Does not: whether its columns exist (check.py), or the SQL
it becomes (compiler/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from pipelines.model.kpi.measure import LEVELS, Grain, Level, Measure
from pipelines.model.kpi.types import (
    TYPES,
    Aim,
    Cohort,
    Cumulative,
    Derived,
    Growth,
    KpiId,
    Part,
    Ratio,
    Simple,
    Snapshot,
    Type,
)
from pipelines.shape import Label, Strict

ALWAYS, NEVER = date.min, date.max


# The columns of kpi_values that a worked example may promise.
Expected = Literal[
    "value", "value_now", "value_low", "value_high", "numerator", "denominator", "state", "is_partial",
    "previous_value", "previous_change", "year_ago_value", "year_ago_change", "definition_version",
]  # fmt: skip


# How the figure of a running period is carried to its end (4_goals/landing_estimates.sql); equals win in this order.
LandingWay = Literal["run_rate", "seasonal", "pipeline"]


# As the tables hold them (tables.py): no number that a run could not write.
Bound = Annotated[Decimal, Field(gt=-(10**26), lt=10**26)]
Threshold = Annotated[Decimal, Field(gt=-(10**5), lt=10**5)]


class Range(Strict):
    range: tuple[Bound, Bound]


class Thresholds(Strict):
    green: Threshold = Decimal("1.0")
    amber: Threshold = Decimal("0.9")
    basis: Literal["pace", "attainment"] | None = None


class Typed(Strict):
    """One of the seven types, and what belongs to its meaning."""

    simple: Simple | None = None
    ratio: Ratio | None = None
    derived: Derived | None = None
    growth: Growth | None = None
    cumulative: Cumulative | None = None
    snapshot: Snapshot | None = None
    cohort: Cohort | None = None
    min_denominator: int | None = Field(
        None, ge=1, le=10**9, description="of a ratio: below, the state is small_sample"
    )

    @property
    def types(self) -> list[str]:
        return [name for name in TYPES if getattr(self, name) is not None]


class Version(Typed):
    """From when a meaning holds, and what it changes; the first entry also holds for all time before it."""

    from_: date = Field(alias="from")


class Quality(Strict):
    """When a number may not be believed, beside what the tables' own verdicts say."""

    block_if: dict[Literal["quarantined_share", "stale_working_days"], str] = {}

    @field_validator("block_if")
    @classmethod
    def _above(cls, value: dict[str, str]) -> dict[str, str]:
        for limit in value.values():
            if not re.fullmatch(r"> [0-9]{1,9}(\.[0-9]{1,9})?", limit):
                raise ValueError(f"{limit} is not a limit such as > 0.02")
        return value

    @property
    def limits(self) -> dict[str, Decimal]:
        return {name: Decimal(limit[2:]) for name, limit in self.block_if.items()}


class Privacy(Strict):
    """What a number may show of people."""

    sensitivity: Literal["personal_at_rep"] | None = None
    min_group_size: int | None = Field(
        None, ge=2, le=10**6, description="fewer distinct people: the value is suppressed"
    )
    people: str | None = Field(None, description="the column that tells people apart; default: who is credited")


class Example(Strict):
    """A worked example: these rows, at this period, give this value."""

    given: dict[str, list[dict[str, Any]]]
    at: dict[Grain, Any]
    level: Level = "company"
    unit: str | None = Field(None, description="default: the company")
    cut: dict[str, str] = {}
    as_of: date | None = Field(None, description="default: the last day of the period")
    expect: dict[Expected, Any] = Field(min_length=1)


class Meaning(NamedTuple):
    """What a KPI means from one day on: versions differ, old periods keep theirs."""

    kpi_id: str
    version: int
    holds_from: date  # ALWAYS for the first
    holds_until: date  # the first day that has another meaning; NEVER for the last
    valid_from: date
    type: Type
    min_denominator: int | None

    @property
    def parts(self) -> dict[str, Part]:
        return self.type.parts

    def column(self, part: str) -> str:
        """The name of a part in the compiled SQL: won_amount, win_rate__numerator, win_rate__v2__numerator."""
        return "__".join([self.name, *([part] if part else [])])

    @property
    def name(self) -> str:
        return self.kpi_id if self.version == 1 else f"{self.kpi_id}__v{self.version}"

    @property
    def refers_to(self) -> list[str]:
        """The other KPIs whose values or targets it reads."""
        found = (part.goal if isinstance(part, Aim) else part for part in self.parts.values())
        return [name for name in found if isinstance(name, str)]

    @property
    def reads_goals(self) -> bool:
        """Whether it is computed after the targets are: a target may itself stand on the values of KPIs."""
        return any(isinstance(part, Aim) for part in self.parts.values())

    @property
    def is_ratio(self) -> bool:
        return isinstance(self.type, Ratio | Cohort)


class Kpi(Typed):
    """One KPI: what it means, how it is computed, who answers for it."""

    id: KpiId
    label: Label
    description: Label
    business_goal: str
    owner: str
    steward: str
    shared_with: list[str] = []
    bounds: Literal["wilson"] | None = Field(
        None, description="of a ratio of counts that is estimated from a sample: 95 % bounds in value_low, value_high"
    )
    unit: Literal["money", "count", "ratio", "points", "minute", "hour", "day"]
    direction: Literal["up", "down", "none"] | Range
    levels: list[Level] = list(LEVELS)
    cuts: list[str] = []
    grains: list[Grain] = ["month", "quarter"]
    rep_days: bool = Field(False, description="also a row per rep and day, where the grains have days")
    attribution: Literal["as_was", "as_is"] = "as_was"
    cadence: Literal["daily", "weekly", "monthly", "quarterly", "yearly"] = "daily"
    guardrails: list[str] = []
    thresholds: Thresholds = Thresholds()
    landing: list[LandingWay] = Field(
        ["run_rate", "seasonal"],
        min_length=1,
        description="the ways to forecast where its goals land; pipeline adds what the open deals promise",
    )
    quality: Quality = Quality()
    privacy: Privacy = Privacy()
    versions: list[Version] = Field(min_length=1)
    examples: list[Example] = []

    @model_validator(mode="after")
    def _whole(self) -> Kpi:
        for problem in (*self._type_problems(), *self._group_problems()):
            raise ValueError(problem)
        return self

    def _type_problems(self) -> Iterator[str]:
        if len(self.types) != 1:
            yield f"a KPI has one type: give exactly one of {', '.join(TYPES)}"
            return
        starts = [version.from_ for version in self.versions]
        if starts != sorted(set(starts)):
            yield "versions: each begins later than the one before"
        for version in self.versions[1:]:
            if len(version.types) != 1:
                yield f"the version from {version.from_} says what it means: give exactly one of {', '.join(TYPES)}"
                return
        first = self.versions[0]
        if first.types or first.min_denominator:
            yield "the first version is what the file says; only later ones hold changed fields"
        if any(meaning.min_denominator and not meaning.is_ratio for meaning in self.meanings):
            yield "min_denominator is for ratios"
        if self.bounds and not all(_is_ratio_of_counts(meaning.type) for meaning in self.meanings):
            yield "bounds are for ratios of counts"
        for name, values in (
            ("levels", self.levels), ("grains", self.grains), ("cuts", self.cuts), ("landing", self.landing)
        ):  # fmt: skip
            if len(set(values)) != len(values):
                yield f"{name} names one twice"
        if "pipeline" in self.landing and not (self.grows and self.unit in ("money", "count")):
            yield "landing: pipeline is for money and counts that grow through a period"

    def _group_problems(self) -> Iterator[str]:
        """A small group is hidden only where nothing beside it gives it away: each rule closes a way of subtracting."""
        if self.privacy.min_group_size is None:
            return
        if len(self.levels) > 2 or "company" not in self.levels:
            yield "min_group_size: levels are company and at most one other; a third gives a small group away"
        if self.cuts:
            yield "min_group_size: no cuts; a cut of a unit gives a small group away"
        if len(self.grains) != 1:
            yield "min_group_size: one grain; two months taken from a quarter give the third away"
        measures = [part for meaning in self.meanings for part in meaning.parts.values()]
        if not all(isinstance(part, Measure) for part in measures) or not {*self.types} <= {"simple", "ratio"}:
            yield "min_group_size is for simple and ratio KPIs of measures"

    @property
    def type(self) -> str:
        return self.types[0]

    @property
    def meanings(self) -> list[Meaning]:
        """Its versions, oldest first."""
        starts = [version.from_ for version in self.versions]
        found = []
        for i, version in enumerate(self.versions):
            said: Typed = self if i == 0 else version
            least = self.min_denominator if i == 0 else version.min_denominator or self.min_denominator
            found.append(
                Meaning(
                    self.id,
                    i + 1,
                    starts[i] if i else ALWAYS,
                    starts[i + 1] if i + 1 < len(starts) else NEVER,
                    starts[i],
                    getattr(said, said.types[0]),
                    least,
                )
            )
        return found

    @property
    def meaning(self) -> Meaning:
        """What it means now."""
        return self.meanings[-1]

    @property
    def reads_goals(self) -> bool:
        """Whether any of its versions stands on targets."""
        return any(meaning.reads_goals for meaning in self.meanings)

    @property
    def is_additive(self) -> bool:
        """Whether children add up to their parent: sums and counts do, distinct counts and medians do not."""
        return all(
            isinstance(m.type, Simple | Snapshot)
            and all(isinstance(p, Measure) and p.agg in ("sum", "count") for p in m.parts.values())
            for m in self.meanings
        )

    @property
    def grows(self) -> bool:
        """Whether its value grows through a period, so that part of a target is due by part of the time."""
        kind = self.meaning.type
        return isinstance(kind, Simple) and kind.measure.counts_nothing_as_zero

    @property
    def matures_after(self) -> int:
        """Days after the end of a period until it is whole; 0 for all but cohorts."""
        kind = self.meaning.type
        return (kind.days or 0) if isinstance(kind, Cohort) else 0

    @property
    def formula(self) -> str:
        """The arithmetic in one line a person can read."""
        return self.meaning.type.words

    def is_asked(self, grain: Grain, level: Level) -> bool:
        """Whether it is computed for this grain and level; rep × day only on request."""
        asked = grain in self.grains and level in self.levels
        return asked and (self.rep_days or (grain, level) != ("day", "rep"))


def _is_ratio_of_counts(kind: Type) -> bool:
    return isinstance(kind, Ratio) and all(isinstance(p, Measure) and p.agg == "count" for p in kind.parts.values())
