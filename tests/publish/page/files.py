"""Serving files to draw pages from: those of an audience, and made-up ones of any size."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from pipelines.model.company import Person
from pipelines.publish.audience import COMPANY, EVERYONE, WHOSE, Unit, audiences

from ..conftest import BESIDES, SHAPES


def for_audience(serving_file: Path, audience: str, path: Path) -> Path:
    """A copy of a serving file with the rows that somebody at `audience` may see, as publish/audience.py says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(serving_file, path)
    with duckdb.connect(str(path)) as con:
        units = [
            Unit(*row)
            for row in con.execute(
                "select unit_id, level, parent_id from published.units"
                " qualify row_number() over (partition by unit_id order by valid_from desc) = 1"
            ).fetchall()
        ]
        people = {"who": Person(id="who", name="Who", unit=audience, roles=["manager"])}
        (readers,) = [one for one in audiences(units, people) if one.id == audience]
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'published'"
        ).fetchall():
            whose = WHOSE[table]
            if whose == COMPANY:
                con.execute(f"drop table published.{table}")
            elif whose != EVERYONE:
                con.execute(f"delete from published.{table} where not list_contains(?, {whose})", [list(readers.units)])
    return path


def made_up(path: Path, kpis: int, teams: int, reps: int, months: int = 36) -> Path:
    """A serving file of a company with four regions, `teams` and `reps`; figures that look like any."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(SHAPES)
        con.execute(_REST)
        con.execute(_UNITS, {"teams": teams, "reps": reps})
        con.execute(_KPIS, {"kpis": kpis})
        con.execute("select setseed(0.5)")
        for grain, every in (("month", 1), ("quarter", 3)):
            con.execute(_VALUES, {"grain": grain, "every": every, "months": months})
        con.execute(_GOALS)
        for statement in BESIDES:
            con.execute(statement)
    return path


_REST = """
delete from published.quarantine_effect; delete from published.scorecards; delete from published.scorecard_items;
delete from published.feedback;
create table published.publication as select 1::bigint as generation, 'run_1' as run_id, date '2026-06-17' as as_of_date,
    timestamp '2026-06-18 01:30' as published_at, 'abc' as definitions_hash, null::varchar as provisional_years;
create table published.quality_results (
    run_id varchar, "table" varchar, "check" varchar, level varchar, severity varchar, status varchar, failed_rows bigint,
    checked_rows bigint, failed_share double, owner varchar, why_zh varchar, why_en varchar, kpis_affected varchar
);
create table published.verdicts (
    run_id varchar, "table" varchar, verdict varchar, failed_rules int, quarantined_share double, kpis_affected varchar
);
"""
_UNITS = """
insert into published.units
select 'company', date '2020-01-01', 'company', null, '', null, '宏图集团', 'Hongtu Group'
union all
select 'region_' || i, date '2020-01-01', 'region', 'company', '', null, '第' || i || '大区', 'Region ' || i
from range(4) as t (i)
union all
select 'team_' || i, date '2020-01-01', 'team', 'region_' || (i % 4), '', null, '销售' || i || '组', 'Team ' || i
from range($teams) as t (i)
union all
select 'e' || i, date '2020-01-01', 'rep', 'team_' || (i % $teams), '', null, '员工' || i, 'Person ' || i
from range($reps) as t (i)
"""
_KPIS = """
insert into published.kpi_catalog
select 'kpi_' || i, 1, date '2026-01-01', 'sales', true,
    ['raise_sales', 'raise_loyalty', 'improve_service', 'work_efficiently'][i % 4 + 1], 'simple',
    ['money', 'ratio', 'count', 'hour'][i % 4 + 1], ['up', 'down'][i % 2 + 1], 'sales_ops', 'data_crm', 'daily',
    'sum(x_' || i || ')', 'select 1', '指标' || i, 'Measure ' || i, '口径' || i, 'What ' || i || ' means'
from range($kpis) as t (i)
"""
_VALUES = """
insert into published.kpi_values
select k.kpi_id, $grain, m.start, u.level, u.unit_id, 'none', 'all', m.start,
    case k.unit when 'money' then round(random() * 9e7, 2) when 'ratio' then round(random(), 6)
        when 'count' then floor(random() * 400) else round(random() * 90, 4) end,
    null, 'ok', 'warn', m.at = 0, m.at > 0, round(random() - 0.45, 6), 1, date '2026-06-17', 'run_1'
from published.kpi_catalog as k
cross join published.units as u
cross join (
    select i as at, (date '2026-06-01' - to_months(cast(i * $every as integer)))::date as start
    from range($months // $every) as t (i)
) as m
"""
_GOALS = """
insert into published.goal_attainment
select 'goal_' || kpi_id, level, unit_id, 'none', 'all', grain, period_start, kpi_id, round(value * 1.1 + 1, 2), value,
    0.9, 0.95, 'amber', 'warn', not is_partial, date '2026-06-17', 'run_1', '目标', 'Goal', period_start
from published.kpi_values where cast(kpi_id[5:] as integer) < 12 and period_start >= date '2026-01-01'
"""
