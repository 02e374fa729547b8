"""A load that is killed at the n-th boundary it passes, and what it must leave behind."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.extract import databases, rest
from pipelines.extract.contract import SourceContract
from pipelines.extract.load import load_table
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import NOW

Contract = dict[str, Any]
Kill = Callable[[Path], int]  # kills a load into a data folder; its exit status
EVERYTHING = (
    "select * from raw_crm.deals order by all",
    "select * exclude (run_id) from quarantine_crm.deals order by all",
    "select * exclude (run_id) from loads.ledger order by all",
)
# A pull that was committed before the kill is read on from by the rerun: more deliveries, the same records.
RECORDS = (
    "select id, amount, changed from raw_crm.deals order by all",
    "select stage, rule, reason_en, record from quarantine_crm.deals order by all",
    "select bool_and(source_rows = loaded + quarantined + duplicates) from loads.ledger",
)
# What was odd about the deliveries is told by the rerun, whichever of the two loaded them.
FINDINGS = (
    "select distinct kind, column_name, outcome, why_en from loads.findings where run_id in ('again', 'unhurt')"
    " order by all",
)
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename")  # that change a file
BOUNDARIES = ("fsync", "replace", "rename", "mkdir", "unlink", "rmdir", "open", "write", "close")


class Countdown:
    """Kills this process at the n-th boundary: before and behind each statement, and at each touch of a file."""

    def __init__(self, con: Any, point: int) -> None:
        self.con, self.left = con, point
        for name in BOUNDARIES:
            setattr(os, name, self.counted(getattr(os, name)))
        builtins.open = self.counted(builtins.open)
        pq.ParquetWriter.write_batch = self.counted(pq.ParquetWriter.write_batch)  # type: ignore[method-assign]

    def pass_boundary(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        def passing(*args: Any, **named: Any) -> Any:
            self.pass_boundary()
            return plain(*args, **named)

        return passing

    def execute(self, *args: Any) -> Any:
        return self.statement(self.con.execute, *args)

    def executemany(self, *args: Any) -> Any:
        return self.statement(self.con.executemany, *args)

    def statement(self, run: Callable[..., Any], *args: Any) -> Any:
        self.pass_boundary()
        done = run(*args)
        self.pass_boundary()
        return done


def load(contract: Contract, data: Path, run_id: str, point: int = 0, go: Connection | None = None) -> None:
    """Loads the table into a data folder; killed at the `point`-th boundary where one is said.

    With `go` it waits until it is told to, and ends with the load: whoever watches its system calls sees no others.
    """
    if go is not None:
        go.recv()
    said, settings = SourceContract.model_validate(contract), Settings(config=data.parent, data_dir=data)
    with ExitStack() as stack:
        kind = {"database": databases, "rest": rest}.get(said.kind)
        pulled = stack.enter_context(kind.connect(said, settings)) if kind else None  # type: ignore[attr-defined]
        con: Any = stack.enter_context(open_warehouse(settings))
        counting = Countdown(con, point) if point else None
        load_table(counting or con, said, "deals", settings, run_id, NOW, pulled)
        if counting:
            counting.pass_boundary()
    if go is not None:
        os._exit(0)


def at_boundary(contract: Contract, point: int) -> Kill:
    def kill(data: Path) -> int:
        return _ended(_child(contract, data, point))

    return kill


def after(contract: Contract, seconds: float) -> Kill:
    """Wherever it is then: inside a commit, a checkpoint, a fetch."""

    def kill(data: Path) -> int:
        child = _child(contract, data, 0)
        time.sleep(seconds)
        child.kill()
        return _ended(child)

    return kill


def at_call(contract: Contract, call: str, number: int, strace: str) -> Kill:
    """As the `number`-th system call of that name on the warehouse's file or its log begins, in any thread."""

    def kill(data: Path) -> int:
        ours, theirs = multiprocessing.Pipe()
        child = _child(contract, data, 0, theirs)
        warehouse = Settings(config=data.parent, data_dir=data).warehouse
        watching = subprocess.Popen(
            [strace, "-f", "-p", str(child.pid), "-P", warehouse, "-P", f"{warehouse}.wal", "-o", os.devnull,
             "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert watching.stderr is not None
        while "attached" not in (line := watching.stderr.readline()):
            assert line, "strace could not attach"
        ours.send("go")
        status = _ended(child)
        watching.communicate()
        return status

    return kill


def while_reading(contract: Contract, seconds: float, met: list[bool]) -> Kill:
    """So long after the first byte of the landing file; `met` is told whether the source was still being read."""

    def kill(data: Path) -> int:
        child = _child(contract, data, 0)
        while child.is_alive() and not unfinished(data):
            time.sleep(0.001)
        time.sleep(seconds)
        child.kill()
        status = _ended(child)
        met.append(unfinished(data))
        return status

    return kill


def unfinished(data: Path) -> bool:
    """Whether a landing file is there that is not whole yet."""
    return any((data / "landing").rglob(".tmp-*.parquet"))


def _child(contract: Contract, data: Path, point: int, go: Connection | None = None) -> BaseProcess:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.countdown"])
    child = processes.Process(target=load, args=(contract, data, "killed", point, go))
    child.start()
    return child


def _ended(child: BaseProcess) -> int:
    child.join()
    assert child.exitcode is not None
    return child.exitcode


def held(contract: Contract, data: Path) -> list[Any]:
    with open_warehouse(Settings(config=data.parent, data_dir=data), read_only=True) as con:
        return [
            con.execute(sql).fetchall()
            for sql in (*(EVERYTHING if contract["kind"] == "files" else RECORDS), *FINDINGS)
        ]


def wipe(data: Path) -> None:
    """Everything but what must not be lost: the warehouse, in which the load's state is, and the key of pseudonyms.

    So landing, pages of an API, what DuckDB spilled and all else that lies there count as nothing; that of the key a
    copy has to be kept, docs/personal_data.md says.
    """
    for path in data.iterdir():
        if path.name not in ("warehouse", "pseudonym.key"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def whole_after_one_rerun(contract: Contract, base: Path, expected: list[Any], kill: Kill, told: str) -> int:
    """Kills a load into a copy of `base`, runs once again with and without the working folder; how the load ended."""
    hurt = base.parent / "hurt"
    shutil.rmtree(hurt, ignore_errors=True)
    shutil.copytree(base, hurt)
    status = kill(hurt)
    assert status in (0, -signal.SIGKILL), f"{told}: the load failed by itself"
    for wiped in (False, True):
        again = base.parent / "again"
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(hurt, again)
        if wiped:
            wipe(again)
        load(contract, again, "again")
        assert held(contract, again) == expected, f"{told}, working folder {'wiped' if wiped else 'kept'}"
        assert not list(again.rglob(".tmp-*"))
    return status


def killed_at_every(contract: Contract, base: Path, expected: list[Any], every: int = 1, most: int = 1000) -> int:
    """Kills at each `every`-th boundary until a load passes all of them, or `most` times; returns the kills."""
    for kills in range(most):
        point = every * (kills + 1)
        told = f"killed at boundary {point}"
        if whole_after_one_rerun(contract, base, expected, at_boundary(contract, point), told) == 0:
            return kills
    return most


def delays(seed: int, longest: float, kills: int) -> Iterator[float]:
    chance = random.Random(seed)
    return (chance.uniform(0, longest) for _ in range(kills))
