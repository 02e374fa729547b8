"""One request to an API that comes back whole, or says why not.

Belongs here: trying again what failed by chance, bounds of time and size, words for what failed for good.
Does not: which page comes next (pages.py), the log-in (login.py).
Nothing told here holds an address, a header or an answer's text: each may hold a secret or a name. A resource is named
as the contract writes its path: /deals/{id}/stages.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import tenacity

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract
from pipelines.extract.contract.rest import RestConnection, seconds
from pipelines.extract.json_values import Repeated, refuse_repeated
from pipelines.extract.rest import login
from pipelines.extract.rest.rate import ByChance, Limit, retry_after
from pipelines.extract.rest.watch import Watch
from pipelines.settings import Settings

FIRST_PAUSE = 0.5  # seconds before the second try; doubled for each further one, with chance added
LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 900.0  # an API that wants a longer rest gets it: the run says so and ends
LARGEST_ANSWER = 64_000_000  # bytes, unfolded; decoded at once, which takes about six times as much memory
REDIRECTS = 5
STEPS = {
    400: "correct from.rest in the contract: path, params, since",
    401: "check the log-in in the environment",
    403: "give the user of the log-in the right to read it",
    404: "correct connection.base_url or from.rest.path in the contract",
}


class Answer(NamedTuple):
    """A whole answer: its text, and what it says decoded."""

    raw: bytes
    body: Any
    url: httpx.URL
    link: str | None = None  # the next page, where the header Link names one
    is_nothing: bool = False  # 204 or 304: there are no (more) records

    def joined(self, address: str) -> str:
        """An address that stands in the answer, whole: `?page=2` and `/t` are meant from where it came."""
        try:
            return str(self.url.join(address))
        except httpx.InvalidURL:
            return address


class Gone(KpiError):
    """404 or 410: what was asked for is not there (any more)."""


@contextmanager
def open_client(contract: SourceContract, settings: Settings) -> Iterator[Client]:
    """The client of one system. Raises KpiError naming a variable that is not set, or an address that is none."""
    said = contract.connection
    assert isinstance(said, RestConnection)
    base = settings.expand(said.base_url).rstrip("/")
    if not re.match(r"https?://[^/\s]+", base):
        raise KpiError(
            f"system {contract.system}: connection.base_url is no address",
            next_step="write it as https://host/path",
        )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address, and a key may be in it
    expanded = {name: settings.expand(text) for name, text in said.headers.items()}
    headers = {name: login.header_text(text, f"headers.{name}") for name, text in expanded.items()}
    limit, watch = Limit(said.rate), Watch(seconds(said.timeout))

    def before(request: httpx.Request) -> None:
        limit.wait()
        watch.start()

    with (
        watch,
        httpx.Client(
            auth=login.method(said.auth, settings, contract.system, watch.prepare),
            headers=headers,
            timeout=watch.seconds,
            follow_redirects=False,
            event_hooks={"request": [before]},  # also those for a token, and those a new token repeats
        ) as http,
    ):
        yield Client(http, base, said, contract.system, watch)


class Client:
    """Asks one API."""

    def __init__(self, http: httpx.Client, base: str, said: RestConnection, system: str, watch: Watch) -> None:
        self.http, self.base, self.said, self.system, self.watch = http, base, said, system, watch

    def get(
        self,
        name: str,
        address: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer of `address`, a path below base_url or a whole address on the same host; `name` is for people.

        Raises Gone for 404 and 410; KpiError where the API refuses, or fails `attempts` times, or names another host.
        """
        try:
            url = httpx.URL(self.base + address if address.startswith("/") else address)
        except httpx.InvalidURL:
            raise self._another("no address") from None
        if params:
            url = url.copy_merge_params({name: _param(value) for name, value in params.items()})
        self._stay_at_home(url)
        trying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.said.attempts),
            wait=_pause,
            retry=tenacity.retry_if_exception_type(ByChance),
            reraise=True,
        )
        try:
            return trying(self._ask, name, url, dict(headers or {}))
        except ByChance as last:
            raise KpiError(
                f"system {self.system}: {name} failed {self.said.attempts} times, at last: {last}",
                next_step="run again later; nothing of this read was loaded",
            ) from None

    def _ask(self, name: str, url: httpx.URL, headers: dict[str, str]) -> Answer:
        for _ in range(REDIRECTS):
            try:
                with self.http.stream("GET", url, headers=headers, extensions=self.watch.extensions) as response:
                    if not response.has_redirect_location:
                        return self._answer(name, response, url)
                    url = url.join(response.headers["location"])
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise ByChance("the answer did not end in time" if self.watch.has_cut else _kind(error)) from None
            except httpx.InvalidURL:
                raise self._another("no address") from None
            finally:
                self.watch.stop()
            self._stay_at_home(url)
        raise KpiError(f"system {self.system}: {name} is sent on and on", next_step=STEPS[404])

    def _answer(self, name: str, response: httpx.Response, url: httpx.URL) -> Answer:
        status = response.status_code
        if status in (httpx.codes.NO_CONTENT, httpx.codes.NOT_MODIFIED):
            return Answer(b"", None, url, is_nothing=True)
        raw = _read(response)
        if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT) or response.is_server_error:
            after = retry_after(response)
            if after is not None and after > LONGEST_RETRY_AFTER:
                raise KpiError(
                    f"system {self.system}: the API wants a rest of {after:,.0f} s (HTTP {status})",
                    next_step="run again after that; nothing of this read was loaded",
                )
            raise ByChance(f"HTTP {status}", after)
        if not response.is_success:
            raise self._refused(status, name, raw)
        try:
            body = _decode(raw.decode("utf-8-sig"))
        except Repeated:
            raise KpiError(
                f"system {self.system}: {name}: an object in the answer has a key twice",
                next_step="ask the API's owner to mend it; nothing of this read was loaded",
            ) from None
        except (ValueError, RecursionError):
            raise ByChance("an answer that is no JSON, or is cut off") from None
        return Answer(raw, body, url, response.links.get("next", {}).get("url"))

    def _refused(self, status: int, name: str, raw: bytes) -> KpiError:
        kind = Gone if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE) else KpiError
        step = STEPS.get(status, STEPS[404] if kind is Gone else STEPS[400])
        return kind(f"system {self.system}: the API refuses {name}: HTTP {status}{_code(raw)}", next_step=step)

    def _stay_at_home(self, url: httpx.URL) -> None:
        """Addresses come from the contract; an answer cannot send the log-in, or us, to another host."""
        home = httpx.URL(self.base)
        if (url.scheme, url.host, url.port) != (home.scheme, home.host, home.port):
            # Of an address that is written wrongly anything may have become the host, a token too.
            raise self._another(url.host if re.fullmatch(r"[\w.:-]+", url.host) else "no address")

    def _another(self, host: str) -> KpiError:
        return KpiError(
            f"system {self.system}: the API names an address on another host ({host})",
            next_step="if that is right, write it as connection.base_url",
        )


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=refuse_repeated).decode


def _param(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(response: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER:
            raise KpiError(
                f"one answer is larger than {LARGEST_ANSWER:,} bytes",
                next_step="ask for smaller pages: from.rest.paging",
            )
        parts.append(part)
    return b"".join(parts)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    after = error.after if isinstance(error, ByChance) else None
    if after is not None:
        return after
    return tenacity.wait_exponential_jitter(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE, jitter=FIRST_PAUSE)(state)


def _kind(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.DecodingError):
        return "an answer that cannot be unfolded"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "it cannot be reached"
    return "no answer in time" if isinstance(error, httpx.TimeoutException) else "the connection was lost"


def _code(raw: bytes) -> str:
    """The API's own short word for what is wrong (INVALID_MODULE), and never a sentence: that may quote a value."""
    found = re.search(rb'"(?:code|error|errorCode)"\s*:\s*"([A-Za-z_]{2,40})"', raw[:4000])
    return f" {found.group(1).decode()}" if found else ""
