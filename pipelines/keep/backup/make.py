"""One backup: written aside, whole, and only then under its name.

Belongs here: its order and its folder. Does not: what belongs in it (parts.py), which older ones go (rotation.py), the
clock: `now` is an argument.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.keep.backup import manifest as manifests
from pipelines.keep.backup import sealed
from pipelines.keep.backup.manifest import Kept, Manifest
from pipelines.keep.backup.parts import DATA, KEY, Part, copy_file, copy_sqlite, parts
from pipelines.publish.content_hash import content_hashes
from pipelines.publish.swap import alone
from pipelines.publish.tables import SCHEMA
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from pipelines.whole_file import sync

if TYPE_CHECKING:
    import duckdb

NAME = "%Y%m%dT%H%M%SZ"
ASIDE = ".next"
DEFAULT = "backups"  # below data/, where company.yml names no folder
Say = Callable[[str], None]


@dataclass
class _Work:
    """A backup being made."""

    settings: Settings
    aside: Path
    to: list[Any]
    before: dict[str, Kept]  # of the backup before, by path
    before_folder: Path
    files: list[Kept] = field(default_factory=list)


def back_up(
    settings: Settings,
    folder: Path,
    now: datetime,
    *,
    recipients: Sequence[str] = (),
    with_key: bool = True,
    with_serving: bool = False,
    say: Say = lambda _: None,
) -> Path:
    """Makes the backup of `now` (UTC) in `folder`; gives its place.

    While it is made no run can write the working file. Raises KpiError where a run holds it, a backup of that second is
    there, the disk has no room; what was there before is then untouched.
    """
    place, aside = folder / now.strftime(NAME), folder / f".{now.strftime(NAME)}{ASIDE}"
    to = sealed.recipients(recipients)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KpiError(f"no backup was made: {error}", file=folder, next_step="check the folder and rights") from error
    with alone(folder, folder, busy="another backup is being made"):
        for left in folder.glob(f".*{ASIDE}"):  # of a process that was killed
            shutil.rmtree(left)
        if place.exists():
            raise KpiError("a backup of this second is there already", file=place, next_step="run it again")
        try:
            _make(settings, folder, aside, now, list(recipients), to, with_key, with_serving, say)
            aside.rename(place)
            sync(folder)
        except OSError as error:
            raise KpiError(f"no backup was made: {error}", file=folder, next_step="check space and rights") from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return place


def folder_of(settings: Settings, said: str, to: Path | None = None) -> Path:
    """Where backups go: as somebody asks, else as company.yml says, else below data/."""
    if to is None:
        to = Path(settings.expand(said)) if said else settings.data / DEFAULT
    return to.expanduser().absolute()


def existing(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first."""
    return sorted(path for path in folder.glob("????????T??????Z") if path.is_dir())


def _make(
    settings: Settings,
    folder: Path,
    aside: Path,
    now: datetime,
    recipients: list[str],
    to: list[Any],
    with_key: bool,
    with_serving: bool,
    say: Say,
) -> None:
    before, before_folder = _before(folder, recipients)
    aside.mkdir(mode=0o700)
    work = _Work(settings, aside, to, before, before_folder)
    with ExitStack() as stack:
        con = None
        if settings.warehouse.is_file():
            con = stack.enter_context(open_warehouse(settings, read_only=True))
        listed = list(parts(settings, with_key, with_serving))
        _refuse_no_room(folder, settings, listed)
        say(f"{len(listed):,} files")
        acts_kept = (0, "")
        for part in listed:
            if part.path == f"{DATA}/acts.sqlite":
                acts_kept = _keep_acts(work, part)
            else:
                _keep(work, part)
        run_id, ledger_rows, hashes = _held(con) if con else (None, 0, {})
        if con:
            say("the working file")
            _keep_warehouse(work)
    versions = {name: version(name) for name in ("kpi-warehouse", "duckdb", "dagster")}
    key = "none" if not (settings.data / KEY).is_file() else "file" if with_key else "left out"
    key = "environment" if settings.pseudonym_key else key
    manifests.write(
        aside,
        Manifest(
            now.strftime(NAME), now.strftime("%Y-%m-%dT%H:%M:%SZ"), versions, recipients, key, hashes, run_id,
            ledger_rows, *acts_kept, sorted(work.files, key=lambda file: file.path),
        ),
    )  # fmt: skip
    for path in [aside, *(path for path in aside.rglob("*") if path.is_dir())]:
        sync(path)
    for name in (manifests.MANIFEST, manifests.DIGEST):
        sync(aside / name)


def _before(folder: Path, recipients: list[str]) -> tuple[dict[str, Kept], Path]:
    """The files of the newest backup that is sealed for the same people; one that cannot be read lends none."""
    for place in reversed(existing(folder)):
        try:
            found = manifests.read(place)
        except KpiError:
            continue
        if found.recipients == recipients:
            return {file.path: file for file in found.files}, place
    return {}, folder


def _keep(work: _Work, part: Part) -> None:
    if part.how == "sqlite":
        _through(work, part.path, lambda passing: copy_sqlite(part.source, passing))
    elif part.how == "file" or not _linked(work, part):
        _added(work, part.path, part.source)


def _keep_acts(work: _Work, part: Part) -> tuple[int, str]:
    """Keeps the acts; how many they are, and the digest of the last one. Raises KpiError where they were changed."""
    found: list[acts.Act] = []

    def copy(passing: Path) -> None:
        copy_sqlite(part.source, passing)
        found.extend(acts.read_file(passing))

    _through(work, part.path, copy)
    return len(found), found[-1].digest if found else ""


def _through(work: _Work, path: str, copy: Callable[[Path], None]) -> None:
    """Keeps what `copy` writes: it lies below data/tmp first, where nothing leaves the machine unsealed."""
    passing = work.settings.data / "tmp" / f"backup-{os.getpid()}.sqlite"
    passing.parent.mkdir(parents=True, exist_ok=True)
    passing.unlink(missing_ok=True)
    try:
        copy(passing)
        _added(work, path, passing)
    finally:
        passing.unlink(missing_ok=True)


def _added(work: _Work, path: str, source: Path) -> None:
    stored = f"{path}{sealed.ENDING}" if work.to else path
    target = work.aside / stored
    size, digest = copy_file(source, target, work.to)
    if path == f"{DATA}/{KEY}":
        target.chmod(0o600)
    if work.to:
        work.files.append(Kept(path, stored, target.stat().st_size, manifests.sha256(target), size, digest))
    else:
        work.files.append(Kept(path, stored, size, digest, size, digest))


def _linked(work: _Work, part: Part) -> bool:
    """Whether the backup before has this very content, whole: then both have the one file, and each is complete.

    Never linked to the file that is in use: what damages that one would damage every backup with it.
    """
    kept = work.before.get(part.path)
    if kept is None or part.source.stat().st_size != kept.plain_bytes:
        return False
    old, target = work.before_folder / kept.stored, work.aside / kept.stored
    if not old.is_file() or manifests.sha256(part.source) != kept.plain_sha256 or manifests.sha256(old) != kept.sha256:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, target)
    except OSError:  # a disk without hard links
        return False
    work.files.append(kept)
    return True


def _held(con: duckdb.DuckDBPyConnection) -> tuple[str | None, int, dict[str, str]]:
    """The run the working file is of, how many deliveries its ledger knows, the content hash of what it publishes."""
    has = con.execute("select count(*) from duckdb_tables() where schema_name || '.' || table_name = 'definitions.run'")
    run = con.execute("select max(run_id) from definitions.run").fetchone() if has.fetchall()[0][0] else None
    rows = con.execute("select count(*) from loads.ledger").fetchone()
    return run[0] if run else None, int(rows[0]) if rows else 0, content_hashes(con, SCHEMA)


def _keep_warehouse(work: _Work) -> None:
    """Copies the working file while DuckDB holds its lock; the log of a killed run goes with it.

    The file itself comes last: on Linux a process loses its lock on a file when it closes any handle of it, so
    that DuckDB's lock on the working file is gone once this copy is closed.
    """
    file = work.settings.warehouse
    for path in (file.with_name(f"{file.name}.wal"), file):
        if path.is_file():
            _added(work, f"{DATA}/{path.relative_to(work.settings.data).as_posix()}", path)


def _refuse_no_room(folder: Path, settings: Settings, listed: Sequence[Part]) -> None:
    sources = [part.source for part in listed] + ([settings.warehouse] if settings.warehouse.is_file() else [])
    needed, free = sum(path.stat().st_size for path in sources), shutil.disk_usage(folder).free
    if needed > free:
        raise KpiError(
            f"a backup needs up to {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free",
            file=folder,
            next_step="free some, or --to another disk",
        )
