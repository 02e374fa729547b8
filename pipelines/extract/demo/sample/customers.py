"""Customers of the sample company, the people there, and who looks after them.

Belongs here: who is a customer since when, and whose. Does not: what is sold to them (selling.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.extract.demo.sample import org
from pipelines.extract.demo.sample.base import FIRST_DAY, LAST_DAY, Company, Row, at, chance, local_day, pick
from pipelines.extract.demo.sample.world import TIERS, campaign_on

CUSTOMERS = 40
BEFORE = 12  # customers who were there before the first month
CHANNELS = ["web", "store", "phone"]
# Customers who are lost: after that day they neither buy nor sign, and within a year they are no longer active.
GONE = {
    "C04": date(2024, 11, 30), "C08": date(2024, 12, 31), "C09": date(2024, 7, 10), "C16": date(2025, 2, 10),
    "C17": date(2025, 4, 30),
}  # fmt: skip
SOURCES = ["referral", "website", "fair", "advert"]


def seat_of(customer: Row) -> int:
    return int(customer["customer_id"][1:]) % len(org.SEATS)


def owner_of(customer: Row, day: date, *words: object) -> str | None:
    """Who looks after the customer on that day; now and then a record names nobody."""
    return None if chance(0.03, "nobody", *words) else org.in_charge(seat_of(customer), day)


def customers_on(company: Company, day: date) -> list[Row]:
    return [row for row in company["customers"] if local_day(row["created_at"]) <= day]


def buyers_on(company: Company, day: date, days_more: int = 0) -> list[Row]:
    """The customers of that day who are not lost within so many days more."""
    until = day + timedelta(days=days_more)
    return [row for row in customers_on(company, day) if until <= GONE.get(row["customer_id"], until)]


def build(company: Company) -> None:
    for number in range(1, CUSTOMERS + 1):
        _customer(company, number)


def _tier(number: int) -> str | None:
    """Two segments are opened late, by customers who come late; one customer is of none."""
    return None if number == 11 else "E" if number >= 34 else "D" if number >= 26 else TIERS[number % 3]


def _customer(company: Company, number: int) -> None:
    seat = org.SEATS[number % len(org.SEATS)]
    created = (
        FIRST_DAY - timedelta(days=40 * number)
        if number <= BEFORE
        else FIRST_DAY + timedelta(days=27 * (number - BEFORE))
    )
    is_member = chance(0.6, "member", number)
    name = f"样本客户{number:02} Customer {number:02}"
    company.add(
        "customers", customer_id=f"C{number:02}", name=name,
        industry=pick(["retail", "school", "bank", None], "industry", number),
        size=pick(["small", "large"], "size", number), tier=_tier(number),
        region_id=None if number == 7 else seat.region, channel=pick(CHANNELS, "channel", number),
        acquisition_source=pick(SOURCES, "won", number),
        campaign_id=campaign_on(created) if created >= FIRST_DAY else None,
        partner_id=pick(["B1", None, "B2", None], "brought", number),
        owner_id=org.in_charge(number % len(org.SEATS), LAST_DAY), is_member=is_member,
        member_since=created + timedelta(days=90) if is_member else None,
        status={5: "inactive", 9: "locked", 14: "inactive", 17: "deleted"}.get(number, "active"),
        created_at=at(created, 10), updated_at=at(created, 10) + timedelta(days=20),
    )  # fmt: skip
    company.add(
        "contacts", contact_id=f"N{number:02}", customer_id=f"C{number:02}", name=f"李{number:02}号",
        email=f"c{number:02}@example.com", phone=f"1380000{number:04}", created_at=at(created, 11),
    )  # fmt: skip
