"""A file takes the place of another: built aside by one publisher at a time, on the disk before it is renamed.

Belongs here: the lock, waiting for the disk, the rename. Does not: what is built (serving.py, audience_files.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import KpiError
from pipelines.whole_file import sync


@contextmanager
def alone(folder: Path, what: Path, busy: str = "another run is publishing") -> Iterator[None]:
    """One publisher at a time; the lock goes with the process, so a killed one leaves none behind.

    Raises KpiError, naming the file `what`, where another holds it.
    """
    import fcntl

    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KpiError(busy, file=what, next_step="wait for it, then run again") from error
        yield


def swap(aside: Path, served: Path) -> None:
    """Makes `aside` the served file; a reader that is open keeps what it has."""
    sync(aside)
    aside.replace(served)
    sync(served.parent)


def tidy(folder: Path, aside: str) -> None:
    """Removes what this or a killed publisher left aside."""
    for left in folder.glob(f"{aside}*"):
        left.unlink(missing_ok=True)


def text(path: Path) -> str:
    """A path as SQL writes it."""
    return "'" + str(path).replace("'", "''") + "'"
