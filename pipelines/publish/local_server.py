"""A web server for this machine alone, which shows what lies in data/serving/.

Belongs here: which request gets which file. Does not: the command (cli/serve.py), drawing pages. It listens on the
loopback address and answers only those who call it by that name: a page of the internet that points a name of its own
here (DNS rebinding) is refused. Figures leave by pages alone, unless the caller asked for data files as well.
"""

from __future__ import annotations

import re
import shutil
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.errors import KpiError, did_you_mean
from pipelines.publish.audience_files import RESERVED, folder_of

ADDRESS = "127.0.0.1"
PAGES = {".html": "text/html; charset=utf-8"}
DATA = {
    ".duckdb": "application/octet-stream",
    ".parquet": "application/octet-stream",
    ".csv": "text/csv; charset=utf-8",
}
# The policy by hash stands in each page; what only a header can say stands here.
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def audience_folder(serving: Path, audience: str) -> Path:
    """Where the page of an audience lies; of nobody in particular, the company's.

    Raises KpiError where no page was drawn for that audience.
    """
    if not audience:
        folder = serving
    else:
        known = sorted(unquote(path.parent.name) for path in serving.glob("*/index.html"))
        known = [one for one in known if one not in RESERVED]
        if audience not in known:
            said = f"there is no page for {audience}{did_you_mean(audience, known)}"
            raise KpiError(said, next_step=f"one of {', '.join(known)}" if known else "run `kpi run`")
        folder = folder_of(serving, audience)
    if not (folder / "index.html").is_file():
        raise KpiError("there is no page yet", file=folder / "index.html", next_step="run `kpi run`")
    return folder


def make_server(serving: Path, audience: str, port: int, with_data: bool = False) -> Server:
    """A server on the loopback address, not yet running; port 0 takes a free one. Raises KpiError where it is taken."""
    handler = partial(
        Handler,
        folder=audience_folder(serving, audience),
        catalogue=serving / "catalogue",
        types=PAGES | DATA if with_data else PAGES,
    )
    try:
        return Server((ADDRESS, port), handler)
    except OSError as error:
        raise KpiError(
            f"port {port} cannot be used: {error.strerror}", next_step="give another: --port 8081"
        ) from error


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with a file of one folder, or of the catalogue beside it."""

    server_version, sys_version = "kpi", ""
    timeout = 30  # seconds: a caller who says nothing holds no thread

    def __init__(self, *args: Any, folder: Path, catalogue: Path, types: dict[str, str]) -> None:
        self.folder, self.catalogue, self.types = folder, catalogue, types
        super().__init__(*args)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        if not self._is_for_us():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = found(self.path, self.folder, self.catalogue, self.types)
        if path is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with path.open("rb") as file:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", self.types[path.suffix])
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            if with_body:
                shutil.copyfileobj(file, self.wfile)

    def _is_for_us(self) -> bool:
        assert isinstance(self.server, Server)
        port = self.server.server_port
        hosts = self.headers.get_all("Host") or []
        return len(hosts) == 1 and hosts[0].lower() in {f"localhost:{port}", f"{ADDRESS}:{port}"}

    def _refuse(self, status: HTTPStatus) -> None:
        said = f"{status.value} {status.phrase}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: who read which page is nobody's business."""


def found(target: str, folder: Path, catalogue: Path, types: dict[str, str]) -> Path | None:
    """The file a request asks for; None where there is none, it lies outside, is hidden, or is of another type."""
    path = unquote(urlsplit(target).path)
    parts = path.split("/")[1:]
    if parts and parts[-1] == "":
        parts[-1] = "index.html"
    if not parts or not all(re.fullmatch(r"[^.\\/\0][^\\/\0]*", part) for part in parts):
        return None
    root = catalogue if parts[0] == "catalogue" else folder
    file = root.joinpath(*parts[1:] if parts[0] == "catalogue" else parts)
    try:
        real = file.resolve(strict=True)
    except (OSError, ValueError):
        return None
    if not real.is_relative_to(root.resolve()) or not real.is_file() or real.suffix not in types:
        return None
    return real
