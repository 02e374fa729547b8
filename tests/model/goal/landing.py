"""Where a goal lands, in plain Python: the second way of computing it, over random small companies with deals of four years.

Belongs here: the rows, and the arithmetic of docs/goals.md over lists of deals. Does not: any SQL.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from tests.model.goal.targets import Rows, company, deal
from tests.model.test_spans import Plain

OLD = date(2021, 1, 4)
TESTS = 8  # periods that are tested, and errors that an interval needs
A_YEAR = {"month": 12, "quarter": 4, "year": 1}
FAR = {"month": 20, "quarter": 16, "year": 16}
STAGES = ("first", "second", "third")
Test = tuple[float, float, dict[str, float]]  # so far, in the end, what each way said


class Landing(NamedTuple):
    landing: float | None
    low: float | None
    high: float | None
    way: str | None
    chance: float | None


def random_company(chance: random.Random, as_of: date) -> dict[str, Rows]:
    """Four years of deals with their stays; more in the second half of a year, some returned."""
    people = [(f"e{n}", f"t{n % 2}", "sales", OLD) for n in range(chance.randint(2, 5))]
    given = company(people, [("t0", "r0"), ("t1", "r1")])
    given["deals"], given["deal_stages"] = [], []
    for n in range(chance.randint(300, 700)):
        begins = OLD + timedelta(days=chance.randrange((as_of - OLD).days))
        if begins.month < 7 and chance.random() < 0.4:
            continue
        owner, amount = chance.choice(people)[0], Decimal(chance.randint(100, 900_000)) / 100
        if chance.random() < 0.03:
            amount = -amount
        day, status = begins, "open"
        for stage in STAGES:
            leaves = day + timedelta(days=chance.randint(1, 40))
            is_over = leaves <= as_of
            given["deal_stages"].append(
                {"deal_id": f"d{n}", "owner_id": owner, "stage": stage, "entered_at": day, "amount": amount,
                 "left_at": leaves if is_over else None, "currency": "CNY", "source_system": "t"}
            )  # fmt: skip
            if not is_over:
                break
            day = leaves
            if chance.random() < 0.25 or stage == STAGES[-1]:
                status = "lost" if chance.random() < 0.4 else "won"
                break
        closed = day if status != "open" else None
        given["deals"].append(deal(f"d{n}", owner, amount, closed, status=status) | {"created_at": begins})
    return given


class Oracle:
    """The figures of `won` (a sum), `deals_won` (a count) and `win_share` (a ratio) as of a day."""

    def __init__(self, given: Mapping[str, Rows], plain: Plain, as_of: date) -> None:
        self.given, self.plain, self.as_of = given, plain, as_of
        self.regions = {row["employee_id"]: f"r{row['unit_id'][1:]}" for row in given["employees"]}

    def unit(self, level: str, owner: str) -> str:
        return {"company": "company", "region": self.regions[owner], "rep": owner}[level]

    def figures(self, kpi: str, level: str, first: date, last: date, places: int = 6) -> dict[str, float]:
        """Of each unit in which something happened from `first` to `last`."""
        top: dict[str, Decimal] = defaultdict(Decimal)
        bottom: dict[str, Decimal] = defaultdict(Decimal)
        seen = set()
        for row in self.given["deals"]:
            if row["closed_at"] is None or not first <= row["closed_at"] <= min(last, self.as_of):
                continue
            unit = self.unit(level, row["owner_id"])
            bottom[unit] += row["amount"]
            if row["status"] == "won":
                seen.add(unit)
                top[unit] += 1 if kpi == "deals_won" else row["amount"]
        if kpi == "win_share":
            # Published figures have six places, those on the way twelve, which shows in the quotient of two small ones.
            return {unit: round(float(top[unit]) / float(amount), places) for unit, amount in bottom.items() if amount}
        return {unit: float(top[unit]) for unit in seen}

    def pipeline(self, level: str, day: date) -> dict[str, float]:
        """What the open deals promised on a day, by what was known on it."""
        deals = {row["deal_id"]: row for row in self.given["deals"]}
        over: dict[str, list[bool]] = defaultdict(list)
        for stay in self.given["deal_stages"]:
            closed = deals[stay["deal_id"]]["closed_at"]
            if stay["left_at"] and stay["left_at"] < day and closed and closed <= day:
                over[stay["stage"]].append(deals[stay["deal_id"]]["status"] == "won")
        found: dict[str, float] = defaultdict(float)
        for stay in self.given["deal_stages"]:
            is_open = stay["entered_at"] <= day and (stay["left_at"] is None or stay["left_at"] > day)
            if is_open and (known := over[stay["stage"]]):
                found[self.unit(level, stay["owner_id"])] += float(stay["amount"]) * sum(known) / len(known)
        return found

    def landings(
        self, kpi: str, level: str, grain: str, reaches: Callable[[str, float], bool] | None = None
    ) -> dict[str, Landing]:
        """Of each unit that has a figure in the running period; `reaches` says whether a figure reaches its target."""
        tests, running = self._said(kpi, level, grain)
        by_unit: dict[str, list[Test]] = defaultdict(list)
        for unit, test in tests:
            by_unit[unit].append(test)
        skill = {way: self._skill([test for _, test in tests], way) for way in ("seasonal", "pipeline")}
        found = {}
        for unit, (so_far, ways) in running.items():
            ranked = [(1.0, 0, "run_rate")]
            ranked += [(s, n, w) for n, (w, s) in enumerate(skill.items(), 1) if s is not None and w in ways and s < 1]
            way = min(ranked)[2]
            if way not in ways:
                continue
            errors = self._errors(by_unit[unit], way)
            own = len(errors) >= TESTS
            used = by_unit[unit] if own else [test for _, test in tests]
            errors = errors if own else self._errors(used, way)
            found[unit] = self._landing(kpi, unit, so_far, way, ways[way], errors, used, own, reaches)
        return found

    def _landing(
        self, kpi: str, unit: str, so_far: float, way: str, said: float, errors: list[float], used: list[Test], own: bool,
        reaches: Callable[[str, float], bool] | None,
    ) -> Landing:  # fmt: skip
        if len(errors) < TESTS:
            return Landing(said, None, None, way, None)
        of_way = [test for test in used if way in test[2]]
        least = so_far if all(whole >= before for before, whole, _ in of_way) else None
        largest = 1.0 if kpi == "win_share" and all(whole <= 1 for _, whole, _ in of_way) else None

        def within(figure: float) -> float:
            if least is not None and figure < least:
                return least
            return largest if largest is not None and figure > largest else figure

        n = len(errors)
        low = errors[0] if own else errors[max(floor((n + 1) / 10), 1) - 1]
        high = errors[-1] if own else errors[min(ceil((n + 1) * 9 / 10), n) - 1]
        chance = None
        if reaches:
            chance = (sum(reaches(unit, within(said * error)) for error in errors) + 1) / (n + 2)
        return Landing(within(said), within(said * min(low, 1)), within(said * max(high, 1)), way, chance)

    def _said(
        self, kpi: str, level: str, grain: str
    ) -> tuple[list[tuple[str, Test]], dict[str, tuple[float, dict[str, float]]]]:
        """What each way said of the last eight periods and of the running one."""
        periods = [period.days for period in self.plain.periods[grain] if period.days[0] <= self.as_of]
        running = [day for day in periods[-1] if day <= self.as_of]
        past = []
        for back, days in enumerate(reversed(periods[:-1]), 1):
            last = self._like(running, grain, days)
            if last and back <= FAR[grain]:
                gone = sum(self.plain.works[day] for day in days if day <= last)
                past.append((back, days, last, gone / sum(self.plain.works[day] for day in days)))
        gone = sum(self.plain.works[day] for day in running) / sum(self.plain.works[day] for day in periods[-1])
        past.insert(0, (0, periods[-1], self.as_of, gone))
        so_far = {back: self.figures(kpi, level, days[0], last, 12 if back else 6) for back, days, last, _ in past}
        whole = {back: self.figures(kpi, level, days[0], days[-1]) for back, days, _, _ in past}
        promised = {back: self.pipeline(level, last) for back, _, last, _ in past} if kpi == "won" else {}
        tests, now = [], {}
        for back, _, _, share in past:
            turning = self._turning(back, so_far, whole, promised)
            for unit, reached in so_far[back].items() if back <= TESTS else ():
                ways = {"run_rate": reached if kpi == "win_share" else reached / share if share else -1}
                before = back + A_YEAR[grain]
                if kpi != "win_share" and so_far.get(before, {}).get(unit, 0) > 0 and whole[before][unit] > 0:
                    ways["seasonal"] = reached * whole[before][unit] / so_far[before][unit]
                if turning is not None and unit in promised[back]:
                    ways["pipeline"] = reached + turning * promised[back][unit]
                ways = {way: said for way, said in ways.items() if said > 0}
                if back:
                    tests.append((unit, (reached, whole[back][unit], ways)))
                else:
                    now[unit] = (reached, ways)
        return tests, now

    def _like(self, running: list[date], grain: str, days: list[date]) -> date | None:
        period = next(period for period in self.plain.periods[grain] if period.days == days)
        return self.plain.same_part(running, period)

    @staticmethod
    def _turning(back: int, so_far: Mapping, whole: Mapping, promised: Mapping) -> float | None:
        """How much of what was promised came, in the eight periods before."""
        came = amount = 0.0
        for before in range(back + 1, back + TESTS + 1):
            for unit, reached in so_far.get(before, {}).items():
                if unit in promised.get(before, {}):
                    came += whole[before][unit] - reached
                    amount += promised[before][unit]
        return max(came / amount, 0) if amount else None

    @staticmethod
    def _skill(tests: list[Test], way: str) -> float | None:
        """The errors of a way beside those of the run rate, over the same periods."""
        both = [(whole, ways) for _, whole, ways in tests if way in ways and "run_rate" in ways]
        if len(both) < TESTS:
            return None
        mine = sum(abs(whole - ways[way]) for whole, ways in both)
        other = sum(abs(whole - ways["run_rate"]) for whole, ways in both)
        return mine / other if other else None

    @staticmethod
    def _errors(tests: list[Test], way: str) -> list[float]:
        return sorted(whole / ways[way] for _, whole, ways in tests if way in ways)


def days_to_try(chance: random.Random, number: int) -> Iterator[date]:
    for _ in range(number):
        yield date(2025, 1, 1) + timedelta(days=chance.randrange(700))
