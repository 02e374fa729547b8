"""KPIs → `source_totals`: what each sum and count adds up to in the delivered rows, beside what its periods add up to.

Belongs here: that SQL. Does not: what follows from a difference (tests/assert_kpi_totals_are_those_of_the_source.sql
refuses to publish), medians and other measures whose parts do not add up.

The way from rows to numbers is long (calendar, people, units, grouping sets); this goes past all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.model.compiler import measures, text
from pipelines.model.compiler.measures import NUMBER, Branch
from pipelines.model.compiler.staging import HEADER
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import Grain, Kpi, Measure

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
    for name, branches in measures.by_entity(dict(kpis)).items():
        entity, whole = entities[name], [(b, _additive(b.measures)) for b in branches]
        for branch, added in whole:
            if not added:
                continue
            grain = _grain(added, kpis)
            for is_delivered in (True, False):
                of_rows = {c: m for c, m in added.items() if _needs_delivered_only(entity, branch, m) == is_delivered}
                if of_rows:
                    cte = f"{name}_by_{branch.date}{'' if is_delivered else '_derived'}"
                    model = parts[name] if is_delivered and not entity.is_derived else name
                    ctes.append(_source(cte, model, entity, branch, of_rows, company_zone, grain))
                    rows += [_row(column, name, cte, kpis, grain) for column in of_rows]
    if not rows:
        return header + _NOTHING
    final = "\n    union all\n".join(rows)
    ctes.append(f"final as (\n{final}\n)")
    return header + f"with {(',' + chr(10) * 2).join(ctes)}\n\nselect * from final\n"


def _additive(some: Mapping[str, Measure]) -> dict[str, Measure]:
    return {column: measure for column, measure in some.items() if measure.agg in ("sum", "count")}


def _grain(some: Iterable[str], kpis: Mapping[str, Kpi]) -> dict[str, Grain]:
    """Per measure the grain whose periods are added up: the first of month, quarter, … that its KPI has."""
    return {c: next(grain for grain in FINER if grain in kpis[_kpi_of(c)].grains) for c in some}


def _kpi_of(column: str) -> str:
    return column.removesuffix("__numerator").removesuffix("__denominator")


def _needs_delivered_only(entity: Entity, branch: Branch, measure: Measure) -> bool:
    read = {branch.date, *(c for said in (measure.expr, measure.filter) if said for c in columns_of(said))}
    return read - {"as_of"} <= {column.name for column in entity.delivered}


def _source(
    cte: str,
    model: str,
    entity: Entity,
    branch: Branch,
    some: Mapping[str, Measure],
    zone: str,
    grain: dict[str, Grain],
) -> str:
    day = branch.date
    if entity.type_of(day) == "timestamp":
        day = f"{{{{ local_date('{day}', \"{text.value(zone)}\") }}}}"
    lines = []
    for column, measure in some.items():
        when = [f"({measure.filter})"] if measure.filter else []
        if entity.is_periodic:
            when.append(f"grain = {text.value(grain[column])}")
        what = "1" if measure.agg == "count" else f"cast({measure.expr} as {measures.EXACT})"
        inside = f"case when {' and '.join(when)} then {what} end" if when else what
        lines.append(f"cast(sum({inside}) as {NUMBER}) as {column}")
    return f"""{cte} as (
    select
        {text.block(lines, 8)}
    from {{{{ ref('{model}') }}}}
    cross join calendar
    cross join run
    where {day} between calendar.first_day and run.as_of
)"""


def _row(column: str, entity: str, cte: str, kpis: Mapping[str, Kpi], grain: dict[str, Grain]) -> str:
    published = f"""(
            select sum({column}) from {{{{ ref('{measures.model_name(entity)}') }}}}
            where level = 'company' and grain = {text.value(grain[column])}
        )"""
    lines = [
        f"{text.value(column)} as measure",
        f"{text.value(_kpi_of(column))} as kpi_id",
        f"{text.value(entity)} as entity",
        f"coalesce({column}, 0) as source_total",
        f"coalesce({published}, 0) as published_total",
    ]
    return f"    select\n        {text.block(lines, 8)}\n    from {cte}"


_NOTHING = f"""{{{{ config(materialized='ephemeral') }}}}
select
    cast(null as string) as measure,
    cast(null as string) as kpi_id,
    cast(null as string) as entity,
    cast(null as {NUMBER}) as source_total,
    cast(null as {NUMBER}) as published_total
where false
"""
