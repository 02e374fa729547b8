"""KPIs → what is to be computed of each entity: leaves (one aggregate each), put together where one pass serves them.

Belongs here: which rows, which time and which levels, grains and cuts a leaf needs. Does not: its SQL (measures.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import LONG_GRAINS, Cohort, Cumulative, Grain, Growth, Kpi, Level, Meaning, Measure

PERIOD = "period"  # the window of all but cumulative KPIs
PEOPLE = "people"  # the part that counts who a number is of, where small groups are hidden
OF_PERIOD = {"period_start", "period_end", "full_period_end"}


class Leaf(NamedTuple):
    """One aggregate: a column of the compiled SQL."""

    column: str
    measure: Measure
    kpi: Kpi
    cohort_part: str = ""  # numerator or denominator of a cohort

    @property
    def is_summed(self) -> bool:
        """Whether it may be summed up by day before: a sum of sums is the sum, a median of medians is no median.

        Of what is open, comings and goings are summed up, and no going takes a minimum back.
        """
        return self.measure.agg in ("sum", "count") or (
            self.measure.agg in ("min", "max") and self.measure.kind != "open"
        )

    @property
    def cuts(self) -> list[str]:
        return [] if self.measure.ignore_cut else self.kpi.cuts


class Block(NamedTuple):
    """Leaves that share rows, time, person and window: one path through the SQL of an entity."""

    entity: str
    kind: str  # flow, last, average, now or open
    columns: tuple[str, ...]  # the columns of its time
    person: str | None
    attribution: str
    window: str
    is_by_period: bool  # rows meet their periods one by one, because an expression names the period
    cohort: Cohort | None

    @property
    def name(self) -> str:
        """Names its CTEs: by_signed_date, by_day_last, open_from_created_at, …"""
        said = {
            "flow": f"by_{'_'.join(self.columns)}",
            "last": f"by_last_{'_'.join(self.columns)}",
            "average": f"by_average_{'_'.join(self.columns)}",
            "now": "as_of_now",
            "open": f"open_from_{'_until_'.join(self.columns)}",
        }[self.kind]
        if self.cohort:
            event = self.cohort.event
            words = event if isinstance(event, str) else f"{event.entity}_{event.date}"
            said += f"_with_{words}_in_{self.cohort.within.replace(' ', '_')}"
        more = [
            f"of_{self.person}" if self.person else "",
            "as_is" if self.attribution == "as_is" else "",
            self.window.replace("12", "twelve").replace(" ", "_") if self.window != PERIOD else "",
            "in_period" if self.is_by_period else "",
        ]
        return "_".join([said, *filter(None, more)])


class Shape(NamedTuple):
    """What is grouped by: the grains and levels of a leaf, and one cut or none."""

    pairs: tuple[tuple[Grain, Level], ...]
    cut: str = ""

    @property
    def grains(self) -> list[Grain]:
        return list(dict.fromkeys(grain for grain, _ in self.pairs))

    @property
    def levels(self) -> list[Level]:
        return list(dict.fromkeys(level for _, level in self.pairs))


Blocks = dict[Block, list[Leaf]]


def by_entity(kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> dict[str, Blocks]:
    """Per entity its blocks with their leaves, in the order of KPI ids; entities in the order of their names."""
    found: dict[str, Blocks] = {}
    for kpi in kpis.values():
        for meaning in kpi.meanings:
            for block, leaf in leaves(meaning, kpi, kpis, entities):
                found.setdefault(block.entity, {}).setdefault(block, []).append(leaf)
    return dict(sorted(found.items()))


def leaves(
    meaning: Meaning, kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]
) -> Iterator[tuple[Block, Leaf]]:
    """The aggregates of one meaning; what it takes from other KPIs is computed there."""
    window, parts, of = PERIOD, meaning.parts, meaning
    if isinstance(meaning.type, Growth):
        return
    if isinstance(meaning.type, Cumulative):
        window = meaning.type.window
        of = kpis[meaning.type.of].meaning
        parts = of.parts
    cohort = of.type if isinstance(of.type, Cohort) else None
    for name, part in parts.items():
        if not isinstance(part, Measure):
            continue
        leaf = Leaf(meaning.column(name), part, kpi, name if cohort else "")
        yield _block(leaf, window, cohort, entities), leaf
        if kpi.privacy.min_group_size and name in ("", "denominator"):
            person = kpi.privacy.people or part.person or entities[part.entity].person
            people = {"agg": "count_distinct", "expr": person, "percentile": None}
            counted = Leaf(meaning.column(PEOPLE), part.model_copy(update=people), kpi)
            yield _block(counted, window, None, entities), counted


def _block(leaf: Leaf, window: str, cohort: Cohort | None, entities: Mapping[str, Entity]) -> Block:
    measure = leaf.measure
    assert measure.kind
    said = [text for text in (measure.expr, measure.filter) if text]
    own = {column.name for column in entities[measure.entity].columns}
    names_period = any((OF_PERIOD - own) & columns_of(text) for text in said)
    return Block(
        measure.entity,
        measure.kind,
        tuple(measure.columns),
        cohort.person if cohort else measure.person,
        leaf.kpi.attribution,
        window,
        names_period or window != PERIOD,
        cohort,
    )


def shapes(some: Iterable[Leaf]) -> dict[Shape, list[Leaf]]:
    """Leaves by what they are grouped by: first without a cut, then by each cut, over months and longer."""
    found: dict[Shape, list[Leaf]] = {}
    for leaf in some:
        pairs = tuple(
            (grain, level) for grain in leaf.kpi.grains for level in leaf.kpi.levels if leaf.kpi.is_asked(grain, level)
        )
        found.setdefault(Shape(pairs), []).append(leaf)
        for cut in leaf.cuts:
            long = tuple(pair for pair in pairs if pair[0] in LONG_GRAINS)
            found.setdefault(Shape(long, cut), []).append(leaf)
    return dict(sorted(found.items(), key=lambda item: bool(item[0].cut)))
