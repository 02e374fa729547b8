"""What people say of a figure: acts of the kind `feedback`.

Belongs here: what such an act holds, and the rows of definitions.feedback. Does not: whether the figure exists
(cli/feedback.py), how acts are kept (acts.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pipelines.keep import acts
from pipelines.settings import Settings

FEEDBACK = "feedback"
COLUMNS = {
    "act_no": "bigint",
    "given_at": "timestamp",
    **dict.fromkeys(["author", "kpi_id", "grain"], "varchar"),
    "period_start": "date",
    **dict.fromkeys(["unit_id", "said"], "varchar"),
}


def give(settings: Settings, kpi_id: str, grain: str, start: dt.date, unit: str, text: str, now: dt.datetime) -> None:
    """Writes down what somebody says of a KPI's figure of a unit and period. Raises KpiError as acts.record does."""
    detail = {"grain": grain, "period_start": start.isoformat(), "unit_id": unit}
    acts.record(settings, FEEDBACK, kpi_id, text, detail, now)


def rows(settings: Settings) -> Iterator[tuple[Any, ...]]:
    """definitions.feedback: one row per act, in the order in which they were done."""
    for act in acts.read(settings, FEEDBACK):
        about = act.detail
        yield (
            act.act_no, act.at, act.who, act.subject, about["grain"], about["period_start"], about["unit_id"], act.why,
        )  # fmt: skip
