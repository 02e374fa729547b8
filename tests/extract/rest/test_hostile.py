"""Answers that would lose records, bend values, leak or hang where a reader believes them."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from email.utils import formatdate
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract.rest import pages
from tests.extract.rest.conftest import Open, numbered
from tests.extract.rest.server import Asked, Reply

ALL = numbered(20)
SECRET = "canary-5f1c"
CURSOR = {"records": "data", "paging": {"cursor": {"param": "cursor", "at": "next"}}}


def refused(api: Any, name: str = "t") -> str:
    with pytest.raises(KpiError) as said:
        api.load(name)
    return str(said.value)


# Records that would be lost without a word


def test_more_without_a_cursor_is_no_end(source: Open) -> None:
    api = source(lambda asked: Reply({"data": ALL[:10], "more": True}))
    api.table(**CURSOR, more="more")
    assert "says that there is more, and nothing at next" in refused(api)


@pytest.mark.parametrize("paging", [{"next": "next"}, {"link": True}])
def test_more_without_an_address_is_no_end(source: Open, paging: dict[str, Any]) -> None:
    api = source(lambda asked: Reply({"data": ALL[:10], "more": True}))
    api.table(records="data", paging=paging, more="more")
    assert "says that there is more" in refused(api)


@pytest.mark.parametrize("body", [b"", b" \n", b"null"])
def test_an_empty_answer_with_200_is_no_end_of_pages(source: Open, body: bytes) -> None:
    api = source(lambda asked: Reply(body) if "cursor" in asked.params else Reply({"data": ALL[:10], "next": "c2"}))
    api.table(**CURSOR)
    refused(api)


def test_items_that_are_no_list_are_refused(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 1, "child": {"id": "a"}}]))
    api.table(columns=["id", "^id:integer"], items="child")
    assert "child is no list" in refused(api)


def test_a_part_of_something_that_has_no_parts_is_refused(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 1, "owner": {"id": "e1"}}, {"id": 2, "owner": "e2"}]))
    api.table(columns=["id:integer", "owner.id"])
    assert "owner.id: owner holds no parts" in refused(api)


def test_an_object_that_is_null_in_every_record_is_no_missing_column(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 1, "owner": None}]))
    api.table(columns=["id:integer", "owner.id"])
    assert api.load().found == ()
    assert api.rows('id, "owner.id"') == [(1, None)]


def test_each_resource_has_a_total_of_its_own(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/deals":
            return Reply([{"id": 1}, {"id": 2}])
        count = int(asked.path.split("/")[2])
        return Reply({"data": [{"n": n} for n in range(count)], "total": count + (asked.path in short)})

    short: set[str] = set()
    api = source(answer)
    api.table("deals", columns=["id:integer"])
    api.table(
        "steps", columns=["^id:integer", "n:integer"], key=["^id", "n"], path="/deals/{id}/steps", records="data",
        total="total", each={"table": "deals"},
    )  # fmt: skip
    assert api.load("steps").loaded == 3
    short.add("/deals/1/steps")
    done = api.load("steps", "r2")
    assert "says 4 records altogether, 3 came" in str(done.refused[0].error)


def test_pages_without_records_that_never_end_are_refused(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_EMPTY", 5)
    api = source(lambda asked: Reply({"data": [], "next": str(len(api.api.asked))}))
    api.table(**CURSOR)
    assert "5 pages without a record" in refused(api)


def test_a_naive_since_is_local_time_and_one_with_z_is_utc(source: Open) -> None:
    said = {"param": "since", "format": "%Y-%m-%dT%H:%M:%S"}
    api = source(lambda asked: Reply([{"id": 1, "name": "a", "amount": 1, "changed": "2026-03-29T08:00:00+08:00"}]))
    for name, form in (("local", said["format"]), ("zoned", said["format"] + "%z"), ("utc", said["format"] + "Z")):
        api.table(name, path="/t", cursor="changed", delivery="upsert", since=said | {"format": form})
        api.load(name)
        api.load(name, "r2")
    assert [asked.params.get("since") for asked in api.api.asked][1::2] == [
        "2026-03-29T07:00:00", "2026-03-29T07:00:00+0800", "2026-03-28T23:00:00Z",
    ]  # fmt: skip


def test_a_table_read_whole_although_it_has_a_cursor_is_held_back_when_it_shrinks(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.table(cursor="changed", delivery="upsert")
    api.load()
    api.api.answer = lambda asked: Reply(ALL[:1])
    assert [one.kind for one in api.load(run_id="r2").refused] == ["held"]


# Values that would be bent, or end the run


@pytest.mark.parametrize(
    "raw",
    [
        '[{"id": 1, "name": "a"}]'.encode("utf-16"),
        b'[{"id": 1, "name": "\xe9"}]',
        b'[{"id": 1, "name": NaN}]',
        b'[{"id": 1, "name": "\\ud83d"}]',
        b'[{"id": 1, "name": ' + b"[" * 500 + b"]" * 500 + b"}]",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_no_cell_can_hold_is_refused(source: Open, raw: bytes) -> None:
    api = source(lambda asked: Reply(raw))
    api.table(columns=["id:integer", "name"])
    refused(api)


def test_an_answer_that_does_not_unzip_is_tried_again_and_told(source: Open) -> None:
    api = source(lambda asked: Reply(b"no gzip", headers={"content-encoding": "gzip"}))
    api.table()
    assert "failed 3 times" in refused(api)


def test_a_zipped_answer_is_read(source: Open) -> None:
    api = source(lambda asked: Reply(gzip.compress(Reply(ALL).raw), headers={"content-encoding": "gzip"}))
    api.table()
    assert api.load().loaded == 20


def test_a_number_as_a_key_of_another_table_keeps_its_digits(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 9007199254740993}]) if asked.path == "/deals" else Reply([{"n": "1"}]))
    api.table("deals", columns=["id"])
    api.table("steps", columns=["^id", "n"], key=["^id"], path="/deals/{id}/steps", each={"table": "deals"})
    api.load("steps")
    assert api.api.paths() == ["/deals", "/deals/9007199254740993/steps"]


# What must not be told, and where we must not go


def test_neither_a_secret_in_the_address_nor_a_record_is_named(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)

    def answer(asked: Asked) -> Reply:
        return Reply([{"id": "zhangsan@example.com"}]) if asked.path.endswith("/deals") else Reply(status=400)

    api = source(answer)
    api.connection["base_url"] += "/${CRM_SECRET}"
    api.table("deals", columns=["id"])
    api.table("steps", columns=["^id", "n"], key=["^id"], path="/deals/{id}/steps", each={"table": "deals"})
    api.table("gone", path="/gone")
    for name, path in (("steps", "/deals/{id}/steps"), ("gone", "/gone")):
        said = refused(api, name)
        assert f"GET {path}" in said
        assert SECRET not in said
        assert "zhangsan" not in said


@pytest.mark.parametrize("value", ["..", "."])
def test_a_value_that_climbs_in_the_path_is_not_asked_for(source: Open, value: str) -> None:
    api = source(lambda asked: Reply([{"id": value}]))
    api.table("deals", columns=["id"])
    api.table("steps", columns=["^id", "id"], key=["^id"], path="/deals/{id}/steps", each={"table": "deals"})
    assert "no path" in refused(api, "steps")
    assert api.api.paths() == ["/deals"]


@pytest.mark.parametrize("auth", [{"bearer": "${CRM_SECRET}"}, {"key": {"header": "X", "value": "${CRM_SECRET}"}}])
@pytest.mark.parametrize("tail", ["\nX: y", "密"])
def test_a_secret_that_no_header_can_hold_is_told_by_its_place(
    source: Open, monkeypatch: pytest.MonkeyPatch, auth: dict[str, Any], tail: str
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET + tail)
    api = source(lambda asked: Reply(ALL))
    api.connection["auth"] = auth
    api.table()
    said = refused(api)
    assert "connection.auth" in said
    assert SECRET not in said
    assert api.api.asked == []


# What would never end


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """A server that sends the head of its answer a byte at a time, for ever."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip(con: socket.socket) -> None:
        with con:
            for byte in head:
                if ended.wait(0.1):
                    return
                try:
                    con.sendall(bytes([byte]))
                except OSError:
                    return

    def serve() -> None:
        while True:
            try:
                con, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(con,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        listening.close()


def test_a_head_that_drips_for_ever_ends_in_time(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    with dripping(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000) as url:
        api.connection |= {"base_url": url, "timeout": "0.4 seconds", "attempts": 2}
        api.table()
        started = time.monotonic()
        assert "did not end in time" in refused(api)
        assert time.monotonic() - started < 5


def oauth(api: Any, monkeypatch: pytest.MonkeyPatch, token_url: str) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    api.connection["auth"] = {
        "oauth2": {"token_url": token_url, "client_id": "c", "client_secret": "${CRM_SECRET}", "refresh_token": "r1"}
    }


def test_a_log_in_server_that_never_answers_ends_in_time(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    api = source(lambda asked: Reply(ALL))
    with dripping(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000) as url:
        oauth(api, monkeypatch, f"{url}/token")
        api.connection |= {"timeout": "0.4 seconds", "attempts": 2}
        api.table()
        started = time.monotonic()
        assert "did not end in time" in refused(api)
        assert time.monotonic() - started < 5


def test_a_refresh_token_that_is_replaced_is_used_from_then_on(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    good = ["r1"]

    def answer(asked: Asked) -> Reply:
        if asked.path != "/token":
            start = int(asked.params.get("cursor", 0))
            return Reply({"data": ALL[start : start + 10], "next": str(start + 10) if start + 10 < 20 else None})
        if asked.form["refresh_token"] != good[-1]:
            return Reply({"error": "invalid_grant"}, status=400)
        good.append(f"r{len(good) + 1}")
        return Reply({"access_token": "t", "expires_in": 0, "refresh_token": good[-1]})

    api = source(answer)
    oauth(api, monkeypatch, f"{api.api.url}/token")
    api.table(**CURSOR)
    assert api.load().loaded == 20
    assert good == ["r1", "r2", "r3"]


def test_a_busy_log_in_server_gets_the_rest_it_wants(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path != "/token":
            return Reply(ALL)
        if len(api.api.asked) == 1:
            return Reply(status=429, headers={"retry-after": "1"})
        return Reply({"access_token": "t"})

    api = source(answer)
    oauth(api, monkeypatch, f"{api.api.url}/token")
    api.table()
    assert api.load().loaded == 20
    assert api.api.asked[1].at - api.api.asked[0].at >= 0.9


def test_a_date_to_wait_for_is_read_by_the_clock_of_the_server(source: Open) -> None:
    ago = time.time() - 86_400

    def answer(asked: Asked) -> Reply:
        if len(api.api.asked) > 1:
            return Reply(ALL)
        return Reply(
            status=429, headers={"date": formatdate(ago, usegmt=True), "retry-after": formatdate(ago + 1, usegmt=True)}
        )

    api = source(answer)
    api.table()
    assert api.load().loaded == 20
    assert api.api.asked[1].at - api.api.asked[0].at >= 0.9


def test_the_rate_counts_every_request_also_those_for_a_token(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply({"access_token": f"t{len(api.api.asked)}"})
        return Reply(status=401) if asked.headers["authorization"] == "Bearer t1" else Reply(ALL)

    api = source(answer)
    oauth(api, monkeypatch, f"{api.api.url}/token")
    api.connection["rate"] = {"requests": 2, "per": "1 second"}
    api.table()
    assert api.load().loaded == 20
    times = [asked.at for asked in api.api.asked]  # when the server saw them: on a busy machine some come late
    assert len(times) == 4
    assert all(later - earlier >= 0.7 for earlier, later in zip(times, times[2:], strict=False))


def test_money_in_answers_adds_up_to_the_cent(source: Open) -> None:
    raw = b'[{"id": 1, "amount": 0.10}, {"id": 2, "amount": 1e2}, {"id": 3, "amount": 70368744177664.33}]'
    api = source(lambda asked: Reply(raw))
    api.table(columns=["id:integer", "amount:decimal(18,2)"], block_above=1.0)
    done = api.load()
    # 1e2 is no decimal as the contract writes them: set aside and told, never guessed.
    assert (done.loaded, done.quarantined) == (2, 1)
    assert api.rows("sum(amount)") == [(Decimal("70368744177664.43"),)]


def test_a_key_that_stands_in_an_object_twice_is_refused(source: Open) -> None:
    api = source(lambda asked: Reply(b'[{"id": 1, "name": "a", "name": "b"}]'))
    api.table(columns=["id:integer", "name"])
    said = refused(api)
    assert "an object in the answer has a key twice" in said
    assert "failed" not in said, "it is not tried again"
