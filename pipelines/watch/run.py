"""The notices of one run, written whatever became of it; and what it blocked.

Belongs here: the order of reading and writing. Does not: the sentences (notices.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelines.gate.verdicts import DELIVERY
from pipelines.model.company import read_people
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from pipelines.watch import notices
from pipelines.watch.notices import Notice


class Told(NamedTuple):
    """What owners were told, where it stands, and the tables that are blocked."""

    notices: list[Notice]
    path: Path
    blocked: dict[str, str]  # and what was wrong with its delivery, where it was that


def tell(settings: Settings, run_id: str) -> Told:
    """Writes data/reports/notices.md for a run. Raises KpiError where the gate has no results of it."""
    people = read_people(settings.kpi_definitions)
    with open_warehouse(settings) as con:
        found = notices.notices(con, people, run_id)
        blocked = con.execute(
            """
            select verdicts.table_name, coalesce(any_value(results.why_en), '')
            from gate.verdicts as verdicts
            left join gate.results as results
                on results.run_id = verdicts.run_id and results.table_name = verdicts.table_name
                and results.expectation_type = ? and results.severity = 'critical'
            where verdicts.run_id = ? and verdicts.verdict = 'block'
            group by verdicts.table_name
            order by verdicts.table_name
            """,
            [DELIVERY, run_id],
        ).fetchall()
    return Told(found, notices.write(found, people, settings.reports, run_id), dict(blocked))
