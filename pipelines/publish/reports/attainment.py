"""How the goals of the audience stand: actual, target, attainment, status, where a running period lands.

Belongs here: the sections `attainment` and `landing`, and the tally. Does not: by unit (units.py), why (findings.py).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from pipelines.publish import format as fmt
from pipelines.publish.page import status
from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data, Row
from pipelines.publish.reports.words import LEADS, SECTIONS, STATUS, VERDICTS, W
from pipelines.publish.words import Words


def section(data: Data, kpis: list[str]) -> c.Section:
    """Every KPI of the report, those with a goal first; where the period runs, beside what is due by now."""
    running, year = data.period.is_running, data.period.grain == "year"
    has_goals = any(data.goal(kpi) for kpi in kpis)
    columns = [
        c.Column(W["kpi"], False), c.Column(W["actual"]), *([c.Column(W["due"])] if running else []),
        c.Column(W["target"]), c.Column(W["pace"] if running else W["attainment"]),
        *([c.Column(W["status"], False)] if has_goals else []), *([] if year else [c.Column(W["before_change"])]),
        c.Column(W["year_change"]), c.Column(W["trend"], False), c.Column(W["data"], False),
    ]  # fmt: skip
    ordered = sorted((kpi for kpi in kpis if data.value(kpi)), key=lambda kpi: data.goal(kpi) is None)
    rows = [_row(data, kpi, has_goals) for kpi in ordered]
    title = SECTIONS["attainment"] if has_goals else W["figures"]
    return c.Section("attainment", title, [c.Table("attainment", columns, rows)] if rows else [])


def tally(data: Data, kpis: list[str]) -> list[tuple[str, int]]:
    """How many of the goals stand how, in the order of the page."""
    counts = Counter(
        status(value, goal) for kpi in kpis if (goal := data.goal(kpi)) and (value := data.value(kpi))
    )  # fmt: skip
    return [(key, counts[key]) for key in STATUS if counts[key]]


def landing(data: Data, kpis: list[str]) -> c.Section:
    """Where the running periods of goals land; nothing of periods that are over."""
    columns = [
        c.Column(W["kpi"], False), c.Column(W["target"]), c.Column(W["landing"]), c.Column(W["interval"]),
        c.Column(W["chance"]), c.Column(W["needed"]), c.Column(W["method"], False),
    ]  # fmt: skip
    rows = [_landing(data, kpi, goal) for kpi in kpis if (goal := data.goal(kpi)) and lands(data, goal)]
    blocks: list[c.Block] = [c.Table("landing", columns, rows)] if rows else []
    return c.Section("landing", SECTIONS["landing"], blocks, LEADS["landing"])


def lands(data: Data, goal: Row) -> bool:
    """Whether something is forecast of a goal."""
    return data.period.is_running and goal.get("landing") is not None and bool(goal.get("landing_method"))


def reached(data: Data, goal: Row) -> Any:
    """What a goal is judged by: the pace while the period runs, else the attainment."""
    return goal["pace"] if data.period.is_running and goal["pace"] is not None else goal["attainment"]


def _row(data: Data, kpi: str, has_goals: bool) -> list[c.Cell]:
    value, goal, unit = data.value(kpi), data.goal(kpi), data.measure(kpi)
    assert value is not None
    due = [c.number(goal and goal.get("target_to_date"), unit)] if data.period.is_running else []
    # A running period is a part: beside whole ones it would look like a fall.
    history = data.history()[-14:-1] if data.period.is_running else data.history()[-13:]
    spark = (
        tuple((data.value(kpi, start=span.start) or {}).get("value") for span in history),
        tuple((data.goal(kpi, start=span.start) or {}).get("target") for span in history),
    )
    return [
        c.text(data.label(kpi)),
        c.number(value["value"], unit),
        *due,
        c.number(goal and goal["target"], unit),
        c.share(goal and reached(data, goal)),
        *([c.status(status(value, goal))] if has_goals else []),
        *([] if data.period.grain == "year" else [_changed(data, kpi, value, "previous")]),
        _changed(data, kpi, value, "year_ago"),
        c.Cell(Words("", ""), spark=spark),
        c.text(VERDICTS[value["quality"]], "red" if value["quality"] == "blocked" else "soft"),
    ]


def _changed(data: Data, kpi: str, value: Row, base: str) -> c.Cell:
    moved = value.get(f"{base}_change")
    return c.change(moved, data.measure(kpi), c.good_or_bad(moved, data.kpis[kpi]["direction"]))


def _landing(data: Data, kpi: str, goal: Row) -> list[c.Cell]:
    unit, low, high = data.measure(kpi), goal.get("landing_low"), goal.get("landing_high")
    interval = c.DASH
    if low is not None and high is not None:
        interval = Words(*(f"{a} – {b}" for a, b in zip(fmt.number(low, unit), fmt.number(high, unit), strict=True)))
    needed = goal.get("needed_per_day") if unit in ("money", "count") else None
    chance = goal.get("hit_probability")
    mark: c.Mark = "" if chance is None else "red" if chance < Decimal("0.5") else "green"
    return [
        c.text(data.label(kpi)),
        c.number(goal["target"], unit),
        c.number(goal["landing"], unit),
        c.text(interval, "" if low is not None else "soft"),
        c.share(chance, mark),
        c.number(needed if needed and needed > 0 else None, unit),
        c.text(W[goal["landing_method"]]),
    ]
