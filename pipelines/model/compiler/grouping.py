"""The second and third step of a block: its rows with their periods, units and cuts; then the numbers.

Belongs here: placing and GROUPING SETS. Does not: what a row gives (facts.py).
"""

from __future__ import annotations

from pipelines.model.compiler import text
from pipelines.model.compiler.blocks import Leaf, Shape, shapes
from pipelines.model.compiler.path import EXACT, UNASSIGNED, Path, cte, start, unique
from pipelines.model.kpi import LEVELS

PLACES = ("company_id", *(f"{level}_id" for level in LEVELS[1:]))
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


def placed(path: Path) -> str:
    """`placed_…`: the facts up to the business date with what they are grouped by."""
    facts = path.facts
    starts = path.starts if path.has_periods else []
    lines = [f"{facts}.{column}" for column in starts]
    joined = []
    if not path.has_periods:
        lines += [f"calendar_days.{column}" for column in dict.fromkeys(["day", *path.starts])]
        joined.append(f"    inner join calendar_days\n        on {facts}.day = calendar_days.day")
    joined += ["    cross join run", "    cross join company"]
    units, note = _units(path)
    of = "unit_paths" if path.unit else "units_now" if path.block.attribution == "as_is" else "employee_units"
    lines += [
        "company.company_id",
        *(f"coalesce({of}.{level}_id, '{UNASSIGNED}') as {level}_id" for level in LEVELS[1:4]),
    ]
    lines.append(f"'{UNASSIGNED}' as rep_id" if path.unit else f"coalesce({of}.employee_id, '{UNASSIGNED}') as rep_id")
    joined.append(units)
    for cut in path.cuts:
        value = f"{cut.alias}_{cut.name}.{cut.column}" if cut.table else f"{facts}.cut_{cut.name}"
        lines.append(f"coalesce(cast({value} as string), '{UNASSIGNED}') as cut_{cut.name}")
        if cut.table:
            joined.append(
                f"    left join {cut.table} as {cut.alias}_{cut.name}\n"
                f"        on {facts}.key_of_{cut.name} = {cut.alias}_{cut.name}.{cut.key}"
            )
    lines += [f"{facts}.days"] if path.block.kind == "average" else []
    lines += [f"{facts}.{leaf.column}" for leaf in path.leaves]
    body = "\n".join(joined)
    return cte(path.placed, lines, f"    from {facts}\n{body}\n    where {facts}.day <= run.as_of", note)


def _units(path: Path) -> tuple[str, str]:
    """The join that finds the units of a fact, and what it means."""
    facts = path.facts
    if path.unit:
        return (
            f"    left join unit_paths\n        on {facts}.placed_unit_id = unit_paths.unit_id\n"
            f"        and {facts}.day between unit_paths.valid_from and unit_paths.valid_to"
        ), "As it was: the unit it belongs to, and those above it on the day of the fact."
    if path.block.attribution == "as_is":
        return f"    left join units_now\n        on {facts}.person_id = units_now.employee_id", ""
    return (
        f"    left join employee_units\n        on {facts}.person_id = employee_units.employee_id\n"
        f"        and {facts}.day between employee_units.valid_from and employee_units.valid_to"
    ), "As it was: the unit in which the person stood on the day of the fact."


def grouped(path: Path) -> list[tuple[str, str, list[Leaf]]]:
    """The finished CTEs of a block: name, text and leaves."""
    found: list[tuple[str, str, list[Leaf]]] = []
    named = unique()
    for shape, leaves in shapes(path.leaves).items():
        if not shape.pairs:
            continue
        suffix = f"_by_{shape.cut}" if shape.cut else ""
        name = named(f"grouped_{path.name}{suffix}")
        by = _by_periods if path.has_periods else _by_calendar
        found.append((name, by(path, name, shape, leaves), leaves))
        if path.is_compared and set(shape.grains) - {"day"}:
            name = named(f"compared_{path.name}{suffix}")
            found.append((name, _compared(path, name, shape, leaves), leaves))
    return found


def _by_calendar(path: Path, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    """Every grain at once: a row lies in one period of each."""
    starts = {grain: start(grain) for grain in shape.grains}
    whens = " ".join(f"when grouping({column}) = 0 then '{grain}'" for grain, column in starts.items())
    first = f"coalesce({', '.join(starts.values())})" if len(starts) > 1 else next(iter(starts.values()))
    lines = ["false as is_to_date", f"case {whens} end as grain", f"{first} as period_start", *_unit_lines(shape)]
    sets = [_set([starts[grain], f"{level}_id"], shape) for grain, level in shape.pairs]
    return _grouped(path, name, lines, leaves, sets, f"    from {path.placed}")


def _by_periods(path: Path, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    """Rows that say their period: each meets the grains it has been given."""
    lines = ["is_to_date", "grain", "period_start", *_unit_lines(shape)]
    sets = [_set(["is_to_date", "grain", "period_start", f"{level}_id"], shape) for level in shape.levels]
    return _grouped(path, name, lines, leaves, sets, f"    from {path.placed}\n    where {_pairs(shape)}")


def _compared(path: Path, name: str, shape: Shape, leaves: list[Leaf]) -> str:
    lines = ["spans.is_to_date", "spans.grain", "spans.period_start", *_unit_lines(shape)]
    keys = ["spans.is_to_date", "spans.grain", "spans.period_start"]
    sets = [_set([*keys, f"{level}_id"], shape) for level in shape.levels]
    return _grouped(
        path,
        name,
        lines,
        leaves,
        sets,
        f"    from {path.placed}\n"
        f"    inner join spans on {path.placed}.day between spans.first_day and spans.last_day\n"
        f"    where spans.span = 'period' and spans.is_to_date and {_pairs(shape, 'spans.')}",
        "The spans a running period is compared with: the same working days of the periods before and a year ago.",
    )


def _pairs(shape: Shape, of: str = "") -> str:
    """The grains of a shape."""
    return f"{of}grain in ({', '.join(text.value(grain) for grain in shape.grains)})"


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
    path: Path, name: str, lines: list[str], leaves: list[Leaf], sets: list[str], rest: str, note: str = ""
) -> str:
    lines = [*lines, *(f"{_aggregate(leaf, path)} as {leaf.column}" for leaf in leaves)]
    listed = text.block(sets, 8)
    return cte(name, lines, f"{rest}\n    group by grouping sets (\n        {listed}\n    )", note)


def _aggregate(leaf: Leaf, path: Path) -> str:
    """The aggregate over a column that is null where the filter does not hold; null where no row was left."""
    column, measure = leaf.column, leaf.measure
    if path.block.kind == "average":  # of sums and counts: over the days that have rows
        total = f"count({column})" if measure.agg == "count" else f"sum({column})"
        return f"cast(cast(nullif({total}, 0) as double) / max(days) as {EXACT})"
    match measure.agg:
        case "count":
            return f"cast(nullif(count({column}), 0) as {EXACT})"
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
