"""How a published number is judged where people read it: cards, boards and reports say the same of the same row.

Belongs here: which word stands for a number, by what an open period is judged, whether a change is good. Does not: how
attainment and status are computed (dbt_project/models/4_goals), or how they look.
"""

from __future__ import annotations

from typing import Any


def status(quality: str, state: str, of_goal: str | None) -> str:
    """What blocks a number, else its state, else how it stands to its goal, else no target."""
    if quality == "blocked":
        return "blocked"
    return state if state != "ok" else of_goal or "no_target"


def is_pace(is_closed: bool, pace: Any, attainment: Any) -> bool:
    """Whether an open period is judged by the part of the target due by now."""
    return not is_closed and pace is not None and pace != attainment


def trend(change: Any, direction: str | None) -> str:
    """Whether a change is good, bad or neither, for the direction of the KPI."""
    if not change or direction not in ("up", "down"):
        return "even"
    return "good" if (change > 0) == (direction == "up") else "bad"
