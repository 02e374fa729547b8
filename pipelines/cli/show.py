"""`kpi show`: one KPI as published."""

from __future__ import annotations

from typing import cast

from pipelines.cli.console import STATUS_STYLE, console
from pipelines.cli.served import open_served
from pipelines.errors import KpiError, did_you_mean
from pipelines.publish.format import number, share
from pipelines.settings import Settings

QUERY = """
select kpi_values.period_start, kpi_values.unit_id, kpi_values.value, kpi_values.numerator, kpi_values.denominator,
    case when kpi_values.is_partial then goals.target_to_date else goals.target end as target,
    case when kpi_values.is_partial then goals.pace else goals.attainment end as attainment,
    coalesce(goals.status, kpi_values.state) as status, kpi_values.quality,
    kpi_values.is_partial
from published.kpi_values as kpi_values
left join published.goal_attainment as goals
    on goals.kpi_id = kpi_values.kpi_id and goals.grain = kpi_values.grain and goals.level = kpi_values.level
    and goals.unit_id = kpi_values.unit_id and goals.period_start = kpi_values.period_start
    and goals.cut = kpi_values.cut and goals.cut_value = kpi_values.cut_value
where kpi_values.kpi_id = $kpi and kpi_values.level = $level and kpi_values.grain = $grain and kpi_values.cut = 'none'
    and kpi_values.period_start in (
        select period_start from published.kpi_values
        where kpi_id = $kpi and level = $level and grain = $grain and cut = 'none'
        group by period_start order by period_start desc limit $last
    )
order by kpi_values.period_start, kpi_values.unit_id
"""


def show_live(settings: Settings, kpi: str, level: str, grain: str, last: int, cut: str) -> None:
    """Prints a KPI as its file says now, computed from what the last run loaded.

    Raises KpiError: unknown KPI, level, grain or cut, or nothing was loaded yet.
    """
    from rich import box
    from rich.table import Table

    from pipelines.model import live
    from pipelines.model.kpi import Grain, Level

    asked = live.read(settings, kpi)
    said = asked.kpis[kpi].kpi
    for name, value, known in (("level", level, said.levels), ("grain", grain, said.grains), ("cut", cut, said.cuts)):
        if value not in (*known, *(["none"] if name == "cut" else [])):
            raise KpiError(f"{kpi} has no {name} {value}", next_step=f"it has {', '.join(known) or 'none'}")
    figures = live.compute(settings, asked, kpi, cast(Level, level), cast(Grain, grain), cut, last)
    if not figures:
        console().print(f"{kpi} has no data by {grain} for {level}")
        return
    table = Table(box=box.SIMPLE_HEAD, title=f"{kpi} · {said.label.en} · {said.label.zh} · as its file says now")
    for heading in ("period", "unit", *([cut] if cut != "none" else [])):
        table.add_column(heading, no_wrap=True)
    for heading in ("value", "numerator", "denominator"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in figures:
        halves = ("", "") if one.denominator is None else (
            number(one.numerator, "points").en, number(one.denominator, "points").en,
        )  # fmt: skip
        names = (str(one.period_start), one.unit_id, *([one.cut_value] if cut != "none" else []))
        table.add_row(*names, number(one.value, said.unit).en, *halves)
    console().print(table)
    console().print("[dim]not published: no target, no verdict; `kpi run` publishes it[/dim]")


def show(settings: Settings, kpi: str, level: str, grain: str, last: int) -> None:
    """Prints the last periods of a KPI at a level.

    Raises KpiError where the KPI, the level or the grain has no published value.
    """
    from rich import box
    from rich.table import Table

    with open_served(settings) as con:
        known = dict(
            con.execute(
                "select kpi_id, label_en || ' · ' || label_zh || '|' || unit from published.kpi_catalog"
            ).fetchall()
        )
        if kpi not in known:
            raise KpiError(f"unknown KPI {kpi}{did_you_mean(kpi, list(known))}", next_step=f"one of {', '.join(known)}")
        rows = con.execute(QUERY, {"kpi": kpi, "level": level, "grain": grain, "last": last}).fetchall()
        there = con.execute(
            "select distinct level || ' by ' || grain from published.kpi_values where kpi_id = ? order by 1", [kpi]
        ).fetchall()
    if not rows:
        raise KpiError(
            f"{kpi} is not published for {level} by {grain}", next_step=f"there is {', '.join(r[0] for r in there)}"
        )
    label, unit = known[kpi].rsplit("|", 1)
    table = Table(box=box.SIMPLE_HEAD, title=f"{kpi} · {label}")
    for heading in ("period", "unit"):
        table.add_column(heading, no_wrap=True)
    for heading in ("value", "numerator", "denominator", "target", "attainment"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("data", no_wrap=True)
    for period, unit_id, value, numerator, denominator, target, attainment, status, quality, partial in rows:
        style = STATUS_STYLE.get(status, "dim")
        halves = (
            (number(numerator, "points").en, number(denominator, "points").en) if denominator is not None else ("", "")
        )
        table.add_row(
            f"{period}{' …' if partial else ''}", unit_id, number(value, unit).en, *halves, number(target, unit).en,
            share(attainment), f"[{style}]{status.replace('_', ' ')}[/{style}]", quality,
        )  # fmt: skip
    console().print(table)
    if any(row[-1] for row in rows):
        console().print("[dim]… the period is not over: target and attainment to date[/dim]")
