"""The drill: a backup is made, restored into an empty folder and held against its manifest; how it went is kept.

Belongs here: that order, and what is written down of it. Does not: when (schedules.py), the clock (an argument).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.keep.backup.make import back_up
from pipelines.keep.backup.restore import restore, verify
from pipelines.settings import Settings

ACT = "backup_drill"  # subject: the backup; detail: as Drilled
WHY = "a backup is only one once it was restored"
Clock = Callable[[], float]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Drilled:
    """How a drill went; seconds are those of making the backup, and of having it back, verified (the RTO)."""

    backup: str
    outcome: str  # ok | failed
    note: str
    bytes: int = 0
    tables: int = 0
    backup_seconds: float = 0.0
    restore_seconds: float = 0.0


def drill(
    settings: Settings,
    folder: Path,
    now: datetime,
    clock: Clock,
    recipients: Sequence[str] = (),
    identity: Path | None = None,
    say: Say = lambda _: None,
) -> Drilled:
    """Backs up, restores, compares every published table. A failure is recorded, then raised as the KpiError it is."""
    try:
        found = _drill(settings, folder, now, clock, recipients, identity, say)
    except KpiError as error:
        write_down(settings, Drilled(f"{now:%Y%m%dT%H%M%SZ}", "failed", error.problem), now)
        raise
    write_down(settings, found, now)
    return found


def write_down(settings: Settings, drilled: Drilled, now: datetime) -> None:
    """Keeps how a drill went: the one place, whatever table shows it."""
    detail = {name: value for name, value in vars(drilled).items() if name != "backup"}
    acts.record(settings, ACT, drilled.backup, WHY, detail, now)


def _drill(
    settings: Settings,
    folder: Path,
    now: datetime,
    clock: Clock,
    recipients: Sequence[str],
    identity: Path | None,
    say: Say,
) -> Drilled:
    if recipients and identity is None:
        raise KpiError(
            "backups are sealed with age, and a drill has to open one", next_step="kpi backup drill --identity FILE"
        )
    started = clock()
    place = back_up(settings, folder, now, recipients=recipients, say=say)
    made = clock()
    empty = folder / ".drill"
    shutil.rmtree(empty, ignore_errors=True)
    try:
        manifest = restore(place, empty, identity, say)
        verify(empty, manifest, settings)
    finally:
        shutil.rmtree(empty, ignore_errors=True)
    return Drilled(
        place.name, "ok", f"{len(manifest.published)} tables say what they said", manifest.bytes,
        len(manifest.published), round(made - started, 1), round(clock() - made, 1),
    )  # fmt: skip
