"""What a review says of a KPI and of a goal, against the same counted by hand and in plain Python."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.model.check import Definitions
from pipelines.model.goal import read_goals
from pipelines.model.kpi import Kpi
from tests.kpis.every_type import kpi
from tests.model.goal.targets import LEVELS, WON, company, deal, goal
from tests.model.laid import compute, laid

AS_OF = date(2026, 5, 20)
OLD = date(2021, 3, 1)
NEAR = Fraction(1, 10**5)
COUNT = WON | {"agg": "count", "expr": None}
KPIS: dict[str, Kpi] = {
    name: kpi(name, LEVELS | said)
    for name, said in {
        "won_amount": {"simple": {"measure": WON}, "guardrails": ["lost"]},  # the first KPI of raise_sales
        "new_customers": {"simple": {"measure": COUNT}},
        "lost": {"simple": {"measure": COUNT | {"filter": "status = 'lost'"}}, "direction": "down"},
    }.items()
}
PEOPLE = [("e1", "t1", "sales", OLD), ("e2", "t2", "sales", OLD)]
TEAMS = [("t1", "north"), ("t2", "south")]
MONTHS = [date(2023 + n // 12, n % 12 + 1, 1) for n in range(40)]  # to April 2026, the last whole one
Reviews = dict[tuple[str, str], dict[str, Any]]


def reviews(shipped: Definitions, folder: Path, deals: list[dict[str, Any]], *sql: str) -> Reviews:
    con: duckdb.DuckDBPyConnection = laid(
        shipped, KPIS, company(PEOPLE, TEAMS) | {"deals": deals}, AS_OF, goals=read_goals(folder)
    )
    for statement in sql:
        con.execute(statement)
    compute(con, shipped, KPIS, "kpi_reviews")
    cursor = con.execute("select * from kpi_reviews")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["kpi_id"], row["goal_id"]): row for row in rows}


def figures(deals: list[dict[str, Any]], kpi_id: str) -> list[Decimal | None]:
    """The company's figure of each month; None where nothing happened."""
    status = "lost" if kpi_id == "lost" else "won"
    found: list[Decimal | None] = []
    for month in MONTHS:
        some = [one["amount"] for one in deals if one["status"] == status and one["closed_at"].replace(day=1) == month]
        found.append(None if not some else sum(some) if kpi_id == "won_amount" else Decimal(len(some)))
    return found


def better(now: Decimal | None, year_ago: Decimal | None, down: bool) -> int:
    if now is None or year_ago is None or not year_ago:  # no change can be said against nothing
        return 0
    return ((now > year_ago) - (now < year_ago)) * (-1 if down else 1)


def moves(deals: list[dict[str, Any]], kpi_id: str) -> Iterator[int]:
    own = figures(deals, kpi_id)
    yield from (better(own[n], own[n - 12], kpi_id == "lost") for n in range(len(MONTHS) - 12, len(MONTHS)))


def random_deals(chance: random.Random) -> list[dict[str, Any]]:
    return [
        deal(
            f"d{n}",
            "e1",
            Decimal(chance.randint(1, 90_000)) / 100,
            date(2023, 1, 1) + timedelta(days=chance.randrange(1215)),
            status=chance.choice(["won", "lost"]),
        )
        for n in range(chance.randint(20, 150))
    ]


@pytest.mark.parametrize("seed", range(8))
def test_relevance_noise_and_gaps_are_those_of_plain_arithmetic(
    shipped: Definitions, tmp_path: Path, seed: int
) -> None:
    deals = random_deals(random.Random(seed))
    found = reviews(shipped, tmp_path, deals)
    assert set(found) == {(kpi_id, "all") for kpi_id in KPIS}
    lead = list(moves(deals, "won_amount"))
    for kpi_id in KPIS:
        row = found[kpi_id, "all"]
        pairs = [(a, b) for a, b in zip(moves(deals, kpi_id), lead, strict=True) if a and b]
        if kpi_id == "won_amount" or len(pairs) < 6:
            assert row["relevance"] is None
        else:
            alike = Fraction(sum(a == b for a, b in pairs), len(pairs))
            assert abs(Fraction(row["relevance"]) - alike) < NEAR
        own = figures(deals, kpi_id)
        last = own[-13:]
        steps = [b - a for a, b in pairwise(last) if a is not None and b is not None]
        if len(steps) < 6 or not any(steps):
            assert row["noise"] is None
        else:
            straight = Fraction(abs(sum(steps))) / Fraction(sum(map(abs, steps)))
            assert abs(Fraction(row["noise"]) - (1 - straight)) < NEAR
        assert abs(Fraction(row["gaps"]) - Fraction(sum(one is None for one in own[-12:]), 12)) < NEAR


def test_a_goal_is_actionable_as_its_colour_changes_and_risky_as_its_guardrail_falls(
    shipped: Definitions, tmp_path: Path
) -> None:
    by_month = {"grain": "month", "from": "2026-01-01", "to": "2026-12-31"}
    goal(tmp_path, kpi="won_amount", scope={"level": "rep", "unit": "e1"}, target={"value": 100}, period=by_month)
    deals = [
        deal(f"{month}", "e1", amount, date(2026, month, 2)) for month, amount in enumerate((100, 10, 200, 95), start=1)
    ]
    deals.append(deal("may", "e1", 500, date(2026, 5, 2)))
    # Lost deals guard it: more than a year ago in January and March, fewer in May.
    for month, now, year_ago in ((1, 2, 1), (3, 3, 2), (5, 1, 2)):
        deals += [deal(f"l{month}{n}", "e1", 1, date(2026, month, 3), status="lost") for n in range(now)]
        deals += [deal(f"y{month}{n}", "e1", 1, date(2025, month, 3), status="lost") for n in range(year_ago)]
    row = reviews(shipped, tmp_path, deals)["won_amount", "more"]
    assert row["actionability"] == 1  # green red green amber green: each is another than the one before
    assert row["incentive_risk"] is None  # three greens are too few to say
    assert row["gaps"] == 0
    deals.append(deal("feb", "e1", 90, date(2026, 2, 4)))  # now February is green as well
    row = reviews(shipped, tmp_path, deals)["won_amount", "more"]
    assert (row["actionability"], row["incentive_risk"]) == (Decimal("0.5"), Decimal("0.5"))
    assert row["proposal"] == "keep"


def test_decisions_and_remarks_stand_beside_their_goal_and_kpi(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, kpi="won_amount", target={"value": 100})
    deals = [deal("a", "e1", 100, date(2026, 2, 2))]
    said = [
        "insert into definitions.goal_reviews values ('more', 'change', date '2026-05-01')",
        *(
            f"insert into definitions.feedback values ({n}, now()::timestamp, 'ceo', 'won_amount', 'month',"
            f" date '{day}', 'company', 'odd')"
            for n, day in enumerate(("2026-05-01", "2026-01-01", "2025-06-01", "2025-05-01"))
        ),
    ]
    found = reviews(shipped, tmp_path, deals, *said)
    row = found["won_amount", "more"]
    assert (row["decision"], row["reviewed_date"]) == ("change", date(2026, 5, 1))
    assert row["feedbacks"] == found["won_amount", "all"]["feedbacks"] == 3  # the fourth is older than a year
    assert row["proposal"] == "change"
    assert "several times" in row["reason_en"]
    assert found["lost", "all"]["decision"] is None
