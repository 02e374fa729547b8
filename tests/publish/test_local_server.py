"""`kpi serve` shows the page to this machine alone: by its name, from its folder, and nothing else."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.publish.local_server import Server, make_server


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a run leaves it, with what must never be handed out beside it."""
    folder = tmp_path_factory.mktemp("data") / "serving"
    for path, text in {
        "index.html": "the company", "kpi.duckdb": "figures", "values.csv": "1", ".lock": "", ".hidden.html": "hidden",
        "region_east/index.html": "the east", "region_east/kpi.duckdb": "its figures",
        "catalogue/index.html": "all KPIs", "catalogue/kpis/win_rate.html": "win rate", "bare/x.html": "x",
        "../secret.html": "secret", "notes.txt": "a note",
    }.items():  # fmt: skip
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "link.html").symlink_to(folder / "../secret.html")
    (folder / "region_east" / "up.html").symlink_to(folder / "index.html")
    return folder


@pytest.fixture(scope="module")
def servers(serving: Path) -> Iterator[dict[str, Server]]:
    made = {
        "company": make_server(serving, "", 0),
        "east": make_server(serving, "region_east", 0),
        "data": make_server(serving, "", 0, with_data=True),
    }
    for server in made.values():
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    for server in made.values():
        server.shutdown()
        server.server_close()


def ask(server: Server, path: str, host: str | None = None, method: str = "GET") -> tuple[int, str, dict[str, str]]:
    port = server.server_port
    con = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    con.putrequest(method, path, skip_host=True)
    if host != "":
        con.putheader("Host", host or f"localhost:{port}")
    con.endheaders()
    answer = con.getresponse()
    return answer.status, answer.read().decode(), dict(answer.getheaders())


@pytest.mark.parametrize(
    ("server", "path", "text"),
    [
        ("company", "/", "the company"),
        ("company", "/index.html?lang=zh#goals", "the company"),
        ("company", "/region_east/", "the east"),
        ("company", "/catalogue/", "all KPIs"),
        ("company", "/catalogue/kpis/win_rate.html", "win rate"),
        ("east", "/", "the east"),
        ("east", "/catalogue/kpis/win_rate.html", "win rate"),
        ("data", "/kpi.duckdb", "figures"),
        ("data", "/values.csv", "1"),
    ],
)
def test_what_is_there_is_shown(servers: dict[str, Server], server: str, path: str, text: str) -> None:
    status, body, headers = ask(servers[server], path)
    assert (status, body) == (200, text)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]
    assert ask(servers[server], path, method="HEAD")[:2] == (200, "")


@pytest.mark.parametrize("server", ["company", "east", "data"])
@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/x/../../secret.html", "//etc/passwd", "/etc/passwd",
        "/link.html", "/.lock", "/.hidden.html", "/%2ehidden.html", "/bare/", "/bare", "/catalogue", "/catalogue/../kpi.duckdb",
        "/catalogue/..%2f..%2fsecret.html", "/notes.txt", "/up.html", "/nothing.html", "/a%00b.html", "/\\..\\secret.html",
        "secret.html", "/index.html/", "/catalogue/%2e%2e/index.html",
    ],
)  # fmt: skip
def test_nothing_else_is(servers: dict[str, Server], server: str, path: str) -> None:
    status, body, _ = ask(servers[server], path)
    assert status == 404, body
    assert body == "404 Not Found\n"


@pytest.mark.parametrize("path", ["/kpi.duckdb", "/region_east/kpi.duckdb", "/values.csv"])
def test_data_files_leave_only_when_asked_for(servers: dict[str, Server], path: str) -> None:
    assert ask(servers["company"], path)[0] == 404
    assert ask(servers["data"], path)[0] == 200


@pytest.mark.parametrize(
    "host", ["", "example.com", "localhost", "localhost:1", "127.0.0.1.example.com", "kpi.local:80"]
)
def test_who_calls_it_by_another_name_is_refused(servers: dict[str, Server], host: str) -> None:
    assert ask(servers["company"], "/", host=host)[0] == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent_to_it(servers: dict[str, Server], method: str) -> None:
    assert ask(servers["company"], "/", method=method)[0] == 501


def test_the_audience_of_a_region_sees_no_other_file(servers: dict[str, Server]) -> None:
    for path in ("/region_east/", "/region_east/index.html", "/values.csv", "/kpi.duckdb"):
        assert ask(servers["east"], path)[0] == 404


def test_it_listens_on_the_loopback_address_alone(servers: dict[str, Server]) -> None:
    assert servers["company"].server_address[0] == "127.0.0.1"
    own = [ip for *_, (ip, *_) in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET) if ip != "127.0.0.1"]
    for address in own:
        with (
            pytest.raises(OSError, match="refused"),
            socket.create_connection((address, servers["company"].server_port), 2),
        ):
            pass


def test_a_page_that_is_not_there_is_named(serving: Path, tmp_path: Path) -> None:
    with pytest.raises(KpiError, match=r"region_eest.*did you mean.*region_east"):
        make_server(serving, "region_eest", 0)
    with pytest.raises(KpiError, match="no page for"):
        make_server(serving, "../serving", 0)
    with pytest.raises(KpiError, match="no page yet"):
        make_server(tmp_path, "", 0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(KpiError, match="cannot be used"):
            make_server(serving, "", other.getsockname()[1])
