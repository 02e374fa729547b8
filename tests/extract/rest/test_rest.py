"""REST sources: every log-in and paging, whole or nothing, digits kept, nothing said that is secret."""

from __future__ import annotations

import time
from decimal import Decimal
from email.utils import formatdate
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract import check
from pipelines.extract.rest import client
from pipelines.extract.system import load_system
from pipelines.resources import open_warehouse
from tests.extract.conftest import NOW
from tests.extract.rest.conftest import Open, numbered
from tests.extract.rest.server import Asked, Reply

SIZE = 10
ALL = numbered(35)
ROWS = [(record["id"], record["name"], Decimal(str(record["amount"]))) for record in ALL]
SECRET = "canary-5f1c"


def page(asked: Asked, name: str = "page", first: int = 1) -> list[dict[str, Any]]:
    number = int(asked.params.get(name, first)) - first
    return ALL[number * SIZE : (number + 1) * SIZE]


# Paging


def by_page(asked: Asked) -> Reply:
    return Reply({"data": page(asked)})


def by_page_from_zero_with_more(asked: Asked) -> Reply:
    return Reply({"data": page(asked, first=0), "info": {"more": int(asked.params["page"]) < 3}})


def by_offset(asked: Asked) -> Reply:
    start = int(asked.params["offset"])
    return Reply(ALL[start : start + int(asked.params["limit"])])


def by_cursor(asked: Asked) -> Reply:
    start = int(asked.params.get("token", "t0")[1:])
    following = f"t{start + SIZE}" if start + SIZE < len(ALL) else None
    return Reply({"data": ALL[start : start + SIZE], "info": {"next": following, "count": len(ALL)}})


def by_address(asked: Asked) -> Reply:
    start = int(asked.params.get("start", 0))
    following = f"http://{asked.headers['host']}/t?start={start + SIZE}" if start + SIZE < len(ALL) else None
    return Reply({"data": ALL[start : start + SIZE], "links": {"next": following}})


def by_link(asked: Asked) -> Reply:
    start = int(asked.params.get("start", 0))
    link = {"Link": f'</t?start={start + SIZE}>; rel="next", </t>; rel="first"'} if start + SIZE < len(ALL) else {}
    return Reply(ALL[start : start + SIZE], headers=link)


def by_end(asked: Asked) -> Reply:
    start = int(asked.params.get("cursor", 0))
    return Reply({"data": ALL[start : start + SIZE], "after": str(start + SIZE), "end": start + SIZE >= len(ALL)})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (by_page, {"records": "data", "paging": {"page": {"param": "page"}}}),
        (by_page_from_zero_with_more, {"records": "data", "paging": {"page": {"param": "page", "first": 0}}, "more": "info.more"}),
        (by_offset, {"paging": {"offset": {"param": "offset", "size_param": "limit", "size": SIZE}}}),
        (by_cursor, {"records": "data", "paging": {"cursor": {"param": "token", "at": "info.next"}}, "total": "info.count"}),
        (by_address, {"records": "data", "paging": {"next": "links.next"}}),
        (by_link, {"paging": {"link": True}}),
        (by_end, {"records": "data", "paging": {"cursor": {"param": "cursor", "at": "after"}}, "end": "end"}),
    ],
)  # fmt: skip
def test_every_page_is_read_and_no_record_twice(source: Open, answer: Any, said: dict[str, Any]) -> None:
    api = source(answer)
    api.table(**said)
    done = api.load()
    assert (done.source_rows, done.loaded, done.quarantined, done.duplicates) == (35, 35, 0, 0)
    assert api.rows() == ROWS


def test_one_answer_is_one_page_where_the_contract_names_no_paging(source: Open) -> None:
    api = source(lambda asked: Reply(ALL))
    api.table()
    assert api.load().loaded == 35
    assert len(api.api.asked) == 1


@pytest.mark.parametrize("status", [204, 304])
def test_no_content_and_not_modified_are_no_records(source: Open, status: int) -> None:
    api = source(lambda asked: Reply(status=status))
    api.table(records="data", empty="allow")
    assert (api.load().loaded, api.rows()) == (0, [])


def test_a_cursor_goes_without_since_and_with_the_fixed_parameters(source: Open) -> None:
    api = source(by_end)
    api.table(
        records="data", paging={"cursor": {"param": "cursor", "at": "after"}}, end="end",
        params={"include": "all", "page[size]": 10}, since={"param": "start_time", "format": "unix", "first": 0},
        cursor="changed", delivery="upsert",
    )  # fmt: skip
    api.load()
    first, *others = [asked.params for asked in api.api.asked]
    assert first == {"include": "all", "page[size]": "10", "start_time": "0"}
    assert others == [{"include": "all", "page[size]": "10", "cursor": str(n)} for n in (10, 20, 30)]


# What a record is


def test_numbers_keep_every_digit(source: Open) -> None:
    raw = b'[{"id": 12345678901234567890, "amount": 12345678901234567.89, "note": {"a": [1.10, true, null, "\xe4\xb8\xad"]}}]'
    api = source(lambda asked: Reply(raw))
    api.table(columns=["id", "amount:decimal(38,2)", "note"])
    api.load()
    assert api.rows("id, amount, note") == [
        ("12345678901234567890", Decimal("12345678901234567.89"), '{"a": [1.10, true, null, "中"]}')
    ]


def test_a_dotted_name_and_a_place_reach_into_a_record(source: Open) -> None:
    api = source(lambda asked: Reply([{"id": 1, "owner": {"id": "e1", "x": 1}, "a.b": "dot", "closed": "2026-03-01"}]))
    api.table(columns=["id:integer", "owner.id", "a.b", "closed:date", {"name": "closed_again", "at": "closed"}])
    done = api.load()
    assert api.rows('id, "owner.id", "a.b", closed_again') == [(1, "e1", "dot", "2026-03-01")]
    assert done.found == ()  # the rest of an object of which a part is read is no drift


def test_items_become_rows_that_know_the_record_around_them(source: Open) -> None:
    events = [
        {"id": 1, "ticket": {"id": 7}, "child": [{"id": "a", "to": "open"}, {"id": "b"}]},
        {"id": 2, "ticket": {"id": 8}, "child": []},
        {"id": 3, "ticket": {"id": 9}, "child": None},
    ]
    api = source(lambda asked: Reply({"events": events}))
    api.table("outer", columns=["id:integer"], path="/events", records="events", drift={"added": "take"})
    api.table("inner", columns=["id", "to", "^ticket.id:integer"], path="/events", records="events", items="child")
    done = api.load_all()
    assert (done["outer"].loaded, done["inner"].loaded) == (3, 2)
    assert api.rows('id, "to", "^ticket.id"', "inner") == [("a", "open", 7), ("b", None, 7)]
    assert len(api.api.asked) == 1  # both tables see one answer, asked once


def test_each_record_of_another_table_is_asked_for_its_own(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/deals":
            return Reply([{"id": "1/x"}, {"id": "2"}, {"id": "3"}])
        if asked.path.startswith("/deals/3"):
            return Reply(status=404)  # deleted in between
        return Reply([{"stage": "new"}])  # equal for both, and yet no repeated page

    api = source(answer)
    api.table("deals", columns=["id"])
    api.table(
        "stages", columns=["^id", "stage"], key=["^id", "stage"], path="/deals/{id}/stages", each={"table": "deals"}
    )
    api.load_all()
    assert api.rows('"^id", stage', "stages") == [("1/x", "new"), ("2", "new")]
    assert api.api.paths() == ["/deals", "/deals/1%2Fx/stages", "/deals/2/stages", "/deals/3/stages"]


def test_children_are_asked_only_of_records_that_changed(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/deals":
            everything = [
                {"id": "1", "changed": "2026-03-01T00:00:00Z"},
                {"id": "2", "changed": "2026-03-05T00:00:00Z"},
            ]
            return Reply([d for d in everything if d["changed"] >= asked.params.get("since", "")])
        return Reply([{"stage": "new", "at": "2026-03-05T00:00:00Z"}])

    api = source(answer)
    since = {"since": {"param": "since", "format": "%Y-%m-%dT%H:%M:%SZ"}, "delivery": "upsert"}
    api.table("deals", columns=["id", "changed:timestamp"], cursor="changed", **since)
    api.table(
        "stages", columns=["^id", "stage", "at:timestamp"], key=["^id", "stage"], cursor="at", delivery="upsert",
        path="/deals/{id}/stages", each={"table": "deals"},
    )  # fmt: skip
    api.load_all()
    api.load_all("r2")
    assert [path for path in api.api.paths() if path != "/deals"] == [
        "/deals/1/stages",
        "/deals/2/stages",
        "/deals/2/stages",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": {"rows": 1}}, "no list at data"),
        ({"other": []}, "no list at data"),
        ({"data": [1]}, "record 1 of a page is not an object"),
    ],
)
def test_an_answer_of_another_form_is_refused(source: Open, body: Any, said: str) -> None:
    api = source(lambda asked: Reply(body))
    api.table(records="data")
    with pytest.raises(KpiError, match=said):
        api.load()


# A look at a source


def test_a_check_reads_a_page_or_a_record_and_leaves_nothing(source: Open) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply({"data": [{"stage": f"s{n}"} for n in range(3)]}) if "/" in asked.path[1:] else by_address(asked)

    api = source(answer)
    api.table(records="data", paging={"next": "links.next"})
    api.table(
        "stages", columns=["^id", "stage"], key=["^id", "stage"], path="/t/{id}", records="data", each={"table": "t"}
    )
    found = list(check.check(api.contract, api.settings, rows=5))
    assert [(table.fits, table.rows) for table in found] == [(True, 5), (True, 5)]
    assert api.api.paths() == ["/t", "/t/1", "/t/2"]  # one page serves both
    assert not api.settings.data.exists()


# Drift


def test_columns_that_came_otherwise_are_told(source: Open) -> None:
    api = source(lambda asked: Reply([{"ID": 1, "name": "a", "new": 1}, {"ID": 2, "amount": 2}]))
    api.table(columns=["id:integer", "name", "amount:decimal(18,2)", "gone"], drift={"dropped": "warn"})
    found = {(one.finding.kind, one.finding.column, one.finding.outcome) for one in api.load().found}
    assert api.rows("id, name, amount, gone") == [(1, "a", None, None), (2, None, Decimal(2), None)]
    assert found == {("recased", "id", "take"), ("added", "new", "warn"), ("dropped", "gone", "warn")}


def test_a_missing_key_column_is_refused(source: Open) -> None:
    api = source(lambda asked: Reply([{"name": "a", "amount": 1}]))
    api.table(columns=["id:integer", "name", "amount:decimal(18,2)"])
    with pytest.raises(KpiError, match="missing id"):
        api.load()


# Logging in


@pytest.mark.parametrize(
    ("auth", "header", "expected"),
    [
        ({"bearer": "${CRM_SECRET}"}, "authorization", f"Bearer {SECRET}"),
        ({"basic": {"user": "a", "password": "${CRM_SECRET}"}}, "authorization", "Basic YTpjYW5hcnktNWYxYw=="),
        ({"key": {"header": "X-Key", "value": "${CRM_SECRET}"}}, "x-key", SECRET),
        ({"key": {"param": "key", "value": "${CRM_SECRET}"}}, None, SECRET),
    ],
)
def test_each_log_in_goes_with_every_request(
    source: Open, monkeypatch: pytest.MonkeyPatch, auth: dict[str, Any], header: str | None, expected: str
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    api = source(by_address)
    api.connection["auth"] = auth
    api.table(records="data", paging={"next": "links.next"})
    api.load()
    assert [a.headers.get(header) if header else a.params.get("key") for a in api.api.asked] == [expected] * 4


def oauth(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    api.connection["auth"] = {
        "oauth2": {
            "token_url": f"{api.api.url}/token", "client_id": "c", "client_secret": "${CRM_SECRET}",
            "refresh_token": "r", "send_as": "Zoho-oauthtoken {token}",
        }
    }  # fmt: skip


def test_a_token_that_ends_in_mid_run_is_fetched_anew_and_the_page_read_again(
    source: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            assert asked.form == {
                "grant_type": "refresh_token", "refresh_token": "r", "client_id": "c", "client_secret": SECRET,
            }  # fmt: skip
            given.append(f"token{len(given)}")
            return Reply({"access_token": given[-1], "expires_in": 3600})
        used = sum(1 for a in api.api.asked if a.headers.get("authorization") == f"Zoho-oauthtoken {given[-1]}")
        if asked.headers["authorization"] != f"Zoho-oauthtoken {given[-1]}" or used > 2:
            return Reply({"code": "INVALID_TOKEN"}, status=401)
        return by_address(asked)

    api = source(answer)
    oauth(api, monkeypatch)
    api.table(records="data", paging={"next": "links.next"})
    assert api.load().loaded == 35
    assert len(given) == 2


def test_a_token_is_fetched_before_it_ends(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply({"access_token": "t", "expires_in": 0})
        return by_address(asked)

    api = source(answer)
    oauth(api, monkeypatch)
    api.table(records="data", paging={"next": "links.next"})
    api.load()
    assert api.api.paths() == ["/token", "/t"] * 4


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"error": "invalid_code"}),
        Reply({"error": "Access Denied"}, status=400),
        Reply(b"<html>", status=200),
        Reply([]),
    ],
)
def test_no_token_is_told_at_once_and_without_the_secret(
    source: Open, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    api = source(lambda asked: reply)
    oauth(api, monkeypatch)
    api.table()
    with pytest.raises(KpiError, match="no token for the refresh token") as said:
        api.load()
    assert SECRET not in str(said.value)
    assert len(api.api.asked) == 1


def test_a_token_server_that_is_busy_is_asked_again(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply(status=503) if len(api.api.asked) == 1 else Reply({"access_token": "t"})
        return Reply(ALL)

    api = source(answer)
    oauth(api, monkeypatch)
    api.table()
    assert api.load().loaded == 35


# Another host


def test_the_log_in_never_leaves_for_another_host(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    other = source(lambda asked: Reply([]))
    for answer in (
        Reply(status=302, headers={"location": f"{other.api.url}/t"}),
        Reply({"data": ALL, "links": {"next": f"{other.api.url}/t"}}),
        Reply({"data": ALL, "links": {"next": "file:///etc/passwd"}}),
        Reply({"data": ALL, "links": {"next": "//169.254.169.254/latest"}}),
    ):
        api = source(lambda asked, answer=answer: answer)
        api.connection["auth"] = {"key": {"header": "X-Key", "value": "${CRM_SECRET}"}}
        api.table(records="data", paging={"next": "links.next"})
        with pytest.raises(KpiError, match="another host"):
            api.load()
    assert other.api.asked == []


def test_a_redirect_on_the_same_host_is_followed(source: Open) -> None:
    api = source(lambda asked: Reply(status=307, headers={"location": "/moved"}) if asked.path == "/t" else Reply(ALL))
    api.table()
    assert api.load().loaded == 35


def test_redirects_that_never_end_are_told(source: Open) -> None:
    api = source(lambda asked: Reply(status=302, headers={"location": "/t"}))
    api.table()
    with pytest.raises(KpiError, match="sent on and on"):
        api.load()


# How often


def test_no_more_requests_than_the_rate_allows(source: Open) -> None:
    api = source(by_address)
    api.connection["rate"] = {"requests": 2, "per": "0.3 seconds"}
    api.table(records="data", paging={"next": "links.next"})
    api.load()
    times = [asked.at for asked in api.api.asked]
    assert all(later - earlier >= 0.29 for earlier, later in zip(times, times[2:], strict=False))


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


# What changed


@pytest.mark.parametrize(
    ("said", "name", "expected"),
    [
        ({"param": "since"}, "since", "2026-03-28T23:00:00+00:00"),
        ({"header": "If-Modified-Since"}, "if-modified-since", "2026-03-28T23:00:00+00:00"),
        ({"header": "If-Modified-Since", "format": "http"}, "if-modified-since", "Sat, 28 Mar 2026 23:00:00 GMT"),
        ({"param": "since", "format": "unix"}, "since", "1774738800"),
        ({"param": "since", "format": "unix_ms"}, "since", "1774738800000"),
        ({"param": "since", "format": "date"}, "since", "2026-03-29"),
        ({"param": "since", "format": "%d.%m.%Y %H:%M"}, "since", "29.03.2026 07:00"),
    ],
)
def test_the_next_read_asks_from_the_highest_cursor_less_the_overlap(
    source: Open, said: dict[str, Any], name: str, expected: str
) -> None:
    api = source(lambda asked: Reply([{"id": 1, "name": "a", "amount": 1, "changed": "2026-03-29T08:00:00+08:00"}]))
    api.table(cursor="changed", delivery="upsert", since=said)
    api.load()
    api.load(run_id="r2")
    before, after = [(asked.headers | asked.params).get(name) for asked in api.api.asked]
    assert (before, after) == (None, expected)


def test_changes_and_ties_at_the_edge_are_neither_lost_nor_doubled(source: Open) -> None:
    records = {n: {"id": n, "name": "a", "amount": 1, "changed": "2026-03-01T00:00:00Z"} for n in range(1, 25)}
    records[25] = {"id": 25, "name": "no time", "amount": 1, "changed": None}

    def answer(asked: Asked) -> Reply:
        since = asked.params.get("since", "")
        wanted = [r for r in records.values() if r["changed"] is None or r["changed"] >= since]
        start = int(asked.params["offset"])
        return Reply(wanted[start : start + SIZE])

    api = source(answer)
    api.table(
        cursor="changed", delivery="upsert", overlap="0", since={"param": "since", "format": "%Y-%m-%dT%H:%M:%SZ"},
        paging={"offset": {"param": "offset"}},
    )  # fmt: skip
    assert api.load().loaded == 25
    records[26] = {"id": 26, "name": "same second", "amount": 1, "changed": "2026-03-01T00:00:00Z"}
    records[3] = {"id": 3, "name": "changed", "amount": 5, "changed": "2026-03-01T00:00:01Z"}
    api.load(run_id="r2")
    rows = api.rows()
    assert [row[0] for row in rows] == list(range(1, 27))
    assert rows[2] == (3, "changed", Decimal(5))
