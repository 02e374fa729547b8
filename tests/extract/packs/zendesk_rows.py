"""The rows of a small Zendesk account, written by hand where a number of a test hangs on them.

Belongs here: what the account holds at first, and what changes before it is read again. Does not: the API.
All tickets are of March 2026 and asked at ten in the morning in Shanghai (02:00 UTC) on working days.
"""

from __future__ import annotations

from typing import Any

from tests.extract.packs.zendesk_server import ZendeskServer, seconds

LI, JONES, GONE = 31, 32, 39  # 39 is no agent any more
TEAM, BANK, SHOP = 41, 51, 52
REQUESTER, ALONE = 61, 62  # of an organisation, and a person for himself

# ticket, day, minutes to the first reply, hours to the solution, times reopened, agent
TICKETS: list[tuple[int, str, int | None, int | None, int, int | None]] = [
    (1, "2026-03-02", 10, 3, 0, LI),
    (2, "2026-03-03", 20, 4, 1, LI),
    (3, "2026-03-04", 30, 5, 0, JONES),
    (4, "2026-03-05", 40, 6, 2, JONES),
    (5, "2026-03-06", 50, 2, 0, GONE),
    (6, "2026-03-09", 60, 1, 0, LI),
    (7, "2026-03-10", 70, None, 0, JONES),
    (8, "2026-03-11", None, None, 0, None),
    (9, "2026-03-12", 90, 6, 0, LI),
    (10, "2026-03-13", 100, 6, 0, LI),
]
MEDIAN_AT_FIRST = 50.0  # of 10 20 30 40 50 60 70 90 100
MEDIAN_THEN = 42.5  # of 10 15 20 30 40 45 50 60 70 90: ticket 10 deleted, 8 answered after 15 minutes, 11 after 45
REOPENED_THEN = 0.3  # 2, 4 and 11 of the ten that are left
SATISFIED_THEN = 4 / 6  # 1, 2, 4, 6 good; 3 bad, and 5 since
SCORES = {1: "good", 2: "good", 3: "bad", 4: "good", 5: "offered", 6: "good", 7: "unoffered"}


def fill(server: ZendeskServer) -> ZendeskServer:
    """The account before it is read for the first time."""
    for said in TICKETS:
        server.put("tickets", _ticket(*said))
        for event in _events(*said):
            server.put("ticket_events", event)
    for ticket, score in SCORES.items():
        server.put("satisfaction_ratings", _rating(ticket, score, "2026-03-16T03:00:00Z"))
    for user in (
        _user(LI, "李娜", "agent"), _user(JONES, "Bob Jones", "admin"),
        _user(REQUESTER, "Zoë Müller", "end-user", BANK), _user(ALONE, "赵敏", "end-user"),
    ):  # fmt: skip
        server.put("users", user)
    server.put("groups", {"id": TEAM, "name": "华东服务", "deleted": False} | _at("2025-01-02T00:00:00Z"))
    for organization, name in ((BANK, "江南银行"), (SHOP, "Corner Shop Ltd")):
        said = {"id": organization, "name": name, "external_id": None, "tags": ["key"], "deleted_at": None}
        server.put("organizations", said | _at(f"2025-01-0{organization - 49}T00:00:00Z"))
    return server


def change(server: ZendeskServer) -> None:
    """What happens after the first read: a ticket deleted, one answered, one new, one reopened, a rating given."""
    at = "2026-03-31T03:00:00Z"
    server.put("tickets", _ticket(*TICKETS[9]) | {"status": "deleted"} | _touched(at))
    server.put("tickets", _ticket(8, "2026-03-11", 15, None, 0, LI) | _touched(at))
    server.put("tickets", _ticket(11, "2026-03-30", 45, 2, 1, JONES) | _touched(at))
    server.put("ticket_events", _event(1101, 11, at, JONES, [{"status": "open", "previous_value": "solved"}], "Change"))
    server.put("satisfaction_ratings", _rating(5, "bad", at))


def _at(created: str, changed: str | None = None) -> dict[str, str]:
    return {"created_at": created, "updated_at": changed or created}


def _touched(at: str) -> dict[str, Any]:
    return {"updated_at": at, "generated_timestamp": seconds(at)}


def _minutes(count: int | None) -> dict[str, int | None]:
    return {"calendar": count, "business": None if count is None else count // 2}


def _ticket(
    ticket: int, day: str, reply: int | None, hours: int | None, reopened: int, agent: int | None
) -> dict[str, Any]:
    solved = None if hours is None else f"{day}T{2 + hours:02d}:00:00Z"
    changed = solved or f"{day}T09:00:{ticket:02d}Z"
    status = "open" if solved is None else "closed" if ticket <= 2 else "solved"
    metrics = {
        "id": 7000 + ticket, "ticket_id": ticket, "reopens": reopened, "replies": 0 if reply is None else 1 + reopened,
        "reply_time_in_minutes": _minutes(reply), "solved_at": solved, "status_updated_at": changed,
        "first_resolution_time_in_minutes": _minutes(None if hours is None else 60 * hours - 30 * reopened),
        "full_resolution_time_in_minutes": _minutes(None if hours is None else 60 * hours),
    }  # fmt: skip
    return {
        "id": ticket, "external_id": None, "via": {"channel": ("email", "web", "chat")[ticket % 3], "source": {}},
        "type": ("question", "incident", "problem", "task", None)[ticket % 5], "priority": "high" if ticket == 4 else None,
        "status": status, "requester_id": ALONE if ticket == 6 else REQUESTER, "assignee_id": agent,
        "organization_id": None if ticket == 6 else BANK, "group_id": TEAM, "brand_id": 1, "due_at": None,
        "subject": "密码忘了", "tags": [], "metric_set": metrics, **_at(f"{day}T02:00:00Z"), **_touched(changed),
    }  # fmt: skip


def _event(
    event: int, ticket: int, at: str, by: int, changes: list[dict[str, Any]], kind: str = "Change"
) -> dict[str, Any]:
    children = [
        {"id": event * 10 + i, "via": "Web form", "via_reference_id": 0, "event_type": kind} | said
        for i, said in enumerate(changes)
    ]
    return {
        "id": event, "ticket_id": ticket, "timestamp": seconds(at), "created_at": at, "updater_id": by, "via": "Web form",
        "system": {}, "metadata": {}, "event_type": "Audit", "child_events": children,
    }  # fmt: skip


def _events(
    ticket: int, day: str, reply: int | None, hours: int | None, reopened: int, agent: int | None
) -> list[dict[str, Any]]:
    """Opened by the requester with a word, answered, solved; a reopened one goes through open once more."""
    words = {"event_type": "Comment", "comment_present": True, "comment_public": True}
    opened = [{"status": "new"}, {"group_id": str(TEAM)}, words]
    found = [_event(ticket * 100, ticket, f"{day}T02:00:00Z", REQUESTER, opened, "Create")]
    by = agent or -1
    if reply is not None:
        said = f"{day}T{2 + reply // 60:02d}:{reply % 60:02d}:00Z"
        found.append(_event(ticket * 100 + 1, ticket, said, by, [{"assignee_id": str(by), "previous_value": None}]))
        answer = [{"comment_present": True, "comment_public": True}]
        found.append(_event(ticket * 100 + 2, ticket, said, by, answer, "Comment"))
    if hours is not None:
        end = f"{day}T{2 + hours:02d}:00:00Z"
        if reopened:
            again = [{"status": "open", "previous_value": "solved"}]
            found.append(_event(ticket * 100 + 3, ticket, f"{day}T{1 + hours:02d}:45:00Z", REQUESTER, again))
        found.append(_event(ticket * 100 + 4, ticket, end, by, [{"status": "solved", "previous_value": "open"}]))
    return found


def _rating(ticket: int, score: str, changed: str) -> dict[str, Any]:
    said = {"assignee_id": LI, "group_id": TEAM, "requester_id": REQUESTER, "ticket_id": ticket, "score": score}
    comment = "谢谢李娜" if score == "good" else None
    return {"id": 80 + ticket, **said, "comment": comment, "reason": None, **_at("2026-03-15T03:00:00Z", changed)}


def _user(user: int, name: str, role: str, organization: int | None = None) -> dict[str, Any]:
    mail, phone = f"user{user}@example.com", f"+86139000000{user}"
    team = None if role == "end-user" else TEAM
    said = {"name": name, "email": mail, "phone": phone, "role": role, "organization_id": organization, "active": True}
    return {"id": user, **said, "default_group_id": team, "suspended": False, **_at("2025-01-02T00:00:00Z")}
