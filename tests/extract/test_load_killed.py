"""kill -9 at every SQL statement, commit, fsync and rename of a load: one rerun, nothing lost or doubled."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from pipelines.extract.contract import SourceContract
from pipelines.extract.load import load_table
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import NOW, Source

HEAD = "id,amount,changed\n"
FIRST = HEAD + "a,1,2026-01-01\nb,1,2026-01-02\nc,bad,\n"
SECOND = HEAD + "b,2,2026-01-03\nb,3,2026-01-04\nd,1,\ne,1e3,\n,1,\n"
EVERYTHING = (
    "select id, amount, changed, _batch_id, _row_number, _source_file from raw_crm.deals order by all",
    "select * exclude (run_id) from quarantine_crm.deals order by all",
    "select * exclude (run_id) from loads.ledger order by all",
)


class Countdown:
    """Kills this process at the n-th boundary it passes; a connection that counts its statements."""

    def __init__(self, con: Any, point: int) -> None:
        self.con, self.left = con, point

    def pass_boundary(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(self, *args: Any) -> Any:
        self.pass_boundary()
        return self.con.execute(*args)

    def count(self, name: str) -> None:
        plain = getattr(os, name)

        def counted(*args: Any, **named: Any) -> Any:
            self.pass_boundary()
            return plain(*args, **named)

        setattr(os, name, counted)


def load_until_killed(place: Path, said: dict[str, Any], point: int) -> None:
    settings = Settings(config=place, data_dir=place / "data")
    with open_warehouse(settings) as con:
        counting = Countdown(con, point)
        for name in ("fsync", "replace"):
            counting.count(name)
        load_table(counting, SourceContract.model_validate(said), "deals", settings, "killed", NOW)  # type: ignore[arg-type]
        counting.pass_boundary()


def deliver_second(source: Source, kind: str) -> None:
    source.write("deals_02.csv", SECOND)
    if kind in ("full", "snapshot"):
        source.write("deals_01.csv", FIRST + "f,1,\n")
    if kind == "rebuild":
        source.columns(id="text", amount="double", changed="date")


def prepared(place: Path, kind: str) -> Source:
    """A source of one loaded delivery."""
    source = Source(place).say(delivery={"rebuild": "upsert"}.get(kind, kind))
    if kind == "append":
        source.say(key=[], cursor=None)
    if kind == "snapshot":
        source.say(from_={"glob": "deals_*.csv", "day": "%d"})
    source.write("deals_01.csv", FIRST)
    source.load("first")
    return source


def copied(source: Source, place: Path) -> Source:
    shutil.rmtree(place, ignore_errors=True)
    copy = Source(place).say(
        **{key: value for key, value in source.said.items() if key != "from"}, from_=source.said["from"]
    )
    shutil.copytree(source.place, place, dirs_exist_ok=True)
    return copy


def held(source: Source) -> list[Any]:
    return [source.rows(sql) for sql in EVERYTHING]


def killed_everywhere(place: Path, kind: str, every: int = 1) -> int:
    """Kills a load at each `every`-th boundary, reruns it once and compares with a load never killed; the kills."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(
        ["tests.extract.test_load_killed", "pipelines.extract.load", "duckdb", "pyarrow.parquet"]
    )
    unhurt = prepared(place / "unhurt", kind)
    deliver_second(unhurt, kind)
    unhurt.load()
    expected, base = held(unhurt), prepared(place / "base", kind)
    for kills in range(200):
        source = copied(base, place / "hurt")
        deliver_second(source, kind)
        point = 1 + kills * every
        child = processes.Process(
            target=load_until_killed, args=(source.place, source.contract.model_dump(by_alias=True), point)
        )
        child.start()
        child.join()
        if child.exitcode == 0:
            return kills
        assert child.exitcode == -signal.SIGKILL, f"point {point}: the child failed by itself"
        if kills % 2:
            shutil.rmtree(source.settings.landing)
        source.load("again")
        assert held(source) == expected, f"killed at boundary {point}"
        assert not list(source.settings.data.rglob(".tmp-*"))
    raise AssertionError("the load has more boundaries than were tried")


@pytest.fixture(autouse=True)
def _child_finds_this_module(monkeypatch):
    # The fork server does not take over sys.path before Python 3.13; importing once there saves 0.5 s a kill.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.parametrize("kind", ["append", "upsert", "full", "snapshot", "rebuild"])
def test_load_killed_at_some_boundaries_is_whole_after_one_rerun(tmp_path, kind):
    assert killed_everywhere(tmp_path, kind, every=5) >= 4


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["append", "upsert", "full", "snapshot", "rebuild"])
def test_load_killed_at_every_boundary_is_whole_after_one_rerun(tmp_path, kind):
    assert killed_everywhere(tmp_path, kind) >= 20
