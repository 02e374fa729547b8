"""What a report's file (`kpi_definitions/reports/<subject>.yml`) may say: which KPIs, which sections by grain, to whom.

Belongs here: the shape, and the rules inside one file. Does not: whether its KPIs and people exist (check_report.py),
or what a section shows (publish/reports/).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.model.kpi import KpiId
from pipelines.shape import Label, Strict, wrong_at
from pipelines.yaml_file import Place

ReportGrain = Literal["month", "quarter", "year"]
SectionId = Literal[
    "attainment", "changes", "contributors", "units", "landing", "activities", "stalled", "scorecards", "drivers",
    "coverage", "trend", "growth", "reviews", "problems", "suggestions", "quality",
]  # fmt: skip
PersonId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Shown(Strict):
    """What the report of one grain shows, in this order."""

    sections: list[SectionId] = Field(min_length=1)
    kpis: list[KpiId] = Field([], description="default: the KPIs of the whole report")


class Send(Strict):
    """Who gets it by itself: their own audience, in their own language, by their own channels."""

    to: list[PersonId] = Field(min_length=1, description="ids of people.yml")
    grain: ReportGrain
    working_day: int = Field(
        3, ge=1, le=20, description="sent from this working day after the end of the period on, once"
    )


class Report(Strict):
    """A subject that people are reported on."""

    id: KpiId
    label: Label
    kpis: list[KpiId] = Field(min_length=1, max_length=20, description="in the order of the report")
    activities: list[KpiId] = Field([], max_length=8, description="what people do, for the section of this name")
    coverage: list[KpiId] = Field([], max_length=8, description="what is in the pipe for the periods to come")
    month: Shown | None = None
    quarter: Shown | None = None
    year: Shown | None = None
    send: list[Send] = []

    @model_validator(mode="after")
    def _whole(self) -> Report:
        for place, problem in self._problems():
            raise wrong_at(place, problem)
        return self

    def shown(self, grain: ReportGrain) -> Shown | None:
        return {"month": self.month, "quarter": self.quarter, "year": self.year}[grain]

    def all_shown(self) -> list[Shown]:
        return [one for one in (self.month, self.quarter, self.year) if one]

    def kpis_of(self, grain: ReportGrain) -> list[str]:
        """The KPIs that the report of a grain is about."""
        shown = self.shown(grain)
        return list(shown.kpis if shown and shown.kpis else self.kpis)

    def named(self) -> Iterator[tuple[Place, str]]:
        """Every KPI that the file names, and where."""
        for field in ("kpis", "activities", "coverage"):
            yield from (((field, number), kpi) for number, kpi in enumerate(getattr(self, field)))
        for grain in ("month", "quarter", "year"):
            if shown := self.shown(grain):
                yield from (((grain, "kpis", number), kpi) for number, kpi in enumerate(shown.kpis))

    def _problems(self) -> Iterator[tuple[Place, str]]:
        if not (self.month or self.quarter or self.year):
            yield ("id",), "says of no grain what to show: month, quarter or year"
        lists: list[tuple[Place, list[str]]] = [(("kpis",), self.kpis)]
        for grain in ("month", "quarter", "year"):
            if shown := self.shown(grain):
                lists += [((grain, "sections"), list(shown.sections)), ((grain, "kpis"), shown.kpis)]
        for place, names in lists:
            if twice := sorted({name for name in names if names.count(name) > 1}):
                yield place, f"{twice[0]} stands twice"
        for number, send in enumerate(self.send):
            if self.shown(send.grain) is None:
                yield ("send", number, "grain"), f"this report has no {send.grain}"
