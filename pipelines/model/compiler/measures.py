"""Definitions → `3_kpis`: one pass over each entity for all its KPIs, exact at every level and grain.

Belongs here: the SQL of measures and of the long table of KPI numbers. Does not: which text is allowed (expression.py).
Every level is computed from the rows by GROUPING SETS, never from another level: a median of medians is not a median.
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.model.compiler import text
from pipelines.model.compiler.staging import HEADER
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import GRAINS, LEVELS, Grain, Kpi, Level, Measure

UNASSIGNED = "unassigned"  # the unit of what nobody is credited with, so that children add up
NUMBER = "decimal(38,6)"
EXACT = "decimal(38,12)"  # inside: values are rounded once, at the end


class Branch(NamedTuple):
    """The measures of one entity that one column dates."""

    date: str
    measures: dict[str, Measure]  # by column of the compiled SQL


def model_name(entity: str) -> str:
    return f"measures_{entity}"


def by_entity(kpis: dict[str, Kpi]) -> dict[str, list[Branch]]:
    """Per entity its measures by date column, in the order of KPI ids."""
    found: dict[str, dict[str, dict[str, Measure]]] = {}
    for kpi in kpis.values():
        for column, measure in kpi.measures.items():
            found.setdefault(measure.entity, {}).setdefault(measure.date, {})[column] = measure
    return {entity: [Branch(date, some) for date, some in dates.items()] for entity, dates in sorted(found.items())}


def compile_entity(entity: Entity, branches: list[Branch], kpis: dict[str, Kpi], company_zone: str) -> str:
    """The text of `measures_<entity>`: grain, period_start, level, unit_id, then one column a measure."""
    users = [kpi for kpi in kpis.values() if any(m.entity == entity.name for m in kpi.measures.values())]
    levels = [level for level in LEVELS if any(level in kpi.levels for kpi in users)]
    grains = [grain for grain in GRAINS if any(grain in kpi.grains for kpi in users)]
    ctes = [
        _import(entity.name, _columns_read(entity, branches)),
        _import("calendar_days", ["day", *(f"{grain}_start" for grain in GRAINS if grain != "day")]),
        _import(
            "employee_units",
            ["employee_id", "valid_from", "valid_to", "region_id", "department_id", "team_id"],
        ),
        "run as (\n    select as_of_date as as_of from {{ source('definitions', 'run') }}\n)",
        "company as (\n    select company_id from {{ source('definitions', 'company') }}\n)",
    ]
    for branch in branches:
        ctes += [
            _facts(entity, branch, company_zone),
            _placed(entity, branch, grains),
            _grouped(entity, branch, levels, grains),
        ]
    ctes.append(_final(branches))
    return f"""-- One row per grain, period, level and unit: the measures of {entity.name}.
-- {HEADER.format(origin="kpi_definitions/kpis")}
with {(", " + chr(10) + chr(10)).join(ctes).replace(", " + chr(10), "," + chr(10))}

select * from final
"""


def compile_numbers(kpis: dict[str, Kpi]) -> str:
    """The text of `kpi_numbers`: one row per KPI, grain, period, level and unit in which something happened."""
    selects = []
    for kpi in kpis.values():
        (entity,) = {measure.entity for measure in kpi.measures.values()}
        if kpi.ratio:
            top = f"cast(coalesce({kpi.id}__numerator, 0) as {NUMBER})"
            bottom = f"cast({kpi.id}__denominator as {NUMBER})"
            value = f"cast({top} / nullif({bottom}, 0) as {NUMBER})"
            numbers = [f"{top} as numerator", f"{bottom} as denominator", f"{value} as value"]
            happened = f"{kpi.id}__denominator <> 0"
        else:
            value = f"cast({kpi.id} as {NUMBER})"
            numbers = [f"{value} as numerator", f"cast(null as {NUMBER}) as denominator", f"{value} as value"]
            happened = f"{kpi.id} is not null"
        lines = [f"{text.value(kpi.id)} as kpi_id", "grain", "period_start", "level", "unit_id", *numbers]
        selects.append(f"""select
    {text.block(lines, 4)}
from {{{{ ref('{model_name(entity)}') }}}}
where {happened}
    and grain in ({", ".join(text.value(grain) for grain in kpi.grains)})
    and level in ({", ".join(text.value(level) for level in kpi.levels)})""")
    unioned = "\n\nunion all\n\n".join(selects)
    return f"""-- One row per KPI, grain, period, level and unit in which something happened, up to the business date.
-- {HEADER.format(origin="kpi_definitions/kpis")}
{unioned}
"""


def _import(model: str, columns: list[str]) -> str:
    return f"{model} as (\n    select\n        {text.block(columns, 8)}\n    from {{{{ ref('{model}') }}}}\n)"


def _columns_read(entity: Entity, branches: list[Branch]) -> list[str]:
    read = {entity.person} if entity.person else set()
    if entity.is_periodic:
        read |= {"grain", "period_start"}
    for branch in branches:
        read.add(branch.date)
        for measure in branch.measures.values():
            for said in (measure.expr, measure.filter):
                read |= columns_of(said) if said else set()
    return [column.name for column in entity.columns if column.name in read]


def _facts(entity: Entity, branch: Branch, zone: str) -> str:
    day = branch.date
    if entity.type_of(day) == "timestamp":
        day = f"{{{{ local_date('{day}', \"{text.value(zone)}\") }}}}"
    lines = [f"{day} as day"]
    if entity.is_periodic:
        lines += ["grain", "period_start"]
    lines.append(f"{entity.person or 'cast(null as string)'} as person_id")
    for column, measure in branch.measures.items():
        what = "1" if measure.agg == "count" else f"cast({measure.expr} as {EXACT})"
        if measure.agg == "count_distinct":
            what = str(measure.expr)
        lines.append(
            f"case when {measure.filter} then {what} end as {column}" if measure.filter else f"{what} as {column}"
        )
    return f"""facts_by_{branch.date} as (
    select
        {text.block(lines, 8)}
    from {entity.name}
    cross join run
    where {branch.date} is not null
)"""


def _placed(entity: Entity, branch: Branch, grains: list[Grain]) -> str:
    facts = f"facts_by_{branch.date}"
    if entity.is_periodic:
        starts = [f"{facts}.grain", f"{facts}.period_start"]
        calendar = ""
    else:
        starts = [f"calendar_days.{_start(grain)}" for grain in grains]
        calendar = f"\n    inner join calendar_days\n        on {facts}.day = calendar_days.day"
    units = [f"coalesce(employee_units.{level}_id, '{UNASSIGNED}') as {level}_id" for level in LEVELS[1:4]]
    lines = [
        *starts,
        "company.company_id",
        *units,
        f"coalesce(employee_units.employee_id, '{UNASSIGNED}') as rep_id",
        *(f"{facts}.{column}" for column in branch.measures),
    ]
    return f"""placed_by_{branch.date} as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        {text.block(lines, 8)}
    from {facts}{calendar}
    cross join run
    cross join company
    left join employee_units
        on {facts}.person_id = employee_units.employee_id
        and {facts}.day between employee_units.valid_from and employee_units.valid_to
    where {facts}.day <= run.as_of
)"""


def _grouped(entity: Entity, branch: Branch, levels: list[Level], grains: list[Grain]) -> str:
    if entity.is_periodic:
        period_sets = ["grain, period_start"]
        grain, start = "grain", "period_start"
    else:
        period_sets = [_start(grain) for grain in grains]
        whens = " ".join(f"when grouping({_start(grain)}) = 0 then '{grain}'" for grain in grains)
        grain = f"case {whens} end"
        start = f"coalesce({', '.join(_start(grain) for grain in grains)})" if len(grains) > 1 else _start(grains[0])
    units = [f"{level}_id" for level in levels]
    level = (
        "case "
        + " ".join(f"when grouping({unit}) = 0 then '{name}'" for name, unit in zip(levels, units, strict=True))
        + " end"
    )
    unit = f"coalesce({', '.join(units)})" if len(units) > 1 else units[0]
    sets = [f"({period}, {one})" for period in period_sets for one in units]
    lines = [
        f"{grain} as grain" if grain != "grain" else grain,
        f"{start} as period_start" if start != "period_start" else start,
        f"{level} as level",
        f"{unit} as unit_id",
        *(f"{_aggregate(measure, column)} as {column}" for column, measure in branch.measures.items()),
    ]
    return f"""grouped_by_{branch.date} as (
    select
        {text.block(lines, 8)}
    from placed_by_{branch.date}
    group by grouping sets (
        {text.block(sets, 8)}
    )
)"""


def _aggregate(measure: Measure, column: str) -> str:
    """The aggregate over a column that is null where the filter does not hold; null where no row was left."""
    match measure.agg:
        case "count":
            return f"cast(nullif(count({column}), 0) as {NUMBER})"
        case "count_distinct":
            return f"cast(nullif(count(distinct {column}), 0) as {NUMBER})"
        case "sum" | "min" | "max":
            return f"cast({measure.agg}({column}) as {NUMBER})"
        case "avg":  # the sum of decimals is exact in any order; the average of doubles is not
            return f"{{{{ half_up('sum({column}) / nullif(count({column}), 0)') }}}}"
        case "median":
            return f"cast({{{{ exact_median('{column}') }}}} as {NUMBER})"
        case "percentile":
            return f"cast({{{{ exact_percentile('{column}', {measure.percentile}) }}}} as {NUMBER})"
    raise AssertionError(measure.agg)


def _final(branches: list[Branch]) -> str:
    keys = ["grain", "period_start", "level", "unit_id"]
    columns = [column for branch in branches for column in branch.measures]
    if len(branches) == 1:
        only = text.block([*keys, *columns], 8)
        return f"final as (\n    select\n        {only}\n    from grouped_by_{branches[0].date}\n)"
    selects = []
    for branch in branches:
        lines = [*keys, *(c if c in branch.measures else f"cast(null as {NUMBER}) as {c}" for c in columns)]
        selects.append(f"    select\n        {text.block(lines, 8)}\n    from grouped_by_{branch.date}")
    combined = "\n    union all\n".join(selects)
    lines = [*keys, *(f"max({column}) as {column}" for column in columns)]
    return (
        f"combined as (\n{combined}\n),\n\nfinal as (\n    select\n        {text.block(lines, 8)}\n"
        f"    from combined\n    group by {', '.join(keys)}\n)"
    )


def _start(grain: Grain) -> str:
    return "day" if grain == "day" else f"{grain}_start"
