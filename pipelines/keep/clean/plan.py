"""Everything that is older than company.yml keeps it, and removing it.

Belongs here: joining the kinds, and the order of removal. Does not: finding each kind (tables.py, files.py, runs.py),
the clock: `now` is an argument.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.extract.cast import identifier
from pipelines.extract.load import transaction
from pipelines.gate import fingerprint
from pipelines.keep import acts, closes
from pipelines.keep.clean import files, runs, tables
from pipelines.keep.clean.cut import Cut, days
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb
    from dagster import DagsterInstance

    from pipelines.extract.contract import SourceContract
    from pipelines.model.company import Retention

BEGIN = datetime(1970, 1, 1)
ACT = "clean"  # subject: the data folder's name; detail: how much of each kind, since when, what was kept and why


def find(
    settings: Settings,
    contracts: Sequence[SourceContract],
    keep: Retention,
    now: datetime,
    instance: DagsterInstance,
) -> list[Cut]:
    """What may go as of `now` (UTC), and what stays though it is old, with the reason. Changes nothing."""
    from pipelines.watch.alerts import record

    today = now.astimezone(UTC).replace(tzinfo=None)
    ages = {name: days(said, name) for name, said in keep.model_dump().items() if name != "generations"}
    before = {name: today - age if age < today - BEGIN else BEGIN for name, age in ages.items()}
    alerted = {alert.finding.table for alert in record.read(settings).open}
    first_closed = min((start for _, _, start in closes.periods(settings)), default=None)
    found: list[Cut] = []
    if settings.warehouse.is_file():
        with open_warehouse(settings, read_only=True) as con:
            found += tables.old_raw(con, contracts, before["raw"], first_closed, alerted)
            found += tables.old_personal(con, contracts, before["personal"])
            found += tables.old_quarantine(con, contracts, before["quarantine"], alerted)
            found += files.old_landing(con, settings, before["landing"], alerted)
    found += files.old_generations(settings, keep.generations)
    found += runs.old_runs(settings, instance, before["dagster_events"])
    return found


def carry_out(settings: Settings, found: Sequence[Cut], why: str, now: datetime, instance: DagsterInstance) -> None:
    """Removes what was found: rows in one transaction, then files, then runs; a kill leaves what the next time finds.

    The act comes first: what is gone was asked for by somebody. Raises KpiError where a run holds the working file.
    """
    rows = [cut for cut in found if cut.rows]
    detail = {"cuts": [_told(cut) for cut in found]}
    try:
        if rows:
            with open_warehouse(settings) as con:
                acts.record(settings, ACT, settings.data.name, why, detail, now)
                with transaction(con):
                    for cut in rows:
                        _cut_rows(con, cut)
                    fingerprint.forget_all(con)
                con.execute("checkpoint")
        else:
            acts.record(settings, ACT, settings.data.name, why, detail, now)
        for path in (path for cut in found for path in cut.paths):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        runs.remove(settings, instance, [run for cut in found for run in cut.runs])
    except OSError as error:
        raise KpiError(f"not all was removed: {error}", file=settings.data, next_step="kpi clean again") from error


def _cut_rows(con: duckdb.DuckDBPyConnection, cut: Cut) -> None:
    """The ledger stays as it is, so that no delivery is loaded again."""
    assert cut.rows is not None
    if cut.rows.sets:
        emptied = ", ".join(f"{identifier(column)} = null" for column in cut.rows.sets)
        con.execute(f"update {cut.rows.table} set {emptied} where {cut.rows.where}")
    else:
        con.execute(f"delete from {cut.rows.table} where {cut.rows.where}")


def _told(cut: Cut) -> dict[str, object]:
    since = cut.since.isoformat() if cut.since else None
    return {
        "what": cut.what,
        "where": cut.where,
        "count": cut.number,
        "since": since,
        "bytes": cut.bytes,
        "kept": cut.kept,
    }
