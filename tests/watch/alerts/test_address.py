"""Only public addresses are called, and what allowed_hosts names: whatever a name, a redirect or an answer of DNS says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.settings import REPOSITORY
from pipelines.watch.alerts.address import refusal
from pipelines.watch.alerts.outbox import Sender
from tests.watch.alerts.receivers import Web, free_port

# {port} is that of a server which would answer; all of these lead to this machine or its surroundings.
FORGED = [
    "127.0.0.1", "127.0.0.2", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "localhost", "LOCALHOST", "localhost.", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "100.64.0.1", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip


def asked(address: str, server: str | None = None, allowed: tuple[str, ...] = ()) -> dict[str, object]:
    return {"address": address, "server": server, "to": "x@example.com", "title": "T", "body": "B", "severity": "info",
            "allowed": list(allowed)}  # fmt: skip


def test_no_forged_address_is_called(web: Web) -> None:
    assert len(FORGED) >= 30
    said = {}
    with Sender() as sender:
        for host in FORGED:
            for way in (f"jsons://{host}:{web.port}/x", f"mailtos://k:p@{host}:{web.port}?from=k@example.com&mode=ssl"):
                said[way] = sender.send(asked(way))
            said[f"server {host}"] = sender.send(asked("feishu://tok", f"https://{host}:{web.port}"))
    assert {way: why for way, why in said.items() if why == ""} == {}
    refused = [why for why in said.values() if why.startswith("not called: ")]
    # The rest is refused before a connection: Apprise knows no host of that spelling, or the resolver does not.
    assert len(refused) > 60
    assert web.connections == 0


def test_a_host_of_ones_own_is_called_and_only_that(web: Web) -> None:
    with Sender() as sender:
        assert sender.send(asked("feishu://tok", web.address, ("127.0.0.1",))) == ""
        assert sender.send(asked("feishu://tok", web.address, ("127.0.0.0/8",))) == ""
        assert sender.send(asked("feishu://tok", f"http://localhost:{web.port}", ("localhost",))) == ""
        assert len(web.got) == 3
        for listed in (("chat.example.com",), ("10.0.0.0/8",), ("localhost",)):
            assert sender.send(asked("feishu://tok", web.address, listed)).startswith("not called")
    assert web.connections == 3


@pytest.mark.parametrize(
    ("ip", "host", "allowed", "fine"),
    [
        ("8.8.8.8", "chat.example.com", [], True),
        ("2606:4700::1111", "chat.example.com", [], True),
        ("10.1.2.3", "mail.local", ["mail.local"], True),
        ("10.1.2.3", "mail.local.", ["MAIL.local"], True),
        ("10.1.2.3", "evil.example", ["mail.local"], False),
        ("10.1.2.3", "evil.example", ["10.1.0.0/16"], True),
        ("169.254.169.254", "mail.local", ["mail.local"], False),  # the name leads there: no
        ("169.254.169.254", "x", ["169.254.169.254"], True),  # written out: somebody means it
        ("100.100.100.200", "mail.local", ["mail.local"], False),
        ("::ffff:10.1.2.3", "x", ["10.1.2.3"], True),
        ("fe80::1%eth0", "mail.local", ["mail.local"], False),
        ("/run/some.sock", "x", ["x"], False),
    ],
)
def test_a_name_of_ones_own_leads_to_private_addresses_never_to_metadata(
    ip: str, host: str, allowed: list[str], fine: bool
) -> None:
    assert (refusal(ip, host, allowed) is None) is fine


REBINDING = """
import json, socket, sys
from pipelines.watch.alerts import sender

real, asked = socket.getaddrinfo, []
def turning(host, port, *rest, **more):  # public when looked at, this machine when called
    if host != "rebind.example":
        return real(host, port, *rest, **more)
    asked.append(host)
    ip = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]
socket.getaddrinfo = turning
socket.getaddrinfo("rebind.example", 443)
sender.mend_requests()
sys.addaudithook(sender.guard)
request = json.loads(sys.argv[1])
print(json.dumps([sender.send(request), len(asked)]))
"""


def test_a_name_that_changes_its_mind_after_it_was_looked_at_is_not_called(web: Web) -> None:
    import json

    for address in (f"jsons://rebind.example:{web.port}/x", f"mailtos://k:p@rebind.example:{web.port}?from=k@e.com"):
        done = subprocess.run(
            [sys.executable, "-c", REBINDING, json.dumps(asked(address))],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        outcome, looked = json.loads(done.stdout)
        assert looked >= 2
        assert outcome["reason"].startswith("not called: 127.0.0.1 is a private address and rebind.example")
    assert web.connections == 0


def test_neither_a_proxy_nor_a_netrc_of_the_environment_is_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    with Web().running() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        with Sender() as sender:
            assert sender.send(asked("feishu://tok", web.address, ("127.0.0.1",))) == ""
        assert (len(web.got), proxy.connections) == (1, 0)


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    # A server without TLS stands in for one with a wrong certificate: the handshake must be asked for at all.
    with Web().running() as web, Sender() as sender:
        why = sender.send(asked("feishu://tok", f"https://127.0.0.1:{web.port}", ("127.0.0.1",)))
        assert why == "no connection, or no answer"
        assert web.got == []
        assert "cannot be reached" in sender.send(
            asked(f"mailtos://k:p@127.0.0.1:{free_port()}?from=k@e.com", None, ("127.0.0.1",))
        )
