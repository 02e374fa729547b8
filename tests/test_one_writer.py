"""One writer at a time: others wait and say for whom, a killed one holds nobody up and is named to the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import one_writer
from pipelines.errors import KpiError
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

HOLD = """
import sys
from pathlib import Path
from pipelines import one_writer
from pipelines.settings import Settings
with one_writer.alone(Settings(data_dir=Path({data!r})), "kpi run", "run-17"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(config=tmp_path, data_dir=tmp_path / "data", lock_wait=0, memory_limit="300MB", threads=1)


@contextmanager
def held(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is told, or killed."""
    code = HOLD.format(data=str(settings.data))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield other
        if other.poll() is None:
            other.communicate("\n")


def test_who_comes_second_hears_who_is_first_and_is_refused_when_waiting_takes_too_long(settings: Settings) -> None:
    with held(settings) as other:
        said = rf"kpi run \(process {other.pid}\) has held the working file since"
        with pytest.raises(KpiError, match=said), open_warehouse(settings):
            pass
        assert one_writer.holder(settings) == one_writer.Holder(other.pid, "kpi run", "run-17")
    assert one_writer.holder(settings) is None


def test_who_waits_goes_on_when_the_first_is_done_and_was_told_once(settings: Settings) -> None:
    settings.lock_wait = 60
    said: list[str] = []
    with held(settings) as other:

        def end_it(text: str) -> None:
            said.append(text)
            assert other.stdin
            other.stdin.write("\n")
            other.stdin.flush()

        with one_writer.alone(settings, on_wait=end_it) as left:
            assert left is None, "it gave the lock back"
    assert len(said) == 1
    assert said[0].startswith(f"waiting for kpi run (process {other.pid}), at work since")


def test_a_killed_holder_holds_nobody_up_and_is_named_once(settings: Settings) -> None:
    with held(settings) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert one_writer.holder(settings) is None
        with one_writer.alone(settings) as left:
            assert left == one_writer.Holder(other.pid, "kpi run", "run-17")
        with one_writer.alone(settings) as left:
            assert left is None


def test_a_lock_within_the_lock_is_the_same_one(settings: Settings) -> None:
    with one_writer.alone(settings, "kpi run", "run-1"):
        with one_writer.alone(settings), open_warehouse(settings) as con:
            assert con.execute("select 1").fetchone() == (1,)
        assert one_writer.holder(settings) == one_writer.Holder(os.getpid(), "kpi run", "run-1")
    assert one_writer.holder(settings) is None


def test_a_block_that_fails_gives_the_lock_back(settings: Settings) -> None:
    with pytest.raises(RuntimeError), one_writer.alone(settings):
        raise RuntimeError
    assert one_writer.holder(settings) is None
