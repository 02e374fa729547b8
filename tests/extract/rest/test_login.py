"""Logging in: each way of it, tokens that end, and no secret for another host."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.errors import KpiError
from tests.extract.rest.conftest import Open
from tests.extract.rest.paged import ALL, SECRET, by_address
from tests.extract.rest.server import Asked, Reply

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
