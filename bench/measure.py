"""Runs one command and says what it cost, children included."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from pipelines.settings import REPOSITORY

PAUSE = 0.05  # seconds between looks at the memory; a peak shorter than that can be missed


class Cost(NamedTuple):
    """Seconds of wall clock and CPU (user + system), and the most memory all processes held together, in bytes."""

    wall: float
    cpu: float
    memory: int


def cost_of(command: list[str], environment: dict[str, str], log: Path) -> Cost:
    """What the command cost. Raises RuntimeError with the end of its output where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    peak = 0
    with log.open("w", encoding="utf-8") as output:
        child = psutil.Popen(
            command, env=os.environ | environment, cwd=REPOSITORY, stdout=output, stderr=subprocess.STDOUT
        )
        while child.poll() is None:
            peak = max(peak, _held(child))
            time.sleep(PAUSE)
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{log.read_text(encoding='utf-8')[-2000:]}")
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return Cost(wall, cpu, peak)


def median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        int(statistics.median(cost.memory for cost in costs)),
    )


def _held(child: psutil.Process) -> int:
    """Resident memory of a process and its children together."""
    held = 0
    try:
        for process in [child, *child.children(recursive=True)]:
            held += process.memory_info().rss
    except psutil.Error:  # it ended while we looked
        return held
    return held
