"""The notices of one run, written whatever became of it; what it blocked; and its owners told.

Belongs here: the order of reading, writing and telling. Does not: the sentences (notices.py), the sending (alerts/).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.gate.verdicts import DELIVERY
from pipelines.model.company import Person, read_company, read_people
from pipelines.publish.provisional import provisional_years
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from pipelines.watch import notices
from pipelines.watch.alerts import fix_list
from pipelines.watch.alerts import run as alerts
from pipelines.watch.alerts.history import Finding
from pipelines.watch.notices import Notice
from pipelines.watch.stale import KINDS, findings

if TYPE_CHECKING:
    import duckdb


class Told(NamedTuple):
    """What owners were told, where it stands, the tables that are blocked, and what alerts are made of."""

    notices: list[Notice]
    path: Path
    blocked: dict[str, str]  # and what was wrong with its delivery, where it was that
    seen: alerts.Seen


def tell(settings: Settings, run_id: str) -> Told:
    """Writes data/reports/notices.md and the fix lists of a run. Raises KpiError without results of it."""
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
        lists = _fix_lists(con, settings, found, run_id)
        stale = _stale(con, settings, people, run_id)
        kept = [*lists.values(), *(f.fix_list for f in stale or () if f.fix_list)]
        fix_list.tidy(settings.reports, kept, without=() if stale is not None else tuple(kind.table for kind in KINDS))
        judged = _judged(con, run_id) | ({kind.table for kind in KINDS} if stale is not None else set())
        provisional = provisional_years(con) if stale is not None else None
        seen = alerts.Seen(found, lists, judged, _stewards(con, settings), stale or [])
    path = notices.write(found, people, settings.reports, run_id, seen.stale, provisional)
    return Told(found, path, dict(blocked), seen)


def end(settings: Settings, run_id: str, failure: BaseException | str | None, now: dt.datetime) -> list[str]:
    """For a run that stopped or died: owners of bad data hear of it all the same, stewards of the run.

    Returns what to say of it; raises nothing. Does nothing for a run whose end is in the record.
    """
    if alerts.was_reported(settings, run_id):
        return []
    try:
        seen = tell(settings, run_id).seen
    except Exception:  # it stopped before the gate had spoken, or the working file is held: the rest is told
        seen = None
    return alerts.after_run(settings, run_id, seen, failure, now)


def _stale(
    con: duckdb.DuckDBPyConnection, settings: Settings, people: Mapping[str, Person], run_id: str
) -> list[Finding] | None:
    """What has grown stale; None where the run stopped before its tables were built."""
    from pipelines.extract.contract import read_contracts

    built = "select 1 from duckdb_tables() where schema_name = 'published' and table_name = 'kpi_values'"
    if not con.execute(built).fetchall():
        return None
    if not con.execute("select 1 from published.kpi_values where run_id = ? limit 1", [run_id]).fetchall():
        return None
    return findings(con, people, read_contracts(settings), settings.reports)


def _judged(con: duckdb.DuckDBPyConnection, run_id: str) -> set[str]:
    return {
        t for (t,) in con.execute("select distinct table_name from gate.results where run_id = ?", [run_id]).fetchall()
    }


def _stewards(con: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, str]:
    """Who answers for the data of each KPI; from its file where a first run stopped before definitions were written."""
    there = "select 1 from duckdb_tables() where schema_name = 'definitions' and table_name = 'kpis'"
    if not con.execute(there).fetchall():
        from pipelines.model.kpi import read_kpis

        try:
            company = read_company(settings.kpi_definitions)
            return {
                kpi_id: file.kpi.steward
                for kpi_id, file in read_kpis(settings.kpi_definitions, company.catalogue).items()
            }
        except KpiError:  # the run stopped because of them
            return {}
    return dict(con.execute("select kpi_id, steward from definitions.kpis order by definition_version").fetchall())


def _fix_lists(
    con: duckdb.DuckDBPyConnection, settings: Settings, found: list[Notice], run_id: str
) -> dict[tuple[str, str], str]:
    from pipelines.extract.contract import read_contracts
    from pipelines.gate.suite import read_suites

    there = "select 1 from duckdb_tables() where schema_name = 'definitions' and table_name = 'run'"
    as_of = None
    if con.execute(there).fetchall():
        said = con.execute("select as_of_date from definitions.run where run_id = ?", [run_id]).fetchone()
        as_of = said[0] if said else None
    try:
        contracts, suites = read_contracts(settings), read_suites(settings)
    except KpiError:  # the run stopped because of them; sentences are told without lists
        return {}
    return fix_list.write(con, found, contracts, suites, settings.reports, as_of)
