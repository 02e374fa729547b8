"""The notices of one run, written whatever became of it; and what it blocked.

Belongs here: the order of reading and writing. Does not: the sentences (notices.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelines.model.company import read_people
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from pipelines.watch import notices
from pipelines.watch.notices import Notice


class Told(NamedTuple):
    """What owners were told, where it stands, and the tables that are blocked."""

    notices: list[Notice]
    path: Path
    blocked: list[str]


def tell(settings: Settings, run_id: str) -> Told:
    """Writes data/reports/notices.md for a run. Raises KpiError where the gate has no results of it."""
    people = read_people(settings.kpi_definitions)
    with open_warehouse(settings) as con:
        found = notices.notices(con, people, run_id)
        blocked = con.execute(
            "select table_name from gate.verdicts where run_id = ? and verdict = 'block' order by 1", [run_id]
        ).fetchall()
    return Told(found, notices.write(found, people, settings.reports, run_id), [name for (name,) in blocked])
