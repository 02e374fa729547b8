"""One writer at a time: who holds the working file is known, whoever comes next waits, and a killed one holds nothing.

Belongs here: data/run.lock, an advisory lock that goes with its process. Does not: what is done under it.

DuckDB's own lock refuses at once and says nothing of why. A run opens the working file once a step, and a command
that slipped in between two steps would break the run: so every opening takes this lock first, and a run keeps it from
its first step to its last.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from pipelines.errors import KpiError
from pipelines.settings import Settings

FILE = "run.lock"
PAUSE = 0.2  # seconds between two looks

_held: dict[tuple[int, Path], int] = {}  # by process, since a forked child has a copy of this and not the duty


class Holder(NamedTuple):
    """Who holds the lock, or held it when its process died."""

    pid: int
    what: str  # `kpi run`, or a command
    run_id: str  # empty for a command

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid})"


@contextmanager
def alone(
    settings: Settings,
    what: str = "a command",
    run_id: str = "",
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[Holder | None]:
    """Holds the lock for the block; within a block that holds it already, at once. Waits `settings.lock_wait` seconds.

    Yields who held it before and died without giving it back, None where nobody did. `on_wait` hears once who is
    waited for. Raises KpiError, naming the holder, where that takes too long.
    """
    path = settings.data / FILE
    me = (os.getpid(), path)
    if _held.get(me):
        _held[me] += 1
        try:
            yield None
        finally:
            _held[me] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        _wait(file, settings, on_wait)
        left = _read(file)
        _write(file, Holder(os.getpid(), what, run_id))
        _held[me] = 1
        try:
            yield left
        finally:
            del _held[me]
            _write(file, None)


def holder(settings: Settings) -> Holder | None:
    """Who holds the lock now; None where nobody does."""
    import fcntl

    path = settings.data / FILE
    if not path.is_file():
        return None
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file) or Holder(0, "another process", "")
    return None


def _wait(file: IO[str], settings: Settings, on_wait: Callable[[str], None]) -> None:
    import fcntl

    until, told = time.monotonic() + settings.lock_wait, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            by = _read(file) or Holder(0, "another process", "")
            if time.monotonic() >= until:
                raise KpiError(
                    f"{by} has held the working file since {_since(file)}",
                    file=Path(file.name),
                    next_step=f"wait until it ends, or stop process {by.pid}, then run again",
                ) from error
        if not told:
            on_wait(f"waiting for {by}, at work since {_since(file)}")
            told = True
        time.sleep(PAUSE)


def _since(file: IO[str]) -> str:
    return f"{datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime):%H:%M:%S}"


def _read(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):  # empty: given back; half a line: its process died while it wrote
        return None


def _write(file: IO[str], holder: Holder | None) -> None:
    file.seek(0)
    file.truncate()
    file.write(json.dumps(holder._asdict()) if holder else "")
    file.flush()
