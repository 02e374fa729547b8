"""Sealing files with age (age-encryption.org): only who has an identity of a recipient can open them.

Belongs here: streams in and out of age. Does not: which files are sealed (make.py), where identities are kept: never
beside the backups.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from pipelines.errors import KpiError

ENDING = ".age"


def recipients(texts: Sequence[str]) -> list[Any]:
    """What pyrage seals for, of texts as age1… or ssh-ed25519 …; KpiError where one is none."""
    import pyrage

    found: list[Any] = []
    for text in texts:
        try:
            kind = pyrage.x25519 if text.startswith("age1") else pyrage.ssh
            found.append(kind.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise KpiError(
                f"{text[:12]}… is no recipient of age",
                next_step="age1… as `age-keygen` prints it, or an SSH public key",
            ) from error
    return found


def identities(file: Path | None) -> list[Any]:
    """The identities in a file as `age-keygen` writes it. Raises KpiError where there is none; never quotes one."""
    import pyrage

    if file is None:
        raise KpiError("this backup is sealed with age", next_step="say --identity FILE: what `age-keygen` wrote")
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        if lines and lines[0].startswith("-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(file.read_bytes())]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise KpiError("holds no identity of age", file=file, next_step="the file that `age-keygen` wrote")
    return found


class Readable(Protocol):
    """A file, or whatever reads like one."""

    def read(self, size: int = -1, /) -> bytes: ...


def seal(source: Readable, target: IO[bytes], to: Sequence[Any]) -> None:
    """Writes `source` sealed into `target`, in pieces: memory does not grow with the file."""
    import pyrage

    pyrage.encrypt_io(source, target, list(to))


def open_sealed(source: Path, target: IO[bytes], by: Sequence[Any]) -> None:
    """Writes what a sealed file holds into `target`. Raises KpiError where no identity opens it."""
    import pyrage

    try:
        with source.open("rb") as file:
            pyrage.decrypt_io(file, target, list(by))
    except pyrage.DecryptError as error:
        raise KpiError(
            "cannot be opened with this identity", file=source, next_step="take that of a recipient of this backup"
        ) from error
