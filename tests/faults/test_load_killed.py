"""kill -9 at every statement, commit, fsync, rename and write of a load: one rerun, nothing lost or doubled.

Of every disposition of files, of a table read from PostgreSQL and of an API; each kill is mended once with the working
folder as it was left and once without it.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.extract.conftest import DEALS, Source
from tests.extract.databases.conftest import serve as serve_database
from tests.extract.rest.server import Asked, Reply, serving
from tests.faults.countdown import (
    Contract,
    after,
    delays,
    held,
    killed_at_every,
    load,
    whole_after_one_rerun,
)

HEAD = "id,amount,changed\n"
FIRST = HEAD + "a,1,2026-01-01\nb,1,2026-01-02\nc,bad,\n"
LATER = {
    "deals_02.csv": HEAD + "b,2,2026-01-03\nb,3,2026-01-04\nd,1,\ne,1e3,\n,1,\n",
    "deals_03.csv": HEAD + "a,4,2026-01-05\nc,1,2026-01-05\n",
    "deals_04.csv": HEAD + "g,no,2026-01-06\n",
}
FILES = ["append", "upsert", "full", "snapshot", "rebuild"]
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
    source = Source(place).say(delivery={"rebuild": "upsert"}.get(kind, kind))
    if kind == "append":
        source.say(key=[], cursor=None)
    if kind == "snapshot":
        source.say(from_={"glob": "deals_*.csv", "day": "%d"})
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
    assert killed_at_every(*case, every=43) >= 2


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", KINDS, indirect=True)
def test_load_killed_at_every_boundary_is_whole_after_one_rerun(case: Case) -> None:
    kills = killed_at_every(*case)
    print(f"{kills} boundaries, each killed and mended with and without the working folder")
    assert kills >= 60


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
