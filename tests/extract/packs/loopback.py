"""An HTTP server on loopback that answers as an API does and remembers what it was asked.

Belongs here: listening, reading a request, a window of allowed requests. Does not: what any vendor answers.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit


class Asked(NamedTuple):
    """One request, with what the server answered to it filled in afterwards."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]  # names in small letters
    form: dict[str, str]
    at: float  # seconds of the monotonic clock


class Answer(NamedTuple):
    """A status, what becomes the JSON body (None: no body at all), and headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = {}


class Window:
    """At most `limit` requests in any `seconds`; None: as many as one likes."""

    def __init__(self, limit: int | None = None, seconds: float = 60) -> None:
        self.limit, self.seconds = limit, seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """0 where the request is let in, else the seconds until one would be."""
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if self.limit is not None and len(self._taken) >= self.limit:
            return self._taken[0] + self.seconds - now
        self._taken.append(now)
        return 0


class LoopbackServer:
    """Listens on a free port of 127.0.0.1 while it is entered; a vendor says in `answer` what comes back."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.statuses: list[int] = []
        self._lock = threading.Lock()  # one request at a time: what is remembered stays in order

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def forget(self) -> None:
        """Begins a new list of what is asked."""
        self.asked.clear()
        self.statuses.clear()

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve("")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

            def _serve(self, body: str) -> None:
                said = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                params, form = (dict(parse_qsl(text, keep_blank_values=True)) for text in (said.query, body))
                asked = Asked(self.command, said.path, params, headers, form, time.monotonic())
                with server._lock:
                    answer = server.answer(asked)
                    server.asked.append(asked)
                    server.statuses.append(answer.status)
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                content = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status not in (204, 304):
                    self.send_header("Content-Type", "application/json;charset=UTF-8")
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Nothing on the terminal of the tests."""

        return Handler
