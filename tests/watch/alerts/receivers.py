"""Servers that stand in for those of vendors, on this machine: HTTP as each documents its bot, and SMTP by aiosmtpd.

Belongs here: answering and keeping what came. Does not: what must have come.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

SIGNING_SECRET = "SEC0123456789"
# What each vendor answers when it took a message; where it refuses one it still says 200.
TAKEN = {
    "/services": b"ok",
    "/robot/send": b'{"errcode":0,"errmsg":"ok"}',
    "/open-apis/bot": b'{"code":0,"msg":"success","data":{}}',
    "/cgi-bin/webhook": b'{"errcode":0,"errmsg":"ok"}',
    "/workflows": b"",
    "/": b'{"status":"ok"}',
}


class Got(NamedTuple):
    """One request as it came."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.text)


class Web:
    """An HTTP server on a free port; `answer` (status, body, headers, seconds before it) can be changed at any time."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.connections = 0  # also those over which nothing came
        self.answer: Callable[[Got], tuple[int, bytes, dict[str, str], float]] = as_the_vendor
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                parts = urlsplit(self.path)
                one = Got(
                    parts.path, parse_qs(parts.query), dict(self.headers), self.rfile.read(length).decode("utf-8")
                )
                outer.got.append(one)
                status, body, headers, seconds = outer.answer(one)
                time.sleep(seconds)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:  # whoever asked has gone
                    pass

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def verify_request(self, *_: Any) -> bool:
                outer.connections += 1
                return True

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[Web]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def as_the_vendor(one: Got) -> tuple[int, bytes, dict[str, str], float]:
    if one.path == "/robot/send" and "sign" in one.query and not is_signed(one):
        return 200, b'{"errcode":310000,"errmsg":"sign not match"}', {}, 0
    path = next(path for path in TAKEN if one.path.startswith(path))
    return (202 if path == "/workflows" else 200), TAKEN[path], {}, 0


def is_signed(one: Got) -> bool:
    """DingTalk's own check: sign = base64(HMAC-SHA256(secret, timestamp + line feed + secret))."""
    text = f"{one.query['timestamp'][0]}\n{SIGNING_SECRET}".encode()
    wanted = base64.b64encode(hmac.new(SIGNING_SECRET.encode(), text, hashlib.sha256).digest()).decode()
    return one.query["sign"] == [wanted]


def always(status: int, body: bytes = b"", seconds: float = 0, **headers: str) -> Callable[[Got], Any]:
    return lambda one: (status, body, headers, seconds)


class Post:
    """aiosmtpd's own handler interface: keeps every mail as it was sent over the wire."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.to: list[list[str]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.raw.append(envelope.content)
        self.to.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]  # type: ignore[misc]


@contextmanager
def post_office() -> Iterator[tuple[Post, int]]:
    """A real SMTP server on a free port of this machine: (what it took, its port)."""
    from aiosmtpd.controller import Controller

    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield post, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
