"""A server that answers as Zendesk documents: incremental exports by cursor and by time, lists by cursor, rate limits.

Belongs here: the form of what is asked and answered. Does not: the rows (zendesk_rows.py).
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from typing import Any
from urllib.parse import urlencode

from tests.extract.packs.loopback import Answer, Asked, LoopbackServer, Window

AGENT, KEY, BEARER = "agent@example.com", "test-api-key", "test-oauth-token"
NOW = int(dt.datetime(2026, 4, 1, 1, tzinfo=dt.UTC).timestamp())  # what the server's clock says at first
LISTS = ("satisfaction_ratings", "users", "groups")
BY_TIME = ("ticket_events", "organizations")
BY_CURSOR = ("tickets", "users")


class ZendeskServer(LoopbackServer):
    """One account. `page` is how many records an export gives at once (the vendor's 1,000 would need as many rows)."""

    def __init__(self, page: int = 5) -> None:
        super().__init__()
        self.page, self.now = page, NOW
        self.window = Window()
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def answer(self, asked: Asked) -> Answer:
        if wait := self.window.wait(asked.at):
            words = {
                "error": "APIRateLimitExceeded",
                "description": "Number of allowed API requests per minute exceeded",
            }
            return Answer(429, words, {"Retry-After": str(math.ceil(wait))})
        if asked.headers.get("authorization") not in (_basic(f"{AGENT}/token", KEY), f"Bearer {BEARER}"):
            return Answer(401, {"error": "Couldn't authenticate you"})
        match asked.path.removesuffix(".json").removeprefix("/api/v2/").split("/"):
            case ["incremental", kind, "cursor"] if kind in BY_CURSOR:
                return self._by_cursor(asked, kind)
            case ["incremental", kind] if kind in BY_TIME:
                return self._by_time(asked, kind)
            case [kind] if kind in LISTS:
                return self._list(asked, kind)
        return Answer(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def put(self, kind: str, row: dict[str, Any]) -> None:
        """Adds a record, or replaces the one with its id."""
        self.rows[kind] = [old for old in self.rows.get(kind, []) if old["id"] != row["id"]] + [row]

    def _stamped(self, kind: str) -> list[tuple[int, dict[str, Any]]]:
        """The records by the second in which they last changed; what changed in the last minute is not shown yet."""
        stamped = [(_stamp(row), row) for row in self.rows.get(kind, [])]
        return sorted(
            ((at, row) for at, row in stamped if at <= self.now - 60), key=lambda pair: (pair[0], pair[1]["id"])
        )

    def _start(self, params: dict[str, str]) -> int | Answer:
        said = params.get("start_time", "")
        if not said.isdigit():
            return Answer(400, {"error": "InvalidValue", "description": "start_time is required"})
        if int(said) > self.now - 60:
            return Answer(422, {"error": "StartTimeTooRecent", "description": "Start time must be before a minute ago"})
        return int(said)

    def _by_cursor(self, asked: Asked, kind: str) -> Answer:
        """Each record once, however many changed in one second."""
        if "cursor" in asked.params:
            if "start_time" in asked.params:
                return Answer(400, {"error": "InvalidValue", "description": "give start_time or cursor, not both"})
            at, last = map(int, base64.b64decode(asked.params["cursor"]).decode().split("|"))
            rows = [(t, row) for t, row in self._stamped(kind) if (t, row["id"]) > (at, last)]
        else:
            start = self._start(asked.params)
            if isinstance(start, Answer):
                return start
            at, last = start, 0
            rows = [(t, row) for t, row in self._stamped(kind) if t >= start]
        found = rows[: self.page]
        if found:
            at, last = found[-1][0], found[-1][1]["id"]
        cursor = base64.b64encode(f"{at}|{last}".encode()).decode()
        url = f"{self.address}{asked.path}?{urlencode({'cursor': cursor})}"
        sideloads = asked.params.get("include", "").split(",")
        shown = [row if "metric_sets" in sideloads else _without(row, "metric_set") for _, row in found]
        said = {"after_url": url, "after_cursor": cursor, "before_url": None, "before_cursor": None}
        return Answer(200, {kind: shown, **said, "end_of_stream": len(rows) <= self.page})

    def _by_time(self, asked: Asked, kind: str) -> Answer:
        """The next page begins in the second in which this one ended: its last records come again."""
        start = self._start(asked.params)
        if isinstance(start, Answer):
            return start
        rows = [(t, row) for t, row in self._stamped(kind) if t >= start]
        found = rows[: self.page]
        end = found[-1][0] if found else start
        url = f"{self.address}{asked.path}?{urlencode(asked.params | {'start_time': str(end)})}"
        said = {"count": len(found), "end_time": end, "next_page": url, "end_of_stream": len(rows) <= self.page}
        return Answer(200, {kind: [row for _, row in found], **said})

    def _list(self, asked: Asked, kind: str) -> Answer:
        rows = sorted(self.rows.get(kind, []), key=lambda row: row["id"])
        if role := asked.params.get("role"):
            rows = [row for row in rows if row["role"] == role]
        if start := asked.params.get("start_time"):
            rows = [row for row in rows if _stamp(row) >= int(start)]
        size = int(asked.params.get("page[size]", "100"))
        if not 1 <= size <= 100:
            return Answer(400, {"error": "InvalidPaginationParameter", "description": "page[size] is 1 to 100"})
        after = int(base64.b64decode(asked.params["page[after]"])) if "page[after]" in asked.params else 0
        rows = [row for row in rows if row["id"] > after]
        found = rows[: min(size, self.page)]
        cursor = base64.b64encode(str(found[-1]["id"]).encode()).decode() if found else None
        query = urlencode(asked.params | {"page[after]": cursor or ""})
        links = {"prev": None, "next": f"{self.address}{asked.path}?{query}" if cursor else None}
        meta = {"has_more": len(rows) > len(found), "after_cursor": cursor, "before_cursor": None}
        return Answer(200, {kind: found, "meta": meta, "links": links})


def seconds(text: str) -> int:
    """A time as the API writes it (2026-03-02T02:00:00Z) in seconds since 1970."""
    return int(dt.datetime.fromisoformat(text).timestamp())


def _stamp(row: dict[str, Any]) -> int:
    for name in ("generated_timestamp", "timestamp"):
        if name in row:
            return int(row[name])
    return seconds(row["updated_at"])


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
