"""What leads to a goal: so many of it are required, the ratio is that of the year before, and a chain breaks at one link."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipelines.model.check import Definitions
from pipelines.model.goal.driver import FITTED
from tests.model.goal.targets import AS_OF, KPIS, Rows, activity, company, deal, goal, warehouse

OLD = date(2021, 3, 1)
QUARTERS = [date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)]
Q1, Q2, Q3 = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
PEOPLE = [("e1", "t1", "sales", OLD), ("e2", "t2", "sales", OLD)]
TEAMS = [("t1", "north"), ("t2", "south")]
TO_REPS = [{"to": "rep", "by": "even"}]
MOST_OFF = Decimal("0.000002")  # both ways round twice, to the sixth place


class Link(NamedTuple):
    parent: str
    ratio: Decimal | None
    fitted_ratio: Decimal | None
    fit: Decimal | None
    fitted_on: int
    required: Decimal | None
    required_to_date: Decimal | None
    actual: Decimal | None
    broken_by: str | None


class Stands(NamedTuple):
    """How the goal of a unit stands: what its drivers begin with."""

    target: Decimal | None
    target_to_date: Decimal | None
    actual: Decimal | None
    status: str


Place = tuple[str, str, date]  # level, unit, first day


def driver(kpi: str, per: str = "won", ratio: Any = FITTED, level: str = "rep") -> dict[str, Any]:
    return {"kpi": kpi, "level": level, "grain": "quarter", "per": per, "ratio": ratio}


def links(
    shipped: Definitions, folder: Path, given: dict[str, Rows], as_of: date = AS_OF
) -> tuple[dict[Place, Stands], dict[Place, dict[str, Link]]]:
    """How the goal stands at each unit and period, and its drivers there by KPI."""
    con = warehouse(shipped, folder, given, as_of, model="drivers")
    found: dict[Place, dict[str, Link]] = {}
    rows = con.execute(
        "select level, unit_id, period_start, kpi_id, parent_kpi_id, ratio, fitted_ratio, fit, fitted_on, required,"
        " required_to_date, actual, broken_by, is_link_broken from drivers"
    ).fetchall()
    for level, unit, start, kpi, *said, is_broken in rows:
        assert kpi not in found.setdefault((level, unit, start), {})
        found[level, unit, start][kpi] = Link(*said)
        assert is_broken == (said[-1] is not None)
    stands = con.execute(
        "select level, unit_id, period_start, target, target_to_date, actual, status from attainment"
    ).fetchall()
    return {row[:3]: Stands(*row[3:]) for row in stands}, found


def many(make: Any, count: int, *said: Any) -> Rows:
    return [make(f"{said}{n}", *said) for n in range(count)]


def done(owner: str, visits: int, day: date) -> Rows:
    return many(activity, visits, owner, "visit", day)


def won(owner: str, deals: int, day: date, amount: int = 100) -> Rows:
    return many(deal, deals, owner, amount, day)


def test_an_amount_leads_to_deals_and_these_to_visits(shipped: Definitions, tmp_path: Path) -> None:
    """+3 % → deals per rep and quarter, as last year had them → 4 visits each."""
    given = company(PEOPLE, TEAMS)
    given["deals"] = won("e1", 6, date(2025, 5, 1)) + won("e2", 2, date(2025, 8, 1), 300)  # 8 deals for 1,200
    drivers = [driver("deals_won"), driver("visits", "deals_won", 4)]
    goal(tmp_path, target={"value": 600}, cascade=TO_REPS, drivers=drivers)
    _, found = links(shipped, tmp_path, given)
    first, second = (found["rep", "e1", Q2][kpi] for kpi in ("deals_won", "visits"))
    assert (first.ratio, first.required, first.actual) == (Decimal("0.006666666667"), 2, 0)  # 300 for each
    assert (second.ratio, second.fitted_ratio, second.required) == (4, None, 8)
    assert (second.fit, second.fitted_on, second.actual) == (None, 0, None)  # a visit was never entered
    assert (first.broken_by, second.broken_by) == (None, None)  # nothing was signed: no data is not red


def test_a_ratio_is_of_the_last_four_complete_quarters_before_each_period(shipped: Definitions, tmp_path: Path) -> None:
    given = company(PEOPLE, TEAMS)
    by_quarter = {  # first day: deals, visits
        date(2024, 12, 1): (1, 50), date(2025, 1, 2): (2, 2), date(2025, 4, 2): (1, 4), date(2025, 7, 2): (1, 5),
        date(2025, 10, 2): (2, 10), date(2026, 1, 2): (1, 9), date(2026, 4, 2): (1, 100),
    }  # fmt: skip
    given["deals"] = [row for day, (deals, _) in by_quarter.items() for row in won("e1", deals, day)]
    given["activities"] = [row for day, (_, visits) in by_quarter.items() for row in done("e1", visits, day)]
    goal(tmp_path, target={"value": 400}, kpi="deals_won", cascade=TO_REPS, drivers=[driver("visits", "deals_won", 7)])
    _, found = links(shipped, tmp_path, given)
    fitted = {start: row["visits"].fitted_ratio for (_, unit, start), row in found.items() if unit == "e1"}
    year_2025, to_march = Decimal(21) / 6, Decimal(28) / 5
    # What is to come stands on what is complete by now: the running quarter is in none of them.
    assert fitted == {Q1: year_2025, Q2: to_march, Q3: to_march, date(2026, 10, 1): to_march}
    assert {row["visits"].ratio for row in found.values()} == {7}  # said; that it is stale is to be seen beside it


@pytest.mark.parametrize(
    ("visits", "deals", "said"),
    [  # due of each rep by now: 5 deals, 20 visits
        (19, 4, {"visits": "activity"}),  # too few visits, and so too few deals
        (20, 4, {"visits": "conversion"}),  # visits as planned, too few deals of them
        (20, 5, {"deals_won": "conversion"}),  # deals as planned, worth too little
        (9, 5, {"deals_won": "conversion"}),  # with fewer visits than planned: no matter
    ],
)
def test_a_chain_breaks_at_one_link(
    shipped: Definitions, tmp_path: Path, visits: int, deals: int, said: dict[str, str]
) -> None:
    given = company(PEOPLE, TEAMS)
    day = date(2026, 2, 2)
    given["deals"] = won("e1", deals, day, 10) + won("e2", 5, day, 100)
    given["activities"] = done("e1", visits, day)
    drivers = [driver("deals_won", ratio="0.01"), driver("visits", "deals_won", 4)]
    goal(tmp_path, target={"value": 1000}, cascade=TO_REPS, drivers=drivers)
    stands, found = links(shipped, tmp_path, given)
    assert (stands["rep", "e1", Q1].status, stands["rep", "e2", Q1].status) == ("red", "green")
    assert {kpi: row.broken_by for kpi, row in found["rep", "e1", Q1].items() if row.broken_by} == said
    assert found["rep", "e2", Q1]["visits"].actual == 0  # none were counted, and nobody asks a green one
    assert not [row for row in found["rep", "e2", Q1].values() if row.broken_by]


def test_of_two_drivers_the_short_one_is_told(shipped: Definitions, tmp_path: Path) -> None:
    given = company(PEOPLE, TEAMS)
    given["deals"] = won("e1", 1, date(2026, 2, 2))
    given["activities"] = done("e1", 12, date(2026, 2, 2)) + many(activity, 3, "e1", "call", date(2026, 2, 2))
    drivers = [driver("visits", "deals_won", 2), driver("calls", "deals_won", 2)]
    goal(tmp_path, target={"value": 10}, kpi="deals_won", cascade=TO_REPS, drivers=drivers)
    _, found = links(shipped, tmp_path, given)
    assert {kpi: row.broken_by for kpi, row in found["rep", "e1", Q1].items()} == {"visits": None, "calls": "activity"}


def test_what_should_be_few_is_short_when_it_is_many(shipped: Definitions, tmp_path: Path) -> None:
    given = company(PEOPLE, TEAMS)
    late = [row | {"status": "lost", "loss_reason": "late"} for row in won("e1", 4, date(2026, 2, 2))]
    other = [row | {"status": "lost", "deal_id": f"o{n}"} for n, row in enumerate(won("e2", 9, date(2026, 2, 2)))]
    given["deals"] = late + other
    drivers = [driver("lost_late", "lost", "0.5")]
    goal(tmp_path, target={"value": 6}, kpi="lost", cascade=TO_REPS, drivers=drivers)
    _, found = links(shipped, tmp_path, given)
    at = {unit: found["rep", unit, Q1]["lost_late"] for unit in ("e1", "e2")}
    assert {unit: (row.required, row.actual, row.broken_by) for unit, row in at.items()} == {
        "e1": (Decimal("1.5"), 4, "activity"),  # 4 where 1.5 may be
        "e2": (Decimal("1.5"), 0, "conversion"),
    }


@pytest.mark.parametrize("target", [{"value": 0}, {"value": -5}, {"base": "same_period_last_year", "change": "3%"}])
def test_without_a_target_above_nothing_nothing_is_required(
    shipped: Definitions, tmp_path: Path, target: dict[str, Any]
) -> None:
    given = company(PEOPLE, TEAMS)
    given["deals"] = [deal("a", "e1", -9, date(2026, 2, 2))]
    goal(
        tmp_path, target=target, cascade=TO_REPS, drivers=[driver("deals_won", ratio=2), driver("visits", "deals_won")]
    )
    _, found = links(shipped, tmp_path, given)
    assert found
    assert {(row.required, row.broken_by) for at in found.values() for row in at.values()} == {(None, None)}


def test_what_no_table_could_hold_is_not_required(shipped: Definitions, tmp_path: Path) -> None:
    ratio = 10**17
    drivers = [driver("deals_won", ratio=ratio), driver("visits", "deals_won", ratio), driver("calls", "visits", ratio)]
    goal(tmp_path, scope={"level": "rep"}, target={"value": "1e17"}, drivers=drivers)
    _, found = links(shipped, tmp_path, company(PEOPLE, TEAMS))
    assert {(row.ratio, row.required) for row in found["rep", "e1", Q2].values()} == {(ratio, None)}


# Random companies, once more in plain Python.


class Book:
    """What was counted, by KPI, unit and quarter."""

    def __init__(self, given: dict[str, Rows]) -> None:
        self.team = {who["employee_id"]: who["unit_id"] for who in given["employees"]}
        self.hired = {who["employee_id"]: who["hired_date"] for who in given["employees"]}
        self.units = {"company": ["company"], "team": sorted(set(self.team.values())), "rep": sorted(self.team)}
        self.of: dict[tuple[str, str, date], Fraction] = {}
        for row in given["deals"]:
            kpis = {"won": Fraction(row["amount"]), "deals_won": Fraction(1)}
            if row["status"] == "lost":
                kpis = {"lost": Fraction(1)} | ({"lost_late": Fraction(1)} if row["loss_reason"] == "late" else {})
            for kpi, size in kpis.items():
                self._add(kpi, row["owner_id"], row["closed_at"], size)
        for row in given["activities"]:
            self._add({"visit": "visits", "call": "calls"}[row["kind"]], row["owner_id"], row["done_at"], Fraction(1))
        self.first = {kpi: min((start for of, _, start in self.of if of == kpi), default=date.max) for kpi in KPIS}

    def _add(self, kpi: str, who: str, day: date, size: Fraction) -> None:
        for unit in ("company", self.team[who], who):
            at = kpi, unit, quarter(day)
            self.of[at] = self.of.get(at, Fraction(0)) + size

    def figure(self, kpi: str, unit: str, start: date) -> Fraction | None:
        """None where it is not counted: never, before its first one, to come, or of who was not there yet."""
        there = self.hired.get(unit, OLD)
        following = QUARTERS[QUARTERS.index(start) + 1] if start != QUARTERS[-1] else date.max
        if start < self.first[kpi] or start > AS_OF or there >= following:
            return None
        return self.of.get((kpi, unit, start), Fraction(0))

    def pairs(self, kpi: str, per: str, level: str, start: date) -> list[tuple[Fraction, Fraction]]:
        complete = [day for day in QUARTERS if day < quarter(AS_OF) and day < start][-4:]
        found = [(self.figure(kpi, u, day), self.figure(per, u, day)) for u in self.units[level] for day in complete]
        return [(x, y) for x, y in found if x is not None and y is not None and (x or y)]


def quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def ratio_of(pairs: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    x, y = sum(x for x, _ in pairs), sum(y for _, y in pairs)
    return Fraction(x) / Fraction(y) if x > 0 and y > 0 else None


def fit_of(pairs: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    count = len(pairs)
    if count < 8:
        return None
    x, y = (sum((pair[side] for pair in pairs), Fraction(0)) / count for side in (0, 1))
    xx, yy = (sum((pair[side] - mean) ** 2 for pair in pairs) for side, mean in ((0, x), (1, y)))
    xy = sum((pair[0] - x) * (pair[1] - y) for pair in pairs)
    return xy**2 / (xx * yy) if xx and yy else None


def walk(kpi: str, found: dict[str, Link], is_missed: dict[str, bool | None]) -> Iterator[tuple[str, str]]:
    """The links at which the chain below a missed KPI breaks."""
    own = [one for one, row in found.items() if row.parent == kpi]
    short = [one for one in own if is_missed[one]]
    for one in short:
        if any(row.parent == one and is_missed[child] is not None for child, row in found.items()):
            yield from walk(one, found, is_missed)
        else:
            yield one, "activity"
    if not short:
        yield from ((one, "conversion") for one in own if is_missed[one] is False)


def missed(kpi: str, actual: Any, due: Any) -> bool | None:
    if actual is None or due is None:
        return None
    return actual > due if KPIS[kpi].direction == "down" else actual < due


def random_drivers(chance: random.Random, kpi: str, level: str) -> list[dict[str, Any]]:
    others = ["lost_late"] if kpi == "lost" else [name for name in ("deals_won", "visits", "calls") if name != kpi]
    above, made = [kpi], []
    for name in chance.sample(others, chance.randint(1, len(others))):
        per = chance.choice([kpi, above[-1], above[-1]])
        ratio = Decimal(chance.randint(1, 250)) / 100 / (5_000 if per == "won" else 1)
        made.append(driver(name, per, chance.choice([FITTED, str(ratio)]), level))
        above.append(name)
    return made


def random_given(chance: random.Random) -> dict[str, Rows]:
    teams = [(f"t{n}", f"r{n % 2}") for n in range(chance.randint(1, 4))]
    hires = [OLD, OLD, date(2025, 8, 20), date(2026, 2, 3)]
    people = [(f"e{n}", chance.choice(teams)[0], "sales", chance.choice(hires)) for n in range(chance.randint(1, 12))]
    given = company(people, teams)
    given["deals"], given["activities"] = [], []
    begins = date(2024, chance.randint(1, 12), 1)
    for who, _, _, hired in people:
        for n in range(chance.randint(0, 30)):
            day = date.fromordinal(chance.randint(max(begins, hired).toordinal(), AS_OF.toordinal()))
            lost = {"status": "lost", "loss_reason": chance.choice(["late", "price"])}
            amount = Decimal(chance.randint(-50_000, 900_000)) / 100
            given["deals"].append(deal(f"{who}d{n}", who, amount, day, **(lost if chance.random() < 0.4 else {})))
        for n in range(chance.randint(0, 60)):
            day = date.fromordinal(chance.randint(max(begins, hired).toordinal(), AS_OF.toordinal()))
            given["activities"].append(activity(f"{who}a{n}", who, chance.choice(["visit", "visit", "call"]), day))
    return given


@pytest.mark.parametrize("seed", range(40))
def test_random_companies_come_to_the_same_in_plain_python(shipped: Definitions, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    given = random_given(chance)
    kpi = chance.choice(["won", "won", "deals_won", "lost"])
    levels = chance.choice([["company"], ["rep"], ["team", "rep"], ["company", "team", "rep"]])
    drivers = [one for level in levels for one in random_drivers(chance, kpi, level)]
    steps = [{"to": level, "by": chance.choice(["even", "headcount"])} for level in ("team", "rep")]
    value = {"won": 100_000, "deals_won": 40, "lost": 4}[kpi] * chance.randint(1, 5)
    target: dict[str, Any] = {"value": value}
    if chance.random() < 0.3:
        target = {"base": "same_period_last_year", "change": "3%"}
    goal(
        tmp_path,
        kpi=kpi,
        target=target,
        cascade=steps,
        drivers=drivers,
        phasing=chance.choice(["even", "working_days"]),
    )
    stands, found = links(shipped, tmp_path, given)
    book = Book(given)
    assert {(level, kpi) for (level, *_), at in found.items() for kpi in at} <= {
        (d["level"], d["kpi"]) for d in drivers
    }
    assert set(found) == {place for place in stands if place[0] in {d["level"] for d in drivers}}
    said = {(d["level"], d["kpi"]): d for d in drivers}
    for (level, unit, start), at in found.items():
        goal_now = stands[level, unit, start]
        has_target = goal_now.target is not None and goal_now.target > 0
        whole, due, is_missed = (
            {kpi: goal_now.target if has_target else None}, {kpi: goal_now.target_to_date if has_target else None}, {}
        )  # fmt: skip
        for name, row in at.items():
            whole[name], due[name] = row.required, row.required_to_date
            is_missed[name] = missed(name, row.actual, row.required_to_date)
        for name, row in at.items():
            one = said[level, name]
            pairs = book.pairs(name, one["per"], level, start)
            fitted, fit = ratio_of(pairs), fit_of(pairs)
            ratio = fitted if one["ratio"] == FITTED else Fraction(one["ratio"])
            assert (row.parent, row.fitted_on) == (one["per"], len(pairs))
            assert near(row.fitted_ratio, fitted)
            assert near(row.ratio, ratio)
            assert near(row.fit, fit)
            for required, above in ((row.required, whole[row.parent]), (row.required_to_date, due[row.parent])):
                assert near(required, None if ratio is None or above is None else ratio * Fraction(above))
            assert near(row.actual, book.figure(name, unit, start))
        is_open = goal_now.status in ("amber", "red") and missed(kpi, goal_now.actual, due[kpi])
        expected = dict(walk(kpi, at, is_missed)) if is_open else {}
        assert {name: row.broken_by for name, row in at.items() if row.broken_by} == expected


def near(found: Decimal | None, exact: Fraction | None) -> bool:
    if found is None or exact is None:
        return found is exact
    return abs(Fraction(found) - exact) <= Fraction(MOST_OFF)
