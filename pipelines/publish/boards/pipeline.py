"""The pipeline board: what is open by stage and unit, what it is worth, and which deals stand still.

Belongs here: what stands in its tiles, tables and chart. Does not: stalled deals (stalled.py), queries, looks.
"""

from __future__ import annotations

from typing import Any

from pipelines.publish.boards.comparing import parts
from pipelines.publish.boards.figures import Sheet, drawn
from pipelines.publish.boards.funnel import stages_in_order
from pipelines.publish.boards.periods import tick_name, titled
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import UNASSIGNED, Key, Unit
from pipelines.publish.boards.stalled import Deal, deals, stalled
from pipelines.publish.boards.tiles import tiles
from pipelines.publish.boards.words import BOARD_WORDS, said
from pipelines.publish.charts import Column, Mark, bar, columns
from pipelines.publish.format import number, period

ID = "pipeline"
KPIS = ("stage_open_count", "pipeline_weighted", "pipeline_coverage", "win_rate", "sales_cycle_days")
TILES = (
    ("pipeline_weighted", "month"),
    ("stage_open_count", "month"),
    ("pipeline_coverage", "quarter"),
    ("win_rate", "quarter"),
    ("sales_cycle_days", "quarter"),
)
MONTHS, UNITS, SHADES = 13, 12, 5


def content(file: Published) -> dict[str, Any] | None:
    """None where nothing is open and nothing was."""
    having = file.with_figures(file.has("stage_open_count", "pipeline_weighted"), "month", file.newest("month"))
    if file.root.id not in having:
        return None
    stages = stages_in_order(file)
    late = deals(file)
    return {
        "top": tiles(file, TILES),
        "stages": _stages(file, stages),
        "history": _history(file, stages),
        "units": _units(file, having, late),
        "stalled": stalled(file, late),
    }


def _stages(file: Published, stages: list[str]) -> dict[str, Any]:
    sheet, start = Sheet(file), file.newest("month") or file.as_of
    kpis = file.has("stage_open_count", "pipeline_weighted")
    rows = file.values(kpis, [file.root], "month", [start], "stage")
    known = {key.cut_value for key in rows}
    at = Key("", file.root.id, start)
    worth = {stage: rows.get(at._replace(kpi="pipeline_weighted", cut_value=stage)) for stage in stages}
    count = {stage: rows.get(at._replace(kpi="stage_open_count", cut_value=stage)) for stage in stages}
    by = worth if any(drawn(row) for row in worth.values()) else count
    top = max((drawn(row) or 0.0 for row in by.values()), default=0.0)
    return {
        "sheet": sheet,
        "rows": [
            {
                "stage": said(stage),
                "open": sheet.of(count[stage]),
                "change": sheet.change(count[stage], "year_ago_change"),
                "worth": sheet.of(worth[stage]),
                "bar": bar((drawn(by[stage]) or 0.0) / top, f"b-s{min(i + 1, SHADES)}") if top else None,
            }
            for i, stage in enumerate(stages)
            if stage in known
        ],
    }


def _history(file: Published, stages: list[str]) -> dict[str, Any] | None:
    """Open deals at the end of each month, a part a stage; more stages than shades share the last."""
    if not file.has("stage_open_count"):
        return None
    months = file.last("month", MONTHS)
    rows = file.values(["stage_open_count"], [file.root], "month", months, "stage")
    shades = {stage: f"b-s{min(i + 1, SHADES)}" for i, stage in enumerate(stages)}
    found = []
    for start in months:
        marks = []
        for stage in stages:
            row = rows.get(Key("stage_open_count", file.root.id, start, stage))
            count = number(row.value if row else None, "count")
            title = titled(period("month", start), titled(said(stage), count))
            marks.append(Mark(shades[stage], drawn(row), title))
        found.append(Column(tick_name(start), marks, start == months[-1] and file.is_running("month")))
    return {
        "picture": columns(found, "count", BOARD_WORDS["open_history"]),
        "legend": [(shades[stage], said(stage)) for stage in stages],
    }


def _units(file: Published, having: set[str], late: list[Deal]) -> dict[str, Any] | None:
    """The units below, those with the most in the pipeline first."""
    sheet, start = Sheet(file), file.newest("month") or file.as_of
    below = parts(file, having)
    kpis = file.has("stage_open_count", "pipeline_weighted", "pipeline_coverage")
    rows = file.values(kpis, [file.root, *below], "month", [start])
    quarter = file.newest("quarter") or start
    coverage = file.values(file.has("pipeline_coverage"), [file.root, *below], "quarter", [quarter])
    by = "pipeline_weighted" if "pipeline_weighted" in file.kpis else "stage_open_count"
    below.sort(key=lambda unit: -(drawn(rows.get(Key(by, unit.id, start))) or 0.0))
    shown = [file.root, *below[:UNITS]]
    return {
        "sheet": sheet,
        "more": len(below) - len(shown) + 1,
        "rows": [
            {
                "unit": unit,
                "open": sheet.of(rows.get(Key("stage_open_count", unit.id, start))),
                "change": sheet.change(rows.get(Key("stage_open_count", unit.id, start)), "year_ago_change"),
                "worth": sheet.of(rows.get(Key("pipeline_weighted", unit.id, start))),
                "coverage": sheet.of(coverage.get(Key("pipeline_coverage", unit.id, quarter))),
                "stalled": sheet.derived(_stalled_of(file, unit, late)),
            }
            for unit in shown
        ],
    }


def _stalled_of(file: Published, unit: Unit, late: list[Deal]) -> int:
    """Stalled deals of all below a unit; the root has those too whose owner is no unit, who belong to nobody."""
    if unit.id == file.root.id:
        return len(late)
    if unit.id == UNASSIGNED:
        return sum(one.owner not in file.units or one.owner == UNASSIGNED for one in late)
    below = file.below(unit.id)
    return sum(one.owner in below for one in late)
