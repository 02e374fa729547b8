"""Deals of the sample company through their stages, and the contracts that come of them.

Belongs here: selling, up to the signature. Does not: leads and visits (contacting.py), orders and money (money.py).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pipelines.extract.demo.sample.base import (
    AHEAD_OF_UTC,
    CURRENCY,
    FIRST_DAY,
    LAST_DAY,
    Company,
    Row,
    at,
    cents,
    chance,
    day_in,
    in_office,
    last_of_month,
    local_day,
    money,
    months,
    next_month,
    pick,
    whole,
)
from pipelines.extract.demo.sample.customers import BEFORE, buyers_on, owner_of
from pipelines.extract.demo.sample.world import GOODS

NEVER = (9, 17, 25, 33)  # customers who never sign
LAGS = (7, 30, 90, 91, 45, 60)  # days from a customer's creation to the first contract: 90 is within 90 days, 91 is not
LONGEST = 110  # days within which a deal is closed
STAGES = ["qualify", "offer", "negotiate"]
REASONS = ["price", "timing", "competitor", None]
RENEWED_AFTER = (-10, 0, 30, 31, None, 12)  # days after the end: 30 is in time, 31 is not


def build(company: Company) -> None:
    for number, customer in enumerate(company["customers"], start=1):
        if number not in NEVER:
            _first_contract(company, number, customer)
    for month in months():
        for number in range(6):
            _deal_of_month(company, month, number)
    company.rows["contracts"].sort(key=lambda row: (row["signed_date"], row["contract_id"]))


def _first_contract(company: Company, number: int, customer: Row) -> None:
    """The first deal of a customer, won days after the customer was created; its contract, and renewals of it."""
    created = local_day(customer["created_at"])
    signed = (
        FIRST_DAY + timedelta(days=9 + 25 * (number - 1))
        if number <= BEFORE
        else created + timedelta(days=LAGS[number % 6])
    )
    if signed > LAST_DAY:
        return
    started = max(created, signed - timedelta(days=whole(5, 60, "took", number)))
    deal = _deal(
        company, f"D1{number:02}", customer, in_office(started, "first", number), _closing(signed, number), "won"
    )
    contract = _contract(company, f"S1{number:02}", deal, signed, "approved")
    renewals = 0
    while contract["end_date"] and (after := RENEWED_AFTER[(number + renewals) % 6]) is not None:
        renewals += 1
        again = contract["end_date"] + timedelta(days=after)
        if again > LAST_DAY:
            return
        contract = _contract(
            company, f"S1{number:02}R{renewals}", contract | {"deal_id": None}, again, "approved", contract
        )


def _closing(day: date, number: int) -> datetime:
    """At office hours, or a second from midnight: the local day then is not that of UTC."""
    clock = {0: time(0, 0, 1), 1: time(23, 59, 59), 2: time(7, 30)}.get(number % 8, time(15, number % 60))
    return datetime.combine(day, clock) - AHEAD_OF_UTC


def _deal_of_month(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = day_in(month, "deal", *word)
    customer = pick(buyers_on(company, day, LONGEST), "of", *word)
    took = whole(8, 75, "cycle", *word)
    closed: date | None = day + timedelta(days=took)
    if number == 0:  # the last day of a month, and the first of the next
        closed = last_of_month(day + timedelta(days=took))
    if number == 1:
        closed = next_month((day + timedelta(days=took)).replace(day=1))
    status = pick(["won", "won", "lost", "lost", "lost", "void", "open"], "status", *word)
    signed_before = {row["customer_id"] for row in company["contracts"] if row["signed_date"] <= day}
    if status == "won" and customer["customer_id"] not in signed_before:
        status = "lost"  # the first contract of a customer is that of the first deal
    if closed is None or closed > LAST_DAY or (status == "open" and (LAST_DAY - day).days < 200):
        status, closed = "open", None
    elif status == "open":
        status = "lost"
    ends = _closing(closed, 8 * whole(0, 50, "clock", *word) + number) if closed else None
    deal = _deal(company, f"D{word[0]}{number}", customer, in_office(day, "deal", *word), ends, status)
    if status == "won" and closed and ends and not chance(0.1, "unsigned", *word):
        approval = pick(["approved"] * 8 + ["pending", "rejected", "void"], "approval", *word)
        _contract(company, f"S{word[0]}{number}", deal, closed, approval)


def _deal(
    company: Company, deal_id: str, customer: Row, created: datetime, closed: datetime | None, status: str
) -> Row:
    owner = owner_of(customer, local_day(closed or created), deal_id)
    deal = company.add(
        "deals", deal_id=deal_id, customer_id=customer["customer_id"], owner_id=owner,
        product_id=pick([*GOODS, None], "wants", deal_id), created_at=created,
        expected_close_date=local_day(created) + timedelta(days=40), closed_at=closed, status=status,
        stage=STAGES[-1] if closed else pick(STAGES, "stands", deal_id), currency=CURRENCY,
        amount=None if chance(0.04, "amount", deal_id) else money(3_000, 40_000, "worth", deal_id),
        loss_reason=pick(REASONS, "why", deal_id) if status == "lost" else None,
    )  # fmt: skip
    if not chance(0.1, "no history", deal_id):
        _stays(company, deal)
    return deal


def _stays(company: Company, deal: Row) -> None:
    """Through the stages up to where it stands or ended; one in six goes back once."""
    reached = STAGES.index(deal["stage"]) + 1
    way = list(range(1, reached + 1))
    if reached == len(STAGES) and chance(1 / 6, "back", deal["deal_id"]):
        way += [2, 3]
    end = deal["closed_at"] or min(deal["created_at"] + timedelta(days=60), at(LAST_DAY, 18))
    step = (
        max((end - deal["created_at"]) / len(way), timedelta(seconds=1)) // timedelta(seconds=1) * timedelta(seconds=1)
    )
    moved: str | None
    for number, order in enumerate(way):
        is_last = number == len(way) - 1
        if not is_last:
            left = deal["created_at"] + (number + 1) * step
            moved = "forward" if way[number + 1] > order else "back"
        else:
            left = deal["closed_at"]
            moved = {"won": "won", "lost": "lost"}.get(deal["status"])
        company.add(
            "deal_stages", deal_id=deal["deal_id"], entered_at=deal["created_at"] + number * step,
            stage=STAGES[order - 1], stage_order=order, left_at=left, moved=moved, owner_id=deal["owner_id"],
            customer_id=deal["customer_id"], product_id=deal["product_id"], amount=deal["amount"], currency=CURRENCY,
        )  # fmt: skip


def _contract(
    company: Company, contract_id: str, of: Row, signed: date, approval: str, before: Row | None = None
) -> Row:
    """A contract of a deal, or one that renews `before` for more or less than that; half a year, or without an end."""
    number = len(company["contracts"])
    amount = of["amount"] or money(3_000, 20_000, "amount", contract_id)
    if before:
        amount = cents(amount * Decimal(whole(85, 140, "again", contract_id)) / 100)
    submitted = (
        datetime.combine(signed, time(23, 50)) - AHEAD_OF_UTC - timedelta(hours=whole(2, 90, "hours", contract_id))
    )
    customer = next(row for row in company["customers"] if row["customer_id"] == of["customer_id"])
    return company.add(
        "contracts", contract_id=contract_id, customer_id=of["customer_id"], deal_id=of["deal_id"],
        owner_id=owner_of(customer, signed, contract_id), product_id=of["product_id"], signed_date=signed,
        start_date=None if number % 9 == 4 else signed, amount=amount, currency=CURRENCY, approval=approval,
        end_date=None if number % 9 == 7 else signed + timedelta(days=181), submitted_at=submitted,
        decided_at=None if approval == "pending" else datetime.combine(signed, time(23, 59, 30)) - AHEAD_OF_UTC,
        renews_contract_id=before["contract_id"] if before else None,
    )  # fmt: skip
