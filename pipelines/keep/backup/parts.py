"""What belongs in a backup, and how each is copied so that whoever writes at that moment loses nothing.

Belongs here: the list, and the copy of a file. Does not: the folder that it goes to (make.py).

Left out is what the next run makes again: dbt/, compiled/, reports/, tmp/, demo/, and serving/ unless it is asked for.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from pipelines.keep.backup import sealed
from pipelines.settings import Settings

DATA = "data"  # below the restored folder, as below a configuration
KEY = "pseudonym.key"
How = Literal["file", "lasting", "sqlite"]
HELPERS = ("-wal", "-shm", "-journal")  # of SQLite: what they hold is in the copy that its backup API makes
PASSING = (".tmp-", ".kpi.duckdb.next", ".lock")
PIECE = 1 << 20


class Part(NamedTuple):
    """One file to be kept. lasting: its content never changes, so the backup before may have it already."""

    source: Path
    path: str
    how: How


def parts(settings: Settings, with_key: bool, with_serving: bool) -> Iterator[Part]:
    """Every file but the working file, in an order that can be restored: acts last, so that none is newer than them."""
    yield from _definitions(settings)
    yield from _below(settings, settings.landing, "lasting")
    yield from _below(settings, settings.data / "closes", "lasting")
    if with_serving:
        yield from _below(settings, settings.serving, "lasting")
    yield from _below(settings, settings.dagster_home, "file")
    if with_key and (settings.data / KEY).is_file():
        yield Part(settings.data / KEY, f"{DATA}/{KEY}", "file")
    for name in ("alerts.sqlite", "reports.sqlite", "acts.sqlite"):
        if (settings.data / name).is_file():
            yield Part(settings.data / name, f"{DATA}/{name}", "sqlite")


def _definitions(settings: Settings) -> Iterator[Part]:
    """What people wrote, laid out as a configuration: `kpi run --config` takes it."""
    folders = [
        ("sources", settings.sources),
        ("kpi_definitions", settings.kpi_definitions),
        ("expectations", settings.expectations),
    ]
    if settings.models:
        folders.append(("models", settings.models))
    for name, folder in folders:
        for path in _files(folder):
            yield Part(path, f"{name}/{path.relative_to(folder).as_posix()}", "file")


def _below(settings: Settings, folder: Path, how: How) -> Iterator[Part]:
    for path in _files(folder):
        kind: How = "sqlite" if path.suffix == ".db" else how
        yield Part(path, f"{DATA}/{path.relative_to(settings.data).as_posix()}", kind)


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder; not what is being written at this moment, nor caches.

    What a run is about to close (.pending) counts only once it has published, and the next run closes it as well.
    """
    for path in sorted(folder.rglob("*")):
        passing = path.name.startswith(PASSING) or path.name.endswith((*HELPERS, ".pending"))
        if path.is_file() and not path.is_symlink() and not passing and "__pycache__" not in path.parts:
            yield path


def copy_sqlite(source: Path, target: Path) -> None:
    """A copy as of one moment, by SQLite's own backup: an act that is being written is in it whole, or not yet."""
    import sqlite3

    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source, timeout=60)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # A file in WAL mode would be changed by whoever looks at the copy.
        new.execute("pragma journal_mode = delete")


def copy_file(source: Path, target: Path, to: Sequence[Any] = ()) -> tuple[int, str]:
    """Copies a file onto the disk, sealed for `to`; gives bytes and SHA-256 of what was read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file, target.open("xb") as out:
        counted = _Counted(file)
        if to:
            sealed.seal(counted, out, to)
        else:
            shutil.copyfileobj(counted, out, PIECE)
        out.flush()
        os.fsync(out.fileno())
    return counted.bytes, counted.digest.hexdigest()


class _Counted:
    """A file being read, with what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.bytes, self.digest = file, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.bytes += len(piece)
        self.digest.update(piece)
        return piece
