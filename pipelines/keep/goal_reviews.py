"""What was decided when a goal was reviewed: acts of the kind `review_goal`; and which goals are due for it.

Belongs here: what such an act holds, the rows of definitions.goal_reviews, and the rule of what is due. Does not:
what a review looks at (published.kpi_reviews), how acts are kept (acts.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pipelines.keep import acts
from pipelines.settings import Settings

REVIEW = "review_goal"
DECISIONS = ("keep", "change", "retire")
Decision = Literal["keep", "change", "retire"]
COLUMNS = {"goal_id": "varchar", "decision": "varchar", "reviewed_date": "date"}


class Reviewed(NamedTuple):
    """The last decision on a goal, and the business date of it."""

    decision: str
    day: dt.date


def decide(settings: Settings, goal_id: str, decision: str, text: str, as_of: dt.date, now: dt.datetime) -> None:
    """Writes down what was decided on a goal and why. Raises KpiError as acts.record does."""
    acts.record(settings, REVIEW, goal_id, text, {"decision": decision, "as_of": as_of.isoformat()}, now)


def last(settings: Settings, as_of: dt.date) -> dict[str, Reviewed]:
    """The last review of each goal that had one by the business date."""
    found = {}
    for act in acts.read(settings, REVIEW):
        day = dt.date.fromisoformat(act.detail["as_of"])
        if day <= as_of:
            found[act.subject] = Reviewed(act.detail["decision"], day)
    return found


def rows(settings: Settings, as_of: dt.date) -> list[tuple[Any, ...]]:
    """definitions.goal_reviews: one row per goal that was reviewed by the business date."""
    return [(goal_id, *reviewed) for goal_id, reviewed in last(settings, as_of).items()]


def due(
    begun: Mapping[str, dt.date], reviewed: Mapping[str, Reviewed], quarter_start: dt.date
) -> dict[str, dt.date | None]:
    """The goals that are due, with the day of their last review.

    `begun` has the first day of each goal with `review: quarterly`; `quarter_start` is the first day of the quarter in
    which the business date lies. A goal is due once a quarter has ended since it began, and was not reviewed since.
    """
    found: dict[str, dt.date | None] = {}
    for goal_id, first in sorted(begun.items()):
        day = reviewed[goal_id].day if goal_id in reviewed else None
        if first < quarter_start and (day is None or day < quarter_start):
            found[goal_id] = day
    return found
