"""Fault test 23: an API that fails by chance. Either everything is loaded, once, or nothing and it is said.

Each schedule gives every answer a fault or none, by a seed that is printed where it fails. What may go wrong: 429 with
Retry-After, 500, no whole answer in time, a reset, half an answer, HTML with 200, no JSON, a page answered twice for two pages, a page left out,
a cursor that comes round again. A page left out is noticed where the API says a total; without one nobody could.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from pipelines.errors import KpiError
from tests.extract.rest.conftest import Open, numbered, source  # noqa: F401
from tests.extract.rest.server import Asked, Reply

RECORDS, SIZE, ATTEMPTS = 60, 10, 3
ALL = numbered(RECORDS)
PASSING = ["429", "500", "slow", "reset", "cut", "html", "torn"]
LASTING = ["twice", "skipped", "loop"]


class Schedule:
    """Answers pages by cursor, with faults drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.share = self.chance.choice([0.0, 0.2, 0.5, 0.8])
        self.lasting = self.chance.choice([None, None, None, *LASTING])
        self.at = self.chance.randrange(1, RECORDS // SIZE)  # the page the lasting fault is on
        self.tries: Counter[str] = Counter()

    def __call__(self, asked: Asked) -> Reply:
        cursor = asked.params.get("cursor", "0")
        self.tries[cursor] += 1
        if self.chance.random() < self.share:
            return _broken(self.chance.choice(PASSING))
        start = place = int(cursor)
        if self.lasting == "twice" and place == self.at * SIZE:
            start -= SIZE
        following: str | None = str(place + SIZE) if place + SIZE < RECORDS else None
        if self.lasting == "skipped" and place == (self.at - 1) * SIZE:
            following = str(place + 2 * SIZE) if place + 2 * SIZE < RECORDS else None
        if self.lasting == "loop" and place == self.at * SIZE:
            following = str(SIZE if self.at > 1 else 0)
        return Reply(_page(ALL[start : start + SIZE], following))


def _page(records: list[dict[str, Any]], following: str | None) -> dict[str, Any]:
    return {"data": records, "info": {"next": following, "total": RECORDS}}


def _broken(fault: str) -> Reply:
    whole = _page(ALL[:SIZE], "10")
    if fault in ("slow", "reset", "cut"):
        return Reply(whole, fault=fault)
    if fault in ("429", "500"):
        return Reply({"error": "busy"}, status=int(fault), headers={"retry-after": "0"})
    return Reply(b"<html><body>maintenance</body></html>" if fault == "html" else Reply(whole).raw[:-20])


def whole_or_nothing(open_source: Open, seed: int) -> str:
    schedule = Schedule(seed)
    api = open_source(schedule)
    api.connection |= {"attempts": ATTEMPTS, "timeout": "0.5 seconds"}
    api.table(
        records="data", paging={"cursor": {"param": "cursor", "at": "info.next"}}, total="info.total",
        cursor="changed", delivery="upsert",
    )  # fmt: skip
    said = f"seed {seed}: {schedule.share:.0%} of the answers broken, lasting fault {schedule.lasting}"
    loaded: list[int] = []
    try:
        done = api.load()
    except KpiError:
        outcome = "refused"
        assert schedule.lasting or max(schedule.tries.values()) == ATTEMPTS, f"{said} gave up too early"
    else:
        assert not schedule.lasting, f"{said} went unnoticed"
        assert (done.source_rows, done.loaded, done.duplicates, done.quarantined) == (RECORDS, RECORDS, 0, 0), said
        loaded = [id_ for (id_,) in api.rows("id")]
        assert loaded == list(range(1, RECORDS + 1)), said
        outcome = "whole"
    assert max(schedule.tries.values()) <= ATTEMPTS * (1 if outcome == "whole" else 2), said
    assert len(api.api.asked) <= ATTEMPTS * (RECORDS // SIZE + 1), said
    if not loaded:
        # The next run, when the API is well again, has everything and nothing twice.
        schedule.share, schedule.lasting = 0.0, None
        assert api.load(run_id="r2").loaded == RECORDS, said
        assert [id_ for (id_,) in api.rows("id")] == list(range(1, RECORDS + 1)), said
    return outcome


@pytest.mark.parametrize("seed", range(25))
def test_an_api_that_fails_by_chance_loses_and_doubles_nothing(source: Open, seed: int) -> None:  # noqa: F811
    whole_or_nothing(source, seed)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(25, 325))
def test_an_api_that_fails_by_chance_loses_and_doubles_nothing_in_300_schedules(source: Open, seed: int) -> None:  # noqa: F811
    whole_or_nothing(source, seed)


def test_the_schedules_meet_every_kind_of_end() -> None:
    """So that the seeds above prove something: some come through whole, each lasting fault is among them."""
    schedules = [Schedule(seed) for seed in range(25)]
    assert {schedule.lasting for schedule in schedules} == {None, *LASTING}
    assert {schedule.share for schedule in schedules if schedule.lasting is None} >= {0.0, 0.2, 0.5}


def test_a_page_left_out_is_noticed_only_where_a_total_is_told(source: Open) -> None:  # noqa: F811
    """No reader can know of records that no answer mentions: a contract names `total` wherever the API has one."""

    def answer(asked: Asked) -> Reply:
        return Reply(_page(ALL[:SIZE], "20") if "cursor" not in asked.params else _page(ALL[20:30], None))

    for total, came in (({}, 2 * SIZE), ({"total": "info.total"}, None)):
        api = source(answer)
        api.table(records="data", paging={"cursor": {"param": "cursor", "at": "info.next"}}, **total)
        if came is not None:
            assert api.load().loaded == came
            continue
        (refused,) = api.load(run_id="r2").refused
        assert f"says {RECORDS} records altogether, 20 came" in str(refused.error)
