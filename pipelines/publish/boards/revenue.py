"""The revenue board: customers signed, value signed and cash collected, against their targets, by unit and month.

Belongs here: what stands in its panels. Does not: its chart of the year (year_chart.py), queries, looks.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.publish.boards.comparing import parts
from pipelines.publish.boards.figures import Sheet, drawn
from pipelines.publish.boards.periods import month_names, open_name
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Goal, Key, Unit, Value
from pipelines.publish.boards.year_chart import year_chart

ID = "revenue"
KPIS = ("won_customers", "won_amount", "cash_collected")
INSTEAD = {"won_customers": "new_customers", "won_amount": "revenue"}  # where a company does not have the first
MONTHS, UNITS = 13, 12

Rows = dict[Key, Value]
Goals = dict[Key, Goal]


def content(file: Published) -> dict[str, Any] | None:
    """A panel a KPI; None where none of them has a number."""
    kpis = [kpi for wanted in KPIS for kpi in file.first(wanted, INSTEAD.get(wanted, wanted))]
    newest = next((grain for grain in ("month", "quarter", "year") if file.starts[grain]), "month")
    having = file.with_figures(kpis, newest, file.newest(newest)) | file.with_figures(kpis, "year", file.newest("year"))
    if file.root.id not in having:
        return None
    units = [file.root, *parts(file, having)]
    values = {grain: file.values(kpis, units, grain, _back(file, grain)) for grain in file.starts}
    goals = {grain: file.goals(kpis, units, grain, _back(file, grain)) for grain in file.starts}
    return {"panels": [_panel(file, kpi, units, values, goals) for kpi in kpis]}


def _back(file: Published, grain: str) -> list[date]:
    """As many periods as are shown: of months two years, since the year's chart has last year's line."""
    return file.last(grain, {"month": 25, "quarter": 9, "year": 2}[grain])


def _panel(
    file: Published, kpi: str, units: list[Unit], values: dict[str, Rows], goals: dict[str, Goals]
) -> dict[str, Any]:
    sheet = Sheet(file)
    judged_by = _judged_by(file, kpi, units, goals)
    root, *rest = units
    at = Key(kpi, "", file.newest(judged_by) or file.as_of)
    rest.sort(key=lambda unit: -(drawn(values[judged_by].get(at._replace(unit=unit.id))) or 0.0))
    shown = [root, *rest[:UNITS]]
    months = file.last("month", MONTHS)
    return {
        "kpi": file.kpis[kpi],
        "sheet": sheet,
        "grain": judged_by,
        "names": {grain: open_name(file, grain) for grain in file.starts},
        "rows": [_row(file, sheet, kpi, unit, judged_by, values, goals[judged_by]) for unit in shown],
        "more": len(rest) - len(shown) + 1,
        "chart": year_chart(file, kpi, values, goals),
        "months": month_names(file, months),
        "matrix": [
            (unit, [sheet.of(values["month"].get(Key(kpi, unit.id, start))) for start in months]) for unit in shown
        ],
        "changes": [
            (word, [sheet.change(values["month"].get(Key(kpi, root.id, start)), column) for start in months])
            for word, column in (("versus_previous", "previous_change"), ("versus_year", "year_ago_change"))
        ],
    }


def _judged_by(file: Published, kpi: str, units: list[Unit], goals: dict[str, Goals]) -> str:
    """The grain whose running period has goals for most of the units: quarters where no grain has any."""
    ids = {unit.id for unit in units}

    def count(grain: str) -> int:
        start = file.newest(grain)
        return sum(key.kpi == kpi and key.start == start and key.unit in ids for key in goals[grain])

    return max((grain for grain in ("quarter", "month", "year") if file.starts[grain]), key=count, default="month")


def _row(
    file: Published, sheet: Sheet, kpi: str, unit: Unit, judged_by: str, values: dict[str, Rows], goals: Goals
) -> dict[str, Any]:
    def row(grain: str) -> Value | None:
        start = file.newest(grain)
        return values[grain].get(Key(kpi, unit.id, start)) if start else None

    month, year, held = row("month"), row("year"), row(judged_by)
    goal = goals.get(Key(kpi, unit.id, held.start)) if held else None
    judged = sheet.judged(held, goal)
    reached = judged.reached.value
    return {
        "unit": unit,
        "month": sheet.of(month),
        "previous": sheet.change(month, "previous_change"),
        "year_ago": sheet.change(month, "year_ago_change"),
        "held": sheet.of(held),
        "judged": judged,
        "bar": None if reached is None else (min(float(reached), 1.25) / 1.25, 1 / 1.25),
        "year": sheet.of(year),
        "year_change": sheet.change(year, "year_ago_change"),
    }
