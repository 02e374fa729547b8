"""Runs of Dagster that are too old, with their events and outputs.

Belongs here: finding and removing them, through Dagster itself. Does not: what a run is (definitions.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.keep.clean.cut import Cut
from pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


def old_runs(settings: Settings, instance: DagsterInstance, before: datetime) -> Iterator[Cut]:
    """Runs that ended and were started before `before`; one that is under way stays, however old."""
    import dagster as dg

    found = instance.get_run_records(dg.RunsFilter(created_before=before.replace(tzinfo=UTC)), ascending=True)
    old = [record for record in found if record.dagster_run.is_finished]
    going = len(found) - len(old)
    kept = f"{going} runs that never ended by Dagster's record" if going else ""
    if old or kept:
        ids = tuple(record.dagster_run.run_id for record in old)
        since = old[0].create_timestamp.astimezone(UTC).replace(tzinfo=None) if old else None
        size = sum(path.stat().st_size for run in ids for place in _places(settings, run) for path in _files(place))
        yield Cut("dagster_events", "dagster", len(ids), since, size, kept, runs=ids)


def remove(settings: Settings, instance: DagsterInstance, runs: Sequence[str]) -> None:
    """Removes runs. Dagster empties the file of a run's events and leaves it there: that goes as well."""
    for run in runs:
        instance.delete_run(run)
        for place in _places(settings, run):
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)


def _places(settings: Settings, run: str) -> list[Path]:
    home = settings.dagster_home
    events = [home / "history" / "runs" / f"{run}.db{ending}" for ending in ("", "-wal", "-shm", "-journal")]
    return [path for path in (*events, home / "storage" / run) if path.exists()]


def _files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
