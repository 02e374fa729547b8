"""What is lost of a KPI that MetricFlow can say.

Belongs here: when each limit applies. Does not: its words (reasons.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.model.entities import Entity
from pipelines.model.export.reasons import LIMITS
from pipelines.model.kpi import LONG_GRAINS, Aim, Cohort, Cumulative, Growth, Kpi, Measure, Snapshot
from pipelines.shape import Label


def of(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> list[Label]:
    """What its metric does not say, in a fixed order."""
    found = []
    for key in _keys(kpi, kpis, entities):
        said = LIMITS[key]
        since = kpi.meaning.valid_from.isoformat()
        found.append(Label(zh=said.zh.format(since), en=said.en.format(since)))
    return found


def is_by_person(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> bool:
    """Whether every row it counts is credited to the entity's own person, by whom MetricFlow groups."""
    kind = kpi.meaning.type
    if isinstance(kind, Cohort):
        return kind.person is None and entities[kind.entity].person is not None and isinstance(kind.event, str)
    for part in kind.parts.values():
        if isinstance(part, str):
            if not is_by_person(kpis[part], kpis, entities):
                return False
        elif isinstance(part, Aim) or part.person or not entities[part.entity].person or part.kind == "average":
            return False
    return True


def _keys(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> Iterator[str]:
    kind = kpi.meaning.type
    if set(kpi.levels) - {"company", "rep"}:
        yield kpi.attribution
    if "rep" in kpi.levels:
        yield from ["personal"] if kpi.privacy.sensitivity else []
        yield from [] if is_by_person(kpi, kpis, entities) else ["not_by_person"]
    if kpi.meaning.min_denominator:
        yield "small_sample"
    if kpi.bounds:
        yield "bounds"
    if len(kpi.meanings) > 1:
        yield "versions"
    if isinstance(kind, Cohort) and kind.days:
        yield "immature"
    if isinstance(kind, Growth):
        yield "like_for_like"
    if kpi.cuts and any(isinstance(part, Measure) and part.ignore_cut for part in kind.parts.values()):
        yield "ignore_cut"
    counts_ends = isinstance(kind, Cumulative) or (isinstance(kind, Snapshot) and kind.kind == "open")
    if set(kpi.grains) - set(LONG_GRAINS) and counts_ends:
        yield "long_grains"
