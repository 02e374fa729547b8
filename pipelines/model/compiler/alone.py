"""One KPI on its own: the SQL that a reader of the catalogue sees, and that `kpi show --live` asks.

Belongs here: narrowing definitions to a few KPIs. Does not: any SQL (measures.py, numbers.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.model.compiler import blocks, measures, numbers
from pipelines.model.entities import Entity
from pipelines.model.kpi import Grain, Kpi, Level, depended_on


def with_what_they_read(some: Sequence[str], kpis: Mapping[str, Kpi]) -> list[str]:
    """These KPIs and those they stand on, in the order of the catalogue."""
    found: set[str] = set()
    waiting = list(some)
    while waiting:
        kpi_id = waiting.pop()
        if kpi_id not in found:
            found.add(kpi_id)
            waiting += depended_on(kpis[kpi_id])
    return [kpi_id for kpi_id in kpis if kpi_id in found]


def compile_some(
    some: Sequence[str],
    kpis: Mapping[str, Kpi],
    entities: Mapping[str, Entity],
    zone: str,
    levels: Sequence[Level] = (),
    grains: Sequence[Grain] = (),
    cuts: bool = True,
) -> dict[str, str]:
    """The models of these KPIs and of those they read, by name; narrowed to `levels`, `grains` and without cuts."""
    few: dict[str, Kpi] = {}
    for kpi_id in with_what_they_read(some, kpis):
        kpi = kpis[kpi_id]
        kept = {
            "levels": [level for level in kpi.levels if not levels or level in levels],
            "grains": [grain for grain in kpi.grains if not grains or grain in grains],
            "cuts": kpi.cuts if cuts else [],
        }
        few[kpi_id] = kpi.model_copy(update=kept)
    found = {
        measures.model_name(name): measures.compile_entity(entities[name], some_blocks, entities, zone)
        for name, some_blocks in blocks.by_entity(few, entities).items()
    }
    return found | numbers.compile_all(few, entities)


def sql_of(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], zone: str) -> str:
    """The compiled SQL of one KPI, model after model."""
    models = compile_some([kpi.id], kpis, entities, zone)
    if not kpi.reads_goals:
        del models[numbers.OVER_GOALS]
    return "\n".join(f"-- {name}\n{body}" for name, body in models.items())
