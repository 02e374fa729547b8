"""A proxy to a server on this machine that lets only so many bytes of answers through, or does something meanwhile.

Belongs here: connections, and what becomes of them. Does not: what runs behind it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class CutOff:
    """Listens while it is entered. Each connection ends after `limit` bytes of answers; None: it never does.

    `all_together` counts the bytes of all connections: from then on the server cannot be reached at all.
    `then` is called once, when the limit is reached, and nothing is cut; `hold` keeps connections open and silent.
    """

    def __init__(
        self,
        port: int,
        limit: int | None = None,
        all_together: bool = False,
        then: Callable[[], object] | None = None,
        hold: bool = False,
    ) -> None:
        self.target, self.limit, self.all_together, self.then, self.hold = port, limit, all_together, then, hold
        self.passed = 0  # bytes of answers, of all connections
        self.connections = 0
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in (self._door, *self._open):
            _close(end)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            threading.Thread(target=_forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := server.recv(4096 if self.limit is None else min(4096, max(self._left(passed), 1))):
                with self._lock:
                    if self.limit is not None and self._left(passed) <= 0:
                        if self.then is None:
                            break
                        self.then, now, self.limit = None, self.then, None
                        now()
                    self.passed += len(data)
                passed += len(data)
                if not self.hold:
                    client.sendall(data)
        if not self.hold:
            _close(client)
            _close(server)

    def _left(self, passed: int) -> int:
        assert self.limit is not None
        return self.limit - (self.passed if self.all_together else passed)


def _forward(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(65536):
            server.sendall(data)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
