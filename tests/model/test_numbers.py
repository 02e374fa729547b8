"""What the compiler makes of random rows, beside plain Python over the same rows."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import pytest

from pipelines.model.check import Definitions
from pipelines.model.kpi import Kpi
from tests.kpis.every_type import kpi
from tests.model.laid import compute, laid

AS_OF = date(2026, 3, 18)
FIRST = date(2024, 1, 1)
DEALS = {"entity": "deals", "date": "closed_at", "filter": "status = 'won'"}
SUM = DEALS | {"agg": "sum", "expr": "amount"}
COUNT = DEALS | {"agg": "count"}
LEVELS = {"levels": ["company", "region", "team", "rep"], "grains": ["month", "quarter", "year"]}
STATE = {"entity": "stock_levels", "agg": "sum", "expr": "value"}
LEADS = {"entity": "leads", "start": "created_at", "event": "converted_at", "within": "90 days"}
KPIS: dict[str, Kpi] = {
    name: kpi(name, LEVELS | said)
    for name, said in {
        "won": {"simple": {"measure": SUM}, "cuts": ["loss_reason"]},
        "deals_won": {"simple": {"measure": COUNT}, "cuts": ["loss_reason"]},
        "buyers": {"simple": {"measure": DEALS | {"agg": "count_distinct", "expr": "customer_id"}}},
        "middle": {"simple": {"measure": DEALS | {"agg": "median", "expr": "amount"}}},
        "won_as_is": {"simple": {"measure": SUM}, "attribution": "as_is"},
        "share": {"ratio": {"numerator": SUM, "denominator": SUM | {"ignore_cut": True}}, "cuts": ["loss_reason"]},
        "won_year": {"cumulative": {"of": "won", "window": "12 months"}},
        "won_to_date": {"cumulative": {"of": "won", "window": "year_to_date"}},
        "won_growth": {"growth": {"of": "won", "versus": "previous", "as": "difference"}},
        "open_deals": {"snapshot": {"measure": {"entity": "deals", "agg": "count"}, "from": "created_at", "until": "closed_at"}},
        "in_stock": {"snapshot": {"measure": STATE, "day": "day"}, "levels": ["company"]},
        "in_stock_mean": {"snapshot": {"measure": STATE, "day": "day", "take": "average"}, "levels": ["company"]},
        "stands_now": {"snapshot": {"measure": {"entity": "deals", "agg": "count"}, "day": "as_of"}},
        "converted": {"cohort": LEADS, "levels": ["company"], "grains": ["month"]},
        "converted_web": {"cohort": LEADS | {"filter": "channel = 'web'"}, "levels": ["company"], "grains": ["month"]},
        "meant": {
            "simple": {"measure": COUNT}, "levels": ["company"], "grains": ["month"],
            "versions": [{"from": "2024-01-01"}, {"from": "2026-02-01", "simple": {"measure": SUM}}],
        },
    }.items()
}  # fmt: skip
Rows = list[dict[str, Any]]
Values = dict[tuple[str, str, date, str, str, str, str], Any]


def company_of(chance: random.Random) -> dict[str, Rows]:
    units: Rows = [{"unit_id": "c", "level": "company"}]
    units += [{"unit_id": f"r{n}", "level": "region", "parent_id": "c"} for n in range(2)]
    units += [{"unit_id": f"t{n}", "level": "team", "parent_id": f"r{n % 2}"} for n in range(4)]
    staff: Rows = [{"employee_id": f"e{n}", "unit_id": f"t{n % 4}", "valid_from": FIRST} for n in range(6)]
    staff.append({"employee_id": "e0", "unit_id": "t3", "valid_from": date(2025, 11, 10)})  # e0 moved from t0 to t3
    deals: Rows = []
    for n in range(400):
        made = FIRST + timedelta(days=chance.randrange(800))
        closed = made + timedelta(days=chance.randrange(90)) if chance.random() < 0.8 else None
        deals.append(
            {"deal_id": f"k{n}", "owner_id": chance.choice([f"e{n}" for n in range(6)] + [None, "gone"]), "amount": chance.randint(1, 99999) / 100,
             "customer_id": f"c{chance.randrange(30)}", "status": chance.choice(["won", "won", "lost"]) if closed else "open",
             "loss_reason": chance.choice(["price", "time", None]), "created_at": f"{made} 03:00:00",
             "closed_at": f"{closed} 03:00:00" if closed else None}
        )  # fmt: skip
    stock: Rows = [
        {"stock_id": f"s{n}_{day}", "day": FIRST + timedelta(days=day), "value": chance.randint(0, 500), "product_id": f"p{n}"}
        for day in range(0, 810, 3) for n in range(3) if chance.random() < 0.7
    ]  # fmt: skip
    return {"org_units": units, "employees": staff, "deals": deals, "stock_levels": stock}


def filled(shipped: Definitions, given: dict[str, Rows]) -> dict[str, Rows]:
    """Rows with what their entities must have."""
    known = {name: {column.name for column in shipped.measured[name].columns} for name in given}
    more = {"source_system": "a", "name_zh": "n", "name_en": "n", "name": "n", "role": "sales"}
    return {
        name: [
            {k: v for k, v in more.items() if k in known[name]} | ({"valid_from": FIRST} if "valid_from" in known[name] else {})
            | {k: v for k, v in row.items() if k in known[name]}
            for row in rows
        ]
        for name, rows in given.items()
    }  # fmt: skip


def values(
    shipped: Definitions, given: dict[str, Rows], as_of: date = AS_OF, threads: int = 2, column: str = "value"
) -> Values:
    with laid(shipped, KPIS, filled(shipped, given), as_of) as con:
        con.execute(f"set threads = {threads}")
        compute(con, shipped, KPIS, "kpi_values")
        rows = con.execute(
            f"select kpi_id, grain, period_start, level, unit_id, cut, cut_value, {column} from kpi_values"
        ).fetchall()
    return {row[:7]: row[7] for row in rows if row[7] is not None}


@pytest.fixture(scope="module")
def given() -> dict[str, Rows]:
    return company_of(random.Random(5))


@pytest.fixture(scope="module")
def found(shipped: Definitions, given: dict[str, Rows]) -> Values:
    return values(shipped, given)


def start(grain: str, day: date) -> date:
    return date(day.year, {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[grain], 1)


def test_children_of_an_additive_kpi_add_up_to_their_parent(found: Values) -> None:
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for (kpi_id, grain, period, level, _, cut, _), value in found.items():
        if kpi_id in ("won", "deals_won"):
            sums[kpi_id, grain, period, level, cut] += value
    wholes = {key[:3]: total for key, total in sums.items() if key[3:] == ("company", "none")}
    assert len(wholes) > 60
    assert {key: total for key, total in sums.items() if total != wholes[key[:3]]} == {}
    assert {key[3:] for key in sums} == {(level, cut) for level in LEVELS["levels"] for cut in ("none", "loss_reason")}


def test_numbers_do_not_depend_on_the_order_of_rows_or_on_threads(
    shipped: Definitions, given: dict[str, Rows], found: Values
) -> None:
    for threads in (1, 4):
        mixed = {name: random.Random(threads).sample(rows, len(rows)) for name, rows in given.items()}
        assert values(shipped, mixed, threads=threads) == found


def test_distinct_counts_and_medians_are_those_of_the_rows_at_every_level(
    given: dict[str, Rows], found: Values
) -> None:
    groups: dict[tuple, Rows] = defaultdict(list)
    for deal in given["deals"]:
        day = deal["closed_at"] and date.fromisoformat(deal["closed_at"][:10])
        if deal["status"] != "won" or day > AS_OF:
            continue
        owner = deal["owner_id"] if deal["owner_id"] not in (None, "gone") else "unassigned"
        team = {"unassigned": "unassigned", "e0": "t3" if day >= date(2025, 11, 10) else "t0"}.get(
            owner, f"t{int(owner[1:]) % 4}" if owner[0] == "e" else ""
        )
        region = "unassigned" if team == "unassigned" else f"r{int(team[1:]) % 2}"
        for grain in ("month", "quarter", "year"):
            for level, unit in (("company", "company"), ("region", region), ("team", team), ("rep", owner)):
                groups[grain, start(grain, day), level, unit].append(deal)
    checked = {
        "buyers": {key: Decimal(len({deal["customer_id"] for deal in some})) for key, some in groups.items()},
        "middle": {key: median(Decimal(str(deal["amount"])) for deal in some) for key, some in groups.items()},
        "won": {key: sum(Decimal(str(deal["amount"])) for deal in some) for key, some in groups.items()},
    }
    for kpi_id, expected in checked.items():
        assert {key[1:5]: value for key, value in found.items() if key[0] == kpi_id and key[5] == "none"} == expected


def test_as_is_gives_what_a_mover_won_to_where_they_stand_now(found: Values) -> None:
    now = {key[3:5]: value for key, value in found.items() if key[:3] == ("won_as_is", "year", date(2024, 1, 1))}
    then = {
        key[3:5]: value
        for key, value in found.items()
        if key[:3] == ("won", "year", date(2024, 1, 1)) and key[5] == "none"
    }
    assert now["team", "t3"] == then["team", "t3"] + then["rep", "e0"]
    assert now.get(("team", "t0"), 0) == then["team", "t0"] - then["rep", "e0"]
    assert now["company", "company"] == then["company", "company"]


def test_shares_of_a_cut_add_up_to_one(found: Values) -> None:
    """ignore_cut: the uncut figure stands beside every cut value."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for key, value in found.items():
        if key[0] == "share" and key[5] == "loss_reason":
            sums[key[1:5]] += value
    assert len(sums) > 100
    assert all(abs(total - 1) < Decimal("0.00001") for total in sums.values())


def test_windows_add_up_their_months(found: Values) -> None:
    months = {key[2:5]: value for key, value in found.items() if key[:2] == ("won", "month") and key[5] == "none"}
    for kpi_id, first in (
        ("won_year", lambda day: date(day.year - (day.month < 12), day.month % 12 + 1, 1)),
        ("won_to_date", lambda day: start("year", day)),
    ):
        some = {
            key[2:5]: value
            for key, value in found.items()
            if key[:2] == (kpi_id, "month") and key[2] < date(2026, 3, 1) and key[3] == "company"
        }
        assert len(some) > 20
        for (period, level, unit), value in some.items():
            assert value == sum(
                v for (m, lv, u), v in months.items() if (lv, u) == (level, unit) and first(period) <= m <= period
            )


def test_growth_of_a_running_period_is_like_for_like(
    shipped: Definitions, given: dict[str, Rows], found: Values
) -> None:
    """The change that is published of the KPI itself, made another KPI."""
    before = values(shipped, given, column="previous_value")
    growth = {key[1:]: value for key, value in found.items() if key[0] == "won_growth"}
    assert any(key[1] == date(2026, 3, 1) for key in growth)
    for key, value in growth.items():
        assert value == found["won", *key] - before["won", *key]


def test_what_is_open_at_the_end_of_a_period(given: dict[str, Rows], found: Values) -> None:
    some = {key[2]: value for key, value in found.items() if key[:2] == ("open_deals", "month") and key[3] == "company"}
    assert len(some) > 20
    for period, value in some.items():
        following = date(period.year + period.month // 12, period.month % 12 + 1, 1)
        end = min(following - timedelta(days=1), AS_OF)
        opened = [d for d in given["deals"] if date.fromisoformat(d["created_at"][:10]) <= end]
        assert value == sum(d["closed_at"] is None or date.fromisoformat(d["closed_at"][:10]) > end for d in opened)


def test_states_are_of_the_last_day_that_has_rows_or_the_mean_of_those_days(
    given: dict[str, Rows], found: Values
) -> None:
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    for row in given["stock_levels"]:
        by_day[row["day"]] += row["value"]
    for grain in ("month", "quarter", "year"):
        for key, value in found.items():
            days = sorted(day for day in by_day if start(grain, day) == key[2] and day <= AS_OF)
            if key[:2] == ("in_stock", grain):
                assert value == by_day[days[-1]]
            if key[:2] == ("in_stock_mean", grain):
                assert abs(value - sum(by_day[day] for day in days) / len(days)) < Decimal("0.000001")


def test_as_of_is_of_the_running_period_alone(given: dict[str, Rows], found: Values) -> None:
    now = {key[1:3]: value for key, value in found.items() if key[0] == "stands_now" and key[3] == "company"}
    assert now == {(grain, start(grain, AS_OF)): len(given["deals"]) for grain in ("month", "quarter", "year")}


def test_cohort_counts_the_last_day_and_waits_until_it_has_passed(shipped: Definitions) -> None:
    def lead(n: int, made: date, days: int | None) -> dict[str, Any]:
        met = made + timedelta(days=days) if days is not None else None
        return {
            "lead_id": f"l{n}",
            "created_at": f"{made} 03:00:00",
            "converted_at": met and f"{met} 03:00:00",
            "owner_id": "e0",
            "channel": "web" if n % 2 else "fair",
        }

    december, on_time = date(2025, 12, 1), AS_OF - timedelta(days=90)
    given = {
        "leads": [
            lead(1, december, 90), lead(2, december, 91), lead(3, december, None), lead(4, on_time, 90),
            lead(5, on_time + timedelta(days=1), 1),  # its 90 days have not passed
        ]
    }  # fmt: skip
    found = values(shipped, given, column="numerator"), values(shipped, given, column="denominator")
    key = ("converted", "month", december, "company", "company", "none", "all")
    assert (found[0][key], found[1][key]) == (2, 4)
    # Another cohort of the same leads, told apart by its filter only.
    web = ("converted_web", *key[1:])
    assert (found[0][web], found[1][web]) == (1, 2)


def test_old_periods_keep_their_meaning_and_are_not_compared_across_it(
    shipped: Definitions, given: dict[str, Rows], found: Values
) -> None:
    change = values(shipped, given, column="previous_change")
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        key = ("month", month, "company", "company", "none", "all")
        assert found["meant", *key] == found["won" if month >= date(2026, 2, 1) else "deals_won", *key]
        assert (("meant", *key) in change) is (month != date(2026, 2, 1))
