"""One aggregate over one entity, and the time that puts a row into a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.shape import Strict

Level = Literal["company", "region", "department", "team", "rep"]
Grain = Literal["day", "week", "month", "quarter", "year"]
LEVELS: tuple[Level, ...] = ("company", "region", "department", "team", "rep")
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
LONG_GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")  # every live unit has a row here, and cuts are only here

Column = Annotated[str, Field(min_length=1)]
AS_OF = "as_of"  # as `day`: the rows as they are on the business date


class Timed(Strict):
    """When something counts: on a date, as a state of a day, or from one date until another."""

    date: Column | None = Field(None, description="a flow: the column that puts a row into a period")
    day: Column | None = Field(None, description="a state: the column with the day it was so; as_of: as it is now")
    take: Literal["last", "average"] | None = Field(None, description="of the states of a period; default last")
    from_: Column | None = Field(None, alias="from", description="what is open at the end of a period: since when …")
    until: Column | None = Field(None, description="… and until when; empty: still open")

    @property
    def kind(self) -> Literal["flow", "last", "average", "now", "open"] | None:
        """How it meets a period; None where no time is said."""
        if self.day == AS_OF:
            return "now"
        if self.day:
            return self.take or "last"
        if self.from_:
            return "open"
        return "flow" if self.date else None

    @property
    def columns(self) -> list[str]:
        """The date columns it names."""
        return [name for name in (self.date, self.day, self.from_, self.until) if name and name != AS_OF]

    @model_validator(mode="after")
    def _one_time(self) -> Timed:
        if sum(value is not None for value in (self.date, self.day, self.from_)) > 1:
            raise ValueError("one time only: date, day, or from and until")
        if (self.from_ is None) != (self.until is None):
            raise ValueError("from and until go together")
        if self.take and (self.day is None or self.day == AS_OF):
            raise ValueError("take goes with a day")
        return self


class Measure(Timed):
    """`agg` of `expr` over the rows of `entity` for which `filter` holds."""

    entity: str
    agg: Literal["sum", "count", "count_distinct", "avg", "min", "max", "median", "percentile"]
    expr: str | None = Field(None, description="what is aggregated; not for count")
    percentile: Decimal | None = Field(None, gt=0, lt=1)
    filter: str | None = None
    person: str | None = Field(None, description="the column of who is credited, where it is not the entity's own")
    ignore_cut: bool = Field(False, description="beside each value of a cut stands the figure that is not cut")

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        if (self.agg == "count") != (self.expr is None):
            raise ValueError("count has no expr" if self.expr else f"agg {self.agg} needs an expr")
        if (self.agg == "percentile") != (self.percentile is not None):
            raise ValueError("agg percentile and the field percentile go together")
        if self.take == "average" and self.agg not in ("sum", "count"):
            raise ValueError("take: average is for sums and counts")
        return self

    @property
    def counts_nothing_as_zero(self) -> bool:
        """Whether 0 is what it says of no rows, where another part of the KPI has some."""
        return self.agg in ("sum", "count", "count_distinct")

    @property
    def words(self) -> str:
        """The arithmetic in words a person can read."""
        inner = self.expr or "rows"
        if self.percentile is not None:
            inner += f", {self.percentile}"
        where = f" where {self.filter}" if self.filter else ""
        when = {
            "flow": f" by {self.date}",
            "last": f" on the last {self.day}",
            "average": f" on average over {self.day}",
            "now": " as of the business date",
            "open": f" open from {self.from_} until {self.until}",
        }.get(self.kind or "", "")
        return f"{self.agg}({inner}) of {self.entity}{where}{when}"
