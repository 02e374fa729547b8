"""The first step of a block: the rows of an entity with what is aggregated of each, and when.

Belongs here: how flows, states, what is open and cohorts meet their days. Does not: units, levels, numbers
(grouping.py).
"""

from __future__ import annotations

from sqlglot import exp

from pipelines.model.compiler import text
from pipelines.model.compiler.blocks import Leaf
from pipelines.model.compiler.path import EXACT, Path, cte
from pipelines.model.compiler.written import Names, days_after, local_day, write
from pipelines.model.expression import columns_of, parsed
from pipelines.model.kpi import Event


def steps(path: Path) -> list[str]:
    """`facts_…`, after what it needs; of what is open, `lives_…` for what adds up, and facts for the rest."""
    found = []
    summed = [leaf for leaf in path.leaves if leaf.is_summed] if path.is_running else []
    if summed:
        found.append(_lives(path, summed))
    if path.block.cohort and isinstance(path.block.cohort.event, Event):
        found.append(_events(path))
    if path.block.kind in ("last", "average"):
        found.append(_days(path))
    rest = [leaf for leaf in path.leaves if leaf not in summed]
    return [*found, *([_facts(path, rest)] if rest else [])]


def _lives(path: Path, leaves: list[Leaf]) -> str:
    """From when until when each row is open, and what it gives meanwhile; one that ends as it begins never is."""
    begins, ends = (path.day(column) for column in path.block.columns)
    lines = [f"{begins} as begins", f"{ends} as ends", *_places(path)]
    for leaf in leaves:
        lines.append(f"{aggregated(leaf, path)} as {leaf.column}")
    return cte(
        path.lives,
        lines,
        f"    from {path.entity.name}\n    cross join run\n"
        f"    where {begins} <= run.as_of and ({ends} is null or {ends} > {begins})",
    )


def _places(path: Path) -> list[str]:
    """Who is credited, and the cuts."""
    name = path.entity.name
    if path.unit:
        who = f"{name}.{path.unit} as placed_unit_id"
    else:
        who = f"{f'{name}.{path.person}' if path.person else 'cast(null as string)'} as person_id"
    return [who, *(f"{name}.{cut.own} as {'key_of' if cut.table else 'cut'}_{cut.name}" for cut in path.cuts)]


def _facts(path: Path, leaves: list[Leaf]) -> str:
    name = path.entity.name
    lines = [f"{_day(path)} as day"]
    if path.entity.is_periodic:
        lines = [f"{_day(path)} as day", "false as is_to_date", f"{name}.grain", f"{name}.period_start"]
    elif path.meets_spans:
        of = path.days if path.block.kind in ("last", "average") else "spans"
        lines += [f"{of}.is_to_date", f"{of}.grain", f"{of}.period_start"]
    lines += _places(path)
    if path.block.kind == "average":
        lines.append(f"{path.days}.days")
    lines += [f"{aggregated(leaf, path)} as {leaf.column}" for leaf in leaves]
    return cte(path.facts, lines, _from(path))


def _day(path: Path) -> str:
    match path.block.kind:
        case "open":
            return "spans.last_day"
        case "now":
            return "run.as_of"
        case _:
            return path.day(path.block.columns[0])


def _from(path: Path) -> str:
    name, block = path.entity.name, path.block
    head = f"    from {name}\n    cross join run"
    match block.kind:
        case "open":
            begins, ends = (path.day(column) for column in block.columns)
            return f"""{head}
    inner join {path.spans()}
        on {begins} <= spans.last_day
        and coalesce({ends}, cast('9999-12-31' as date)) > spans.last_day
    where {path.of_spans}"""
        case "now" if not path.meets_spans:
            return head
        case "now":
            return f"""{head}
    inner join spans on spans.first_day <= run.as_of and spans.last_day = run.as_of
    where {path.of_spans} and not spans.is_to_date"""
        case "last" | "average":
            system = block.kind == "last" and _system(path)
            of_system = f"\n        and {name}.source_system = {path.days}.source_system" if system else ""
            return f"""{head}
    inner join {path.days}
        on {path.day(block.columns[0])} = {path.days}.day{of_system}"""
    joined, when = "", f"{name}.{block.columns[0]} is not null"
    if summed := _summed_before(path):
        head = f"{summed}\n    cross join run"
    if path.meets_spans:
        joined = f"\n    inner join {path.span_days} as spans on {path.day(block.columns[0])} = spans.day"
        when += f"\n        and {path.of_spans}"
    if block.cohort and isinstance(block.cohort.event, Event):
        keys = " and ".join(f"{name}.{key} = {path.events}.{key}" for key in path.entity.key)
        joined += f"\n    left join {path.events} on {keys}"
    return f"{head}{joined}\n    where {when}"


def _summed_before(path: Path) -> str | None:
    """The rows of sums whose filter names the period, summed by all that it and their places ask: fewer meet the spans.

    None where something else is aggregated than a column as it stands.
    """
    measures = [leaf.measure for leaf in path.leaves]
    summed = list(dict.fromkeys(measure.expr for measure in measures if measure.agg == "sum" and measure.expr))
    if path.block.cohort or not path.meets_spans or not all(measure.agg == "sum" for measure in measures):
        return None
    filters = {column for measure in measures if measure.filter for column in columns_of(measure.filter)}
    who = path.person or path.unit
    read = {*path.block.columns, *filters, *(cut.own for cut in path.cuts), *([who] if who else [])}
    keys = [column.name for column in path.entity.columns if column.name in read]
    if not all(_is_exact(column, path) for column in summed) or set(keys) & set(summed):
        return None
    lines = text.block([*keys, *(f"sum({column}) as {column}" for column in summed)], 12)
    name = path.entity.name
    return (
        f"    from (\n        select\n            {lines}\n        from {name}\n"
        f"        group by {', '.join(keys)}\n    ) as {name}"
    )


def _system(path: Path) -> bool:
    """Systems deliver their states on days of their own; a derived entity has no system."""
    return path.entity.type_of("source_system") is not None


def _days(path: Path) -> str:
    """Per period the days that have rows: the last of each system, or all of them with their number."""
    column, name = path.block.columns[0], path.entity.name
    if path.block.kind == "last":
        system = ["source_system"] if _system(path) else []
        states = ", ".join([*system, path.day(column)])
        keys = [
            f"spans.{key}" for key in ("is_to_date", "grain", "period_start", "period_end", "first_day", "last_day")
        ]
        keys += [f"states.{key}" for key in system]
        return cte(
            path.days,
            [*keys, "max(states.day) as day"],
            f"""    from (select {states} as day from {name} group by {states}) as states
    inner join {path.spans()} on states.day between spans.first_day and spans.last_day
    where {path.of_spans}
    group by {", ".join(keys)}""",
            "The last day of each period on which the system has rows.",
        )
    lines = [
        "spans.is_to_date", "spans.grain", "spans.period_start", "spans.period_end", "spans.first_day",
        "spans.last_day", "states.day",
        "count(*) over (partition by spans.is_to_date, spans.grain, spans.period_start) as days",
    ]  # fmt: skip
    return cte(
        path.days,
        lines,
        f"""    from (select {path.day(column)} as day from {name} group by {path.day(column)}) as states
    inner join {path.spans()} on states.day between spans.first_day and spans.last_day
    where {path.of_spans}""",
        "The days of each period that have rows, and how many there are.",
    )


def _events(path: Path) -> str:
    """The rows of a cohort that have an event of another entity in time."""
    cohort, name = path.block.cohort, path.entity.name
    assert cohort
    assert isinstance(cohort.event, Event)
    event = path.entities[cohort.event.entity]
    day = local_day(f"happened.{cohort.event.date}", event.type_of(cohort.event.date), path.zone)
    when = [f"{day} >= {path.day(cohort.start)}"]
    if cohort.days:
        when.append(f"{day} <= {_later(path, cohort.days)}")
    if cohort.event.filter:
        columns = {column.name: column.type for column in event.columns}
        when.append(f"({write(cohort.event.filter, Names(columns, 'happened', path.zone, {'as_of': 'run.as_of'}))})")
    keys = [f"{name}.{key}" for key in path.entity.key]
    conditions = "\n        and ".join(when)
    return cte(
        path.events,
        [*keys, "1 as is_met"],
        f"""    from {name}
    cross join run
    inner join {event.name} as happened
        on {name}.{cohort.event.key} = happened.{cohort.event.key}
        and {conditions}
        and {day} <= run.as_of
    group by {", ".join(keys)}""",
    )


def _later(path: Path, days: int) -> str:
    """The day so many days after a cohort's start."""
    column = path.block.columns[0]
    return days_after(f"{path.entity.name}.{column}", path.entity.type_of(column), path.zone, days)


def aggregated(leaf: Leaf, path: Path) -> str:
    """What a row gives to an aggregate; null where the filter does not hold."""
    if path.block.cohort:
        when = _cohort_conditions(leaf, path)
        return f"case when {' and '.join(when)} then 1 end" if when else "1"
    measure = leaf.measure
    if measure.agg == "count":
        what = "1"
    else:
        assert measure.expr
        what = write(measure.expr, path.names)
        if measure.agg != "count_distinct" and not _is_exact(measure.expr, path):
            what = f"cast({what} as {EXACT})"
    return f"case when {write(measure.filter, path.names)} then {what} end" if measure.filter else what


def _is_exact(said: str, path: Path) -> bool:
    """Whether it adds up exactly as it is: a column that is no double."""
    tree = parsed(said)
    return isinstance(tree, exp.Column) and path.entity.type_of(tree.name) not in (None, "double", "float", "real")


def _cohort_conditions(leaf: Leaf, path: Path) -> list[str]:
    cohort = path.block.cohort
    assert cohort
    when = [f"({write(cohort.filter, path.names)})"] if cohort.filter else []
    if cohort.days:
        when.append(f"{_later(path, cohort.days)} <= run.as_of")
    if leaf.cohort_part == "denominator":
        return when
    if isinstance(cohort.event, Event):
        return [*when, f"{path.events}.is_met = 1"]
    met = path.day(cohort.event)
    in_time = f"{met} <= {_later(path, cohort.days)}" if cohort.days else f"{met} <= run.as_of"
    return [*when, in_time]
