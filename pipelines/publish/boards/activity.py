"""The activity board: visits and follow-ups by person, what comes of them, and who has had none.

Belongs here: what stands in its tiles, chart and tables. Does not: queries, looks. Rows that only some may see are
not in the files of others (publish/audience.py); what a privacy rule hides is shown as hidden.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.publish.boards.comparing import people
from pipelines.publish.boards.figures import Sheet, drawn
from pipelines.publish.boards.periods import open_name, tick_name, titled
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Goal, Key, Unit, Value
from pipelines.publish.boards.tiles import tiles
from pipelines.publish.boards.words import BOARD_WORDS, said
from pipelines.publish.charts import Column, Mark, bar, columns
from pipelines.publish.format import number, period

ID = "activity"
KPIS = ("valid_visits", "follow_ups", "follow_up_on_time", "visit_to_customer", "new_customers", "won_amount")
RESULTS = ("new_customers", "visit_to_customer", "won_amount")
DONE = ("valid_visits", "follow_ups")
TILES = (
    ("valid_visits", "quarter"),
    ("follow_ups", "quarter"),
    ("follow_up_on_time", "quarter"),
    ("visit_to_customer", "quarter"),
    ("new_customers", "quarter"),
)
PEOPLE, NAMES, MONTHS = 40, 30, 13
SHADES = ("b-s3", "b-s4", "b-s5", "b-s6")


def content(file: Published) -> dict[str, Any] | None:
    """None where nobody has done anything in the last year."""
    done = file.has(*DONE)
    months = file.last("month", 12)
    everybody = people(file)
    rows = file.values(done, [file.root, *everybody], "month", months)
    active = {key.unit for key, row in rows.items() if drawn(row)}
    if not active:
        return None
    live = {key.unit for key in rows if key.start == months[-1]}  # who has left has no row in the running month
    here_now = active & live
    here = [unit for unit in everybody if unit.id in here_now]
    return {
        "top": tiles(file, TILES),
        "history": _history(file),
        "people": _people(file, here, rows),
        "none": _none(here, rows, done, months[-1]),
    }


def _history(file: Published) -> dict[str, Any]:
    """Follow-ups of the root by kind and month; customers visited are a line, since they are customers and no acts."""
    months = file.last("month", MONTHS)
    kinds = file.values(file.has("follow_ups"), [file.root], "month", months, "kind")
    visits = file.values(file.has("valid_visits"), [file.root], "month", months)
    names = sorted({key.cut_value for key, row in kinds.items() if drawn(row)})
    found = []
    for start in months:
        visit = visits.get(Key("valid_visits", file.root.id, start))
        of_kind = [(name, kinds.get(Key("follow_ups", file.root.id, start, name))) for name in names]
        marks = [_mark(SHADES[min(i, 3)], said(name), start, row) for i, (name, row) in enumerate(of_kind)]
        over = _mark("b-over", BOARD_WORDS["visits"], start, visit)
        found.append(Column(tick_name(start), marks, start == months[-1] and file.is_running("month"), over))
    legend = [*((SHADES[min(i, 3)], said(name)) for i, name in enumerate(names)), ("b-over", "visits")]
    return {"picture": columns(found, "count", BOARD_WORDS["by_kind"]), "legend": legend}


def _mark(kind: str, what: Any, start: date, row: Value | None) -> Mark:
    title = titled(period("month", start), titled(what, number(row.value if row else None, "count")))
    return Mark(kind, drawn(row), title)


def _people(file: Published, here: list[Unit], done: dict[Key, Value]) -> dict[str, Any]:
    """A line a person: this month's activity, the quarter's, and the quarter's results; those behind first."""
    sheet = Sheet(file)
    month, quarter = file.newest("month") or file.as_of, file.newest("quarter") or file.as_of
    goals = file.goals(file.has("valid_visits"), here, "quarter", [quarter])
    here = sorted(here, key=lambda unit: _rank(unit, goals.get(Key("valid_visits", unit.id, quarter)), done, month))
    shown = here[:PEOPLE]
    rows = file.values(file.has(*KPIS), shown, "quarter", [quarter])
    kinds = file.values(file.has("follow_ups"), shown, "month", [month], "kind")
    names = sorted({key.cut_value for key, row in kinds.items() if drawn(row)})[:4]
    top = max((drawn(done.get(Key("follow_ups", unit.id, month))) or 0.0 for unit in shown), default=0.0)
    return {
        "sheet": sheet,
        "kinds": [said(name) for name in names],
        "results": file.has(*RESULTS),
        "has_goals": bool(goals),
        "month": open_name(file, "month"),
        "quarter": open_name(file, "quarter"),
        "more": len(here) - len(shown),
        "rows": [
            {
                "unit": unit,
                "team": file.units.get(unit.parent or ""),
                "visits": sheet.of(done.get(Key("valid_visits", unit.id, month))),
                "kinds": [sheet.of(kinds.get(Key("follow_ups", unit.id, month, name))) for name in names],
                "follow_ups": sheet.of(done.get(Key("follow_ups", unit.id, month))),
                "bar": _bar(drawn(done.get(Key("follow_ups", unit.id, month))), top),
                "of_quarter": {kpi: sheet.of(rows.get(Key(kpi, unit.id, quarter))) for kpi in file.has(*KPIS)},
                "judged": sheet.judged(
                    rows.get(Key("valid_visits", unit.id, quarter)), goals.get(Key("valid_visits", unit.id, quarter))
                ),
            }
            for unit in shown
        ],
    }


def _bar(count: float | None, top: float) -> Any:
    return bar(count / top, "b-s3") if count and top else None


def _rank(unit: Unit, goal: Goal | None, done: dict[Key, Value], month: date) -> tuple[float, float, str]:
    """Who is farthest behind their goal first; among people without one, who did least this month."""
    share = goal and (goal.pace if goal.pace is not None else goal.attainment)
    count = sum(drawn(done.get(Key(kpi, unit.id, month))) or 0.0 for kpi in DONE)
    return float(share) if share is not None else 99.0, count, unit.id


def _none(here: list[Unit], rows: dict[Key, Value], done: list[str], month: date) -> dict[str, Any]:
    """People who are still here and did nothing this month; a month that is hidden or held back accuses nobody."""
    found = []
    for unit in here:
        now = [rows.get(Key(kpi, unit.id, month)) for kpi in done]
        if all(row is None or _is_none(row) for row in now):
            found.append(unit)
    return {"people": found[:NAMES], "more": max(len(found) - NAMES, 0)}


def _is_none(row: Value) -> bool:
    return row.quality != "blocked" and row.state != "suppressed" and not row.value
