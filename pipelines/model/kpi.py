"""What a KPI file (`kpi_definitions/kpis/<area>/<id>.yml`) may say.

Belongs here: the shape of a definition and the rules inside one file.
Does not: whether its columns exist (check.py), or the SQL it becomes (compiler/).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.settings import REPOSITORY
from pipelines.shape import Label, Strict
from pipelines.yaml_file import YamlFile

SHIPPED = REPOSITORY / "kpi_definitions"

Level = Literal["company", "region", "department", "team", "rep"]
Grain = Literal["day", "week", "month", "quarter", "year"]
LEVELS: tuple[Level, ...] = ("company", "region", "department", "team", "rep")
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")

KpiId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,50}$")]


class Measure(Strict):
    """One aggregate over one entity, dated by one of its columns."""

    entity: str
    agg: Literal["sum", "count", "count_distinct", "avg", "min", "max", "median", "percentile"]
    expr: str | None = Field(None, description="what is aggregated; not for count")
    percentile: Decimal | None = Field(None, gt=0, lt=1)
    filter: str | None = None
    date: str = Field(description="the column that puts a row into a period")

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        if self.agg != "count" and self.expr is None:
            raise ValueError(f"agg {self.agg} needs an expr")
        if (self.agg == "percentile") != (self.percentile is not None):
            raise ValueError("agg percentile and the field percentile go together")
        return self


class Ratio(Strict):
    numerator: Measure
    denominator: Measure


class Simple(Strict):
    measure: Measure


class Range(Strict):
    range: tuple[Decimal, Decimal]


class Thresholds(Strict):
    green: Decimal = Decimal("1.0")
    amber: Decimal = Decimal("0.9")
    basis: Literal["pace", "attainment"] | None = None


class Version(Strict):
    """From when a meaning holds. A changed meaning will be a further entry with the changed fields."""

    from_: date = Field(alias="from")


class Example(Strict):
    """A worked example: these rows, at this period, give this value."""

    given: dict[str, list[dict[str, Any]]]
    at: dict[Grain, Any]
    expect: dict[str, Any]


class Kpi(Strict):
    """One KPI: what it means, how it is computed, who answers for it."""

    id: KpiId
    label: Label
    description: Label
    business_goal: str
    owner: str
    steward: str
    shared_with: list[str] = []
    simple: Simple | None = None
    ratio: Ratio | None = None
    min_denominator: int | None = Field(None, ge=1)
    bounds: Literal["wilson"] | None = Field(
        None, description="of a ratio of counts that is estimated from a sample: 95 % bounds in value_low, value_high"
    )
    unit: Literal["money", "count", "ratio", "points", "minute", "hour", "day"]
    direction: Literal["up", "down", "none"] | Range
    levels: list[Level] = list(LEVELS)
    cuts: list[str] = []
    grains: list[Grain] = ["month", "quarter"]
    attribution: Literal["as_was", "as_is"] = "as_was"
    cadence: Literal["daily", "weekly", "monthly", "quarterly", "yearly"] = "daily"
    guardrails: list[str] = []
    thresholds: Thresholds = Thresholds()
    quality: dict[str, Any] = {}
    privacy: dict[str, Any] = {}
    versions: list[Version] = Field(min_length=1)
    examples: list[Example] = []

    @model_validator(mode="after")
    def _one_type(self) -> Kpi:
        if (self.simple is None) == (self.ratio is None):
            raise ValueError("a KPI is either simple or ratio: give exactly one of the two")
        if self.min_denominator and self.ratio is None:
            raise ValueError("min_denominator is for ratios")
        if self.bounds and not (self.ratio and self.ratio.numerator.agg == self.ratio.denominator.agg == "count"):
            raise ValueError("bounds are for ratios of counts")
        if len(self.versions) > 1:
            raise ValueError("further versions are not built yet: keep one entry")
        if self.cuts or self.quality:
            raise ValueError(f"{'cuts' if self.cuts else 'quality'} is not built yet; leave it out")
        if later := sorted(set(self.privacy) - {"sensitivity"}):
            raise ValueError(f"privacy.{later[0]} is not built yet; leave it out")
        if self.attribution == "as_is":
            raise ValueError("attribution as_is is not built yet; use as_was")
        return self

    @property
    def type(self) -> str:
        return "ratio" if self.ratio else "simple"

    @property
    def measures(self) -> dict[str, Measure]:
        """Its measures by the column each becomes in the compiled SQL."""
        if self.ratio:
            return {
                f"{self.id}__numerator": self.ratio.numerator,
                f"{self.id}__denominator": self.ratio.denominator,
            }
        assert self.simple
        return {self.id: self.simple.measure}

    @property
    def is_additive(self) -> bool:
        """Whether children add up to their parent: sums and counts do, distinct counts and medians do not."""
        return self.type == "simple" and all(m.agg in ("sum", "count") for m in self.measures.values())

    @property
    def grows(self) -> bool:
        """Whether its value grows through a period, so that part of a target is due by part of the time."""
        aggregates = {measure.agg for measure in self.measures.values()}
        return self.type == "simple" and aggregates <= {"sum", "count", "count_distinct"}

    @property
    def formula(self) -> str:
        """The arithmetic in one line a person can read."""
        words = [_words(measure) for measure in self.measures.values()]
        return " ÷ ".join(words)


def _words(measure: Measure) -> str:
    inner = measure.expr or "rows"
    if measure.percentile is not None:
        inner += f", {measure.percentile}"
    where = f" where {measure.filter}" if measure.filter else ""
    return f"{measure.agg}({inner}) of {measure.entity}{where} by {measure.date}"


class KpiFile(NamedTuple):
    """A definition together with where it stands."""

    kpi: Kpi
    area: str
    file: YamlFile


def read_kpis(folder: Path, catalogue: Sequence[str] = ()) -> dict[str, KpiFile]:
    """Every KPI below `kpis/`, and those of the shipped catalogue that `catalogue` names, by id, in the order of id.

    Raises KpiErrors: wrong fields, an id that is not its file's name, the same id twice, an unknown name.
    """
    shipped = {path.stem: path for path in (SHIPPED / "kpis").rglob("*.yml")}
    errors: list[KpiError] = [
        KpiError(f"the catalogue has no KPI {name}{did_you_mean(name, list(shipped))}", file=folder / "company.yml")
        for name in catalogue
        if name not in shipped
    ]
    paths = [*(folder / "kpis").rglob("*.yml"), *(shipped[name] for name in catalogue if name in shipped)]
    found: dict[str, KpiFile] = {}
    for path in sorted(paths, key=lambda path: path.stem):
        try:
            kpi, file = yaml_file.read_as(path, Kpi)
            if kpi.id != path.stem:
                raise file.error(f"id {kpi.id} must stand in {kpi.id}.yml", ("id",))
            if kpi.id in found:
                raise file.error(f"{kpi.id} is also defined in {found[kpi.id].file.path}", ("id",))
            found[kpi.id] = KpiFile(kpi, path.parent.name, file)
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
    if errors:
        raise KpiErrors(errors)
    return found
