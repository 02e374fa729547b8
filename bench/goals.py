"""How long a full cascade and attainment take: 80 KPIs × 12 months for 5,000 people, by the very models of a run.

Belongs here: laying the company down and timing the models of 4_goals. Does not: the KPIs' own figures, which are laid
down as they would have been computed. `python -m bench.goals [--people 5000] [--kpis 80] [--driven 0]`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import yaml

from pipelines.model import check, examples
from pipelines.model.check import Definitions
from pipelines.model.goal import read_goals
from pipelines.model.kpi import Kpi, KpiFile
from pipelines.model.render import Renderer, built
from pipelines.settings import Settings
from pipelines.yaml_file import YamlFile

AS_OF = date(2026, 5, 20)
MODELS = (
    "period_units", "set_targets", "cascade_weights", "due_shares", "targets", "attainment", "drivers", "open_pipeline",
    "landing_estimates", "landing_ways", "landing_errors", "landings", "goal_landings", "previous_statuses",
    "goal_attainment",
)  # fmt: skip
TEAM, REGION = 10, 10  # people a team, teams a region


def definitions(kpis: int, folder: Path, driven: int = 0) -> Definitions:
    """The shipped ones with `kpis` KPIs that add up, and a goal for each, split down to everybody.

    The first `driven` of them have two drivers a person.
    """
    shipped = check.read_definitions(Settings())
    won = shipped.kpis["won_amount"].kpi
    files: dict[str, KpiFile] = {}
    place = folder / "goals" / "2026"
    place.mkdir(parents=True)
    for number in range(kpis):
        name = f"won_{number}"
        own = Kpi.model_validate(
            won.model_dump(by_alias=True, exclude_none=True) | {"id": name, "examples": [], "guardrails": ["won_0"]}
        )
        files[name] = KpiFile(own, "bench", YamlFile(Path(name), {}, {}))
        said = {
            "id": f"goal_{number}", "label": {"zh": name, "en": name}, "kpi": name, "scope": {"level": "company"},
            "period": {"grain": "month", "from": date(2026, 1, 1), "to": date(2026, 12, 31)}, "owner": "ceo",
            "target": {"value": 10_000_019, "floor": 9_000_000, "stretch": 11_000_000},
            "cascade": [{"to": "region", "by": "share_of_base"}, {"to": "team", "by": "headcount"},
                        {"to": "rep", "by": "headcount", "ramp": {0: "0", 1: "0.5", 2: "1"}}],
        }  # fmt: skip
        if number < driven:
            above = [name, *(f"won_{(number + step) % kpis}" for step in (1, 2))]
            said["drivers"] = [
                {"kpi": own, "level": "rep", "grain": "month", "per": per, "ratio": "trailing_4_quarters"}
                for per, own in pairwise(above)
            ]
        (place / f"goal_{number}.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return shipped._replace(kpis=files, goals=read_goals(folder), reconciliations=[])


def lay_down(con: duckdb.DuckDBPyConnection, said: Definitions, people: int) -> None:
    """The organisation, and a figure for each KPI, unit and month of two years, by its end and by part of it."""
    examples.lay_out(con, said, ["org_units", "employees", "deals", "deal_stages"], AS_OF)
    teams, regions = -(-people // TEAM), -(-people // TEAM // REGION)
    con.execute(
        f"""
        insert into org_units by name
        select 'b' as source_system, 'top' as unit_id, date '2020-01-01' as valid_from,
            'company' as level, null as parent_id
        union all select 'b', 'r' || n, date '2020-01-01', 'region', 'top' from range({regions}) r(n)
        union all select 'b', 't' || n, date '2020-01-01', 'team', 'r' || (n % {regions}) from range({teams}) r(n);
        insert into employees by name
        select 'b' as source_system, 'e' || n as employee_id, date '2021-01-01' as valid_from,
            't' || (n % {teams}) as unit_id, 'sales' as role,
            case when n % 50 = 0 then date '2026-02-10' else date '2021-01-01' end as hired_date
        from range({people}) r(n);
        create table unit_values as
        with units as (
            select 'company' as level, 'company' as unit_id
            union all select 'region', 'r' || n from range({regions}) r(n)
            union all select 'team', 't' || n from range({teams}) r(n)
            union all select 'rep', 'e' || n from range({people}) r(n)
        ),
        months as (
            select cast(date '2025-01-01' + to_months(cast(n as int)) as date) as period_start from range(17) r(n)
        )
        select kpi_id, 'month' as grain, period_start, level, unit_id, 'none' as cut, 'all' as cut_value,
            cast(hash(kpi_id, period_start, unit_id) % 1000000 as decimal(38, 12)) / 100 as exact_value,
            'ok' as state, period_start = date '2026-05-01' as is_partial, false as has_closed,
            cast(-0.1 as decimal(38, 6)) as year_ago_change
        from (select distinct kpi_id from definitions.kpis) cross join months cross join units;
        alter table unit_values alter exact_value type decimal(38, 12);
        create table kpi_numbers as
        select kpi_id, 1 as definition_version, true as is_to_date, grain, period_start, level, unit_id, cut, cut_value,
            cast(null as decimal(38, 12)) as denominator, cast(exact_value / 2 as decimal(38, 12)) as value
        from unit_values;
        """
    )


def run(people: int, kpis: int, driven: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        said = definitions(kpis, Path(folder), driven)
        con = duckdb.connect(str(Path(folder) / "bench.duckdb"))
        lay_down(con, said, people)
        renderer = Renderer(said.compiled)
        wall = cpu = 0.0
        until = (wall, cpu)
        there = built(con, ["main"])
        models = renderer.in_order("attainment", there)
        models |= renderer.in_order("drivers", there) | renderer.in_order("goal_attainment", there)
        for name, sql in models.items():
            kind = "table" if name in MODELS else "view"  # as dbt makes them: ephemeral ones cost where they are read
            started, used = time.perf_counter(), time.process_time()
            con.execute(f'create {kind} "{name}" as {sql}')
            took, spent = time.perf_counter() - started, time.process_time() - used
            wall, cpu = wall + took, cpu + spent
            if name == "attainment":
                until = wall, cpu
            if took > 0.05:
                print(f"{name:20} {took:6.2f} s  {spent:6.2f} CPU s", flush=True)
        ((rows,),) = con.execute("select count(*) from attainment").fetchall()
        print(f"{rows:,} rows of attainment in {until[0]:.1f} s, {until[1]:.1f} CPU s")
        print(f"with drivers, landings, the day before and the published table: {wall:.1f} s, {cpu:.1f} CPU s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--kpis", type=int, default=80)
    parser.add_argument("--driven", type=int, default=0, help="goals with two drivers a person")
    options = parser.parse_args()
    run(options.people, options.kpis, options.driven)
