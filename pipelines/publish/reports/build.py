"""A report from what was read: its head, and its sections in the order that its file says.

Belongs here: joining. Does not: any section (see __init__.py), how it looks (html.py, workbook.py, mail.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pipelines.errors import KpiError
from pipelines.model.company import Company, Person
from pipelines.model.report import Report as Said
from pipelines.model.report import Rule
from pipelines.model.report.definition import ReportGrain
from pipelines.publish import format as fmt
from pipelines.publish.reports import (
    attainment,
    changes,
    contributors,
    outlook,
    problems,
    quality,
    source,
    trend,
    units,
)
from pipelines.publish.reports import content as c
from pipelines.publish.reports import data as read
from pipelines.publish.reports import suggestions as advice
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.findings import find
from pipelines.publish.reports.words import W, say
from pipelines.publish.words import Words

TALLY = "tally"  # the sentence that HTML says by its coloured counts


def build(
    serving: Path,
    company: Company,
    said: Said,
    rules: list[Rule],
    audience: str = "",
    period: str = "",
    people: Mapping[str, Person] = MappingProxyType({}),
) -> c.Report:
    """The report of a subject for an audience (default the company) in a period (default the last complete month).

    Raises KpiError: no such audience or period, a period without figures, a subject that has no report of that grain.
    """
    with source.opened(serving, audience, people) as opened:
        named = list(dict.fromkeys(kpi for _, kpi in said.named()))
        data = read.read(opened, period, company, named, read.names_of(people.values()))
    shown = said.shown(data.period.grain)
    if shown is None:
        grains = [grain for grain in get_args(ReportGrain) if said.shown(grain)]
        raise KpiError(f"{said.id} has no report of a {data.period.grain}", next_step=f"it has {', '.join(grains)}")
    kpis = [kpi for kpi in said.kpis_of(data.period.grain) if kpi in data.kpis]
    if not any(data.value(kpi) for kpi in kpis):
        raise KpiError(
            f"no figure of {said.id} is published for {data.unit.id} in {data.period.name}",
            next_step="kpi show names the periods of a KPI; --audience another unit",
        )
    return _report(data, said, kpis, list(shown.sections), rules)


def _report(data: Data, said: Said, kpis: list[str], sections: list[str], rules: list[Rule]) -> c.Report:
    traced = contributors.trace(data, kpis)
    named = [kpi for kpi in dict.fromkeys([*kpis, *said.activities, *said.coverage]) if kpi in data.kpis]
    findings = find(
        data,
        named,
        traced,
        has_deals=data.period.grain != "year" and any("stalled" in one.sections for one in said.all_shown()),
    )
    make: dict[str, Callable[[], c.Section]] = {
        "attainment": lambda: attainment.section(data, kpis),
        "landing": lambda: attainment.landing(data, kpis),
        "changes": lambda: changes.section(data, kpis),
        "contributors": lambda: contributors.section(data, traced),
        "units": lambda: units.section(data, kpis),
        "scorecards": lambda: units.scorecards(data),
        "activities": lambda: changes.section(data, [k for k in said.activities if k in data.kpis], "activities"),
        "coverage": lambda: changes.section(data, [k for k in said.coverage if k in data.kpis], "coverage"),
        "stalled": lambda: outlook.stalled(data),
        "drivers": lambda: outlook.drivers(data),
        "reviews": lambda: outlook.reviews(data, kpis),
        "trend": lambda: trend.section(data, kpis),
        "growth": lambda: trend.growth(data, kpis),
        "problems": lambda: problems.section(data, findings),
        "suggestions": lambda: advice.section(data, findings, rules),
        "quality": lambda: quality.section(data, named),
    }
    made = [make[name]() for name in sections]
    label = Words(said.label.zh, said.label.en)
    return c.Report(
        subject=said.id,
        audience=data.unit.id,
        title=_title(data, label),
        company=Words(data.company.name.zh, data.company.name.en),
        unit=data.unit.label,
        period=data.period.name,
        period_label=data.period.label,
        grain=data.period.grain,
        meta=_meta(data, kpis),
        headline=headline(data, kpis, traced),
        tally=attainment.tally(data, kpis),
        sections=[one.pruned() for one in made if one.blocks],
    )


def _title(data: Data, label: Words) -> Words:
    words = W[f"report_{data.period.grain}"]
    return Words(words.zh.format(label.zh), words.en.format(label.en))


def _meta(data: Data, kpis: list[str]) -> list[tuple[Words, Words]]:
    number, day = str(data.publication["generation"]), data.as_of.isoformat()
    return [
        (W["as_of"], Words(day, day)),
        (W["state"], quality.state(data, kpis)),
        (W["generation"], Words(number, number)),
    ]


def headline(data: Data, kpis: list[str], traced: list[contributors.Traced]) -> list[c.Line]:
    """The three or four sentences that somebody in a hurry reads."""
    counts = dict(attainment.tally(data, kpis))
    number = sum(counts.values())
    lines = [c.Line(W["no_goals"], "soft")]
    if number:
        named = {key: str(counts.get(key, 0)) for key in ("green", "amber", "red")}
        lines = [c.Line(say("h_goals", n=str(number), **named), rule=TALLY)]
    lines += [line for kpi in kpis[:1] if (line := _of_first(data, kpi))]
    judged = [
        (share, kpi)
        for kpi in kpis
        if (goal := data.goal(kpi)) and (share := attainment.reached(data, goal)) is not None
    ]
    if judged and (worst := min(judged))[0] < 1:
        share = Words(*[c.percent(worst[0])] * 2)
        lines.append(c.Line(say("h_worst", kpi=data.label(worst[1]), attainment=share, reached=_reached(data)), "bad"))
    blocked = sum((data.value(kpi) or {}).get("quality") == "blocked" for kpi in kpis)
    if blocked:
        lines.append(c.Line(say("h_data", n=str(blocked)), "bad"))
    return lines


def _of_first(data: Data, kpi: str) -> c.Line | None:
    """The first KPI of the report: its figure, its change and, of a running goal, where it lands."""
    value, unit = data.value(kpi), data.measure(kpi)
    if value is None or value["value"] is None:
        return None
    goal = data.goal(kpi)
    base = next((b for b in ("year_ago", "previous") if value.get(f"{b}_change") is not None), None)
    if goal and attainment.lands(data, goal) and goal.get("hit_probability") is not None:
        chance = Words(*[f"{fmt.fixed(goal['hit_probability'] * 100, 0)}%"] * 2)
        landing = fmt.number(goal["landing"], unit)
        return c.Line(say("h_landing", kpi=data.label(kpi), landing=landing, chance=chance))
    if base is None:
        return None
    moved = value[f"{base}_change"]
    mark = c.good_or_bad(moved, data.kpis[kpi]["direction"])
    words = {"kpi": data.label(kpi), "value": c.number(value["value"], unit).text, "base": W[f"base_{base}"]}
    return c.Line(say("h_change", change=c.change(moved, unit).text, **words), mark)


def _reached(data: Data) -> Words:
    return W["pace_by" if data.period.is_running else "reached_by"]
