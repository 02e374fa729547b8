"""A local folder as a place of files.

Belongs here: which files of it a table has. Does not: reading one (csv_file.py, …).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import KpiError
from pipelines.extract.files.source_file import SourceFile


def list_files(root: Path, glob: str, system: str) -> list[SourceFile]:
    """The files that match, in no order.

    Raises KpiError naming path and glob: no such folder, a file that a link places outside the folder.
    """
    if not root.is_dir():
        raise KpiError(
            f"system {system}: no such folder (looking for {glob})",
            file=root,
            next_step=f"put the files there, or correct connection.path in sources/{system}.yml",
        )
    real, found = root.resolve(), []
    for path in root.glob(glob):
        if path.is_symlink() and not path.exists():
            raise KpiError("the file is a link to nothing", file=path, next_step="copy the file in")
        if not path.is_file():
            continue
        if not path.resolve().is_relative_to(real):
            raise KpiError("the file is a link to outside the source's folder", file=path, next_step="copy it in")
        found.append(SourceFile(path, path.relative_to(root).as_posix()))
    return found
