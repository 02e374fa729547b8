"""What changed: each KPI beside the period before and the same one a year ago, like for like.

Belongs here: the sections `changes`, `activities` and `coverage`. Does not: where a change comes from
(contributors.py).
"""

from __future__ import annotations

from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.words import LEADS, SECTIONS, W


def section(data: Data, kpis: list[str], name: str = "changes") -> c.Section:
    """The figures, those of earlier periods, and the changes, which the published table computed."""
    columns = [
        c.Column(W["kpi"], False), c.Column(W["actual"]), c.Column(W["before"]), c.Column(W["before_change"]),
        c.Column(W["year_ago"]), c.Column(W["year_change"]),
    ]  # fmt: skip
    rows = [_row(data, kpi) for kpi in kpis if data.value(kpi)]
    blocks: list[c.Block] = [c.Table(name, columns, rows)] if rows else []
    return c.Section(name, SECTIONS[name], blocks, LEADS["changes"] if data.period.is_running else None)


def _row(data: Data, kpi: str) -> list[c.Cell]:
    value, unit = data.value(kpi), data.measure(kpi)
    assert value is not None
    cells = [c.text(data.label(kpi)), c.number(value["value"], unit)]
    for base in ("previous", "year_ago"):
        moved = value.get(f"{base}_change")
        mark = c.good_or_bad(moved, data.kpis[kpi]["direction"])
        cells += [c.number(value.get(f"{base}_value"), unit), c.change(moved, unit, mark)]
    return cells
