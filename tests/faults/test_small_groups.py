"""An attacker who sees every published row, and subtracts.

Invariant: of a KPI with `min_group_size: k`, nobody learns the sum or the count of fewer than k people: not from a row, not
from the company less the units that are shown, not by comparing what was published from day to day while a period ran,
not from the value of today beside a closed one. 0 cells are recoverable.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from pipelines.model.check import Definitions, read_definitions
from pipelines.model.kpi import Kpi
from pipelines.settings import Settings
from tests.kpis import every_type
from tests.model.laid import compute, laid

K = 5
OF_STAFF = {"entity": "surveys", "date": "answered_at", "filter": "kind = 'employee'", "person": "employee_id"}
SUM = OF_STAFF | {"agg": "sum", "expr": "score"}
COUNT = OF_STAFF | {"agg": "count"}
ABOUT = {
    "levels": ["company", "department"],
    "grains": ["quarter"],
    "privacy": {"min_group_size": K, "people": "employee_id"},
}
KPIS: dict[str, Kpi] = {
    "total_score": every_type.kpi("total_score", ABOUT | {"simple": {"measure": SUM}}),
    "answers_given": every_type.kpi("answers_given", ABOUT | {"simple": {"measure": COUNT}}),
    "mean_score": every_type.kpi("mean_score", ABOUT | {"ratio": {"numerator": SUM, "denominator": COUNT}}),
}
FIRST = date(2023, 1, 1)
QUARTERS = [date(2023 + n // 4, n % 4 * 3 + 1, 1) for n in range(13)]
LAST_DAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return read_definitions(Settings())


class Answer(NamedTuple):
    person: str | None
    unit: str
    day: date
    score: int

    @property
    def quarter(self) -> date:
        return max(quarter for quarter in QUARTERS if quarter <= self.day)


Organisation = dict[str, list[tuple[date, str]]]  # person → from when in which department


def organisation(chance: random.Random) -> Organisation:
    """Departments of one person to a dozen; some people move, often together, in the middle of a quarter."""
    found: Organisation = {}
    for unit in range(chance.randint(2, 6)):
        for number in range(chance.choice([1, 2, 3, 4, 5, 6, 9, 12])):
            stays = [(FIRST, f"d{unit}")]
            if chance.random() < 0.3:
                quarter = chance.choice(QUARTERS[1:])
                stays.append((quarter + timedelta(days=45), f"d{chance.randint(0, 5)}"))
            found[f"p{unit}_{number}"] = stays
    return found


def answers(chance: random.Random, people: Organisation) -> list[Answer]:
    found = []
    for quarter in QUARTERS:
        share = chance.choice([0.2, 0.5, 0.8, 1.0])
        for person, stays in people.items():
            for day in (
                quarter + timedelta(days=chance.randint(0, 40)),
                quarter + timedelta(days=chance.randint(50, 88)),
            ):
                if chance.random() < share:
                    unit = [unit for since, unit in stays if since <= day][-1]
                    found.append(Answer(person, unit, day, chance.randint(1, 10)))
        if chance.random() < 0.3:  # answers of nobody who is named
            found.append(Answer(None, "unassigned", quarter + timedelta(days=5), chance.randint(1, 10)))
    return found


def given(people: Organisation, some: list[Answer]) -> dict[str, list[dict[str, Any]]]:
    units = [{"unit_id": "c", "level": "company", "valid_from": FIRST, "name_zh": "c", "name_en": "c", "source_system": "hr"}] + [
        {"unit_id": f"d{n}", "level": "department", "parent_id": "c", "valid_from": FIRST, "name_zh": "d", "name_en": "d",
         "source_system": "hr"}
        for n in range(6)
    ]  # fmt: skip
    return {
        "org_units": units,
        "employees": [
            {"employee_id": person, "valid_from": since, "unit_id": unit, "name": person, "role": "staff", "source_system": "hr"}
            for person, stays in people.items()
            for since, unit in stays
        ],
        "surveys": [
            {"survey_id": f"s{n}", "kind": "employee", "employee_id": one.person, "answered_at": f"{one.day} 03:00:00",
             "score": one.score, "scale_max": 10, "source_system": "hr"}
            for n, one in enumerate(some)
        ],
    }  # fmt: skip


Row = dict[str, Any]


def published(definitions: Definitions, people: Organisation, some: list[Answer], as_of: date) -> list[Row]:
    """Every row of kpi_values with all of its columns."""
    with laid(definitions, KPIS, given(people, [one for one in some if one.day <= as_of]), as_of) as con:
        compute(con, definitions, KPIS, "kpi_values")
        found = con.execute("select * from kpi_values")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def said(row: Row) -> bool:
    """Whether a row tells any number of its period."""
    return any(row[column] is not None for column in ("value", "value_now", "numerator", "denominator", "value_low"))


def recovered(rows: list[Row], some: list[Answer]) -> list[str]:
    """What the attacker learns of fewer than K people. He may be told who answered where, and yet learns no sum."""
    who: dict[tuple[date, str], set[str | None]] = defaultdict(set)
    scores: dict[tuple[date, str], list[int]] = defaultdict(list)
    for one in some:
        who[one.quarter, one.unit].add(one.person)
        scores[one.quarter, one.unit].append(one.score)
    found = []
    for kpi_id in KPIS:
        for quarter in QUARTERS:
            mine = [row for row in rows if (row["kpi_id"], row["period_start"]) == (kpi_id, quarter)]
            shown = {row["unit_id"] for row in mine if row["level"] == "department" and said(row)}
            units = {unit for at, unit in who if at == quarter}
            assert shown <= units
            found += [f"{kpi_id} {quarter} {unit}" for unit in shown if len(who[quarter, unit] - {None}) < K]
            (whole,) = [row for row in mine if row["level"] == "company"] or [None]
            if whole is None or not said(whole):
                continue
            hidden = set[str | None]().union(*(who[quarter, unit] for unit in units - shown))
            everyone = set[str | None]().union(*(who[quarter, unit] for unit in units))
            if (units - shown and len(hidden - {None}) < K) or len(everyone - {None}) < K:
                rest = sum(sum(scores[quarter, unit]) for unit in units - shown)
                found.append(f"{kpi_id} {quarter}: the company less {sorted(shown)} is {rest}, of {len(hidden)} people")
            if kpi_id == "total_score":  # the numbers that are shown are the right ones
                assert whole["value"] == sum(sum(scores[quarter, unit]) for unit in units)
    return found


def attack(definitions: Definitions, seed: int) -> tuple[list[str], int, int]:
    chance = random.Random(seed)
    people = organisation(chance)
    some = answers(chance, people)
    rows = published(definitions, people, some, LAST_DAY)
    states = [row["state"] for row in rows if row["level"] == "department"]
    return [f"seed {seed}: {one}" for one in recovered(rows, some)], states.count("suppressed"), states.count("ok")


def test_nothing_of_a_small_group_can_be_computed_from_what_is_published(definitions: Definitions) -> None:
    done = [attack(definitions, seed) for seed in range(8)]
    assert [one for found, _, _ in done for one in found] == []
    assert sum(hidden for _, hidden, _ in done) > 100
    assert sum(shown for _, _, shown in done) > 100, "the attacker sees something"


@pytest.mark.faults
def test_nothing_of_a_small_group_can_be_computed_from_300_organisations(definitions: Definitions) -> None:
    assert [one for seed in range(1000, 1300) for one in attack(definitions, seed)[0]] == []


def test_people_who_moved_together_are_no_larger_group(definitions: Definitions) -> None:
    """Three people answer in two departments: 3 + 3 is not 6, and the company less the third department is of three."""
    people: Organisation = {f"m{n}": [(FIRST, "d0"), (date(2023, 2, 15), "d1")] for n in range(3)}
    people |= {f"s{n}": [(FIRST, "d2")] for n in range(8)}
    some = [
        Answer(f"m{n}", unit, day, 7)
        for n in range(3)
        for unit, day in (("d0", date(2023, 1, 9)), ("d1", date(2023, 3, 1)))
    ]
    some += [Answer(f"s{n}", "d2", date(2023, 2, 1), n) for n in range(8)]
    rows = published(definitions, people, some, LAST_DAY)
    assert recovered(rows, some) == []
    assert {row["state"] for row in rows if row["unit_id"] in ("d0", "d1", "d2") and row["period_start"] == FIRST} == {
        "suppressed"
    }


def test_answers_of_nobody_who_is_named_are_no_group(definitions: Definitions) -> None:
    people: Organisation = {f"s{n}": [(FIRST, "d2")] for n in range(8)}
    some = [Answer(f"s{n}", "d2", date(2023, 2, 1), n) for n in range(8)] + [
        Answer(None, "unassigned", date(2023, 2, 2), 9)
    ]
    rows = published(definitions, people, some, LAST_DAY)
    assert recovered(rows, some) == []


def days_of_a_quarter(definitions: Definitions, step: int) -> None:
    """What is published while a period runs tells nothing; on its last day it is published at once."""
    chance = random.Random(11)
    people = organisation(chance)
    some = [one for one in answers(chance, people) if one.quarter == QUARTERS[-1]]
    told: dict[tuple[str, str], Fraction | None] = {}
    first = QUARTERS[-1]
    for day in [first + timedelta(days=n) for n in range(0, (LAST_DAY - first).days, step)]:
        for row in published(definitions, people, some, day):
            assert not said(row), f"on {day} {row['unit_id']} shows {row['value']}: the next answer is the difference"
    for row in published(definitions, people, some, LAST_DAY):
        told[row["kpi_id"], row["unit_id"]] = row["value"]
    assert told["total_score", "company"] is not None


def test_nothing_is_published_while_a_period_runs(definitions: Definitions) -> None:
    days_of_a_quarter(definitions, 15)


@pytest.mark.faults
def test_nothing_is_published_on_any_day_while_a_period_runs(definitions: Definitions) -> None:
    days_of_a_quarter(definitions, 1)


def test_a_late_answer_does_not_show_beside_the_closed_value(definitions: Definitions) -> None:
    people: Organisation = {f"s{n}": [(FIRST, "d2")] for n in range(8)}
    some = [Answer(f"s{n}", "d2", date(2023, 2, 1), 5) for n in range(7)]
    late = Answer("s7", "d2", date(2023, 2, 1), 9)
    with laid(definitions, KPIS, given(people, [*some, late]), LAST_DAY) as con:
        closed = """
            insert into definitions.closes by name
            select 'total_score' as kpi_id, 'quarter' as grain, date '2023-01-01' as period_start, 'company' as level,
                   'company' as unit_id, 'none' as cut, 'all' as cut_value, 35.0 as published_value, 35.0 as numerator,
                   'ok' as state, 1 as definition_version
        """
        con.execute(closed)
        compute(con, definitions, KPIS, "kpi_values")
        row = con.execute(
            "select value, value_now from kpi_values where kpi_id = 'total_score' and level = 'company' and period_start = '2023-01-01'"
        ).fetchone()
    assert row == (35, None)
