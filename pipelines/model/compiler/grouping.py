"""What becomes of the facts of a block: summed up by day, placed in periods, units and cuts, and grouped to numbers.

Belongs here: adding up, placing and GROUPING SETS. Does not: what a row gives (facts.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.model.compiler import text
from pipelines.model.compiler.blocks import Leaf, Shape, shapes
from pipelines.model.compiler.cuts import Cut
from pipelines.model.compiler.path import EXACT, UNASSIGNED, Path, cte, start, unique
from pipelines.model.kpi import LEVELS, LONG_GRAINS, Grain

UNITS_NOW = """units_now as (
    -- As it is: the unit in which a person stands on the business date, or stood last.
    select
        employee_id,
        region_id,
        department_id,
        team_id
    from (
        select
            employee_units.*,
            row_number() over (
                partition by employee_units.employee_id order by employee_units.valid_from desc
            ) as newest
        from employee_units
        cross join run
        where employee_units.valid_from <= run.as_of
    ) as numbered
    where newest = 1
)"""


class Rows(NamedTuple):
    """What is placed and grouped: sums by day, person and cut; or, for all that cannot be summed twice, each row."""

    path: Path
    cut_names: tuple[str, ...]  # "" is no cut
    leaves: list[Leaf]
    is_summed: bool

    @property
    def name(self) -> str:
        if not self.is_summed:
            return f"each_{self.path.name}"
        return "_by_".join([self.path.name, *filter(None, self.cut_names)])

    @property
    def source(self) -> str:
        if not self.is_summed:
            return self.path.facts
        return f"ended_{self.name}" if self.path.is_running else self.summed

    @property
    def summed(self) -> str:
        return f"summed_{self.name}"

    @property
    def grains(self) -> list[Grain]:
        """Cuts are only over months and longer."""
        return [grain for grain in self.path.grains if "" in self.cut_names or grain in LONG_GRAINS]

    @property
    def placed(self) -> str:
        return f"placed_{self.name}"

    @property
    def cuts(self) -> list[Cut]:
        return [cut for cut in self.path.cuts if cut.name in self.cut_names]


def steps(path: Path) -> tuple[list[str], list[tuple[str, list[Leaf]]]]:
    """The CTEs behind the facts of a block, in order; and of those that are finished the name and leaves."""
    ctes: list[str] = []
    finished: list[tuple[str, list[Leaf]]] = []
    named = unique()
    wanted = {shape: leaves for shape, leaves in shapes(path.leaves).items() if shape.pairs}
    for rows in _rows(path, wanted):
        if rows.is_summed:
            ctes += _running(rows) if path.is_running else [_summed(rows)]
        ctes.append(_placed(rows))
        own = {leaf.column for leaf in rows.leaves}
        for shape, of_shape in wanted.items():
            leaves = [leaf for leaf in of_shape if leaf.column in own]
            if not leaves or shape.cut not in rows.cut_names:
                continue
            name = "_by_".join([path.name if rows.is_summed else rows.name, *filter(None, [shape.cut])])
            groups = [("grouped", _by_periods if path.has_periods else _by_calendar)]
            groups += [("compared", _compared)] if path.is_compared and set(shape.grains) - {"day"} else []
            for kind, by in groups:
                finished.append((named(f"{kind}_{name}"), leaves))
                ctes.append(by(rows, finished[-1][0], shape, leaves))
    return ctes, finished


def _rows(path: Path, wanted: Mapping[Shape, Sequence[Leaf]]) -> Iterator[Rows]:
    cuts = tuple(dict.fromkeys(shape.cut for shape in wanted))
    for cut in cuts:
        columns = {leaf.column for shape, leaves in wanted.items() if shape.cut == cut for leaf in leaves}
        if added := [leaf for leaf in path.leaves if leaf.column in columns and leaf.is_summed]:
            yield Rows(path, (cut,), added, is_summed=True)
    if others := [leaf for leaf in path.leaves if not leaf.is_summed]:
        yield Rows(path, cuts, others, is_summed=False)


def _summed(rows: Rows) -> str:
    """The day, person and cut say all that a row is placed by: what adds up is added up first, in one pass."""
    path = rows.path
    keys = [*(path.starts if path.has_periods else []), "day", _who(path), *(_key(cut) for cut in rows.cuts)]
    lines = [*keys, *(["max(days) as days"] if path.block.kind == "average" else [])]
    lines += [f"{leaf.measure.agg}({leaf.column}) as {leaf.column}" for leaf in rows.leaves]
    where = f"\n    where grain in ({_listed(rows.grains)})" if path.has_periods else ""
    return cte(rows.summed, lines, f"    from {path.facts}{where}\n    group by {', '.join(keys)}")


def _running(rows: Rows) -> list[str]:
    """Of what is open: what came and went on each day; and what there is at the end of each period, which is their sum.

    Beside each amount the rows that gave it are counted, for of none there is no amount.
    """
    path = rows.path
    keys = [_who(path), *(_key(cut) for cut in rows.cuts)]
    counts = {leaf.column: f"rows_of_{leaf.column}" for leaf in rows.leaves}
    own = text.block(keys, 12)
    selects = []
    for day, sign, where in (("begins", "", ""), ("ends", "-", "\n        where ends is not null")):
        values = [f"{sign}{column} as {column}" if sign else column for column in counts]
        values += [f"case when {column} is not null then {sign}1 end as {count}" for column, count in counts.items()]
        selects.append(
            f"        select\n            {day} as day,\n            {own},\n            {text.block(values, 12)}\n"
            f"        from {path.lives}{where}"
        )
    both = [*counts, *counts.values()]
    union = "\n        union all\n".join(selects)
    moves = cte(
        rows.summed,
        ["day", *keys, *(f"sum({column}) as {column}" for column in both)],
        f"    from (\n{union}\n    ) as moves\n    group by {', '.join(['day', *keys])}",
    )
    over = f"over (partition by {', '.join(keys)} order by day rows between unbounded preceding and current row)"
    inner = [*keys, "day", f"lead(day) over (partition by {', '.join(keys)} order by day) as next_day"]
    inner += [f"sum({column}) {over} as {column}" for column in both]
    lines = ["spans.is_to_date", "spans.grain", "spans.period_start", "spans.last_day as day"]
    lines += [f"running.{key}" for key in keys]
    lines += [
        f"case when running.{count} <> 0 then running.{column} end as {column}" for column, count in counts.items()
    ]
    there = " or ".join(f"running.{count} <> 0" for count in counts.values())
    ended = cte(
        rows.source,
        lines,
        f"""    from (
        select
            {text.block(inner, 12)}
        from {rows.summed}
    ) as running
    inner join {path.spans()}
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where {path.of_grains(rows.grains)}
        and ({there})""",
        "What is open after a day stays so until the next on which anything comes or goes.",
    )
    return [moves, ended]


def _placed(rows: Rows) -> str:
    """`placed_…`: the rows up to the business date with what they are grouped by."""
    path, source = rows.path, rows.source
    starts = path.starts if path.has_periods else []
    lines = [f"{source}.{column}" for column in starts]
    joined = []
    if not path.has_periods:
        lines += [f"calendar_days.{column}" for column in dict.fromkeys(["day", *path.starts])]
        joined.append(f"    inner join calendar_days\n        on {source}.day = calendar_days.day")
    joined += ["    cross join run", "    cross join company"]
    units, note = _units(path, source)
    of = "unit_paths" if path.unit else "units_now" if path.block.attribution == "as_is" else "employee_units"
    lines += [
        "company.company_id",
        *(f"coalesce({of}.{level}_id, '{UNASSIGNED}') as {level}_id" for level in LEVELS[1:4]),
    ]
    lines.append(f"'{UNASSIGNED}' as rep_id" if path.unit else f"coalesce({of}.employee_id, '{UNASSIGNED}') as rep_id")
    joined.append(units)
    for cut in rows.cuts:
        value = f"{cut.alias}_{cut.name}.{cut.column}" if cut.table else f"{source}.{_key(cut)}"
        lines.append(f"coalesce(cast({value} as string), '{UNASSIGNED}') as cut_{cut.name}")
        if cut.table:
            joined.append(
                f"    left join {cut.table} as {cut.alias}_{cut.name}\n"
                f"        on {source}.{_key(cut)} = {cut.alias}_{cut.name}.{cut.key}"
            )
    lines += [f"{source}.days"] if path.block.kind == "average" else []
    lines += [f"{source}.{leaf.column}" for leaf in rows.leaves]
    body = "\n".join(joined)
    return cte(rows.placed, lines, f"    from {source}\n{body}\n    where {source}.day <= run.as_of", note)


def _who(path: Path) -> str:
    return "placed_unit_id" if path.unit else "person_id"


def _key(cut: Cut) -> str:
    return f"key_of_{cut.name}" if cut.table else f"cut_{cut.name}"


def _units(path: Path, source: str) -> tuple[str, str]:
    """The join that finds the units of a row, and what it means."""
    if path.unit:
        return (
            f"    left join unit_paths\n        on {source}.placed_unit_id = unit_paths.unit_id\n"
            f"        and {source}.day between unit_paths.valid_from and unit_paths.valid_to"
        ), "As it was: the unit it belongs to, and those above it on the day of the fact."
    if path.block.attribution == "as_is":
        return f"    left join units_now\n        on {source}.person_id = units_now.employee_id", ""
    return (
        f"    left join employee_units\n        on {source}.person_id = employee_units.employee_id\n"
        f"        and {source}.day between employee_units.valid_from and employee_units.valid_to"
    ), "As it was: the unit in which the person stood on the day of the fact."


def _by_calendar(rows: Rows, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    """Every grain at once: a row lies in one period of each."""
    starts = {grain: start(grain) for grain in shape.grains}
    whens = " ".join(f"when grouping({column}) = 0 then '{grain}'" for grain, column in starts.items())
    first = f"coalesce({', '.join(starts.values())})" if len(starts) > 1 else next(iter(starts.values()))
    lines = ["false as is_to_date", f"case {whens} end as grain", f"{first} as period_start", *_unit_lines(shape)]
    sets = [_set([starts[grain], f"{level}_id"], shape) for grain, level in shape.pairs]
    return _grouped(rows, name, lines, leaves, sets, f"    from {rows.placed}")


def _by_periods(rows: Rows, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    """Rows that say their period: each meets the grains it has been given."""
    lines = ["is_to_date", "grain", "period_start", *_unit_lines(shape)]
    sets = [_set(["is_to_date", "grain", "period_start", f"{level}_id"], shape) for level in shape.levels]
    return _grouped(rows, name, lines, leaves, sets, f"    from {rows.placed}\n    where {_pairs(shape)}")


def _compared(rows: Rows, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    lines = ["spans.is_to_date", "spans.grain", "spans.period_start", *_unit_lines(shape)]
    keys = ["spans.is_to_date", "spans.grain", "spans.period_start"]
    sets = [_set([*keys, f"{level}_id"], shape) for level in shape.levels]
    return _grouped(
        rows,
        name,
        lines,
        leaves,
        sets,
        f"    from {rows.placed}\n"
        f"    inner join {rows.path.spans(shape.cut)} on {rows.placed}.day between spans.first_day and spans.last_day\n"
        f"    where {_pairs(shape, 'spans.')}",
        "Parts of periods: the same working days as the running one has, and the running one by the day before.",
    )


def _pairs(shape: Shape, of: str = "") -> str:
    """The grains of a shape."""
    return f"{of}grain in ({_listed(shape.grains)})"


def _listed(grains: Sequence[Grain]) -> str:
    return ", ".join(text.value(grain) for grain in grains)


def _set(columns: list[str], shape: Shape) -> str:
    return f"({', '.join([*columns, *([f'cut_{shape.cut}'] if shape.cut else [])])})"


def _unit_lines(shape: Shape) -> list[str]:
    units = [f"{level}_id" for level in shape.levels]
    whens = " ".join(f"when grouping({level}_id) = 0 then '{level}'" for level in shape.levels)
    unit = f"coalesce({', '.join(units)})" if len(units) > 1 else units[0]
    value = f"cut_{shape.cut}" if shape.cut else "'all'"
    return [
        f"case {whens} end as level",
        f"{unit} as unit_id",
        f"'{shape.cut or 'none'}' as cut",
        f"{value} as cut_value",
    ]


def _grouped(
    rows: Rows, name: str, lines: list[str], leaves: list[Leaf], sets: list[str], rest: str, note: str = ""
) -> str:
    lines = [*lines, *(f"{_aggregate(leaf, rows)} as {leaf.column}" for leaf in leaves)]
    listed = text.block(sets, 8)
    return cte(name, lines, f"{rest}\n    group by grouping sets (\n        {listed}\n    )", note)


def _aggregate(leaf: Leaf, rows: Rows) -> str:
    """The aggregate over a column that is null where the filter does not hold; null where no row was left."""
    column, measure = leaf.column, leaf.measure
    counted = f"nullif(sum({column}), 0)"  # of counts that were summed up before
    if rows.path.block.kind == "average":  # of sums and counts: over the days that have rows
        total = counted if measure.agg == "count" else f"sum({column})"
        return f"cast(cast({total} as double) / max(days) as {EXACT})"
    match measure.agg:
        case "count":
            return f"cast({counted} as {EXACT})"
        case "count_distinct":
            return f"cast(nullif(count(distinct {column}), 0) as {EXACT})"
        case "sum" | "min" | "max":
            return f"cast({measure.agg}({column}) as {EXACT})"
        case "avg":  # the sum of decimals is exact in any order; the average of doubles is not
            return f"cast(cast(sum({column}) as double) / nullif(count({column}), 0) as {EXACT})"
        case "median":
            return f"cast({{{{ exact_median('{column}') }}}} as {EXACT})"
        case "percentile":
            return f"cast({{{{ exact_percentile('{column}', {measure.percentile}) }}}} as {EXACT})"
    raise AssertionError(measure.agg)
