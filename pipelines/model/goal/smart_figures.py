"""What the published tables say for and against goals: what is asked beside what history had, and what could be judged.

Belongs here: the questions to the serving file, and their rows. Does not: what is a finding (smart.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    import duckdb

Row = TypeVar("Row", bound=tuple[Any, ...])
# Of so many changes one more lies above all of them in 1 of 7 cases, if they say nothing of each other.
FEWEST = 6
MOST = 12  # a year of months, three of quarters: what lies further back was another market


class Ask(NamedTuple):
    """A target of a period that is not complete, as a change on the unit's figure a year before, and what history had.

    Changes are relative, in points for ratios and scores; `best` and `weakest` are read in the KPI's direction, so that
    of a KPI that is better when lower the largest fall is the best. `is_above` and `is_below`: beyond these by what a
    tenth of a percent, or of a point, shows.
    """

    goal_id: str
    level: str
    unit_id: str
    grain: str
    period_start: date
    unit: str
    ask: Decimal
    changes: int
    is_own: bool
    best: Decimal | None
    weakest: Decimal | None
    is_above: bool
    is_below: bool


class Judged(NamedTuple):
    """How many figures of a goal's units at a level there were in the last year of complete periods, by state.

    `newest` counts the last figure of each unit, running or not; `blocked` those of them that checks hold back.
    """

    goal_id: str
    level: str
    asked: int
    ok: int
    small_sample: int
    suppressed: int
    newest: int
    blocked: int


class Same(NamedTuple):
    """Targets that another goal sets too, for the same KPI, unit, value of a cut and period."""

    goal_id: str
    other_id: str
    level: str
    targets: int
    different: int


# A period is called by its month two weeks on: a 445 month begins up to a week beside the calendar's.
_TARGETS = """
targets as (
    select *, date_trunc('month', period_start + interval 14 days) as month
    from published.goal_targets
    where set_by <> 'unallocated' and target is not null
    qualify row_number() over (
        partition by goal_id, level, unit_id, cut, cut_value, grain, period_start order by revision desc
    ) = 1
),
"""
_FIGURES = """
kpis as (
    select kpi_id, unit, unit in ('ratio', 'points') as is_in_points,
        case direction when 'up' then 1 when 'down' then -1 end as sign
    from published.kpi_catalog
    qualify row_number() over (partition by kpi_id order by definition_version desc) = 1
),
figures as (
    select kpi_id, level, unit_id, cut, cut_value, grain, value, year_ago_change, is_partial, state, quality,
        date_trunc('month', period_start + interval 14 days) as month,
        min(period_start) filter (where state <> 'no_data') over units = period_start as is_first
    from published.kpi_values
    semi join targets using (kpi_id, level, cut, grain)
    window units as (partition by kpi_id, level, unit_id, cut, cut_value, grain)
),
complete as (
    select kpi_id, grain, max(month) as month from figures where not is_partial group by all
),
"""
# Left out: the change on a unit's first figure, whose period may have begun before its data did. In the demo that is
# +13,550 % of signed value: 0.5 M in the quarter in which the CRM begins, 65 M a year later.
_ASKS = f"""
with {_TARGETS} {_FIGURES}
changes as (
    select figures.*, kpis.sign * figures.year_ago_change as change, row_number() over (
        partition by figures.kpi_id, figures.level, figures.unit_id, figures.cut, figures.cut_value, figures.grain
        order by figures.month desc
    ) as nth
    from figures
    inner join kpis on figures.kpi_id = kpis.kpi_id
    inner join figures as before
        on figures.kpi_id = before.kpi_id and figures.level = before.level and figures.unit_id = before.unit_id
        and figures.cut = before.cut and figures.cut_value = before.cut_value and figures.grain = before.grain
        and figures.month = before.month + interval 1 year
    where figures.state = 'ok' and figures.quality <> 'blocked' and not figures.is_partial
        and before.state = 'ok' and not before.is_first and figures.year_ago_change is not null
),
own as (
    select kpi_id, level, unit_id, cut, cut_value, grain, count(*) as n, max(change) as best, min(change) as weakest
    from changes where nth <= {MOST} group by all
),
levels as (
    select kpi_id, level, cut, cut_value, grain, count(*) as n, max(change) as best, min(change) as weakest
    from changes where nth <= {MOST} group by all
),
asks as (
    select targets.*, kpis.unit, kpis.sign, cast(kpis.sign * round(case
        when kpis.is_in_points then targets.target - before.value
        when before.value > 0 then targets.target / before.value - 1
    end, 6) as decimal(38, 6)) as ask
    from targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    inner join complete
        on targets.kpi_id = complete.kpi_id and targets.grain = complete.grain and targets.month > complete.month
    inner join figures as before
        on targets.kpi_id = before.kpi_id and targets.level = before.level and targets.unit_id = before.unit_id
        and targets.cut = before.cut and targets.cut_value = before.cut_value and targets.grain = before.grain
        and targets.month = before.month + interval 1 year
    where before.state = 'ok' and not before.is_partial
),
held as (
    select asks.*, case when unit = 'points' then 1 else 100 end as scale, coalesce(own.n >= {FEWEST}, false) as is_own,
        case when is_own then own.n else coalesce(levels.n, 0) end as n,
        case when is_own then own.best else levels.best end as best,
        case when is_own then own.weakest else levels.weakest end as weakest
    from asks
    left join own using (kpi_id, level, unit_id, cut, cut_value, grain)
    left join levels using (kpi_id, level, cut, cut_value, grain)
    where asks.ask is not null
)
select goal_id, level, unit_id, grain, period_start, unit, sign * ask, n, is_own, sign * best, sign * weakest,
    n >= {FEWEST} and round(ask * scale, 1) > round(best * scale, 1),
    n >= {FEWEST} and round(ask * scale, 1) < round(weakest * scale, 1)
from held
order by goal_id, level, greatest(ask - best, weakest - ask) desc, unit_id, period_start
"""
_JUDGED = f"""
with {_TARGETS} {_FIGURES}
asked as (
    select distinct goal_id, kpi_id, level, unit_id, cut, cut_value, grain from targets
),
joined as (
    select asked.*, figures.state, figures.quality,
        not figures.is_partial and figures.month > complete.month - interval 1 year as is_recent,
        row_number() over (
            partition by asked.goal_id, asked.level, asked.unit_id, asked.cut_value order by figures.month desc
        ) = 1 as is_newest
    from asked
    left join figures using (kpi_id, level, unit_id, cut, cut_value, grain)
    left join complete using (kpi_id, grain)
)
select goal_id, level, count_if(is_recent), count_if(is_recent and state = 'ok'),
    count_if(is_recent and state = 'small_sample'), count_if(is_recent and state = 'suppressed'),
    count_if(is_newest and state is not null), count_if(is_newest and quality = 'blocked')
from joined group by all order by all
"""
_SAME = f"""
with {_TARGETS[:-2]}
select targets.goal_id, other.goal_id, level, count(*), count_if(targets.target <> other.target)
from targets
inner join targets as other using (kpi_id, level, unit_id, cut, cut_value, grain, period_start)
where targets.goal_id <> other.goal_id
group by all order by all
"""
_LATE = """
select goal_id, min(known_from) from published.goal_history
where state = 'approved' group by goal_id having count_if(recorded_by is null) = 0
"""


class Published(NamedTuple):
    """What the last run published about goals, as of `as_of`."""

    as_of: date
    asks: list[Ask]
    judged: list[Judged]
    same: list[Same]
    units: dict[str, list[tuple[str, date | None]]]  # level and last day of each version
    relevance: dict[str, Decimal]  # kpi_reviews' share of months that moved as the goal of the business, by goal
    recorded: dict[str, date]  # when it came in force; not of goals of the first run, which does not know when


def read(con: duckdb.DuckDBPyConnection) -> Published:
    """Asks the serving file."""
    ((as_of,),) = con.execute("select as_of_date from published.publication").fetchall()
    units: dict[str, list[tuple[str, date | None]]] = {}
    for unit_id, level, last in con.execute("select unit_id, level, valid_to from published.units").fetchall():
        units.setdefault(unit_id, []).append((level, last))
    relevance = "select goal_id, relevance from published.kpi_reviews where relevance is not null"
    return Published(
        as_of,
        _rows(con, _ASKS, Ask),
        _rows(con, _JUDGED, Judged),
        _rows(con, _SAME, Same),
        units,
        dict(con.execute(relevance).fetchall()),
        dict(con.execute(_LATE).fetchall()),
    )


def _rows(con: duckdb.DuckDBPyConnection, sql: str, row: type[Row]) -> list[Row]:
    return [row(*one) for one in con.execute(sql).fetchall()]
