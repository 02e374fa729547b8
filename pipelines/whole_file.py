"""Writing a file whole: whoever reads it meanwhile, and whenever the process dies, it is the old one or the new one.

Belongs here: that rename. Does not: several files at once (goal/workbook_save.py), or waiting for the disk
(publish/serving.py).
"""

from __future__ import annotations

from pathlib import Path


def aside(path: Path) -> Path:
    """Where a file is written first; by its ending it is none of what it is to become."""
    return path.with_name(f"{path.name}.new")


def write(path: Path, body: bytes) -> None:
    """Puts `body` into the place of `path`, in a folder that is made where it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside(path).write_bytes(body)
    aside(path).replace(path)
