"""The way of one block through the SQL of its entity: what its steps have in common.

Belongs here: names, columns and clauses that facts.py and grouping.py both need. Does not: whole steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipelines.model.compiler import cuts, text
from pipelines.model.compiler.blocks import PERIOD, Block, Blocks, Leaf
from pipelines.model.compiler.cuts import Cut
from pipelines.model.compiler.written import Names, local_day
from pipelines.model.entities import Entity
from pipelines.model.kpi import GRAINS, Grain

UNASSIGNED = "unassigned"  # the unit of what nobody is credited with, so that children add up; and what no cut names
NUMBER = "decimal(38,6)"
SPANS = ("span", "is_to_date", "grain", "period_start", "period_end", "first_day", "last_day")
EXACT = "decimal(38,12)"  # inside: values are rounded once, at the end


class Path(NamedTuple):
    """A block of an entity with its leaves, and the company's zone."""

    entity: Entity
    block: Block
    leaves: list[Leaf]
    entities: Mapping[str, Entity]
    zone: str
    name: str  # of the block among those of the entity: what its CTEs are called by

    @property
    def facts(self) -> str:
        return f"facts_{self.name}"

    @property
    def lives(self) -> str:
        return f"lives_{self.name}"

    @property
    def days(self) -> str:
        return f"days_{self.name}"

    @property
    def span_days(self) -> str:
        return f"span_days_{self.name}"

    @property
    def events(self) -> str:
        return f"events_{self.name}"

    @property
    def person(self) -> str | None:
        return self.block.person or self.entity.person

    @property
    def unit(self) -> str | None:
        """The column of the unit a row belongs to, where no person is credited."""
        return None if self.person else self.entity.unit

    @property
    def has_periods(self) -> bool:
        """Whether facts already say which period they are in; else the calendar does, for all grains in one pass."""
        return self.entity.is_periodic or self.meets_spans

    @property
    def meets_spans(self) -> bool:
        return not self.entity.is_periodic and (self.block.kind not in ("flow", "now") or self.block.is_by_period)

    @property
    def meets_span_days(self) -> bool:
        """Whether its rows meet the spans they happened in, each by its day."""
        return self.meets_spans and self.block.kind == "flow"

    @property
    def is_running(self) -> bool:
        """Whether what is open at the end of each period is summed up from what came and went until then."""
        return self.block.kind == "open" and not self.block.is_by_period

    @property
    def is_compared(self) -> bool:
        """Whether its numbers over part of an earlier period say something; grouped by spans they are there already."""
        hidden = all(leaf.kpi.privacy.min_group_size for leaf in self.leaves)
        return self.block.kind == "flow" and not (self.has_periods or self.block.cohort or hidden)

    @property
    def cuts(self) -> list[Cut]:
        names = dict.fromkeys(cut for leaf in self.leaves for cut in leaf.cuts)
        found = [cuts.resolve(name, self.entity) for name in names]
        assert None not in found, f"check.py refuses cuts that {self.entity.name} has not"
        return [cut for cut in found if cut]

    @property
    def grains(self) -> list[Grain]:
        return [grain for grain in GRAINS if any(grain in leaf.kpi.grains for leaf in self.leaves)]

    @property
    def starts(self) -> list[str]:
        """The columns that say in which period a placed row lies."""
        return ["is_to_date", "grain", "period_start"] if self.has_periods else [start(grain) for grain in self.grains]

    @property
    def names(self) -> Names:
        columns = {column.name: column.type for column in self.entity.columns}
        run = {"as_of": "run.as_of"}
        if self.meets_spans:
            of = self.days if self.block.kind in ("last", "average") else "spans"
            first = "first_day" if self.block.window != PERIOD else "period_start"
            run |= {
                "period_start": f"{of}.{first}",
                "period_end": f"{of}.last_day",
                "full_period_end": f"{of}.period_end",
            }
        return Names(columns, self.entity.name, self.zone, run)

    def day(self, column: str) -> str:
        """A date column of the entity as a local day."""
        return local_day(f"{self.entity.name}.{column}", self.entity.type_of(column), self.zone)

    @property
    def of_spans(self) -> str:
        """The condition on spans: its window, and the grains that are asked."""
        return self.of_grains(self.grains)

    def spans(self, cut: str | None = None) -> str:
        """What is read as spans: every period, and the parts of periods that the goals of these KPIs ask for.

        With `cut` ("" for none) only parts: those a running period is compared with, and those asked for that cut.
        """
        kpis = ", ".join(text.value(kpi_id) for kpi_id in dict.fromkeys(leaf.kpi.id for leaf in self.leaves))
        when = f"kpi_id in ({kpis})" if cut is None else f"kpi_id in ({kpis}) and cut = {text.value(cut or 'none')}"
        parts = "" if cut is None else " where span = 'period' and is_to_date"
        columns = ", ".join(SPANS)
        return (
            f"(\n        select {columns} from spans{parts}\n        union\n"
            f"        select {columns} from goal_spans where {when}\n    ) as spans"
        )

    def of_grains(self, grains: Sequence[Grain]) -> str:
        listed = ", ".join(text.value(grain) for grain in grains)
        return f"spans.span = {text.value(self.block.window)} and spans.grain in ({listed})"


def paths(entity: Entity, blocks: Blocks, entities: Mapping[str, Entity], zone: str) -> list[Path]:
    """The ways of an entity's blocks; two cohorts that differ in their filters only are told apart by a number."""
    found: list[Path] = []
    names = unique()
    for block, leaves in blocks.items():
        found.append(Path(entity, block, leaves, entities, zone, names(block.name)))
    return found


def unique() -> Callable[[str], str]:
    """Gives each name as it is, and from its second time on with a number."""
    seen: Counter[str] = Counter()

    def name(wanted: str) -> str:
        seen[wanted] += 1
        return wanted if seen[wanted] == 1 else f"{wanted}_{seen[wanted]}"

    return name


def start(grain: Grain) -> str:
    return "day" if grain == "day" else f"{grain}_start"


def cte(name: str, lines: list[str], rest: str, note: str = "") -> str:
    """A common table expression: its columns one below the other, then from, where and group by."""
    said = f"    -- {note}\n" if note else ""
    return f"{name} as (\n{said}    select\n        {text.block(lines, 8)}\n{rest}\n)"
