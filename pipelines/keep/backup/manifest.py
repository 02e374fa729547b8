"""What a backup says of itself: every file with its bytes and SHA-256, and what its tables hold.

Belongs here: manifest.json beside the files, its own digest beside it, and finding what does not agree with them.
Does not: copying (make.py, restore.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.errors import KpiError, KpiErrors

MANIFEST = "manifest.json"
DIGEST = "manifest.sha256"  # as `sha256sum -c` reads it
FORMAT = 1
MOST_TOLD = 20  # faults of one backup; the rest is counted


@dataclass(frozen=True)
class Kept:
    """A file of a backup: under which name it lies there, and what it is once it is opened (`plain_*`, without age)."""

    path: str  # below the restored folder, as data/landing/crm/deals/0a1b.parquet
    stored: str  # below the backup; with .age where it is sealed
    bytes: int
    sha256: str
    plain_bytes: int
    plain_sha256: str


@dataclass(frozen=True)
class Manifest:
    """`made_at` is UTC; `published` holds the content hash of each published table of the working file."""

    name: str
    made_at: str
    versions: dict[str, str]
    recipients: list[str]
    key: str  # file | environment | left out | none: where the key of pseudonyms is
    published: dict[str, str]
    run_id: str | None
    ledger_rows: int
    acts: int
    last_act: str  # its digest, which no other past has
    files: list[Kept] = field(default_factory=list)
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def write(folder: Path, manifest: Manifest) -> None:
    body = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST).write_bytes(body)
    (folder / DIGEST).write_text(f"{hashlib.sha256(body).hexdigest()}  {MANIFEST}\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises KpiError where there is none, or it was changed after it was written."""
    path = folder / MANIFEST
    try:
        body = path.read_bytes()
        said = (folder / DIGEST).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(path, f"this is no whole backup: {MANIFEST} or {DIGEST} cannot be read") from error
    if said != [hashlib.sha256(body).hexdigest(), MANIFEST]:
        raise _broken(path, f"the manifest is not the one that was written: its SHA-256 is not that of {DIGEST}")
    try:
        told = json.loads(body)
        files = [Kept(**file) for file in told.pop("files")]
        found = Manifest(files=files, **told)
    except (ValueError, TypeError, KeyError) as error:
        raise _broken(path, "the manifest is of another version of KPI Warehouse") from error
    if found.name != folder.name:
        raise _broken(path, f"the folder is {folder.name}, its manifest that of {found.name}")
    return found


def check(folder: Path) -> Manifest:
    """The manifest of a backup that is byte for byte what was written.

    Raises KpiErrors that name each file that is missing, too much, of other bytes or in the place of another.
    """
    manifest = read(folder)
    faults = list(_faults(folder, manifest))
    if faults:
        more = len(faults) - MOST_TOLD
        told = [_broken(path, problem) for path, problem in faults[:MOST_TOLD]]
        raise KpiErrors([*told, *([_broken(folder, f"{more} more files are not what they were")] if more > 0 else [])])
    return manifest


def _faults(folder: Path, manifest: Manifest) -> Iterator[tuple[Path, str]]:
    by_digest = {file.sha256: file.stored for file in manifest.files}
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if not path.is_dir()}
    for file in manifest.files:
        path = there.pop(file.stored, None)
        if path is None or path.is_symlink() or not path.is_file():
            yield folder / file.stored, "is missing from the backup"
        elif (size := path.stat().st_size) != file.bytes:
            yield path, f"has {size:,} bytes instead of {file.bytes:,}"
        elif (found := sha256(path)) != file.sha256:
            other = by_digest.get(found)
            yield path, f"holds what belongs in {other}" if other else "has other bytes than were written (SHA-256)"
    for name, path in there.items():
        if name not in (MANIFEST, DIGEST):
            yield path, "is not part of the backup"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _broken(path: Path, problem: str) -> KpiError:
    return KpiError(problem, file=path, next_step="take another backup, and look why this one changed")
