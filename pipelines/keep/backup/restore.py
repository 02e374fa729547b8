"""A backup brought back: into an empty folder, checked before and after, and then held against what it says.

Belongs here: that order. Does not: what is checked of the backup's files (manifest.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import KpiError, KpiErrors
from pipelines.keep import acts
from pipelines.keep.backup import manifest as manifests
from pipelines.keep.backup import sealed
from pipelines.keep.backup.manifest import Kept, Manifest
from pipelines.keep.backup.parts import DATA, KEY, copy_file
from pipelines.publish.content_hash import content_hashes
from pipelines.publish.tables import SCHEMA
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from pipelines.whole_file import sync

Say = Callable[[str], None]


def restore(backup: Path, to: Path, identity: Path | None = None, say: Say = lambda _: None) -> Manifest:
    """Restores a backup as a configuration with its data/: `kpi run --config FOLDER` goes on from it.

    Raises KpiError where `to` holds anything, and KpiErrors that name each file of the backup that is not what was
    written; then nothing is restored.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise KpiError("is not empty: nothing is ever restored over what is there", file=to, next_step="another folder")
    manifest = manifests.check(backup)
    say(f"{len(manifest.files):,} files are what was written")
    _refuse_outside(backup, manifest)
    by = sealed.identities(identity) if manifest.recipients else []
    aside = to.with_name(f".{to.name}.restoring")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True, mode=0o700)
        for file in manifest.files:
            _bring_back(backup, aside, file, by)
        for path in [aside, *(path for path in aside.rglob("*") if path.is_dir())]:
            sync(path)
        aside.rename(to)  # on Linux also over an empty folder
        sync(to.parent)
    except OSError as error:
        raise KpiError(f"not restored: {error}", file=to, next_step="check space and rights") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def verify(restored: Path, manifest: Manifest, settings: Settings) -> None:
    """Opens what was restored and compares it with its manifest. Raises KpiErrors that name what differs.

    `settings` give threads and memory; the folder is that of `restored`.
    """
    there = settings.model_copy(update={"config": restored, "data_dir": restored / DATA})
    there.__dict__.pop("data", None)  # a copy keeps what was cached
    if faults := list(_differences(there, manifest)):
        raise KpiErrors([KpiError(fault, file=restored, next_step="restore another backup") for fault in faults])


def _differences(there: Settings, manifest: Manifest) -> Iterator[str]:
    try:
        kept = acts.read(there)
    except KpiError as error:
        yield error.problem
        return
    if (len(kept), kept[-1].digest if kept else "") != (manifest.acts, manifest.last_act):
        yield f"{len(kept):,} acts were restored instead of {manifest.acts:,}, or other ones"
    if not there.warehouse.is_file():
        if manifest.published:
            yield "the working file is missing"
        return
    with open_warehouse(there, read_only=True) as con:
        found = content_hashes(con, SCHEMA)
        rows = con.execute("select count(*) from loads.ledger").fetchall()[0][0]
    if rows != manifest.ledger_rows:
        yield f"the ledger knows {rows:,} deliveries instead of {manifest.ledger_rows:,}"
    for table in sorted(found.keys() | manifest.published.keys()):
        if found.get(table) != manifest.published.get(table):
            yield f"{SCHEMA}.{table} does not say what it said"


def _bring_back(backup: Path, aside: Path, file: Kept, by: list[Any]) -> None:
    target = aside / file.path
    if by:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            sealed.open_sealed(backup / file.stored, out, by)
        sync(target)
    else:
        copy_file(backup / file.stored, target)
    if file.path == f"{DATA}/{KEY}":
        target.chmod(0o600)
    if manifests.sha256(target) != file.plain_sha256:  # read again: what the disk took is what counts
        raise KpiError(
            "was not restored as it was kept (SHA-256)", file=file.path, next_step="look at the disk, restore again"
        )


def _refuse_outside(backup: Path, manifest: Manifest) -> None:
    """A manifest written by somebody else must not write beside the folder that was asked for."""
    for file in manifest.files:
        for name in (file.path, file.stored):
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise KpiError(f"the manifest names {name}, outside of the backup", file=backup)
