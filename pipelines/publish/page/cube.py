"""The figures of every unit of a serving file, column by column: what the page draws from when somebody drills.

Belongs here: which figures go along, and how far back. Does not: how they are packed (pack.py), or any words.

A series is a KPI of a unit on a level; its cells are the periods of a grain, oldest first. A page has CELLS of them at
most: where a level has so many units that three years do not fit, that level goes back less far, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.publish.page.data import LEVELS, PageData
from pipelines.publish.words import STATUS

if TYPE_CHECKING:
    import duckdb
    import numpy as np

# 8 bytes each in the file at worst, so that 8 MB hold them; 90 KPIs x 60 units x 36 months are 194,400.
CELLS = {"month": 400_000, "quarter": 200_000}
QUALITIES = ("ok", "warn", "blocked")
_EXACT = 2**53  # what a number of JavaScript holds exactly

# 0 is nothing, odd numbers are zero and above, even ones below: a column stays unsigned and small.
_CODED = """
create or replace temp macro coded(x) as
    case when x is null then 0 when x >= 0 then 2 * x + 1 else -2 * x end
"""


@dataclass
class Block:
    """The figures of one grain: `series` by k, u, l (place of KPI, unit, level), `cells` of all one after another.

    v value, c change on last year, s status (place in STATUS, from 1), q quality (from 1); 0 where there is none.
    `goals`: i place of the cell, t target, a attainment or pace, p whether it is the pace.
    """

    depth: list[int]  # periods of a series, by level
    series: dict[str, np.ndarray]
    cells: dict[str, np.ndarray]
    goals: dict[str, np.ndarray]


def read(
    con: duckdb.DuckDBPyConnection, data: PageData, cells: Mapping[str, int] = MappingProxyType(CELLS)
) -> tuple[dict[str, int], dict[str, Block]]:
    """The decimals of each KPI's figures, and the blocks of the grains that have any."""
    con.execute(_CODED)
    _axis(con, "at_kpi", list(data.kpis))
    _axis(con, "at_unit", list(data.units))
    _axis(con, "at_level", list(LEVELS))
    digits = _digits(con, data)
    _axis(con, "at_digits", list(digits), list(digits.values()))
    return digits, {grain: _block(con, data, grain, cells[grain]) for grain, starts in data.periods.items() if starts}


def _axis(con: duckdb.DuckDBPyConnection, name: str, ids: Sequence[object], at: Sequence[int] | None = None) -> None:
    kind = "date" if name == "at_period" else "varchar"
    con.execute(
        f"create or replace temp table {name} as select unnest($1::{kind}[]) as id, unnest($2::integer[]) as at",
        [ids, list(range(len(ids))) if at is None else at],
    )


def _digits(con: duckdb.DuckDBPyConnection, data: PageData) -> dict[str, int]:
    """How many decimals the figures of each KPI need to stand exactly, as far as a browser's numbers go."""
    found = con.execute(
        """
        select kpi_id,
            max(case when value = round(value, 0) then 0 when value = round(value, 2) then 2
                when value = round(value, 4) then 4 else 6 end),
            max(abs(value))
        from kpi_values where cut = 'none' and value is not null group by kpi_id
        """
    ).fetchall()
    needed = {kpi: (digits, float(largest)) for kpi, digits, largest in found}
    targets = con.execute(
        """
        select kpi_id, max(case when target = round(target, 2) then 2 else 6 end), max(abs(target))
        from goal_attainment where target is not null group by kpi_id
        """
    ).fetchall()
    for kpi, digits, largest in targets:
        own = needed.get(kpi, (0, 0.0))
        needed[kpi] = max(own[0], digits), max(own[1], float(largest))
    return {kpi: _fitting(*needed.get(kpi, (0, 0.0))) for kpi in data.kpis}


def _fitting(digits: int, largest: float) -> int:
    while digits and largest * 10**digits * 2 >= _EXACT:
        digits -= 1
    return digits


def _block(con: duckdb.DuckDBPyConnection, data: PageData, grain: str, budget: int) -> Block:
    import numpy as np

    periods = data.periods[grain]
    _axis(con, "at_period", periods)
    depth = _depth(con, grain, len(periods), budget)
    found = con.execute(_QUERY, {"grain": grain, "words": list(STATUS), "qualities": list(QUALITIES)}).fetchnumpy()
    got = {name: np.ma.filled(np.ma.asarray(column), 0).astype(np.int64) for name, column in found.items()}
    lengths = np.asarray(depth, dtype=np.int64)
    keep = got["p"] >= len(periods) - lengths[got["l"]]
    got = {name: column[keep] for name, column in got.items()}
    begins = np.ones(len(got["k"]), dtype=bool)
    begins[1:] = np.any([got[name][1:] != got[name][:-1] for name in "kul"], axis=0)
    first = np.flatnonzero(begins)
    series = {name: got[name][first] for name in "kul"}
    widths = lengths[series["l"]]
    offsets = np.concatenate([[0], np.cumsum(widths)])[:-1].astype(np.int64)
    of = np.cumsum(begins) - 1
    place = offsets[of] + got["p"] - (len(periods) - widths[of]) if len(of) else np.zeros(0, dtype=np.int64)
    cells = {}
    for name in "vcsq":
        cells[name] = np.zeros(int(widths.sum()), dtype=np.int64)
        cells[name][place] = got[name]
    has_goal = np.flatnonzero(got["g"])
    order = has_goal[np.argsort(place[has_goal])]
    goals = {"i": place[order]} | {
        name: got[column][order] for name, column in zip("tap", ("t", "a", "b"), strict=True)
    }
    return Block(depth, series, cells, goals)


def _depth(con: duckdb.DuckDBPyConnection, grain: str, periods: int, budget: int) -> list[int]:
    """How many periods each level goes back: all, as long as they fit; at least the newest."""
    found = con.execute(
        "select level, count(distinct (kpi_id, unit_id)) from kpi_values where grain = ? and cut = 'none'"
        " and kpi_id in (select id from at_kpi) and unit_id in (select id from at_unit) group by level",
        [grain],
    ).fetchall()
    series: Mapping[str, int] = dict(found)
    depths, left = [], budget
    for level in LEVELS:
        count = series.get(level, 0)
        depth = max(1, min(periods, left // count if count else periods))
        left = max(0, left - depth * count)
        depths.append(depth)
    return depths


_QUERY = """
with goals as (
    select * from goal_attainment where grain = $grain and cut = 'none'
    qualify row_number() over (partition by kpi_id, level, unit_id, period_start order by goal_id) = 1
),

found as (
    select
        k.at as k, u.at as u, l.at as l, p.at as p, power(10, d.at) as size,
        v.value, v.year_ago_change as change, v.quality, goals.target, goals.attainment, goals.pace,
        goals.goal_id is not null as has_goal,
        not goals.is_closed and goals.pace is not null and goals.pace <> goals.attainment as is_pace,
        case when v.quality = 'blocked' then 'blocked' when v.state <> 'ok' then v.state
            else coalesce(goals.status, 'no_target') end as word
    from kpi_values as v
    inner join at_kpi as k on v.kpi_id = k.id
    inner join at_digits as d on v.kpi_id = d.id
    inner join at_unit as u on v.unit_id = u.id
    inner join at_level as l on v.level = l.id
    inner join at_period as p on v.period_start = p.id
    left join goals
        on v.kpi_id = goals.kpi_id and v.level = goals.level and v.unit_id = goals.unit_id
        and v.period_start = goals.period_start
    where v.grain = $grain and v.cut = 'none'
)

select
    k, u, l, p,
    coded(cast(round(cast(value as double) * size) as bigint)) as v,
    coded(cast(round(cast(change as double) * 1e6) as bigint)) as c,
    coalesce(list_position($words, word), 0) as s,
    coalesce(list_position($qualities, quality), 0) as q,
    cast(has_goal as integer) as g,
    coded(cast(round(cast(target as double) * size) as bigint)) as t,
    coded(cast(round(cast(case when is_pace then pace else attainment end as double) * 1e6) as bigint)) as a,
    cast(coalesce(is_pace, false) as integer) as b
from found
order by k, l, u, p
"""
