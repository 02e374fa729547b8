"""No answer takes longer than the contract allows: httpx limits each read, not the whole.

Belongs here: cutting the connection of an answer that drips. Does not: what follows from it (client.py).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import httpx


class Watch:
    """Cuts the connection that httpx opened last when `seconds` have passed since `start`.

    A server that sends a byte every 59 seconds never meets a limit of 60 seconds per read.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_cut = False
        self.extensions = {"trace": self._hear}
        self._stream: Any = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def prepare(self, request: httpx.Request) -> None:
        """Gives a request that httpx did not build itself the limits of all others; without them it has none."""
        request.extensions = {**self.extensions, "timeout": httpx.Timeout(self.seconds).as_dict()}

    def _hear(self, event: str, info: dict[str, Any]) -> None:
        """httpx's extension `trace` tells which connection was opened."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]

    def start(self) -> None:
        """Begins to count anew."""
        self.stop()
        self.has_cut = False
        self._timer = threading.Timer(self.seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """The answer is here."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self) -> None:
        self.has_cut = True
        found = self._stream.get_extra_info("socket") if self._stream is not None else None
        if found is not None:
            with contextlib.suppress(OSError):
                # Not the method of an SSL socket, which would first change what the other thread is reading with.
                socket.socket.shutdown(found, socket.SHUT_RDWR)
