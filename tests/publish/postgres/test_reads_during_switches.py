"""Readers while versions are switched and a third of the publishers killed: nothing torn, no error, never back.

faults.md, test 4, by the door of PostgreSQL. The ordinary suite does 500 reads; 2,000 under the marker `faults`.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass, field

import pytest

from .conftest import PREFIX, Warehouse, door, login
from .publisher import start

SEED = 20_261_127
READERS = ("manager", "engineer", "rep")
QUESTIONS = {
    "kpi_values": f"select count(*)::int, min(run_id), max(run_id) from {PREFIX}.kpi_values",
    "goal_attainment": f"select count(*)::int, min(run_id), max(run_id) from {PREFIX}.goal_attainment",
    "both": f"select count(*)::int, min(a.run_id), max(b.run_id) from {PREFIX}.kpi_values a join {PREFIX}.goal_attainment b"
    " using (kpi_id, grain, period_start, level, unit_id)",
}


@dataclass
class Seen:
    """What readers saw; `wrong` is what must not be."""

    reads: int = 0
    generations: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def keep_reading(role: str, warehouse: Warehouse, seen: Seen, over: threading.Event) -> None:
    """Transactions of a few questions in any order; a new connection now and then, as BI tools make them."""
    chance, newest, rows = random.Random(f"{SEED}{role}"), 0, dict[str, int]()
    while not over.is_set():
        with door(login(role), warehouse.database) as reader:
            for _ in range(chance.randint(5, 40)):
                if over.is_set():
                    return
                try:
                    asked = chance.sample(sorted(QUESTIONS), chance.randint(1, 3))
                    found = {name: reader.rows(QUESTIONS[name])[0] for name in asked}
                    generation, run = reader.rows(f"select generation, run_id from {PREFIX}.publication")[0]
                    reader.con.rollback()
                except Exception as error:
                    seen.wrong.append(f"{role}: {error}")
                    return
                for name, (count, first, last) in found.items():
                    if rows.setdefault(name, count) != count:
                        seen.wrong.append(f"{role}: {name} has {count} rows and had {rows[name]}")
                    if count and {first, last} != {run}:
                        seen.wrong.append(f"{role}: {name} is of {first} and {last}, generation {generation} of {run}")
                if generation < newest:
                    seen.wrong.append(f"{role}: generation {generation} after {newest}")
                newest = generation
                seen.generations.add(generation)
                seen.reads += 1
                time.sleep(chance.uniform(0, 0.02))


def storm(warehouse: Warehouse, reads: int, publishers: int, seconds: float) -> tuple[Seen, int, int]:
    """Publishes one version after another, a third of the publishers killed: what was seen, how many began, were killed."""
    chance, seen, over = random.Random(SEED), Seen(), threading.Event()
    warehouse.publish()
    threads = [threading.Thread(target=keep_reading, args=(role, warehouse, seen, over)) for role in READERS]
    for thread in threads:
        thread.start()
    begun, killed, took, end = 0, 0, 1.0, time.monotonic() + seconds
    while (seen.reads < reads or begun < publishers) and time.monotonic() < end and not seen.wrong:
        begun += 1
        warehouse.next(begun + 1)
        process, started = start(warehouse), time.monotonic()
        is_killed = 3 * killed < begun - 2
        if is_killed:
            time.sleep(chance.uniform(0, took))
            process.kill()
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
        if not is_killed:
            assert process.exitcode == 0
            took = time.monotonic() - started
    over.set()
    for thread in threads:
        thread.join(30)
    return seen, begun, killed


def check(warehouse: Warehouse, reads: int, publishers: int, seconds: float) -> None:
    print(f"seed {SEED}")
    seen, begun, killed = storm(warehouse, reads, publishers, seconds)
    print(f"{seen.reads} reads of {len(seen.generations)} generations, {killed} of {begun} publishers killed")
    assert seen.wrong == []
    assert seen.reads >= reads
    assert len(seen.generations) >= begun - killed
    assert 3 * killed >= begun - 5  # the last that was to be killed may have finished just before
    warehouse.next(begun + 2)
    assert warehouse.publish().generation == begun + 2 == warehouse.served()
    assert len(warehouse.schemas()) <= 3 + killed


def test_reads_during_switches(warehouse: Warehouse) -> None:
    check(warehouse, reads=500, publishers=6, seconds=60)


@pytest.mark.faults
def test_two_thousand_reads_during_switches(warehouse: Warehouse) -> None:
    check(warehouse, reads=2000, publishers=40, seconds=500)
