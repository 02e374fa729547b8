"""The record of alerts as rows for BI: definitions.alerts, from which dbt makes published.alerts.

Belongs here: one row per alert. Does not: writing the table (model/tables.py). A run publishes what was known when it
began: its own alerts are sent after it published, and stand in the next one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipelines.errors import KpiError
from pipelines.settings import Settings
from pipelines.watch.alerts import record
from pipelines.watch.alerts.history import Alert

COLUMNS = {
    **dict.fromkeys(["alert_id", "owner", "table_name", "check_name", "severity"], "varchar"),
    "failed_rows": "bigint",
    **dict.fromkeys(["opened_at", "seen_at", "closed_at", "told_at"], "timestamp"),
    "told_by": "varchar",
    "escalated_to": "varchar",
    "acknowledged_at": "timestamp",
    "acknowledged_by": "varchar",
}


def rows(settings: Settings) -> list[tuple[Any, ...]]:
    """Every alert in the order of COLUMNS, times in UTC without zone; none where the record cannot be read.

    Numbers are not held up by a damaged record of alerts: the end of the run says that it is damaged.
    """
    try:
        return [_row(alert) for alert in record.read(settings).alerts.values()]
    except KpiError:
        return []


def _row(alert: Alert) -> tuple[Any, ...]:
    about = alert.finding
    times = (alert.opened_at, alert.seen_at, alert.closed_at, max(alert.told.values(), default=None))
    return (
        alert.name, about.owner, about.table, about.check, about.severity, about.failed_rows,
        *(_utc(at) for at in times),
        ", ".join(sorted({channel for _, channel in alert.told})) or None,
        ", ".join(sorted({person for person, _ in alert.escalated})) or None,
        _utc(alert.acknowledged_at), alert.acknowledged_by or None,
    )  # fmt: skip


def _utc(at: dt.datetime | None) -> dt.datetime | None:
    return at.astimezone(dt.UTC).replace(tzinfo=None) if at else None
