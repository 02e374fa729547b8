"""Logging in, as httpx's own hooks: a token, user and password, a key, or a token that has to be fetched.

Belongs here: what each request carries, and a new token when the old one ends. Does not: when to try again (client.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import httpx

from pipelines.errors import KpiError
from pipelines.extract.contract.rest import ApiKey, Auth, OAuth2
from pipelines.extract.rest.rate import ByChance, retry_after
from pipelines.settings import Settings

EARLY = 60.0  # seconds before its end from which a token is not used any more: clocks differ, answers take time


Prepare = Callable[[httpx.Request], None]


def method(said: Auth | None, settings: Settings, system: str, prepare: Prepare) -> httpx.Auth | None:
    """The log-in of a contract; `prepare` gives a request for a token the limits that all others have.

    Raises KpiError naming a variable that is not set, or a place whose secret no header can hold.
    """
    if said is None:
        return None
    if said.basic:
        return httpx.BasicAuth(settings.expand(said.basic.user), settings.expand(said.basic.password))
    if said.bearer:
        value = f"Bearer {settings.expand(said.bearer)}"
        return Key(ApiKey(header="Authorization", value=header_text(value, "auth.bearer")))
    if said.key:
        value = settings.expand(said.key.value)
        return Key(said.key.model_copy(update={"value": header_text(value, "auth.key") if said.key.header else value}))
    assert said.oauth2
    expanded = {name: settings.expand(text) for name, text in said.oauth2.model_dump().items()}
    return Token(OAuth2(**expanded), system, prepare)


def header_text(text: str, place: str) -> str:
    """The text as a header can hold it. Raises KpiError, without the text: a line end, a letter outside ASCII."""
    text = text.strip()
    if not (text.isascii() and text.isprintable()):
        raise KpiError(
            f"connection.{place} holds a character that no header can hold",
            next_step="look for a line end, or a letter outside ASCII, in what the environment says",
        )
    return text


class Key(httpx.Auth):
    """The same secret with every request, as a header or as a parameter."""

    def __init__(self, said: ApiKey) -> None:
        self.said = said

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self.said.header:
            request.headers[self.said.header] = self.said.value
        elif self.said.param and self.said.param not in request.url.params:
            request.url = request.url.copy_add_param(self.said.param, self.said.value)
        yield request


class Token(httpx.Auth):
    """OAuth 2 with a refresh token (RFC 6749, section 6): fetched before the first request, before the token ends, and
    once more where the API refuses it, so that a read goes on at the page it was at."""

    def __init__(self, said: OAuth2, system: str, prepare: Prepare) -> None:
        self.said, self.system, self.prepare = said, system, prepare
        self.refresh_token = said.refresh_token
        self.token, self.ends = "", 0.0

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.token or time.monotonic() >= self.ends:
            yield from self._fetch()
        request.headers["Authorization"] = self._said()
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            response.read()
            yield from self._fetch()
            request.headers["Authorization"] = self._said()
            yield request

    def _said(self) -> str:
        return header_text(self.said.send_as.replace("{token}", self.token), "auth.oauth2")

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, None]:
        asked = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.said.client_id,
            "client_secret": self.said.client_secret,
        }
        request = httpx.Request("POST", self.said.token_url, data=asked)
        self.prepare(request)
        response = yield request
        response.read()
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise ByChance(f"HTTP {response.status_code} of the log-in", retry_after(response))
        answer = _object(response)
        token = answer.get("access_token")
        if response.is_error or not isinstance(token, str) or not token:
            # Some answer 200 with {"error": …}, so the token itself is what counts.
            raise KpiError(
                f"system {self.system}: no token for the refresh token (HTTP {response.status_code})",
                next_step="check client_id, client_secret and refresh_token in the environment, or get a new one",
            )
        lasts = answer.get("expires_in")
        lasts = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdigit() else 3600.0
        # A token that lasts less than EARLY would be fetched anew for every request; half its time is kept then.
        self.token, self.ends = token, time.monotonic() + max(lasts - EARLY, lasts / 2)
        if isinstance(again := answer.get("refresh_token"), str) and again:
            self.refresh_token = again  # some servers replace it, and refuse the old one from then on


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
