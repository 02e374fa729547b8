"""Readers during publishes, a third of the publishers killed: no read is torn, fails or goes back (test 4 of the faults).

Each publication holds one number everywhere (its run, every value, every actual): a read that sees two of them is torn.
Readers open the whole file and that of an audience by turns, each time with a connection of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import duckdb
import pytest

from pipelines.model.company import Person
from pipelines.settings import Settings
from tests.publish.conftest import AS_OF, fill

SEED = 20261127
EAST = {"east": Person(id="east", name="East", unit="region_east", roles=["manager"])}
READ = """
select publication.run_id, publication.generation, figures.low, figures.high, goals.low, goals.high
from published.publication as publication
cross join (select min(value) as low, max(value) as high from published.kpi_values) as figures
cross join (select min(actual) as low, max(actual) as high from published.goal_attainment) as goals
"""


def publish_number(data: Path, number: int) -> None:
    """Writes `number` into the working file as if a run had computed it, and publishes that."""
    from pipelines.publish import audience_files, generations
    from pipelines.publish.serving import publish

    settings = Settings(data_dir=data, threads=1)
    run_id = f"{number:06}"
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("begin")
        for statement in (
            f"update published.kpi_values set value = {number}, run_id = '{run_id}'",
            f"update published.goal_attainment set actual = {number}, run_id = '{run_id}'",
            *(f"update {table} set run_id = '{run_id}'" for table in ("gate.verdicts", "definitions.run")),
        ):
            con.execute(statement)
        con.execute("commit")
    done = publish(settings, run_id, AS_OF, datetime(2026, 6, 18), "abc", keep=2)
    audience_files.write(settings, generations.verified(settings.serving, done.generation)[1], EAST)


def read_until_told(data: Path, seed: int, told: Connection, counted: Synchronized[int]) -> None:
    """Reads and reads, and counts; sends every read that was wrong."""
    chance, latest = random.Random(seed), {"": 0, "region_east": 0}
    wrong: list[str] = []
    while not told.poll():
        audience = chance.choice(list(latest))
        try:
            with duckdb.connect(str(data / "serving" / audience / "kpi.duckdb"), read_only=True) as con:
                con.execute("begin")
                for _ in range(2):
                    run_id, generation, *figures = con.execute(READ).fetchall()[0]
                    with counted.get_lock():
                        counted.value += 1
                    if {int(run_id)} != {int(figure) for figure in figures}:
                        wrong.append(f"torn: {run_id} {figures}")
                    if generation < latest[audience]:
                        wrong.append(f"back from {latest[audience]} to {generation}")
                    latest[audience] = generation
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}"[:200])
    told.send(wrong[:10])


def run_publishers(
    context: ForkServerContext, data: Path, chance: random.Random, is_enough: Callable[[int], bool]
) -> list[str]:
    """Publishes one number after the other, a third of them killed at a random moment; what became of each."""
    outcomes: list[str] = []
    while not is_enough(len(outcomes)):
        publisher = context.Process(target=publish_number, args=(data, len(outcomes) + 2))
        publisher.start()
        if chance.random() < 1 / 3:
            publisher.join(chance.uniform(0.05, 0.8))
            if publisher.is_alive() and publisher.pid:
                os.kill(publisher.pid, signal.SIGKILL)
                publisher.join()
                outcomes.append("killed")
                continue
        publisher.join()
        outcomes.append("published" if publisher.exitcode == 0 else f"failed with {publisher.exitcode}")
    return outcomes


@pytest.mark.parametrize(
    ("reads", "publishers"), [(500, 9), pytest.param(2_000, 60, marks=pytest.mark.faults)], ids=["some", "all"]
)
def test_no_read_is_torn_or_goes_back_while_publishers_are_killed(tmp_path: Path, reads: int, publishers: int) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.publish.serving", "pipelines.publish.audience_files", "duckdb"])
    fill(Settings(data_dir=tmp_path).warehouse)
    publish_number(tmp_path, 1)
    ends = [context.Pipe() for _ in range(2)]
    counted = context.Value("i", 0)
    readers = [
        context.Process(target=read_until_told, args=(tmp_path, SEED + place, theirs, counted))
        for place, (_, theirs) in enumerate(ends)
    ]
    for reader in readers:
        reader.start()
    until = time.monotonic() + 400  # a machine on which so few reads take so long is told as such below
    outcomes = run_publishers(
        context,
        tmp_path,
        chance,
        lambda done: (done >= publishers and counted.value >= reads) or time.monotonic() > until,
    )
    for ours, _ in ends:
        ours.send("enough")
    told = [ours.recv() for ours, _ in ends]
    for reader in readers:
        reader.join()
    print(f"{counted.value} reads, {len(outcomes)} publishers, {outcomes.count('killed')} killed")
    assert [wrong for several in told for wrong in several] == []
    assert set(outcomes) <= {"killed", "published"}, "no rerun needs a hand"
    assert outcomes.count("killed") >= len(outcomes) / 6
    assert counted.value >= reads
    publish_number(tmp_path, 999_999)
    with duckdb.connect(str(tmp_path / "serving" / "kpi.duckdb"), read_only=True) as con:
        assert con.execute(READ).fetchall()[0][0] == "999999"
