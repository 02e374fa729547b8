"""Deals that stand still and customer records nobody keeps up, against plain Python."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from pipelines.model.check import Definitions
from tests.model.systems import AS_OF, system, table, warehouse

CRM = system(
    "crm",
    customers=table("customer_id name status updated_at:timestamp owner_id"),
    deals=table(
        "deal_id customer_id owner_id status stage amount:decimal(18,2) created_at:timestamp",
        constants={"currency": "CNY"},
    ),
    deal_stages=table(
        "deal_id entered_at:timestamp left_at:timestamp stage stage_order:integer",
        key=["deal_id", "entered_at"],
        constants={"currency": "CNY"},
    ),
)
Rows = list[tuple[Any, ...]]
NOON = datetime(2026, 3, 10, 12)  # local, of the business date


def deal(key: str, status: str = "open", owner: str = "e1") -> tuple[Any, ...]:
    return (key, "c1", owner, status, "contact", 1, NOON - timedelta(days=900))


def stalled(shipped: Definitions, deals: Rows, stays: Rows) -> dict[str, tuple[Any, ...]]:
    """deal_id → stage, days_in_stage, usual_days"""
    con = warehouse(shipped, [CRM], {"raw_crm.deals": deals, "raw_crm.deal_stages": stays}, ["deals_stalled"])
    rows = con.execute("select deal_id, stage, days_in_stage, usual_days::double from deals_stalled").fetchall()
    return {key: rest for key, *others in rows if (rest := tuple(others))}


def finished(days: list[int], stage: str = "contact", ago: int = 10) -> tuple[Rows, Rows]:
    """Won deals that stayed so many days in a stage and left it `ago` days before the business date."""
    deals = [deal(f"W{n}", "won") for n in range(len(days))]
    left = NOON - timedelta(days=ago)
    return deals, [(f"W{n}", left - timedelta(days=some), left, stage, 1) for n, some in enumerate(days)]


def test_a_deal_stalls_when_it_stays_longer_than_nine_in_ten(shipped: Definitions) -> None:
    deals, stays = finished([*range(1, 21)])  # nine in ten left within 18.1 days
    for key, days in (("D1", 18), ("D2", 19)):
        deals.append(deal(key))
        stays.append((key, NOON - timedelta(days=days), None, "contact", 1))
    assert stalled(shipped, deals, stays) == {"D2": ("contact", 19, pytest.approx(18.1))}


def test_only_open_deals_in_their_present_stage_stall(shipped: Definitions) -> None:
    deals, stays = finished([5] * 20)
    long_ago = NOON - timedelta(days=300)
    deals += [deal("lost", "lost"), deal("moved"), deal("D1")]
    stays += [
        ("lost", long_ago, None, "contact", 1),
        ("moved", long_ago, NOON - timedelta(days=2), "contact", 1),
        ("moved", NOON - timedelta(days=2), None, "contact", 2),
        ("D1", long_ago, None, "contact", 1),
    ]
    assert set(stalled(shipped, deals, stays)) == {"D1"}


def test_what_is_usual_is_known_from_twenty_deals_of_the_last_year(shipped: Definitions) -> None:
    for days, ago in (([5] * 19, 10), ([5] * 20, 366)):
        deals, stays = finished(days, ago=ago)
        deals.append(deal("D1"))
        stays.append(("D1", NOON - timedelta(days=300), None, "contact", 1))
        assert stalled(shipped, deals, stays) == {}, (len(days), ago)


@pytest.mark.parametrize("seed", range(4))
def test_any_history_stalls_just_what_plain_python_says(shipped: Definitions, seed: int) -> None:
    dice = random.Random(seed)
    stages, deals, stays = ["contact", "proposal"], [], []
    for n in range(120):
        status = dice.choice(["open", "open", "won", "lost"])
        deals.append(deal(f"D{n}", status))
        at = NOON - timedelta(days=dice.randint(30, 500), hours=dice.randint(0, 23))
        for order, stage in enumerate(stages[: dice.randint(1, 2)], start=1):
            left = at + timedelta(days=dice.randint(0, 40), hours=dice.randint(0, 23))
            is_last = status == "open" and dice.random() < 0.6
            stays.append((f"D{n}", at, None if is_last else left, stage, order))
            at = left
            if is_last:
                break
    took: dict[str, list[int]] = {}
    for _, entered, left, stage, _ in stays:
        if left and AS_OF - timedelta(days=365) < left.date() <= AS_OF:
            took.setdefault(stage, []).append((left.date() - entered.date()).days)
    expected = {}
    status_of = {row[0]: row[3] for row in deals}
    newest = {key: (entered, left, stage) for key, entered, left, stage, _ in sorted(stays, key=lambda s: s[1])}
    for key, (entered, left, stage) in newest.items():
        days = (AS_OF - entered.date()).days
        ordered = sorted(took.get(stage, []))
        if left is None and status_of[key] == "open" and len(ordered) >= 20 and entered.date() <= AS_OF:
            place = Fraction(9, 10) * (len(ordered) - 1)
            low = int(place)
            usual = ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])
            if days > usual:
                expected[key] = (stage, days, pytest.approx(float(usual)))
    assert expected
    assert stalled(shipped, deals, stays) == expected


def test_a_customer_nobody_updated_for_a_year_is_stale_unless_it_is_locked_or_deleted(shipped: Definitions) -> None:
    def customer(key: str, updated: date | None, status: str = "active") -> tuple[Any, ...]:
        return (key, "Name", status, datetime.combine(updated, NOON.time()) if updated else None, "e1")

    rows = [
        customer("c1", date(2025, 3, 9)),
        customer("c2", date(2025, 3, 10)),  # twelve months to the day
        customer("c3", date(2020, 1, 1), "inactive"),
        customer("c4", date(2020, 1, 1), "locked"),
        customer("c5", date(2020, 1, 1), "deleted"),
        customer("c6", None),  # its source does not say
    ]
    con = warehouse(shipped, [CRM], {"raw_crm.customers": rows}, ["customers_stale"])
    found = con.execute("select customer_id, updated_date, days_since from customers_stale order by 1").fetchall()
    assert found == [("c1", date(2025, 3, 9), 366), ("c3", date(2020, 1, 1), (AS_OF - date(2020, 1, 1)).days)]
