"""Each channel gets the body its vendor documents, and nothing in text from data acts there."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest

from pipelines.watch.alerts.outbox import Sender
from tests.watch.alerts.office import NOON, Office, finding
from tests.watch.alerts.receivers import SIGNING_SECRET, Got, Post, Web, always

ADDRESSES = {
    "slack": "slack://${TOKEN}",
    "teams": "workflow://prod-1.logic.azure.com:443/${TOKEN}/${SIGNATURE}",
    "dingtalk": "dingtalk://${SECRET}@${TOKEN}",
    "feishu": "feishu://${TOKEN}",
    "wecom": "wecombot://${TOKEN}",
    "webhook": "jsons://user:${SECRET}@example.com/hook?+X-From=kpi",
}
TOKENS = {"slack": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"}
SENTENCE = "2 of 40 rows of raw_crm.deals break the rule not_be_null(负责人)."

INJECTIONS = [
    "<!channel> <!here> <!everyone>", "<@U012AB3CD> <#C0123>", "<https://evil.example|your bank>",
    "<at>all</at>", '<at user_id="all">所有人</at>', "<at id=all></at>", "@所有人 @all @13800000000", "<@all>",
    "[click](https://evil.example)", "![x](http://169.254.169.254/latest)", "https://evil.example/login",
    "javascript:alert(1)", "mailto:a@evil.example", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    '","msgtype":"markdown","markdown":{"title":"x"}', "\\u003c!channel\\u003e", "&lt;!channel&gt;",
    "a\r\nBcc: victim@evil.example\r\n\r\nbody", "a\nTo: victim@evil.example", "x\u202egnp.exe", "zero\u200bwidth",
    "\x00\x07\x1b[31m", "*bold* _it_ ~no~ `code` ```x```", "# heading\n- item\n1. one", "\u2028Subject: x",
    "{{7*7}} ${PATH} {0} %s %(x)s", ":fire: \\n \\r", "=cmd|' /C calc'!A0", "|| spoiler ||",
]  # fmt: skip


@pytest.fixture
def told(office: Office, web: Web, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sends one alert with a sentence by a channel; the request that came."""

    def tell(channel: str, text: str = SENTENCE, link: str | None = None, answer: Any = None) -> Got:
        monkeypatch.setenv("TOKEN", TOKENS.get(channel, "tok0secret"))
        monkeypatch.setenv("SIGNATURE", "sig0secret")
        monkeypatch.setenv("SECRET", SIGNING_SECRET)
        office.channels(
            {"chat": {"address": ADDRESSES[channel], "server": web.address}}, **({"link": link} if link else {})
        )
        fix_list = "fix_lists/raw_crm.deals.not_be_null_负责人.csv"
        office.finds(finding("lee", text={"en": text, "zh": text}, fix_list=fix_list))
        done = office.delivers()
        assert done.failed == {}
        (got,) = web.got
        return got

    return tell


def test_slack_gets_an_incoming_webhook_with_plain_text(told: Any) -> None:
    got = told("slack")
    assert got.path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
    (attachment,) = got.body["attachments"]
    assert got.body["mrkdwn"] is False
    assert attachment["title"] == "KPI alert · Lee: 1 new problem"
    assert SENTENCE in attachment["text"]
    assert set(got.body) == {"mrkdwn", "attachments"}  # no picture or footer of somebody else's server


def test_teams_gets_an_adaptive_card(told: Any) -> None:
    got = told("teams")
    assert got.path == "/workflows/tok0secret/triggers/manual/paths/invoke"
    assert got.query["sig"] == ["sig0secret"]
    (attachment,) = got.body["attachments"]
    assert (got.body["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    card = attachment["content"]
    assert (card["type"], [block["type"] for block in card["body"]]) == ("AdaptiveCard", ["TextBlock", "TextBlock"])
    assert SENTENCE.replace("_", "\\_") in card["body"][1]["text"]
    assert "entities" not in card["msteams"]  # nobody is mentioned


def test_dingtalk_gets_a_signed_text(told: Any) -> None:
    got = told("dingtalk")  # whose receiver checks the signature as DingTalk documents it
    assert (got.path, got.query["access_token"]) == ("/robot/send", ["tok0secret"])
    assert got.body["msgtype"] == "text"
    assert got.body["at"] == {"atMobiles": [], "isAtAll": False}
    assert SENTENCE in got.body["text"]["content"]


def test_feishu_gets_a_text(told: Any) -> None:
    got = told("feishu")
    assert got.path.rstrip("/") == "/open-apis/bot/v2/hook/tok0secret"
    assert got.body["msg_type"] == "text"
    assert SENTENCE in got.body["content"]["text"]


def test_wecom_gets_a_text_that_fits(told: Any) -> None:
    got = told("wecom", "很长" * 2000)
    assert (got.path, got.query["key"]) == ("/cgi-bin/webhook/send", ["tok0secret"])
    assert got.body["msgtype"] == "text"
    assert len(got.body["text"]["content"].encode()) <= 2048
    assert "kpi alert ack A1" in got.body["text"]["content"]  # the next step is not what is cut off


def test_webhook_gets_json_with_its_header_and_log_in(told: Any) -> None:
    got = told("webhook")
    assert (got.path, got.headers["X-From"]) == ("/hook", "kpi")
    assert got.headers["Authorization"].startswith("Basic ")
    assert (got.body["title"], got.body["type"]) == ("KPI alert · Lee: 1 new problem", "failure")
    assert SENTENCE in got.body["message"]


def test_mail_is_plain_text_from_a_real_server(
    office: Office, post: tuple[Post, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, port = post
    mail(office, port)
    office.finds(finding("zhou"), finding("lee"))
    assert office.delivers().sent == {"mail": 2}
    assert taken.to == [["zhou@example.com"], ["lee@example.com"]]
    first = taken.mails[0]
    assert first["Subject"] == "KPI 提醒 · 周文：1 项新的问题"
    assert first["From"].addresses[0].addr_spec == "kpi@example.com"
    assert (first.get_content_type(), first.get_content_charset()) == ("text/plain", "utf-8")
    assert "A1 · 严重 · 2 行不符合 has_owner。" in first.get_content()


def mail(office: Office, port: int, people: Any = None) -> None:
    office.people([
        {"id": "zhou", "name": {"zh": "周文", "en": "Zhou Wen"}, "language": "zh", "channels": ["mail"], "mail": "zhou@example.com"},
        {"id": "lee", "name": "Lee\r\nBcc: victim@evil.example", "channels": ["mail"], "mail": "lee@example.com"},
    ])  # fmt: skip
    office.channels({"mail": {"address": f"mailto://127.0.0.1:{port}?from=kpi@example.com&mode=insecure"}})


def shown(channel: str, got: Got) -> list[str]:
    """Every text of a request that people are shown."""
    body = got.body
    return {
        "slack": lambda: [body["attachments"][0]["title"], body["attachments"][0]["text"]],
        "teams": lambda: [block["text"] for block in body["attachments"][0]["content"]["body"]],
        "dingtalk": lambda: [body["text"]["content"]],
        "feishu": lambda: [body["content"]["text"]],
        "wecom": lambda: [body["text"]["content"]],
        "webhook": lambda: [body["title"], body["message"]],
    }[channel]()


@pytest.mark.parametrize("channel", ADDRESSES)
def test_text_from_data_acts_on_no_channel(channel: str, told: Any, web: Web) -> None:
    got = told(channel, " ¦ ".join(INJECTIONS), link="https://kpi.example.com/reports")
    texts = shown(channel, got)
    said = "\n".join(texts)
    for sign in "".join(texts):
        assert sign.isprintable() or sign in "\r\n", repr(sign)
    assert [a for a in re.findall(r"\w+://[\w.]+", said) if a != "https://kpi.example.com"] == []
    assert "javascript:" not in said
    assert "\nBcc:" not in said  # one line stays one line
    assert len(got.body) == len(json.loads(got.text))
    if channel != "webhook":  # whose reader gets the text as it is, in JSON
        assert re.search(r"<|>", said) is None, "no mention, no tag, no link"
    if channel in ("dingtalk", "feishu", "wecom", "teams"):
        assert "@" not in said
    if channel == "teams":
        assert re.findall(r"\[[^\]]*\]\([^)]*\)", said) == [
            "[Rows to mend](https://kpi.example.com/reports/fix_lists/raw_crm.deals.not_be_null_%E8%B4%9F%E8%B4%A3%E4%BA%BA.csv)"
        ]
        assert re.search(r"[!`*~|]", said) is None
    if channel == "slack":
        assert "&lt;!channel&gt;" in said
        assert "&amp;lt;!channel&amp;gt;" in said  # what looks escaped already is not taken back


def test_text_from_data_adds_no_header_to_a_mail(office: Office, post: tuple[Post, int]) -> None:
    taken, port = post
    mail(office, port)
    text = " ¦ ".join(INJECTIONS)
    office.finds(finding("lee", check="x\r\nBcc: victim@evil.example", text={"en": text, "zh": text}))
    office.delivers()
    (one,) = taken.mails
    assert taken.to == [["lee@example.com"]]
    assert (one["Bcc"], one["Cc"], one.get_content_type(), one.is_multipart()) == (None, None, "text/plain", False)
    assert "\n" not in one["Subject"]
    assert "victim" not in str(one["To"])


def test_a_message_of_many_alerts_says_how_many_it_leaves_out(
    office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "tok")
    office.channels({"chat": {"address": ADDRESSES["wecom"], "server": web.address}})
    office.finds(*(finding("lee", f"rule_{n}", text={"en": "x" * 300, "zh": "x"}) for n in range(31)))
    office.delivers()
    (text,) = shown("wecom", web.got[0])
    left = re.search(r"… and (\d+) more: kpi alert list", text)
    assert left
    assert int(left.group(1)) + len(re.findall(r"^A\d+ ·", text, re.M)) == 31


@pytest.mark.parametrize(
    ("channel", "answer", "reason"),
    [
        ("dingtalk", b'{"errcode":310000,"errmsg":"tok0secret"}', "errcode 310000"),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', "errcode 93000"),
        ("feishu", b'{"code":19024,"msg":"Key Words Not Found"}', "code 19024"),
    ],
)
def test_a_refusal_under_http_200_is_a_failure(
    channel: str, answer: bytes, reason: str, office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answer = always(200, answer)
    monkeypatch.setenv("TOKEN", "tok0secret")
    monkeypatch.setenv("SECRET", SIGNING_SECRET)
    office.channels({"chat": {"address": ADDRESSES[channel], "server": web.address}})
    office.finds(finding("lee"))
    assert office.delivers().failed == {"chat": f"took the request and refused the message: {reason}"}


def test_a_trial_message_goes_by_the_same_way(web: Web) -> None:
    asked = {"address": "feishu://tok", "server": web.address, "to": None, "title": "T", "body": "B",
             "severity": "info", "allowed": ["127.0.0.1"]}  # fmt: skip
    with Sender() as sender:
        assert sender.send(asked) == ""
    assert web.got[0].body["content"]["text"] == "T\r\nB"
    assert NOON.tzinfo is dt.UTC
