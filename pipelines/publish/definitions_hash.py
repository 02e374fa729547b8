"""One hash over everything people wrote, so that a number can be told from a number under other definitions."""

from __future__ import annotations

import hashlib

from pipelines.settings import Settings


def definitions_hash(settings: Settings) -> str:
    """SHA-256 over the files of sources/, kpi_definitions/ and expectations/, by their path in the configuration."""
    digest = hashlib.sha256()
    for folder in (settings.sources, settings.kpi_definitions, settings.expectations):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
