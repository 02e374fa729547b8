"""The few numbers at the top of a board: one KPI of the root in one running period each.

Belongs here: a tile. Does not: which KPIs a board puts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.publish.boards.figures import Sheet
from pipelines.publish.boards.periods import open_name
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import GRAINS


def tiles(file: Published, wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A tile for each (KPI, grain) that the company has; of a KPI without rows by that grain the next longer one."""
    sheet = Sheet(file)
    found = [(kpi, grain) for kpi, grain in wanted if kpi in file.kpis]
    made: dict[str, dict[str, Any]] = {}
    for grain in GRAINS:
        due = [kpi for kpi, first in found if kpi not in made and GRAINS.index(first) <= GRAINS.index(grain)]
        rows = file.values(due, [file.root], grain, file.last(grain, 1))
        goals = file.goals([key.kpi for key in rows], [file.root], grain, file.last(grain, 1))
        for key, row in rows.items():
            goal = goals.get(key)
            made[key.kpi] = {
                "kpi": file.kpis[key.kpi],
                "period": open_name(file, grain),
                "number": sheet.of(row),
                "change": sheet.change(row, "year_ago_change"),
                "judged": sheet.judged(row, goal),
                "has_goal": goal is not None,
            }
    return {"sheet": sheet, "tiles": [made[kpi] for kpi, _ in found if kpi in made]}
