"""KPIs → `source_totals`: what each sum and count adds up to in the delivered rows, beside what its periods add up to.

Belongs here: that SQL. Does not: what follows from a difference (tests/assert_kpi_totals_are_those_of_the_source.sql
refuses to publish), medians, states of a day and other measures whose periods do not add up.

The way from rows to numbers is long (calendar, people, units, grouping sets); this goes past all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.model.compiler import blocks, measures, text
from pipelines.model.compiler.blocks import PERIOD, Leaf
from pipelines.model.compiler.facts import aggregated
from pipelines.model.compiler.measures import NUMBER
from pipelines.model.compiler.path import Path, paths
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import Grain, Kpi

MODEL = "source_totals"
FIRST = "-- One row per sum or count of a KPI: what its rows add up to, and what its periods do."
FINER: tuple[Grain, ...] = ("month", "quarter", "year", "week", "day")


def compile_all(
    kpis: Mapping[str, Kpi], entities: Mapping[str, Entity], parts: Mapping[str, str], company_zone: str
) -> str:
    """The text of `source_totals`: measure, kpi_id, entity, source_total, published_total.

    `parts` gives for each entity the model with what is delivered for it; read where a measure needs no more.
    """
    header = f"{FIRST}\n-- {HEADER.format(origin='kpi_definitions/kpis')}\n"
    ctes = [
        "calendar as (\n    select min(day) as first_day from {{ ref('calendar_days') }}\n)",
        "run as (\n    select as_of_date as as_of from {{ source('definitions', 'run') }}\n)",
    ]
    rows: list[str] = []
    for name, some in blocks.by_entity(kpis, entities).items():
        for path in paths(entities[name], some, entities, company_zone):
            block = path.block
            added = [
                leaf for leaf in path.leaves if leaf.measure.agg in ("sum", "count") and "company" in leaf.kpi.levels
            ]
            if block.kind != "flow" or block.window != PERIOD or path.meets_spans or block.cohort:
                continue
            for is_delivered in (True, False):
                if of_rows := [leaf for leaf in added if _is_delivered(path, leaf) == is_delivered]:
                    cte = f"{name}_{path.name}{'' if is_delivered else '_derived'}"
                    model = parts[name] if is_delivered and not path.entity.is_derived else name
                    ctes.append(_source(cte, model, path, of_rows))
                    rows += [_row(leaf, name, cte) for leaf in of_rows]
    if not rows:
        return header + _NOTHING
    final = "\n    union all\n".join(rows)
    ctes.append(f"final as (\n{final}\n)")
    return header + f"with {(',' + chr(10) * 2).join(ctes)}\n\nselect * from final\n"


def _grain(leaf: Leaf) -> Grain:
    """The grain whose periods are added up: the first of month, quarter, … that the KPI has."""
    return next(grain for grain in FINER if grain in leaf.kpi.grains)


def _is_delivered(path: Path, leaf: Leaf) -> bool:
    """Whether a leaf needs nothing but delivered columns."""
    said = (leaf.measure.expr, leaf.measure.filter)
    read = {path.block.columns[0], *(column for one in said if one for column in columns_of(one))}
    return read - {"as_of"} <= {column.name for column in path.entity.delivered}


def _source(cte: str, model: str, path: Path, some: list[Leaf]) -> str:
    lines = []
    for leaf in some:
        inside = aggregated(leaf, path)
        if path.entity.is_periodic:
            inside = f"case when {path.entity.name}.grain = {text.value(_grain(leaf))} then {inside} end"
        lines.append(f"cast(sum({inside}) as {NUMBER}) as {leaf.column}")
    return f"""{cte} as (
    select
        {text.block(lines, 8)}
    from {{{{ ref('{model}') }}}} as {path.entity.name}
    cross join calendar
    cross join run
    where {path.day(path.block.columns[0])} between calendar.first_day and run.as_of
)"""


def _row(leaf: Leaf, entity: str, cte: str) -> str:
    column = leaf.column
    published = f"""(
            select sum({column}) from {{{{ ref('{measures.model_name(entity)}') }}}}
            where level = 'company' and cut = 'none' and not is_to_date and grain = {text.value(_grain(leaf))}
        )"""
    lines = [
        f"{text.value(column)} as measure",
        f"{text.value(leaf.kpi.id)} as kpi_id",
        f"{text.value(entity)} as entity",
        f"coalesce({column}, 0) as source_total",
        f"coalesce({published}, 0) as published_total",
    ]
    return f"    select\n        {text.block(lines, 8)}\n    from {cte}"


_NOTHING = "{{ config(materialized='ephemeral') }}\n" + text.no_rows(
    {
        **dict.fromkeys(["measure", "kpi_id", "entity"], "string"),
        **dict.fromkeys(["source_total", "published_total"], NUMBER),
    }
)
