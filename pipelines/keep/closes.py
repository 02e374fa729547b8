"""What closed periods said, kept beside the working file: it outlives every rebuild, and nothing changes it.

Belongs here: immutable Parquet files below `data/closes/`, one a closing and log, and reading them. Does not: which
periods close (3_kpis/closings.sql), what a difference means (5_published/restatements.sql, 4_goals/judgements.sql).

A run that publishes also closes, and both must be so or neither: the rows are written as `<run>.pending` before the
served file is swapped, and renamed after. A run that was killed in between left either the old served file (its
pending rows count for nothing) or the new one (they are what it shows): `settle` tells by the run that is published.
`kpi close` does the same around its act.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines import whole_file

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

NUMBER = "decimal(38,6)"
CLOSED = {"closed_as_of": "date", "closed_at": "timestamp", "closed_by": "varchar", "run_id": "varchar"}


class Log(NamedTuple):
    """What is kept of a closing: its table in `definitions`, where its files lie, the key of a row, its columns."""

    table: str
    folder: str
    key: tuple[str, ...]
    columns: dict[str, str]


FIGURES = Log(
    "closes",
    "",
    ("kpi_id", "grain", "period_start", "level", "unit_id", "cut", "cut_value"),
    {
        **dict.fromkeys(["kpi_id", "grain"], "varchar"),
        "period_start": "date",
        **dict.fromkeys(["level", "unit_id", "cut", "cut_value"], "varchar"),
        **dict.fromkeys(["published_value", "numerator", "denominator"], NUMBER),
        **dict.fromkeys(["state", "definition_hash"], "varchar"),
        "definition_version": "integer",
        **CLOSED,
    },
)
# A target with its judgement; of what a split left over the target alone.
GOALS = Log(
    "goal_closes",
    "goals",
    ("goal_id", "level", "unit_id", "cut", "cut_value", "grain", "period_start"),
    {
        **dict.fromkeys(["goal_id", "level", "unit_id", "cut", "cut_value", "grain"], "varchar"),
        "period_start": "date",
        "period_end": "date",
        "revision": "integer",
        **dict.fromkeys(["kpi_id", "set_by", "parent_id"], "varchar"),
        **dict.fromkeys(
            ["target", "floor", "stretch", "target_to_date", "actual", "attainment", "pace", "gap", "counted_share"],
            NUMBER,
        ),
        **dict.fromkeys(["status", "guardrail", "quality", "goal_state"], "varchar"),
        "recorded_at": "timestamp",
        **dict.fromkeys(["recorded_by", "label_zh", "label_en"], "varchar"),
        **CLOSED,
    },
)
LOGS = (FIGURES, GOALS)
PENDING = ".pending"
SINCE = "closing_since"
BY_HAND = "close"  # the kind of act; its subject is `month 2026-04-01`, its detail has the run_id of the rows


def folder(settings: Settings) -> Path:
    return settings.data / "closes"


def settle(settings: Settings, done: Collection[str | None]) -> None:
    """Ends what was cut off: the pending rows of a run (or of an act) that is `done` stand, all others go."""
    for pending in folder(settings).rglob(f"*{PENDING}"):
        if pending.name.removesuffix(PENDING) in done:
            stand(settings, pending.name.removesuffix(PENDING))
        else:
            pending.unlink()


def stand(settings: Settings, run_id: str) -> None:
    """What a run prepared is closed from now on; nothing happens where it prepared nothing."""
    for pending in folder(settings).rglob(f"{run_id}{PENDING}"):
        pending.replace(pending.with_name(f"{run_id}.parquet"))


def fill(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Fills each log's table with what was closed by a date: a rerun of March does not know what April closed.

    Of two closings of a row the first one written holds, whatever date it was as of.
    """
    for log in LOGS:
        if files := _files(settings, log):
            names = ", ".join(log.columns)
            con.execute(
                f"insert into definitions.{log.table} select {names} from read_parquet(?) where closed_as_of <= ?"
                f" qualify row_number() over (partition by {', '.join(log.key)} order by closed_at, run_id) = 1",
                [files, as_of],
            )


def periods(settings: Settings) -> set[tuple[str, str, date]]:
    """What has closed: KPI, grain and first day of the period."""
    import duckdb

    files = _files(settings, FIGURES)
    if not files:
        return set()
    with duckdb.connect() as con:
        found = con.execute("select distinct kpi_id, grain, period_start from read_parquet(?)", [files]).fetchall()
    return {(kpi_id, grain, start) for kpi_id, grain, start in found}


def _files(settings: Settings, log: Log) -> list[str]:
    return sorted(str(path) for path in (folder(settings) / log.folder).glob("*.parquet"))


def since(settings: Settings) -> date | None:
    """The business date of the first run that published: periods that were over by then close only by hand."""
    path = folder(settings) / SINCE
    return date.fromisoformat(path.read_text(encoding="utf-8").strip()) if path.is_file() else None


def begin(settings: Settings, as_of: date) -> None:
    """Writes down, once, from when periods close by themselves."""
    if since(settings) is None:
        path = folder(settings) / SINCE
        whole_file.write(path, f"{as_of}\n".encode())


def prepare(con: duckdb.DuckDBPyConnection, settings: Settings, log: Log, rows: str, run_id: str) -> int:
    """Writes what a run closes as pending; returns how many. `rows` is a query of the log's columns, its ? the run."""
    pending = folder(settings) / log.folder / f"{run_id}{PENDING}"
    pending.parent.mkdir(parents=True, exist_ok=True)
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in log.columns.items())
    target = str(pending).replace("'", "''")
    done = con.execute(
        f"copy (select {casts} from ({rows}) order by {', '.join(log.key)}) to '{target}' (format parquet)", [run_id]
    ).fetchone()
    closed = int(done[0]) if done else 0
    if not closed:
        pending.unlink()
        return 0
    with pending.open("rb") as file:
        os.fsync(file.fileno())
    return closed
