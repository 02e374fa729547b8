"""An API on this machine that does what a test says, in a thread of its own, over real HTTP.

Belongs here: sending answers, whole or broken, and noting what was asked. Does not: what any one API answers.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    at: float


@dataclass
class Reply:
    """One answer. `fault`: reset (nothing is sent), cut (half of the body), slow (a byte now and then)."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def raw(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


class Api:
    """Answers every request by `answer`, and remembers it."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def serving(answer: Callable[[Asked], Reply]) -> Iterator[Api]:
    api = Api(answer)
    api.server.daemon_threads = True
    thread = threading.Thread(target=api.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        api.server.shutdown()
        thread.join()
        api.server.server_close()


def _handler(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._do({})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            self._do(dict(parse_qsl(self.rfile.read(length).decode())))

        def _do(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): text for name, text in self.headers.items()}
            params = dict(parse_qsl(parts.query, keep_blank_values=True))
            asked = Asked(self.command, parts.path, params, headers, form, time.monotonic())
            api.asked.append(asked)
            self._send(api.answer(asked))

        def _send(self, reply: Reply) -> None:
            if reply.fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            raw = reply.raw
            self.send_response_only(reply.status)
            if "date" not in reply.headers:
                self.send_header("date", self.date_time_string())
            for name, text in reply.headers.items():
                self.send_header(name, text)
            if reply.status not in (204, 304):
                self.send_header("content-length", str(len(raw)))
            self.end_headers()
            try:
                if reply.fault == "slow":
                    for place in range(len(raw)):
                        self.wfile.write(raw[place : place + 1])
                        self.wfile.flush()
                        time.sleep(0.1)
                else:
                    self.wfile.write(raw[: len(raw) // 2] if reply.fault == "cut" else raw)
            except OSError:
                pass  # the client gave up, as it should
            if reply.fault:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
