"""A secret of an API's log-in turns up in no error and no byte of the data folder, however the API fails.

Every way to log in, met by every way to fail; the API quotes back what it was sent, as some do. Invariant: as in
test_canaries.py.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract import rest
from pipelines.extract.rest import client
from pipelines.settings import Settings
from tests.extract.rest.server import Asked, Reply, serving
from tests.faults.canaries import IN_A_HEADER, SECRET, said_of
from tests.faults.test_canaries import CLOSED, contract, failing, holds_nothing

LOGINS: dict[str, dict[str, Any]] = {
    "bearer": {"bearer": "${CANARY}"},
    "basic": {"basic": {"user": "u", "password": "${CANARY_WITH_SIGNS}"}},
    "key in a header": {"key": {"header": "X-Key", "value": "${CANARY}"}},
    "key in the address": {"key": {"param": "key", "value": "${CANARY_WITH_SIGNS}"}},
    "oauth2": {"oauth2": {"token_url": "{url}/token", "client_id": "c", "client_secret": "${CANARY_WITH_SIGNS}",
                          "refresh_token": "${CANARY}"}},
}  # fmt: skip
TOKEN = IN_A_HEADER  # what the token server gives: as secret as what it was given


def sent(asked: Asked) -> str:
    """All that a request carried, as an API that talks too much quotes it."""
    return repr((asked.path, asked.params, asked.headers, asked.form))


def logging_in(password: str) -> str:
    """An address that holds user and password."""
    return "http://" + f"u:{password}@127.0.0.1:{CLOSED}"


Answer = Callable[[Asked], Reply]
WAYS: dict[str, Answer] = {
    "401": lambda asked: Reply({"error": "denied", "message": sent(asked)}, 401),
    "403": lambda asked: Reply(sent(asked).encode(), 403),
    "404": lambda asked: Reply({"code": sent(asked)}, 404),
    "500": lambda asked: Reply(sent(asked).encode(), 500),
    "HTML 200": lambda asked: Reply(f"<html>{sent(asked)}</html>".encode()),
    "no list": lambda asked: Reply({"sent": sent(asked)}),
    "no objects": lambda asked: Reply([sent(asked)]),
    "other keys": lambda asked: Reply([{"name": sent(asked)}]),
    "half a character": lambda asked: Reply(b'[{"id": "1", "n": "\\ud83d ' + SECRET.encode() + b'"}]'),
    "sent to another host": lambda asked: Reply(status=302, headers={"location": f"http://x.invalid/?t={IN_A_HEADER}"}),
    "sent to a log-in of its own": lambda asked: Reply(status=302, headers={"location": logging_in(IN_A_HEADER)}),
    "sent to no address": lambda asked: Reply(status=302, headers={"location": f"http://[{IN_A_HEADER}/"}),
    "sent on and on": lambda asked: Reply(status=302, headers={"location": f"/t?token={IN_A_HEADER}"}),
    "sent to a page that is gone": lambda asked: (
        Reply(status=307, headers={"location": f"/{IN_A_HEADER}?t=1"}) if asked.path == "/t" else Reply(status=410)
    ),
    "a long rest": lambda asked: Reply(sent(asked).encode(), 429, {"retry-after": "9999"}),
    "cut off": lambda asked: Reply([{"id": sent(asked)}] * 20, fault="cut"),
    "reset": lambda asked: Reply(fault="reset"),
    "broken gzip": lambda asked: Reply(sent(asked).encode(), headers={"content-encoding": "gzip"}),
}


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", IN_A_HEADER)
    monkeypatch.setenv("CANARY_WITH_SIGNS", SECRET)
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)


def connection(url: str, login: str, **more: Any) -> dict[str, Any]:
    auth = dict(LOGINS[login])
    if "oauth2" in auth:
        auth["oauth2"] = auth["oauth2"] | {"token_url": f"{url}/token"}
    return {"base_url": url, "attempts": 2, "timeout": "2 seconds", "auth": auth} | more


def answering(way: Answer, has_token: bool = True) -> Answer:
    def answer(asked: Asked) -> Reply:
        is_login = asked.path == "/token" and has_token
        return Reply({"access_token": TOKEN, "expires_in": 3600}) if is_login else way(asked)

    return answer


def met(place: Path, login: str, way: str) -> str:
    """What is said where the API's own secret stands in its answer, and ours that it quotes."""
    with serving(answering(WAYS[way])) as api:
        said = failing(contract("rest", connection(api.url, login), {"rest": {"path": "/t"}}), place)
        assert api.asked, way
    return said


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_of_a_log_in_is_told(tmp_path, way, capfd, caplog):
    """Every way to fail with one way to log in; with all of them is the long form."""
    caplog.set_level(logging.INFO)
    said = met(tmp_path, list(LOGINS)[list(WAYS).index(way) % len(LOGINS)], way)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


@pytest.mark.faults
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("way", WAYS)
def test_no_secret_of_any_log_in_is_told(tmp_path, login, way, capfd, caplog):
    caplog.set_level(logging.INFO)
    said = met(tmp_path, login, way)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


@pytest.mark.parametrize("way", ["401", "500", "HTML 200", "cut off", "sent to another host", "reset", "404"])
def test_no_secret_is_told_where_no_token_is_given(tmp_path, way, capfd, caplog):
    with serving(answering(WAYS[way], has_token=False)) as api:
        said = failing(contract("rest", connection(api.url, "oauth2"), {"rest": {"path": "/t"}}), tmp_path)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


ELSEWHERE: dict[str, dict[str, Any]] = {
    "not there": {"base_url": f"http://127.0.0.1:{CLOSED}"},
    "a log-in in the address": {"base_url": logging_in("${CANARY_WITH_SIGNS}")},
    "a token as port": {"base_url": "http://127.0.0.1:${CANARY}"},
    "a token for an address": {"base_url": "${CANARY_WITH_SIGNS}"},
    "a token in the path": {"base_url": f"http://127.0.0.1:{CLOSED}/${{CANARY}}"},
    "a header with a line end": {"base_url": f"http://127.0.0.1:{CLOSED}", "headers": {"X-Key": "${CANARY}\nX: y"}},
    "a header outside ASCII": {
        "base_url": f"http://127.0.0.1:{CLOSED}",
        "headers": {"X-Key": "密${CANARY_WITH_SIGNS}"},
    },
}


@pytest.mark.parametrize("broken", ELSEWHERE)
def test_no_secret_of_an_address_is_told(tmp_path, broken, capfd, caplog):
    said = failing(contract("rest", {"attempts": 1} | ELSEWHERE[broken], {"rest": {"path": "/t"}}), tmp_path)
    holds_nothing(tmp_path, said, "".join(capfd.readouterr()) + caplog.text)


def test_no_secret_of_path_parameter_or_header_is_told(tmp_path, capfd, caplog):
    """${NAME} anywhere in a contract: the resource is called by what the contract writes, not by what it means."""
    place = {"path": "/${CANARY}/t", "params": {"token": "${CANARY_WITH_SIGNS}"}}
    for number, way in enumerate(["500", "HTML 200", "no list", "sent on and on"]):
        with serving(WAYS[way]) as api:
            made = contract(
                "rest", {"base_url": api.url, "attempts": 1, "headers": {"X-Key": "${CANARY}"}}, {"rest": place}
            )
            said = failing(made, tmp_path / str(number))
        holds_nothing(tmp_path / str(number), said, "".join(capfd.readouterr()) + caplog.text)


def test_the_secrets_were_sent(tmp_path):
    """Without this, a log-in that is never used would pass."""
    for login in LOGINS:
        with serving(answering(WAYS["401"])) as api:
            made = contract("rest", connection(api.url, login), {"rest": {"path": "/t"}})
            with rest.connect(made, Settings(config=tmp_path, data_dir=tmp_path)) as pulled, pytest.raises(KpiError):
                pulled.pull("t", None)
            carried = "".join(map(sent, api.asked))
        coded = base64.b64encode(f"u:{SECRET}".encode()).decode()
        assert IN_A_HEADER in carried or SECRET in carried or coded in carried, login
    assert said_of(KpiError("x")).count("x") > 1
