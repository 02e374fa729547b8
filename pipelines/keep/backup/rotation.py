"""Which backups go: one a day, a week, a month are kept, for so many of each.

Belongs here: that choice, and removing a backup so that no half of one is left under its name. Does not: making one.
"""

from __future__ import annotations

import shutil
from collections.abc import Hashable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.keep.backup import manifest as manifests
from pipelines.keep.backup.make import ASIDE, NAME, existing

if TYPE_CHECKING:
    from pipelines.model.company import Backup


def rotate(folder: Path, keep: Backup) -> list[Path]:
    """Removes the backups that `keep` has no place for; gives them, oldest first.

    One that is not whole by its manifest takes no place and is left for somebody to look at.
    """
    readable = [path for path in existing(folder) if _readable(path)]
    gone = superfluous(readable, keep.daily, keep.weekly, keep.monthly)
    for path in gone:
        passing = path.rename(path.with_name(f".{path.name}{ASIDE}"))
        shutil.rmtree(passing)
    return gone


def superfluous(backups: Sequence[Path], daily: int, weekly: int, monthly: int) -> list[Path]:
    """Those of `backups` that are neither the newest of one of the latest days, weeks or months, nor the newest at all.

    Days, weeks and months on which there is none do not count: a machine that was off for a month loses nothing.
    """
    newest_first = sorted(backups, key=lambda path: path.name, reverse=True)
    kept = set(newest_first[:1])
    for most, of in ((daily, _day), (weekly, _week), (monthly, _month)):
        latest: dict[Hashable, Path] = {}
        for path in newest_first:
            latest.setdefault(of(datetime.strptime(path.name, NAME)), path)
        kept |= set(list(latest.values())[:most])
    return sorted(set(backups) - kept)


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month


def _readable(path: Path) -> bool:
    try:
        manifests.read(path)
    except KpiError:
        return False
    return True
