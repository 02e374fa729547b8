"""Patience with an API: its rate, what fails by chance, what fails for good."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract.rest import client
from pipelines.extract.system import load_system
from pipelines.resources import open_warehouse
from tests.extract.conftest import NOW
from tests.extract.rest.conftest import Open
from tests.extract.rest.paged import ALL, ROWS, SECRET, SIZE, by_address
from tests.extract.rest.server import Asked, Reply

# How often


def test_no_more_requests_than_the_rate_allows(source: Open) -> None:
    api = source(by_address)
    api.connection["rate"] = {"requests": 2, "per": "1 second"}
    api.table(records="data", paging={"next": "links.next"})
    api.load()
    times = [asked.at for asked in api.api.asked]  # when the server saw them: on a busy machine some come late
    assert all(later - earlier >= 0.7 for earlier, later in zip(times, times[2:], strict=False))


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed(source: Open, form: str) -> None:
    def answer(asked: Asked) -> Reply:
        if len(api.api.asked) > 1:
            return Reply(ALL)
        after = "1" if form == "seconds" else formatdate(time.time() + 2, usegmt=True)
        return Reply({"error": "busy"}, status=429, headers={"retry-after": after})

    api = source(answer)
    api.table()
    assert api.load().loaded == 35
    first, second = api.api.asked
    assert second.at - first.at >= 0.9


def test_a_rest_longer_than_a_run_may_wait_is_told(source: Open) -> None:
    api = source(lambda asked: Reply(status=429, headers={"retry-after": "86400"}))
    api.table()
    with pytest.raises(KpiError, match="wants a rest of 86,400 s"):
        api.load()
    assert len(api.api.asked) == 1


# What fails


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=500), "HTTP 500"),
        (Reply(status=429), "HTTP 429"),
        (Reply(b"<html>busy</html>"), "no JSON, or is cut off"),
        (Reply(b'[{"id": 1'), "no JSON, or is cut off"),
        (Reply(ALL, fault="cut"), "connection was lost"),
        (Reply(ALL, fault="reset"), "connection was lost"),
    ],
)
def test_what_fails_by_chance_is_tried_again_and_then_told(source: Open, reply: Reply, said: str) -> None:
    api = source(lambda asked: reply if len(api.api.asked) < 3 else Reply(ALL))
    api.table()
    assert api.load().loaded == 35
    api.api.answer = lambda asked: reply
    done = api.load(run_id="r2")
    assert said in str(done.refused[0].error)
    assert "failed 3 times" in str(done.refused[0].error)
    assert len(api.api.asked) == 6
    assert api.rows() == ROWS


def test_an_answer_that_trickles_for_ever_ends_in_time(source: Open) -> None:
    api = source(lambda asked: Reply(ALL, fault="slow"))
    api.connection |= {"timeout": "0.4 seconds", "attempts": 2}
    api.table()
    started = time.monotonic()
    with pytest.raises(KpiError, match="did not end in time"):
        api.load()
    assert time.monotonic() - started < 5


def test_an_answer_without_end_is_refused(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 1_000)
    api = source(lambda asked: Reply(ALL))
    api.table()
    with pytest.raises(KpiError, match="larger than 1,000 bytes"):
        api.load()


@pytest.mark.parametrize(
    ("status", "step"),
    [(400, "from.rest"), (401, "log-in"), (403, "right to read"), (404, "base_url")],
)
def test_a_refusal_names_path_status_code_and_next_step_and_no_secret(
    source: Open, monkeypatch: pytest.MonkeyPatch, status: int, step: str
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    api = source(lambda asked: Reply({"code": "INVALID_MODULE", "message": f"no {SECRET} of 张三"}, status=status))
    api.connection["auth"] = {"key": {"param": "key", "value": "${CRM_SECRET}"}}
    api.table()
    with pytest.raises(KpiError) as said:
        api.load()
    assert f"GET /t: HTTP {status} INVALID_MODULE" in str(said.value)
    assert step in said.value.next_step
    assert SECRET not in str(said.value)
    assert "张三" not in str(said.value)


def test_an_api_that_is_not_there_is_told(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.connection |= {"base_url": "http://127.0.0.1:9"}
    api.table()
    with pytest.raises(KpiError, match="cannot be reached"):
        api.load()


def test_an_unset_variable_is_named(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.connection["auth"] = {"bearer": "${CRM_NOT_SET}"}
    api.table()
    with pytest.raises(KpiError, match="CRM_NOT_SET is not set"):
        api.load()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda asked: Reply({"data": ALL[:SIZE], "next": "/t?again"}), {"paging": {"next": "next"}}),
        (
            lambda asked: Reply({"data": ALL[:SIZE], "next": "c"}),
            {"paging": {"cursor": {"param": "cursor", "at": "next"}}},
        ),
        (lambda asked: Reply({"data": ALL[:SIZE]}), {"paging": {"page": {"param": "page"}}}),
        (lambda asked: Reply({"data": [], "next": "c"}), {"paging": {"cursor": {"param": "cursor", "at": "next"}}}),
    ],
)
def test_pages_that_come_round_again_are_refused(source: Open, answer: Any, said: dict[str, Any]) -> None:
    api = source(answer)
    api.table(records="data", **said)
    with pytest.raises(KpiError, match="same page came twice"):
        api.load()
    assert len(api.api.asked) <= 3


def test_fewer_records_than_the_api_says_are_refused(source: Open) -> None:
    api = source(lambda asked: Reply({"data": ALL, "total": 36}))
    api.table(records="data", total="total")
    with pytest.raises(KpiError, match="says 36 records altogether, 35 came"):
        api.load()


def test_of_a_system_out_of_reach_each_table_says_so_and_keeps_what_it_has(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.table()
    api.table("u")
    with open_warehouse(api.settings) as con:
        loads = dict(load_system(con, api.contract, ["t", "u"], api.settings, "r1", NOW))
        assert [load.loaded for load in loads.values()] == [35, 35]
        api.connection |= {"auth": {"bearer": "${CRM_NOT_SET}"}}
        loads = dict(load_system(con, api.contract, ["t", "u"], api.settings, "r2", NOW))
    assert ["CRM_NOT_SET is not set" in str(load.refused[0].error) for load in loads.values()] == [True, True]
    assert api.rows() == ROWS
