"""Leads of the sample company, and what reps do about customers: calls, visits, mails, meetings, tasks.

Belongs here: contact before and beside a deal. Does not: deals (selling.py), contact of the service desk (service.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.extract.demo.sample.base import Company, at, chance, day_in, in_office, last_of_month, months, pick
from pipelines.extract.demo.sample.customers import CHANNELS, SOURCES, customers_on, owner_of
from pipelines.extract.demo.sample.world import campaign_on

CONVERTED_AFTER = [1, 5, 20, 60, 90, 91, 120, None, None, None, None, None]  # days: 90 is within 90 days, 91 is not
DAY = timedelta(days=1)


def build(company: Company) -> None:
    for month in months():
        for number in range(9):
            _lead(company, month, number)
        for number in range(30):
            _activity(company, month, number)


def _lead(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = day_in(month, "lead", *word)
    created = at(last_of_month(month), 23, 59, 59) if number == 0 else in_office(day, "lead", *word)
    is_junk = number == 3
    after = None if is_junk else pick(CONVERTED_AFTER, "converts", *word)
    customer = pick(customers_on(company, day), "lead of", *word)
    shared = created + DAY if number in (1, 4, 5) else None
    company.add(
        "leads", lead_id=f"L{word[0]}{number}", created_at=created, source=pick([*SOURCES, None], "source", *word),
        channel=pick(CHANNELS, "lead by", *word),
        campaign_id=campaign_on(day) if chance(0.4, "by campaign", *word) else None,
        owner_id=owner_of(customer, day, "lead", *word),
        status="junk" if is_junk else "converted" if after else "working", is_junk=is_junk,
        converted_at=created + timedelta(days=after) if after else None,
        customer_id=customer["customer_id"] if after else None, deal_id=None,
        partner_id=pick(["B1", "B2"], "shared", *word) if shared else None, shared_at=shared,
        accepted_at=shared + timedelta(hours=30) if shared and chance(0.6, "accepts", *word) else None,
    )  # fmt: skip


def _activity(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = day_in(month, "activity", *word)
    customer = pick(customers_on(company, day), "met", *word)
    kind = ("call", "visit", "mail", "meeting", "visit", "task")[number % 6]
    planned = in_office(day, "planned", *word)
    due = planned + timedelta(hours=24)
    hours = pick([0, 3, 24, 25, 40, None], "done", *word)  # 24: just in time
    done = None if hours is None else planned + timedelta(hours=hours)
    late = pick([timedelta(hours=1), timedelta(hours=24), timedelta(hours=24, seconds=1), 2 * DAY], "typed", *word)
    company.add(
        "activities", activity_id=f"A{word[0]}{number:02}", kind=kind,
        owner_id=owner_of(customer, day, "activity", *word), customer_id=customer["customer_id"], planned_at=planned,
        due_at=due, done_at=done, entered_at=done + late if done else None,
        has_check_in=kind == "visit" and chance(0.5, "check", *word),
        note_length=pick([0, 19, 20, 60], "note", *word),
        outcome=pick(["interested", "not now", None], "outcome", *word) if done else None,
    )  # fmt: skip
