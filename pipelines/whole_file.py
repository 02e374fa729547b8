"""Writing a file whole: whoever reads it meanwhile, and whenever the process dies, it is the old one or the new one.

Belongs here: that rename, and waiting for the disk where somebody must. Does not: several files at once
(goal/workbook_save.py).
"""

from __future__ import annotations

import os
from pathlib import Path


def aside(path: Path) -> Path:
    """Where a file is written first; by its ending it is none of what it is to become."""
    return path.with_name(f"{path.name}.new")


def write(path: Path, body: bytes) -> None:
    """Puts `body` into the place of `path`, in a folder that is made where it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside(path).write_bytes(body)
    aside(path).replace(path)


def sync(path: Path) -> None:
    """Waits until the disk holds the file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
