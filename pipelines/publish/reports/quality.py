"""How far each number can be believed: verdict, running, closed, rows set aside, restated; provisional years.

Belongs here: the section `quality` and what the head of a report says of its period. Does not: problems and owners
(problems.py).
"""

from __future__ import annotations

from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data, Row
from pipelines.publish.reports.words import QUALITY, SECTIONS, W
from pipelines.publish.words import Words


def section(data: Data, kpis: list[str]) -> c.Section:
    columns = [
        c.Column(W["kpi"], False), c.Column(W["data"], False), c.Column(W["state"], False), c.Column(W["held"]),
        c.Column(W["with_held"]), c.Column(W["restated"]),
    ]  # fmt: skip
    rows = [_row(data, kpi, row) for kpi in kpis if (row := data.value(kpi))]
    blocks: list[c.Block] = [c.Table("quality", columns, rows)] if rows else []
    if years := data.publication.get("provisional_years"):
        lines = [c.Line(Words(W["provisional"].zh.format(years), W["provisional"].en.format(years)))]
        blocks.append(c.Sentences("provisional", lines))
    return c.Section("quality", SECTIONS["quality"], blocks)


def state(data: Data, kpis: list[str]) -> Words:
    """Whether the period runs, is over, or is closed."""
    if data.period.is_running:
        return W["running"]
    closed = {row["is_closed"] for kpi in kpis if (row := data.value(kpi))}
    return W["closed"] if closed == {True} else W["partly"] if True in closed else W["open"]


def _row(data: Data, kpi: str, row: Row) -> list[c.Cell]:
    unit = data.measure(kpi)
    effect = next((one for one in data.tables.get("effects", []) if one["kpi_id"] == kpi), None)
    said = W["partial_is"] if row["is_partial"] else W["closed_is"] if row["is_closed"] else W["open_is"]
    now = row.get("value_now")
    mark: c.Mark = "red" if row["quality"] == "blocked" else "soft"
    return [
        c.text(data.label(kpi)), c.text(QUALITY[row["quality"]], mark), c.text(said, "soft"),
        c.number(effect and effect["held_rows"], "count"), c.number(effect and effect["value_with_held"], unit),
        c.number(now if now != row["value"] and row["is_closed"] else None, unit),
    ]  # fmt: skip
