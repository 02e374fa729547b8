"""The table at the end of `kpi run`: each KPI of the company in the current month, against its goal."""

from __future__ import annotations

from pipelines.cli.console import STATUS_STYLE, console
from pipelines.cli.served import open_served
from pipelines.publish.format import number, share
from pipelines.publish.words import WORDS
from pipelines.settings import Settings

# A KPI with a goal for the company shows the goal's current period, any other its current month (or quarter, or year).
QUERY = """
with today as (select as_of_date from published.publication),
goals as (
    select goal_attainment.*,
        row_number() over (partition by kpi_id order by period_start desc, goal_id) as newest
    from published.goal_attainment, today
    where level = 'company' and period_start <= today.as_of_date and today.as_of_date <= period_end
),
figures as (
    select kpi_values.*,
        row_number() over (partition by kpi_id order by grain = 'month' desc, grain = 'quarter' desc) as finest
    from published.kpi_values, today
    where level = 'company' and cut = 'none' and grain in ('month', 'quarter', 'year')
        and today.as_of_date between period_start and period_end
)
select kpi_catalog.label_en, kpi_catalog.label_zh, kpi_catalog.unit,
    coalesce(goals.grain, kpi_values.grain) as grain,
    strftime(coalesce(goals.period_start, kpi_values.period_start) + interval 14 day, '%Y-%m') as period,
    coalesce(goals.actual, kpi_values.value) as actual,
    goals.target_to_date as target,
    coalesce(goals.pace, goals.attainment) as attainment,
    coalesce(
        goals.status, case when kpi_values.state = 'ok' then 'no_target' else kpi_values.state end, 'no_data'
    ) as status,
    coalesce(kpi_values.quality, goals.quality) as quality
from published.kpi_catalog
cross join today
left join goals on goals.kpi_id = kpi_catalog.kpi_id and goals.newest = 1
left join figures as kpi_values on kpi_values.kpi_id = kpi_catalog.kpi_id and kpi_values.finest = 1
where kpi_catalog.is_core
qualify row_number() over (partition by kpi_catalog.kpi_id order by kpi_catalog.definition_version desc) = 1
order by kpi_catalog.area, kpi_catalog.kpi_id
"""
OTHERS = "select count(distinct kpi_id) from published.kpi_catalog where not is_core"


def print_summary(settings: Settings, run_id: str, seconds: float) -> None:
    """Prints what is served now, and says so where this run did not publish it; nothing where nothing ever was."""
    if not (settings.serving / "kpi.duckdb").is_file():
        return
    from rich import box
    from rich.table import Table

    with open_served(settings) as con:
        rows = con.execute(QUERY).fetchall()
        ((others,),) = con.execute(OTHERS).fetchall()
        publication = con.execute(
            "select generation, as_of_date, run_id, published_at, provisional_years from published.publication"
        ).fetchone()
    assert publication
    table = Table(box=box.SIMPLE_HEAD, title=f"The company as of {publication[1]} · target and attainment to date")
    table.add_column("KPI", overflow="fold")
    table.add_column("指标", overflow="fold")
    table.add_column("period", no_wrap=True)
    for heading in ("actual", "target", "attainment"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("data", no_wrap=True)
    for label_en, label_zh, unit, grain, period, actual, target, attainment, status, quality in rows:
        style = STATUS_STYLE.get(status, "dim")
        table.add_row(
            label_en, label_zh, f"{grain} {period}", number(actual, unit).en, number(target, unit).en,
            share(attainment),
            f"[{style}]{status.replace('_', ' ')}[/{style}]", quality or "–",
        )  # fmt: skip
    console().print(table)
    if others:
        console().print(f"[dim]{others} more KPIs are published; `kpi show` takes any (packs: of company.yml)[/dim]")
    if publication[4]:
        console().print(f"[yellow]{WORDS['provisional'].en.format(publication[4])}[/yellow]")
    if publication[2] != run_id:
        console().print(
            f"[red]this run published nothing[/red]: still served is that of {publication[3]:%Y-%m-%d %H:%M} UTC"
        )
    console().print(f"published  {settings.serving / 'kpi.duckdb'}  (generation {publication[0]})")
    console().print(f"page       {settings.serving / 'index.html'}")
    console().print(f"notices    {settings.reports / 'notices.md'}")
    console().print(f"[dim]done in {seconds:.1f} s[/dim]")
