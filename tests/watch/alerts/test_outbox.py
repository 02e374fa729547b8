"""A channel that is down, slow or wrong costs a bounded time, is shown, is tried again, and no secret is written down."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from pipelines.watch.alerts import outbox
from pipelines.watch.alerts.run import after_run
from tests.watch.alerts.office import HOUR, NOON, Office, finding
from tests.watch.alerts.receivers import Post, Web, always, as_the_vendor, free_port


def test_what_was_sent_is_not_sent_again(office: Office, web: Web) -> None:
    office.finds(finding("zhou"), finding("lee"))
    assert office.delivers().sent == {"chat": 2}
    assert office.delivers().sent == {}
    assert len(web.got) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_channel_that_refuses_is_shown_and_tried_again(status: int, office: Office, web: Web) -> None:
    web.answer = always(status, b"tok0secret is wrong")
    office.finds(finding())
    done = office.delivers()
    assert done.failed == {"chat": f"answered {status}"}
    assert done.lines == [f"chat is down (answered {status}): tried again later"]
    assert office.state.failing == {("zhou", "chat"): (NOON, f"answered {status}")}
    web.answer = as_the_vendor
    assert office.delivers(NOON + HOUR).sent == {"chat": 1}
    assert office.state.failing == {}


def test_a_channel_that_is_not_there_is_tried_three_times_for_all(office: Office) -> None:
    office.people([{"id": f"p{n}", "name": "P", "channels": ["chat"]} for n in range(9)])
    office.channels({"chat": {"address": "dingtalk://${CHAT_TOKEN}", "server": f"http://127.0.0.1:{free_port()}"}})
    office.finds(*(finding(f"p{n}") for n in range(9)))
    assert office.delivers().failed == {"chat": "no connection, or no answer"}
    assert len(office.state.failing) == 3


def test_a_mailbox_that_is_gone_keeps_nobody_else_from_their_mail(office: Office, post: tuple[Post, int]) -> None:
    taken, port = post
    taken.refused = {"zhou@example.com"}
    office.people([{"id": p, "name": p, "channels": ["mail"], "mail": f"{p}@example.com"} for p in ("zhou", "lee")])
    office.channels({"mail": {"address": f"mailto://127.0.0.1:{port}?from=kpi@example.com&mode=insecure"}})
    office.finds(finding("zhou"), finding("lee"))
    assert office.delivers().sent == {"mail": 1}
    assert taken.to == [["lee@example.com"]]
    assert list(office.state.failing) == [("zhou", "mail")]


def test_a_webhook_may_answer_what_it_likes(office: Office, web: Web) -> None:
    web.answer = always(200, b'{"code": 200, "errcode": 7}')
    office.channels({"chat": {"address": "jsons://hooks.example.com/x", "server": web.address}})
    office.finds(finding())
    assert office.delivers().sent == {"chat": 1}


def test_a_flapping_channel_delivers_each_alert_once(office: Office, web: Web) -> None:
    for hour in range(6):
        web.answer = always(502) if hour % 2 == 0 else as_the_vendor
        office.finds(*(finding(check=f"rule_{n}") for n in range(hour + 1)), at=NOON + hour * HOUR / 10)
        office.delivers(NOON + hour * HOUR / 10)
    taken = [one.text for one in web.got if "rule_" in one.text]
    for n in range(6):
        assert office.state.alerts  # and each rule stands in exactly one message that was taken
        assert sum(f"rule_{n}" in text for text in [t for i, t in enumerate(taken) if i % 2 == 1]) == 1


def test_a_slow_channel_costs_a_bounded_time(office: Office, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.answer = always(200, b'{"errcode":0}', seconds=12)
    office.finds(finding("zhou"), finding("lee"))
    with monkeypatch.context() as shorter:
        shorter.setattr(outbox.Sender.send, "__defaults__", (3.0,))
        shorter.setattr(outbox, "SLOW_SECONDS", 1.0)
        started = time.monotonic()
        done = office.delivers()
        assert time.monotonic() - started < 9  # 3, and what a busy machine needs to start a process
    assert done.failed == {"chat": "no answer within 3 s"}
    assert len(web.got) == 1, "nobody waits for it twice"
    web.answer = as_the_vendor
    assert office.delivers().sent == {"chat": 2}


def test_one_channel_down_leaves_the_others_alone(office: Office, web: Web, tmp_path: Path) -> None:
    people = [{"id": "zhou", "name": "Z", "channels": ["broken", "unset", "chat"]}]
    office.people(people)
    office.channels({
        "broken": {"address": "feishu://${CHAT_TOKEN}", "server": f"http://127.0.0.1:{free_port()}"},
        "unset": {"address": "feishu://${NEVER_SET}"},
        "chat": {"address": "dingtalk://${CHAT_TOKEN}", "server": web.address},
    })  # fmt: skip
    office.finds(finding())
    done = office.delivers()
    assert done.sent == {"chat": 1}
    assert done.failed["unset"] == "the environment variable NEVER_SET is not set"
    assert len(web.got) == 1


def test_no_secret_and_no_answer_is_written_down(office: Office, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"CHAT_TOKEN": "tok0secret", "PASSWORD": "hunter2hunter2", "SIGN": "SEC9876543210"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    office.people([{"id": "zhou", "name": "Z", "channels": ["a", "b", "c", "d"], "mail": "zhou@example.com"}])
    office.channels({
        "a": {"address": "dingtalk://${SIGN}@${CHAT_TOKEN}", "server": web.address},
        "b": {"address": "json://u:${PASSWORD}@127.0.0.1/x", "server": web.address},
        "c": {"address": "dingtalk://bad token ${CHAT_TOKEN}", "server": web.address},
        "d": {"address": f"mailto://k:${{PASSWORD}}@127.0.0.1:{free_port()}?from=k@example.com&mode=insecure"},
    })  # fmt: skip
    web.answer = always(500, b"your token tok0secret and SEC9876543210, hunter2hunter2")
    office.finds(finding())
    done = office.delivers()
    assert set(done.failed) == {"a", "b", "c", "d"}
    said = str(done) + " ".join(done.lines)
    for path in office.settings.data.rglob("*"):
        said += path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    for secret in secrets.values():
        assert secret not in said


def test_a_redirect_is_not_followed(office: Office, web: Web) -> None:
    with Web().running() as elsewhere:
        web.answer = always(307, b"", Location=f"{elsewhere.address}/robot/send")
        office.finds(finding())
        assert office.delivers().failed == {"chat": "answered 307: it sends elsewhere, which is not followed"}
        assert elsewhere.connections == 0


def test_an_answer_without_end_is_not_read_to_its_end(office: Office, web: Web) -> None:
    web.answer = always(200, b"x" * 50_000_000)
    office.finds(finding())
    started = time.monotonic()
    office.delivers()
    assert time.monotonic() - started < 10


def test_no_channel_is_one_line_and_the_findings_are_kept(office: Office) -> None:
    (office.folder / "kpi_definitions" / "channels.yml").unlink()
    (line,) = after_run(office.settings, "run_1", None, "it stopped", NOON)
    assert "no channel is configured (kpi_definitions/channels.yml)" in line
    assert [alert.finding.owner for alert in office.state.open] == ["boss"]  # the engineer


def test_alerts_never_take_back_a_run(office: Office) -> None:
    (office.settings.data / "alerts.sqlite").parent.mkdir()
    (office.settings.data / "alerts.sqlite").write_bytes(b"no database" * 1000)
    (line,) = after_run(office.settings, "run_1", None, None, NOON)
    assert "the record of alerts cannot be used" in line
    office.write("channels.yml", {"channels": {"x": {"adress": "y"}}})
    (line,) = after_run(office.settings, "run_2", None, None, NOON)
    assert "unknown field channels.x.adress" in line


def test_apprise_is_imported_by_the_sending_process_only(office: Office, web: Web) -> None:
    office.finds(finding())
    before, office.sender = "apprise" in sys.modules, None
    assert office.delivers().sent == {"chat": 1}
    assert ("apprise" in sys.modules) is before
