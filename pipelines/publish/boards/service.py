"""The service board: tickets in, closed and open, how fast, how well, by team and month.

Belongs here: what stands in its chart and tables. Does not: queries, looks. How many tickets came in and were closed
are the lower halves of two published rates: no KPI of its own counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pipelines.publish.boards.comparing import teams
from pipelines.publish.boards.figures import Sheet, drawn
from pipelines.publish.boards.periods import month_names, open_name, tick_name, titled
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Key, Unit, Value
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.charts import Column, Mark, columns
from pipelines.publish.format import number, period
from pipelines.publish.words import Words

ID = "service"
KPIS = (
    "reopened_share", "resolution_sla", "backlog", "first_response_time", "first_response_sla", "resolution_time",
    "csat_pct",
)  # fmt: skip
MONTHS, TEAMS = 13, 20


class Measure(NamedTuple):
    """What a line or a column shows: a KPI's value, or its lower half under a name of its own."""

    kpi: str
    column: str = "value"
    label: str | None = None


MEASURES = (
    Measure("reopened_share", "denominator", "tickets_in"),
    Measure("resolution_sla", "denominator", "tickets_done"),
    Measure("backlog"),
    Measure("first_response_time"),
    Measure("first_response_sla"),
    Measure("resolution_time"),
    Measure("resolution_sla"),
    Measure("reopened_share"),
    Measure("csat_pct"),
)

# By team and month; the others stand by team for the running month, and by month for all teams together.
BY_TEAM = {
    ("reopened_share", "denominator"),
    ("resolution_sla", "denominator"),
    ("backlog", "value"),
    ("first_response_sla", "value"),
    ("resolution_sla", "value"),
    ("csat_pct", "value"),
}


def content(file: Published) -> dict[str, Any] | None:
    """None where no ticket is known."""
    kpis, months = file.has(*KPIS), file.last("month", MONTHS)
    having: set[str] = set().union(*(file.with_figures(kpis, "month", start) for start in months[-2:]))
    if file.root.id not in having:
        return None
    measures = [one for one in MEASURES if one.kpi in kpis]
    below = teams(file, having)
    shown = [file.root, *below[:TEAMS]]
    rows = file.values(kpis, shown, "month", months)
    return {
        "month": open_name(file, "month"),
        "chart": _in_and_out(file, rows, months),
        "company": _by_month(file, rows, measures, months),
        "teams": _teams(file, rows, measures, shown, months[-1]) if below else None,
        "months": [_of_teams(file, rows, one, shown, months) for one in measures if below and one[:2] in BY_TEAM],
        "more": len(below) - len(shown) + 1,
    }


def label(file: Published, one: Measure) -> Words:
    return BOARD_WORDS[one.label] if one.label else file.kpis[one.kpi].label


def _in_and_out(file: Published, rows: dict[Key, Value], months: Sequence[date]) -> dict[str, Any]:
    """Tickets in beside tickets closed, and a line of those that are open."""
    found = []
    for start in months:
        came, done, left = (
            _mark(rows.get(Key(kpi, file.root.id, start)), column, kind, what, start)
            for kpi, column, kind, what in (
                ("reopened_share", "denominator", "b-s3", "tickets_in"),
                ("resolution_sla", "denominator", "b-s1", "tickets_done"),
                ("backlog", "value", "b-over", "backlog"),
            )
        )
        found.append(Column(tick_name(start), [came, done], start == months[-1] and file.is_running("month"), left))
    legend = [("b-s3", "tickets_in"), ("b-s1", "tickets_done"), ("b-over", "backlog")]
    return {"picture": columns(found, "count", BOARD_WORDS["in_and_out"], is_stacked=False), "legend": legend}


def _mark(row: Value | None, column: str, kind: str, what: str, start: date) -> Mark:
    count = number(getattr(row, column) if row else None, "count")
    return Mark(kind, drawn(row, column), titled(period("month", start), titled(BOARD_WORDS[what], count)))


def _by_month(
    file: Published, rows: dict[Key, Value], measures: list[Measure], months: Sequence[date]
) -> dict[str, Any]:
    """A line a measure of the root: its months, and how the running one stands to last year's and to its goal."""
    sheet = Sheet(file)
    goals = file.goals(file.has(*KPIS), [file.root], "month", [months[-1]])
    lines = []
    for one in measures:
        now = rows.get(Key(one.kpi, file.root.id, months[-1]))
        goal = goals.get(Key(one.kpi, file.root.id, months[-1]))
        is_value = one.column == "value"
        lines.append(
            {
                "kpi": file.kpis[one.kpi],
                "label": label(file, one),
                "cells": [sheet.of(rows.get(Key(one.kpi, file.root.id, start)), one.column) for start in months],
                "previous": sheet.change(now if is_value else None, "previous_change"),
                "year_ago": sheet.change(now if is_value else None, "year_ago_change"),
                "judged": sheet.judged(now, goal) if is_value else None,
            }
        )
    return {"sheet": sheet, "months": month_names(file, months), "rows": lines}


def _teams(
    file: Published, rows: dict[Key, Value], measures: list[Measure], shown: list[Unit], start: date
) -> dict[str, Any]:
    """A line a team in the running month, those with the most open first, and how each stands to its goals."""
    sheet = Sheet(file)
    root, *below = shown
    below.sort(key=lambda unit: -(drawn(rows.get(Key("backlog", unit.id, start))) or 0.0))
    goals = file.goals(file.has(*KPIS), shown, "month", [start])
    return {
        "sheet": sheet,
        "columns": [(file.kpis[one.kpi], label(file, one)) for one in measures],
        "rows": [
            (unit, [_cell(sheet, one, rows.get(key), goals.get(key)) for one, key in _keys(measures, unit, start)])
            for unit in [root, *below]
        ],
    }


def _keys(measures: list[Measure], unit: Unit, start: date) -> list[tuple[Measure, Key]]:
    return [(one, Key(one.kpi, unit.id, start)) for one in measures]


def _cell(sheet: Sheet, one: Measure, row: Value | None, goal: Any) -> dict[str, Any]:
    """A number, and its status where it has a goal."""
    judged = sheet.judged(row, goal) if goal and one.column == "value" else None
    return {"number": sheet.of(row, one.column), "judged": judged}


def _of_teams(
    file: Published, rows: dict[Key, Value], one: Measure, shown: list[Unit], months: Sequence[date]
) -> dict[str, Any]:
    """One measure by team and month."""
    sheet = Sheet(file)
    return {
        "kpi": file.kpis[one.kpi],
        "label": label(file, one),
        "sheet": sheet,
        "rows": [
            (unit, [sheet.of(rows.get(Key(one.kpi, unit.id, start)), one.column) for start in months]) for unit in shown
        ],
    }
