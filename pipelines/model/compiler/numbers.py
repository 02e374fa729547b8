"""Measures → `kpi_numbers`: what each KPI makes of its parts, one CTE a KPI, named by its id.

Belongs here: ratios, derived, growth and cumulative KPIs, versions. Does not: aggregates (measures.py), states,
rounding and comparisons of what is published (3_kpis/unit_values.sql).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipelines.model.compiler import blocks, text
from pipelines.model.compiler.blocks import PEOPLE
from pipelines.model.compiler.measures import EXACT, KEYS, model_name
from pipelines.model.compiler.path import cte
from pipelines.model.compiler.text import HEADER
from pipelines.model.compiler.written import Names, write
from pipelines.model.entities import Entity
from pipelines.model.expression import columns_of
from pipelines.model.kpi import (
    Aim,
    Cohort,
    Cumulative,
    Derived,
    Growth,
    Kpi,
    Meaning,
    Measure,
    Ratio,
    Simple,
    Snapshot,
    depended_on,
)
from pipelines.model.kpi.definition import ALWAYS, NEVER
from pipelines.model.kpi.types import Type

MODEL = "kpi_numbers"
OVER_GOALS = "goal_numbers"
COLUMNS = ("kpi_id", "definition_version", *KEYS, "numerator", "denominator", "value", PEOPLE)
NONE = f"cast(null as {EXACT})"


class Given(NamedTuple):
    """One part of a meaning, and the model and column it stands in."""

    part: str
    source: str  # a model of measures, or the CTE of another KPI
    column: str
    is_kpi: bool
    is_zero_without_rows: bool
    block: blocks.Block | None = None
    is_summed: bool = False  # in rows of their own: what adds up is grouped apart from what does not
    is_whole: bool = False  # it ignores the cut
    of_kpi: str = ""  # of a target: the KPI it is set for


def compile_all(kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> dict[str, str]:
    """The texts of `kpi_numbers` and, of the KPIs that stand on targets, `goal_numbers`, by model.

    Both have COLUMNS, one row per KPI, period, level, unit and cut in which something happened.
    """
    over_goals = {kpi_id: kpi for kpi_id, kpi in kpis.items() if kpi.reads_goals}
    return {
        MODEL: _compile({kpi_id: kpi for kpi_id, kpi in kpis.items() if kpi_id not in over_goals}, entities),
        OVER_GOALS: _compile(over_goals, entities),
    }


def _compile(kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> str:
    ordered = in_order(kpis)
    ctes = [cte for kpi_id in ordered for cte in _kpi(kpis[kpi_id], kpis, entities)]
    if any(_names_period(meaning) or isinstance(meaning.type, Growth) for k in kpis.values() for meaning in k.meanings):
        ctes.insert(0, _PERIODS)
    if not kpis:
        return _head() + _nothing()
    union = "\n    union all\n".join(f"    select * from {kpi_id}" for kpi_id in kpis)  # each lists COLUMNS, in order
    joined = ",\n\n".join([*ctes, f"final as (\n{union}\n)"])
    return f"{_head()}with {joined}\n\nselect * from final\n"


def _head() -> str:
    return (
        "-- One row per KPI, period (is_to_date: a part of it), level, unit and cut in which something happened.\n"
        f"-- {HEADER.format(origin='kpi_definitions/kpis')}\n"
    )


def in_order(kpis: Mapping[str, Kpi]) -> list[str]:
    """The ids, each after those it reads; a circle is refused before (check.py)."""
    found: dict[str, None] = {}

    def visit(kpi_id: str) -> None:
        if kpi_id in found:
            return
        for other in depended_on(kpis[kpi_id]):
            if other in kpis:  # the targets a KPI stands on are there before
                visit(other)
        found[kpi_id] = None

    for kpi_id in kpis:
        visit(kpi_id)
    return list(found)


def _kpi(kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> Iterator[str]:
    if len(kpi.meanings) == 1:
        yield from _meaning(kpi.meaning, kpi.id, kpi, kpis, entities)
        return
    names = []
    for meaning in kpi.meanings:
        names.append(f"{kpi.id}__version_{meaning.version}")
        yield from _meaning(meaning, names[-1], kpi, kpis, entities)
    union = "\n    union all\n".join(f"    select * from {name}" for name in names)
    yield f"{kpi.id} as (\n{union}\n)"


def _meaning(
    meaning: Meaning, name: str, kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]
) -> Iterator[str]:
    if isinstance(meaning.type, Growth):
        yield _growth(meaning, name, kpi)
        return
    given = _given(meaning, kpi, kpis, entities)
    kind = kpis[meaning.type.of].meaning.type if isinstance(meaning.type, Cumulative) else meaning.type
    where = _of_version(meaning)
    together = len({(one.source, one.block, one.is_summed) for one in given}) == 1 and not any(
        one.is_whole for one in given
    )
    if together and not given[0].is_kpi:
        source = f"{{{{ ref('{given[0].source}') }}}}"
        columns = {one.part: one.column for one in given}
        where += _of_kpi(kpi)
    else:
        source = f"{name}__parts"
        yield _parts(source, given, kpi)
        columns = {one.part: one.part or "figure" for one in given}
    zero = {one.part for one in given if one.is_zero_without_rows}
    value = {part: f"coalesce({column}, 0)" if part in zero else column for part, column in columns.items()}
    made = _made_of(kind, columns, value)
    period = "\n    inner join periods_to_date using (grain, period_start)" if _names_period(meaning) else ""
    lines = [
        f"{text.value(kpi.id)} as kpi_id",
        f"{meaning.version} as definition_version",
        *KEYS,
        f"cast({made.numerator} as {EXACT}) as numerator",
        f"cast({made.denominator} as {EXACT}) as denominator",
        f"cast({made.value} as {EXACT}) as value",
        f"{columns.get(PEOPLE, NONE)} as {PEOPLE}",
    ]
    conditions = "\n        and ".join([made.where, *where])
    yield cte(name, lines, f"    from {source}{period}\n    where {conditions}")


class Made(NamedTuple):
    """What a KPI makes of its parts, as SQL, and where something happened."""

    numerator: str
    denominator: str
    value: str
    where: str


def _made_of(kind: Type, columns: Mapping[str, str], value: Mapping[str, str]) -> Made:
    """`columns` are the parts as they stand, `value` the same with 0 where nothing may count as 0."""
    if isinstance(kind, Ratio | Cohort):
        top, bottom = value["numerator"], columns["denominator"]
        figure = f"cast({top} as double) / nullif(cast({bottom} as double), 0)"
        return Made(top, bottom, figure, f"{bottom} <> 0")
    if isinstance(kind, Derived):
        names = Names({}, "", "", {part: value[part] for part in kind.of} | _PERIOD_NAMES)
        figure = write(kind.expr, names)
        return Made(figure, "null", figure, _any_there(columns, kind))
    assert isinstance(kind, Simple | Snapshot)
    return Made(columns[""], "null", columns[""], f"{columns['']} is not null")


def _given(meaning: Meaning, kpi: Kpi, kpis: Mapping[str, Kpi], entities: Mapping[str, Entity]) -> list[Given]:
    """The parts of a meaning in the order it says them."""
    found = []
    for block, leaf in blocks.leaves(meaning, kpi, kpis, entities):
        part = leaf.column.removeprefix(meaning.name).removeprefix("__")
        zero = leaf.measure.counts_nothing_as_zero and part != PEOPLE
        whole = leaf.measure.ignore_cut and bool(kpi.cuts)
        found.append(Given(part, model_name(block.entity), leaf.column, False, zero, block, leaf.is_summed, whole))
    if isinstance(meaning.type, Cumulative):
        return found
    for part, other in meaning.parts.items():
        if isinstance(other, str):
            found.append(Given(part, other, "value", True, _is_zero_without_rows(kpis[other])))
        elif isinstance(other, Aim):
            column = {"target": "target", "left": "target_left"}[other.take]
            found.append(Given(part, "targets_in_force", column, False, False, of_kpi=other.goal))
    return found


def _is_zero_without_rows(kpi: Kpi) -> bool:
    """Whether a KPI that has no row where another has one may count as 0 there: what is added up or counted may."""
    kind = kpi.meaning.type
    return isinstance(kind, Simple | Snapshot) and all(
        isinstance(part, Measure) and part.counts_nothing_as_zero for part in kind.parts.values()
    )


def _parts(name: str, given: list[Given], kpi: Kpi) -> str:
    """The parts of a KPI side by side; what ignores the cut stands beside every value of it."""
    names = [one.part or "figure" for one in given]
    selects = []
    for one, own in zip(given, names, strict=True):
        source = one.source if one.is_kpi else f"{{{{ ref('{one.source}') }}}}"
        lines = [*KEYS, *(f"{one.column} as {own}" if n == own else f"{NONE} as {n}" for n in names)]
        where = [f"{one.column} is not null", *_of_kpi(kpi)]
        where += [f"kpi_id = {text.value(one.of_kpi)}"] if one.of_kpi else []
        joined = "\n            and ".join(where)
        selects.append(
            f"        select\n            {text.block(lines, 12)}\n        from {source}\n        where {joined}"
        )
    union = "\n        union all\n".join(selects)
    keys = ", ".join(KEYS)
    lines = [*KEYS]
    for one, own in zip(given, names, strict=True):
        if one.is_whole:
            over = ", ".join(KEYS[:5])
            lines.append(f"max(max(case when cut = 'none' then {own} end)) over (partition by {over}) as {own}")
        else:
            lines.append(f"max({own}) as {own}")
    return cte(name, lines, f"    from (\n{union}\n    ) as one_by_one\n    group by {keys}")


def _of_kpi(kpi: Kpi) -> list[str]:
    """The rows a KPI has: its grains, levels and cuts. A table of measures also serves KPIs that have more."""
    grains = ", ".join(text.value(grain) for grain in kpi.grains)
    levels = ", ".join(text.value(level) for level in kpi.levels)
    cuts = ", ".join(text.value(cut) for cut in ("none", *kpi.cuts))
    found = [f"grain in ({grains})", f"level in ({levels})", f"cut in ({cuts})"]
    if "day" in kpi.grains and "rep" in kpi.levels and not kpi.rep_days:
        found.append("not (grain = 'day' and level = 'rep')")
    return found


def _any_there(columns: Mapping[str, str], kind: Derived) -> str:
    return f"coalesce({', '.join(columns[part] for part in kind.of)}) is not null"


def _of_version(meaning: Meaning) -> list[str]:
    found = []
    if meaning.holds_from != ALWAYS:
        found.append(f"period_start >= cast('{meaning.holds_from}' as date)")
    if meaning.holds_until != NEVER:
        found.append(f"period_start < cast('{meaning.holds_until}' as date)")
    return found


def _growth(meaning: Meaning, name: str, kpi: Kpi) -> str:
    """A running period beside the same span of the other one; another version of the KPI is another number."""
    kind = meaning.type
    assert isinstance(kind, Growth)
    now, then = "this_period.value", "other_period.value"
    if kind.as_ == "ratio":
        figure = (
            f"case when {then} > 0 then cast(cast({now} - {then} as double) / cast({then} as double) as {EXACT}) end"
        )
        halves = [f"{now} as numerator", f"{then} as denominator"]
    else:
        figure = f"cast({now} - {then} as {EXACT})"
        halves = [f"{figure} as numerator", f"{NONE} as denominator"]
    other = f"periods_to_date.{kind.versus}_start"
    lines = [
        f"{text.value(kpi.id)} as kpi_id",
        f"{meaning.version} as definition_version",
        *(f"this_period.{key}" for key in KEYS),
        *halves,
        f"{figure} as value",
        f"{NONE} as {PEOPLE}",
    ]
    same = "\n        and ".join(
        f"this_period.{key} = other_period.{key}" for key in ("grain", "level", "unit_id", "cut", "cut_value")
    )
    asked = "\n            and ".join(["not is_to_date", *_of_version(meaning), *_of_kpi(kpi)])
    return cte(
        name,
        lines,
        f"""    from (
        select * from {kind.of}
        where {asked}
    ) as this_period
    inner join periods_to_date
        on this_period.grain = periods_to_date.grain
        and this_period.period_start = periods_to_date.period_start
    inner join {kind.of} as other_period
        on {other} = other_period.period_start
        and periods_to_date.is_partial = other_period.is_to_date
        and this_period.definition_version = other_period.definition_version
        and {same}""",
    )


def _names_period(meaning: Meaning) -> bool:
    return isinstance(meaning.type, Derived) and bool(set(_PERIOD_NAMES) & columns_of(meaning.type.expr))


_PERIOD_NAMES = {
    "period_start": "periods_to_date.period_start",
    "period_end": "periods_to_date.last_day",
    "as_of": "periods_to_date.as_of",
}
_PERIODS = """periods_to_date as (
    select
        periods.grain,
        periods.period_start,
        periods.previous_start,
        periods.year_ago_start,
        periods.is_partial,
        least(periods.period_end, run.as_of_date) as last_day,
        run.as_of_date as as_of
    from {{ ref('periods') }} as periods
    cross join {{ source('definitions', 'run') }} as run
)"""


def _nothing() -> str:
    kinds = {"definition_version": "int", "is_to_date": "boolean", "period_start": "date"}
    kinds |= dict.fromkeys(["numerator", "denominator", "value", PEOPLE], EXACT)
    return text.no_rows({column: kinds.get(column, "string") for column in COLUMNS})
