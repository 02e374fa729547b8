"""The figures of closed periods, kept beside the working file: they outlive every rebuild, and nothing changes them.

Belongs here: one immutable Parquet file per closing in `data/closes/`, and reading them. Does not: which periods close
(3_kpis/closings.sql), what a difference means (5_published/restatements.sql).

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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

KEY = ("kpi_id", "grain", "period_start", "level", "unit_id", "cut", "cut_value")
NUMBER = "decimal(38,6)"
COLUMNS: dict[str, str] = {
    **dict.fromkeys(["kpi_id", "grain"], "varchar"),
    "period_start": "date",
    **dict.fromkeys(["level", "unit_id", "cut", "cut_value"], "varchar"),
    **dict.fromkeys(["published_value", "numerator", "denominator"], NUMBER),
    **dict.fromkeys(["state", "definition_hash"], "varchar"),
    "definition_version": "integer",
    "closed_as_of": "date",
    "closed_at": "timestamp",
    **dict.fromkeys(["closed_by", "run_id"], "varchar"),
}
PENDING = ".pending"
SINCE = "closing_since"
BY_HAND = "close"  # the kind of act; its subject is `month 2026-04-01`, its detail has the run_id of the rows


def folder(settings: Settings) -> Path:
    return settings.data / "closes"


def settle(settings: Settings, done: Collection[str | None]) -> None:
    """Ends what was cut off: the pending rows of a run (or of an act) that is `done` stand, all others go."""
    for pending in folder(settings).glob(f"*{PENDING}"):
        if pending.name.removesuffix(PENDING) in done:
            stand(settings, pending.name.removesuffix(PENDING))
        else:
            pending.unlink()


def stand(settings: Settings, run_id: str) -> None:
    """What a run prepared is closed from now on; nothing happens where it prepared nothing."""
    pending = folder(settings) / f"{run_id}{PENDING}"
    if pending.is_file():
        pending.replace(pending.with_name(f"{run_id}.parquet"))


def fill(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Fills definitions.closes with what was closed by a date: a rerun of March does not know what April closed.

    Of two closings of a figure the first one written holds, whatever date it was as of.
    """
    files = sorted(str(path) for path in folder(settings).glob("*.parquet"))
    if files:
        names = ", ".join(COLUMNS)
        con.execute(
            f"insert into definitions.closes select {names} from read_parquet(?) where closed_as_of <= ?"
            f" qualify row_number() over (partition by {', '.join(KEY)} order by closed_at, run_id) = 1",
            [files, as_of],
        )


def since(settings: Settings) -> date | None:
    """The business date of the first run that published: periods that were over by then close only by hand."""
    path = folder(settings) / SINCE
    return date.fromisoformat(path.read_text(encoding="utf-8").strip()) if path.is_file() else None


def begin(settings: Settings, as_of: date) -> None:
    """Writes down, once, from when periods close by themselves."""
    if since(settings) is None:
        path = folder(settings) / SINCE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_text(f"{as_of}\n", encoding="utf-8")
        path.with_suffix(".new").replace(path)


def prepare(con: duckdb.DuckDBPyConnection, settings: Settings, rows: str, run_id: str) -> int:
    """Writes what a run closes as pending; returns how many figures. `rows` is a query of COLUMNS, its ? the run."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    pending = folder(settings) / f"{run_id}{PENDING}"
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS.items())
    target = str(pending).replace("'", "''")
    done = con.execute(
        f"copy (select {casts} from ({rows}) order by {', '.join(KEY)}) to '{target}' (format parquet)", [run_id]
    ).fetchone()
    closed = int(done[0]) if done else 0
    if not closed:
        pending.unlink()
        return 0
    with pending.open("rb") as file:
        os.fsync(file.fileno())
    return closed
