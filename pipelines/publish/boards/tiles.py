"""The few numbers at the top of a board: one KPI of the root in one running period each.

Belongs here: a tile. Does not: which KPIs a board puts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.publish.boards.figures import Sheet
from pipelines.publish.boards.periods import open_name
from pipelines.publish.boards.reading import GRAINS, Key, Published


def tiles(file: Published, wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A tile for each (KPI, grain) that the company has; of a KPI without rows by that grain the next longer one."""
    sheet = Sheet(file)
    found = [(kpi, grain) for kpi, grain in wanted if kpi in file.kpis]
    rows = {
        grain: file.values([kpi for kpi, _ in found], [file.root], grain, file.last(grain, 1)) for grain in GRAINS
    }
    goals = {grain: file.goals([kpi for kpi, _ in found], [file.root], grain, file.last(grain, 1)) for grain in GRAINS}
    made = []
    for kpi, first in found:
        for grain in GRAINS[GRAINS.index(first) :]:
            key = Key(kpi, file.root.id, file.newest(grain) or file.as_of)
            if row := rows[grain].get(key):
                goal = goals[grain].get(key)
                made.append(
                    {
                        "kpi": file.kpis[kpi],
                        "period": open_name(file, grain),
                        "number": sheet.of(row),
                        "change": sheet.change(row, "year_ago_change"),
                        "judged": sheet.judged(row, goal),
                        "has_goal": goal is not None,
                    }
                )
                break
    return {"sheet": sheet, "tiles": made}
