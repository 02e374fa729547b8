"""The service desk: tickets and what happens to them, surveys, visits on site.

Belongs here: serving, and asking people what they think. Does not: customers (selling.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pipelines.extract.demo.sample import org
from pipelines.extract.demo.sample.base import (
    LAST_DAY,
    Company,
    Row,
    at,
    chance,
    day_in,
    in_office,
    last_of_month,
    months,
    pick,
    whole,
)  # fmt: skip
from pipelines.extract.demo.sample.customers import customers_on, owner_of
from pipelines.extract.demo.sample.world import GOODS

KINDS = ["question", "incident", "request", "complaint", "service_order", "incident", "question", "service_order"]
CHANNELS = ["phone", "mail", "chat"]
SITES = ["北仓 North depot", "南仓 South depot"]
WEEK = timedelta(days=7)
REOPENED_AFTER = [timedelta(days=1), WEEK, WEEK + timedelta(seconds=1), timedelta(days=20)]  # a week is within a week
NOW = at(LAST_DAY, 18)
FEW_ANSWER = date(2025, 7, 1)  # the quarter in which only four employees answer


def build(company: Company) -> None:
    for month in months():
        for number in range(18):
            _ticket(company, month, number)
        for number in range(6):
            _visit(company, month, number)
        if month.month % 3 == 2:
            _promoters(company, month)
            _employees(company, month)


def _ticket(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = last_of_month(month) if number == 0 else day_in(month, "ticket", *word)
    created = at(day, 23, 59, 59) if number == 0 else in_office(day, "ticket", *word)
    if created > NOW:
        created = NOW - timedelta(minutes=30)
    customer = None if number == 9 else pick(customers_on(company, day), "asks", *word)
    response = created + timedelta(minutes=pick([5, 20, 60, 239, 240, 241, 600], "answers", *word))
    resolved = response + timedelta(minutes=whole(10, 6000, "solves", *word))
    is_solved = resolved <= NOW and not chance(0.05, "unsolved", *word)
    reopened = resolved + pick(REOPENED_AFTER, "again", *word) if is_solved and chance(0.15, "reopens", *word) else None
    if reopened and reopened > NOW:
        reopened = None
    again = reopened + timedelta(hours=whole(2, 60, "solves again", *word)) if reopened else None
    is_open = not is_solved or bool(again and again > NOW)
    last = None if is_open else again or resolved
    closed = last + timedelta(days=whole(1, 5, "closes", *word)) if last and not chance(0.1, "left", *word) else None
    kind = KINDS[number % len(KINDS)]
    said = chance(0.05, "says", *word)
    ticket = company.add(
        "tickets", ticket_id=f"T{word[0]}{number:02}", customer_id=customer["customer_id"] if customer else None,
        agent_id=None if number == 13 else org.AGENTS[number % 2], team_id="team_desk",
        product_id=pick([*GOODS, None], "about", *word),
        partner_id="B2" if kind == "service_order" and number > 8 else None, channel=pick(CHANNELS, "by", *word),
        site=pick(SITES, "site", *word) if kind in ("service_order", "incident") else None, kind=kind,
        priority=pick(["low", "normal", "high"], "priority", *word), created_at=created,
        status="closed" if closed and closed <= NOW else "solved" if last else "open",
        first_response_at=response if response <= NOW else None, first_resolved_at=resolved if is_solved else None,
        resolved_at=last, reopened_at=reopened, closed_at=closed if closed and closed <= NOW else None,
        reopened_count=1 if reopened else 0, response_due_at=created + timedelta(hours=4),
        resolution_due_at=None if number == 5 else created + timedelta(days=3),
        source_is_response_in_sla=True if said else None, source_is_resolution_in_sla=False if said else None,
    )  # fmt: skip
    _events(company, ticket, again)
    if is_solved and chance(0.75, "is asked", *word):
        _csat(company, ticket, resolved)


def _events(company: Company, ticket: Row, again: datetime | None) -> None:
    happened = [
        (ticket["created_at"], "created", None, "open"), (ticket["created_at"], "assigned", None, ticket["agent_id"]),
        (ticket["first_response_at"], "replied", None, None),
        (ticket["first_resolved_at"], "status", "open", "solved"),
        (ticket["reopened_at"], "reopened", "solved", "open"),
        (again if ticket["resolved_at"] else None, "status", "open", "solved"),
        (ticket["closed_at"], "status", "solved", "closed"),
    ]  # fmt: skip
    number = 0
    for moment, kind, before, after in happened:
        if moment is not None:
            number += 1
            company.add(
                "ticket_events", ticket_id=ticket["ticket_id"], event_no=number, changed_at=moment, kind=kind,
                from_value=before, to_value=after,
                by_agent=None if kind in ("created", "reopened") else ticket["agent_id"], agent_id=ticket["agent_id"],
                team_id="team_desk", product_id=ticket["product_id"], customer_id=ticket["customer_id"],
            )  # fmt: skip


def _csat(company: Company, ticket: Row, resolved: datetime) -> None:
    word = ticket["ticket_id"]
    sent = resolved + timedelta(hours=1)
    answered = (
        sent + timedelta(hours=pick([1, 5, 30, 100, 200], "when", word)) if chance(0.6, "answers", word) else None
    )
    scale = 10 if chance(0.2, "scale", word) else 5
    company.add(
        "surveys", survey_id=f"V{word}", kind="csat", customer_id=ticket["customer_id"], ticket_id=word,
        agent_id=ticket["agent_id"], product_id=ticket["product_id"], channel=ticket["channel"], site=ticket["site"],
        ticket_kind=ticket["kind"], sent_at=sent, answered_at=answered,
        score=pick([1, 3, 4, 4, 5, 5], "score", word) * scale // 5 if answered else None, scale_max=scale,
        comment="谢谢 Thanks" if answered and chance(0.2, "comment", word) else None,
    )  # fmt: skip


def _promoters(company: Company, month: date) -> None:
    """Every customer is asked once a quarter whether they would recommend the company."""
    day = month + timedelta(days=9)
    for customer in customers_on(company, day):
        word = (f"{month:%y%m}", customer["customer_id"])
        answers = chance(0.6, "recommends", *word)
        company.add(
            "surveys", survey_id=f"VN{word[0]}{word[1]}", kind="nps", customer_id=customer["customer_id"],
            channel="mail", sent_at=at(day, 9), owner_id=owner_of(customer, day, "nps", *word),
            answered_at=in_office(day + timedelta(days=2), "nps", *word) if answers else None,
            score=pick([3, 6, 7, 8, 9, 9, 10], "nps score", *word) if answers else None, scale_max=10,
        )  # fmt: skip


def _employees(company: Company, month: date) -> None:
    """Every employee is asked once a quarter: enough answer for the company, hardly ever for a department."""
    day = month + timedelta(days=14)
    few = (month.year, (month.month - 1) // 3) == (FEW_ANSWER.year, (FEW_ANSWER.month - 1) // 3)
    for number, employee in enumerate(name for name in org.EMPLOYEES if org.employed(name, day)):
        word = (f"{month:%y%m}", employee)
        answers = number < 4 if few else chance(0.8, "is content", *word)
        company.add(
            "surveys", survey_id=f"VE{word[0]}{employee}", kind="employee", employee_id=employee, channel="mail",
            sent_at=at(day, 9),
            answered_at=in_office(day + timedelta(days=1), "employee", *word) if answers else None,
            score=whole(2, 5, "content", *word) if answers else None, scale_max=5,
        )  # fmt: skip


def _visit(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    due = last_of_month(month) if number == 0 else day_in(month, "visit", *word)
    after = pick([-2, 0, 0, 1, 6, None], "comes", *word)
    done = None if after is None else due + timedelta(days=after)
    customer = pick(customers_on(company, due), "visited", *word)
    company.add(
        "service_visits", visit_id=f"M{word[0]}{number}", customer_id=customer["customer_id"],
        asset_id=f"{customer['customer_id']}-1", site=pick([*SITES, None], "where", *word),
        agent_id=org.AGENTS[number % 2], team_id="team_desk", kind="aftersales" if number % 3 == 2 else "maintenance",
        due_date=due, done_date=done if done and done <= LAST_DAY else None,
    )  # fmt: skip
