"""kill -9 at every statement, commit, fsync, rename and write of a load: one rerun, nothing lost or doubled.

Of every disposition of files, of a table read from PostgreSQL and of an API; each kill is mended once with the working
folder as it was left and once without it.
"""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import lacking
from tests.extract.conftest import DEALS, Source
from tests.extract.databases.conftest import serve as serve_database
from tests.extract.rest.server import Asked, Reply, serving
from tests.faults.countdown import (
    CALLS,
    Contract,
    after,
    at_call,
    delays,
    held,
    killed_at_every,
    load,
    unfinished,
    while_reading,
    whole_after_one_rerun,
)

HEAD = "id,amount,changed\n"
FIRST = HEAD + "a,1,2026-01-01\nb,1,2026-01-02\nc,bad,\n"
LATER = {
    "deals_02.csv": HEAD + "b,2,2026-01-03\nb,3,2026-01-04\nd,1,\ne,1e3,\n,1,\n",
    "deals_03.csv": "id,amount,changed,note\na,4,2026-01-05,x\nc,1,2026-01-05,y\n",  # a column more: that is told
    "deals_04.csv": HEAD + "g,no,2026-01-06\n",
}
FILES = ["append", "upsert", "full", "snapshot", "rebuild", "hidden"]  # rebuild: by a new contract; hidden: its keys
KINDS = [*FILES, "database", "rest"]
SEED = 20261126


class Case(NamedTuple):
    """A source that has delivered once into `base` and then more, what to load of it, and what must come of it."""

    contract: Contract
    base: Path
    expected: list[Any]


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    of_kind = {"database": of_database, "rest": of_rest}.get(request.param)
    yield from of_kind(tmp_path) if of_kind else of_files(tmp_path, request.param)


def of_files(place: Path, kind: str) -> Iterator[Case]:
    source = Source(place).say(delivery={"rebuild": "upsert", "hidden": "upsert"}.get(kind, kind))
    if kind == "append":
        source.say(key=[], cursor=None)
    if kind == "snapshot":
        source.say(from_={"glob": "deals_*.csv", "day": "%d"})
    if kind == "hidden":
        source.columns(
            id={"type": "text", "personal": "hash", "form": "text"}, amount="decimal(18,2)", changed="timestamp"
        )
    source.write("deals_01.csv", FIRST)
    load(dumped(source), place / "base" / "data", "first")
    for name, text in LATER.items():
        source.write(name, text)
    if kind in ("full", "snapshot"):
        source.write("deals_01.csv", FIRST + "f,1,\n")
    if kind == "rebuild":
        source.columns(id="text", amount="double", changed="date")
    yield from loaded(place, dumped(source))


def of_database(place: Path) -> Iterator[Case]:
    for server in serve_database("postgresql", place):
        server.execute("create table deals (id text, amount text, changed timestamp)")
        server.execute("insert into deals select 'k' || n, n, '2026-01-01' from generate_series(1, 500) as n")
        contract = said("database", {"url": server.url}, {"database": {"table": "deals"}})
        load(contract, place / "base" / "data", "first")
        server.execute("update deals set amount = '2', changed = '2026-01-03' where id < 'k3'")
        server.execute("insert into deals values ('new', 'bad', '2026-01-04'), (null, '1', null)")
        yield from loaded(place, contract)


def of_rest(place: Path) -> Iterator[Case]:
    records = [{"id": f"k{n}", "amount": str(n), "changed": "2026-01-01 00:00:00"} for n in range(40)]

    def answer(asked: Asked) -> Reply:
        since, first = asked.params.get("since", ""), int(asked.params.get("offset", 0))
        return Reply([one for one in records if one["changed"] >= since][first : first + 10])

    with serving(answer) as api:
        paging = {"offset": {"param": "offset", "size_param": "limit", "size": 10}}
        since = {"param": "since", "format": "%Y-%m-%d %H:%M:%S"}
        contract = said("rest", {"base_url": api.url}, {"rest": {"path": "/deals", "paging": paging, "since": since}})
        load(contract, place / "base" / "data", "first")
        records[3:25] = [one | {"amount": "2", "changed": "2026-01-03 00:00:00"} for one in records[3:25]]
        records.append({"id": "new", "amount": "bad", "changed": "2026-01-04 00:00:00"})
        yield from loaded(place, contract)


def said(kind: str, connection: dict[str, Any], place: dict[str, Any]) -> Contract:
    return {
        "system": "crm", "kind": kind, "label": {"zh": "客户", "en": "CRM"}, "owner": "sales_ops",
        "connection": connection, "tables": {"deals": DEALS | {"from": place, "hold_below": 0}},
    }  # fmt: skip


def dumped(source: Source) -> Contract:
    return source.contract.model_dump(by_alias=True)


def loaded(place: Path, contract: Contract) -> Iterator[Case]:
    """With what a load that was never killed gives."""
    base, unhurt = place / "base" / "data", place / "unhurt" / "data"
    shutil.copytree(base, unhurt)
    load(contract, unhurt, "unhurt")
    assert held(contract, unhurt) != held(contract, base)
    yield Case(contract, base, held(contract, unhurt))


@pytest.mark.parametrize("case", KINDS, indirect=True)
def test_load_killed_at_some_boundaries_is_whole_after_one_rerun(case: Case) -> None:
    assert killed_at_every(*case, every=34, most=2) == 2


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", KINDS, indirect=True)
def test_load_killed_at_every_boundary_is_whole_after_one_rerun(case: Case) -> None:
    kills = killed_at_every(*case)
    print(f"{kills} boundaries, each killed and mended with and without the working folder")
    assert 60 <= kills < 1000


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", KINDS, indirect=True)
def test_load_killed_at_any_moment_is_whole_after_one_rerun(case: Case) -> None:
    started = time.perf_counter()
    load(case.contract, case.base.parent / "timed" / "data", "timed")
    longest, killed = 2 * (time.perf_counter() - started), 0
    for seconds in delays(SEED, longest, 30):
        told = f"killed after {seconds:.3f} s (seed {SEED})"
        killed += whole_after_one_rerun(*case, after(case.contract, seconds), told) == -signal.SIGKILL
    assert killed >= 10


@pytest.mark.faults
@pytest.mark.parametrize("case", ["upsert", "full", "rebuild"], indirect=True)
def test_load_killed_at_every_write_of_the_warehouse_is_whole_after_one_rerun(case: Case) -> None:
    """DuckDB's own writes, syncs and truncations of its file and its log, inside commits and the checkpoint at the end."""
    strace = shutil.which("strace")
    if strace is None:
        lacking("strace", "strace is not installed")
    assert strace is not None
    killed: dict[str, int] = {}
    for call in CALLS:
        killed[call] = 0
        told = f"killed at {call} "
        while whole_after_one_rerun(*case, at_call(case.contract, call, killed[call] + 1, strace), told):
            killed[call] += 1
            told = f"killed at {call} {killed[call] + 1}"
    print(f"{sum(killed.values())} system calls, each killed and mended with and without the working folder: {killed}")
    # A commit writes and syncs the log; the checkpoint writes and syncs the file and removes the log.
    assert min(killed["write"], killed["pwrite64"], killed["fdatasync"], killed["unlink"]) >= 1


def large(place: Path, kind: str, rows: int) -> Iterator[Case]:
    """A table of a database that takes a while to read."""
    for server in serve_database(kind, place):
        made = "generate_series(1, {})" if kind == "postgresql" else "seq_1_to_{}"
        n = "n" if kind == "postgresql" else "seq"
        server.execute("create table deals (id varchar(20), amount varchar(20), changed timestamp null)")
        fill = f"insert into deals select concat('k', {n}), {n}, '2026-01-01' from {made} as n"
        server.execute(fill.format(rows // 2))
        contract = said("database", {"url": server.url}, {"database": {"table": "deals"}})
        load(contract, place / "base" / "data", "first")
        server.execute("update deals set amount = '2', changed = '2026-01-03'")
        server.execute(f"{fill.format(rows)} where {n} > {rows // 2}")
        yield from loaded(place, contract)


def seconds_of_reading(case: Case) -> float:
    """How long a load of its own has a landing file that is not whole."""
    data, began, ended = case.base.parent.parent / "timed" / "data", 0.0, 0.0
    shutil.copytree(case.base, data)
    watching = threading.Thread(target=load, args=(case.contract, data, "timed"))
    watching.start()
    while watching.is_alive():
        if unfinished(data):
            ended = time.perf_counter()
            began = began or ended
        time.sleep(0.001)
    return ended - began


def killed_while_read(case: Case, kills: int) -> int:
    """Kills a load while its source is read, at moments spread over the reading; how often it was met at that."""
    seconds, met = seconds_of_reading(case), list[bool]()
    for number in range(kills):
        kill = while_reading(case.contract, seconds * number / kills, met)
        whole_after_one_rerun(*case, kill, f"killed after {number} of {kills} parts of the reading")
    return sum(met)


def test_pull_killed_while_it_reads_is_whole_after_one_rerun(tmp_path: Path) -> None:
    for case in large(tmp_path, "postgresql", 40_000):
        assert killed_while_read(case, 2) >= 1


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_pull_killed_forty_times_while_it_reads_is_whole_after_one_rerun(tmp_path: Path, kind: str) -> None:
    for case in large(tmp_path, kind, 100_000):
        met = killed_while_read(case, 40)
        print(f"{kind}: 40 kills, {met} of them while 100,000 records were read")
        assert met >= 30
