"""Definitions → `measures_<entity>`: every aggregate over one entity, exact at every level, grain and cut.

Belongs here: the model as a whole, and what it reads. Does not: which aggregates there are (blocks.py), its steps
(facts.py, grouping.py), what a KPI makes of them (numbers.py), which text is allowed (expression.py).
Every level is computed from the rows or their sums of a day by GROUPING SETS, never from another level: a median of
medians is not a median.

A block is read in four steps: `facts_…` (the rows with what is aggregated), `summed_…` (what adds up, by day, person
and cut), `placed_…` (their periods, units and cuts), `grouped_…` (the numbers). `compared_…` are the same numbers over
the spans that a running period is compared with. Of what is open, `lives_…` say from when until when each row is,
`summed_…` what came and went on a day, `ended_…` what there is at the end of each period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.model.compiler import facts, grouping, text
from pipelines.model.compiler.blocks import Blocks, Leaf
from pipelines.model.compiler.path import EXACT, NUMBER, SPANS, UNASSIGNED, Path, cte, paths
from pipelines.model.compiler.text import HEADER
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import GRAINS, Event

__all__ = ["EXACT", "KEYS", "NUMBER", "UNASSIGNED", "compile_entity", "model_name"]

KEYS = ("is_to_date", "grain", "period_start", "level", "unit_id", "cut", "cut_value")
CALENDAR = ["day", *(f"{grain}_start" for grain in GRAINS if grain != "day")]
UNITS = ["valid_from", "valid_to", "region_id", "department_id", "team_id"]


def model_name(entity: str) -> str:
    return f"measures_{entity}"


def compile_entity(entity: Entity, blocks: Blocks, entities: Mapping[str, Entity], zone: str) -> str:
    """The text of `measures_<entity>`: KEYS, then one column an aggregate."""
    ways = paths(entity, blocks, entities, zone)
    ctes = _imports(entity, ways)
    finished: list[tuple[str, list[Leaf]]] = []
    for path in ways:
        grouped, numbers = grouping.steps(path)
        ctes += [*facts.steps(path), *grouped]
        finished += numbers
    columns = [leaf.column for path in ways for leaf in path.leaves]
    final = "\n    union all\n".join(_padded(name, leaves, columns) for name, leaves in finished)
    ctes.append(f"final as (\n{final}\n)")
    joined = ",\n\n".join(ctes)
    return f"""-- One row per period, level, unit, cut and date counted by: the measures of {entity.name}.
-- {HEADER.format(origin="kpi_definitions/kpis")}
with {joined}

select * from final
"""


def _padded(cte: str, leaves: list[Leaf], columns: list[str]) -> str:
    own = {leaf.column for leaf in leaves}
    lines = [*KEYS, *(c if c in own else f"cast(null as {EXACT}) as {c}" for c in columns)]
    return f"    select\n        {text.block(lines, 8)}\n    from {cte}"


def _imports(entity: Entity, ways: list[Path]) -> list[str]:
    """What the steps read, each table once: the entity, what its rows meet, the run and the company."""
    read: dict[str, set[str]] = {entity.name: set()}
    for path in ways:
        read[entity.name] |= _columns_read(path)
        for table, columns in _tables_met(path):
            read.setdefault(table, set()).update(columns)
    found = [_import(name, _ordered(name, columns, ways[0].entities)) for name, columns in read.items()]
    found.append("run as (\n    select as_of_date as as_of from {{ source('definitions', 'run') }}\n)")
    found.append("company as (\n    select company_id from {{ source('definitions', 'company') }}\n)")
    found += [_span_days(path) for path in ways if path.meets_span_days]
    if any(path.block.attribution == "as_is" and not path.unit for path in ways):
        found.append(grouping.UNITS_NOW)
    return found


def _span_days(path: Path) -> str:
    return cte(
        path.span_days,
        ["calendar_days.day", *(f"spans.{column}" for column in SPANS)],
        f"    from calendar_days\n    inner join {path.spans()}\n"
        "        on calendar_days.day between spans.first_day and spans.last_day",
        "Each day with the spans it lies in: a row finds them by its day, at a tenth of what two bounds cost.",
    )


def _import(model: str, columns: list[str]) -> str:
    return f"{model} as (\n    select\n        {text.block(columns, 8)}\n    from {{{{ ref('{model}') }}}}\n)"


def _ordered(table: str, columns: Iterable[str], entities: Mapping[str, Entity]) -> list[str]:
    known = {
        "calendar_days": CALENDAR,
        "spans": list(SPANS),
        "goal_spans": ["kpi_id", "cut", *SPANS],
        "unit_paths": ["unit_id", *UNITS],
        "employee_units": ["employee_id", *UNITS],
    }
    order = known.get(table) or [column.name for column in entities[table].columns]
    return [name for name in order if name in set(columns)]


def _tables_met(path: Path) -> Iterable[tuple[str, list[str]]]:
    if not path.has_periods:
        yield "calendar_days", CALENDAR
    if path.meets_span_days:
        yield "calendar_days", ["day"]
    if path.meets_spans or path.is_compared:
        yield "spans", list(SPANS)
        yield "goal_spans", ["kpi_id", "cut", *SPANS]
    if path.unit:
        yield "unit_paths", ["unit_id", *UNITS]
    else:
        yield "employee_units", ["employee_id", *UNITS]
    for cut in path.cuts:
        if cut.table:
            yield cut.table, [cut.key, cut.column]
    cohort = path.block.cohort
    if cohort and isinstance(cohort.event, Event):
        named = columns_of(cohort.event.filter) if cohort.event.filter else set()
        yield cohort.event.entity, [cohort.event.key, cohort.event.date, *named]


def _columns_read(path: Path) -> set[str]:
    """The columns of the entity that a block reads."""
    who = path.person or path.unit
    read = {who} if who else set()
    read |= set(path.block.columns) | {cut.own for cut in path.cuts}
    if path.entity.is_periodic:
        read |= {"grain", "period_start"}
    if path.block.kind == "last":
        read.add("source_system")
    said = [text for leaf in path.leaves for text in (leaf.measure.expr, leaf.measure.filter)]
    if cohort := path.block.cohort:
        said.append(cohort.filter)
        read |= {*path.entity.key, cohort.event.key} if isinstance(cohort.event, Event) else {cohort.event}
    for one in said:
        read |= columns_of(one) if one else set()
    return read
