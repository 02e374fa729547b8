"""What a message says: a heading, the alerts it names, where the rows to mend are, how to acknowledge.

Belongs here: our own words around the sentences, and the length of a message. Does not: the sentence about a finding
(watch/notices.py), and what of it a channel would act upon (escape.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pipelines.model.company import Person
from pipelines.watch.alerts.escape import inert
from pipelines.watch.alerts.escape import link as show_link
from pipelines.watch.alerts.history import Alert, MessageKind

Language = Literal["zh", "en"]
# Bytes of UTF-8 that arrive whole. WeCom cuts a text off at 2048; DingTalk refuses above 20000 of escaped JSON.
MAX_BYTES = {"wecombot": 1900, "slack": 3500, "dingtalk": 6000}
OTHERWISE = 12_000

SEVERITY = {
    "critical": {"zh": "严重", "en": "critical"},
    "warning": {"zh": "警告", "en": "warning"},
    "info": {"zh": "提示", "en": "for your information"},
}


class Message(NamedTuple):
    """What one person reads on one channel."""

    title: str
    body: str


def message(
    kind: MessageKind,
    alerts: Sequence[Alert],
    person: Person,
    owners: dict[str, Person],
    scheme: str,
    link: str | None,
    zone: ZoneInfo,
) -> Message:
    """The message of a kind about `alerts`, in the person's language, safe for channels of `scheme`, not too long."""
    language: Language = person.language
    ordered = sorted(alerts, key=lambda a: (a.finding.severity != "critical", -a.finding.failed_rows, a.no))
    items = [_item(alert, kind, language, scheme, link, owners, zone) for alert in ordered]
    foot = _foot(ordered[0], language)
    room = MAX_BYTES.get(scheme, OTHERWISE) - len(foot.encode()) - 200
    kept: list[str] = []
    for item in items:
        if kept and sum(len(k.encode()) + 2 for k in kept) + len(item.encode()) > room:
            break
        kept.append(_cut(item, room))
    if left := len(items) - len(kept):
        kept.append(f"…另有 {left} 项，见 kpi alert list" if language == "zh" else f"… and {left} more: kpi alert list")
    return Message(_title(kind, len(items), person, scheme), "\n\n".join([*kept, foot]))


def name_of(person: Person | None, language: Language, otherwise: str = "?") -> str:
    if person is None:
        return otherwise
    return person.name if isinstance(person.name, str) else getattr(person.name, language)


def trial(person: Person, scheme: str) -> Message:
    """What `kpi alert test` sends."""
    who = inert(name_of(person, person.language), scheme)
    if person.language == "zh":
        return Message(f"KPI 测试消息：{who}", "这是一条测试消息，无需处理。")
    return Message(f"KPI trial message for {who}", "This is a trial message. Nothing is to be done.")


def _title(kind: MessageKind, count: int, person: Person, scheme: str) -> str:
    who = inert(name_of(person, person.language), scheme)[:60]
    if person.language == "zh":
        what = {
            "alert": "项新的问题",
            "digest": "项问题尚未解决（汇总）",
            "escalation": "项问题无人确认，转给您",
            "weekly": "项长期未动（每周汇总）",
        }[kind]
        return f"KPI 提醒 · {who}：{count} {what}"
    plural = "" if count == 1 else "s"
    what = {
        "alert": f"new problem{plural}",
        "digest": f"problem{plural} not mended yet (digest)",
        "escalation": f"problem{plural} nobody acknowledged, passed on to you",
        "weekly": f"thing{plural} of yours that grew stale (weekly digest)",
    }[kind]
    return f"KPI alert · {who}: {count} {what}"


def _item(
    alert: Alert,
    kind: MessageKind,
    language: Language,
    scheme: str,
    link: str | None,
    owners: dict[str, Person],
    zone: ZoneInfo,
) -> str:
    finding = alert.finding
    severity = SEVERITY.get(finding.severity, {}).get(language, finding.severity)
    lines = [f"{alert.name} · {severity} · {inert(finding.text[language], scheme)}"]
    if finding.fix_list:
        label = "待更正清单" if language == "zh" else "Rows to mend"
        place = f"{link.rstrip('/')}/{quote(finding.fix_list)}" if link else ""
        lines.append(show_link(label, place, scheme) if link else f"{label}: {inert(_file(finding.fix_list), scheme)}")
    if kind != "alert":
        owner = inert(name_of(owners.get(finding.owner), language, finding.owner), scheme)
        since = alert.opened_at.astimezone(zone)
        lines.append(
            f"负责人 {owner}，自 {since:%Y-%m-%d %H:%M} 起" if language == "zh"
            else f"Owner {owner}, open since {since:%Y-%m-%d %H:%M}"
        )  # fmt: skip
    return _break(scheme).join(lines)


def _break(scheme: str) -> str:
    """A new line; Teams runs single ones together."""
    return "\n\n" if scheme == "workflow" else "\n"


def _file(fix_list: str) -> str:
    return f"data/reports/{fix_list}"


def _foot(alert: Alert, language: Language) -> str:
    command = f'kpi alert ack {alert.name} --reason "…"'
    return f"已在处理？请运行 {command}" if language == "zh" else f"Seen to it? Say so: {command}"


def _cut(text: str, room: int) -> str:
    kept = text.encode()[:room].decode(errors="ignore")
    return kept if kept == text else kept[:-1] + "…"
