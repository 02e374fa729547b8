"""A small company whose goals are computed by the very models of a run; and the same cascade in plain Python.

Belongs here: the warehouse of a test, and the second way of computing it. Does not: what must come out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from pipelines.model.check import Definitions
from pipelines.model.check_goal import errors
from pipelines.model.goal import read_goals
from pipelines.model.kpi import Kpi
from tests.kpis.every_type import kpi
from tests.model.laid import compute, laid

AS_OF = date(2026, 5, 20)
CENT = Fraction(1, 100)
WON = {"entity": "deals", "agg": "sum", "expr": "amount", "filter": "status = 'won'", "date": "closed_at"}
LOST = {"entity": "deals", "agg": "count", "filter": "status = 'lost'", "date": "closed_at"}
DONE = {"entity": "activities", "agg": "count", "date": "done_at"}
LEVELS = {"levels": ["company", "region", "department", "team", "rep"], "grains": ["month", "quarter", "year"]}
KPIS: dict[str, Kpi] = {
    name: kpi(name, LEVELS | said)
    for name, said in {
        "won": {"simple": {"measure": WON}, "cuts": ["loss_reason"], "unit": "money"},
        "deals_won": {"simple": {"measure": WON | {"agg": "count", "expr": None}}, "unit": "count"},
        "visits": {"simple": {"measure": DONE | {"filter": "kind = 'visit'"}}, "unit": "count"},
        "calls": {"simple": {"measure": DONE | {"filter": "kind = 'call'"}}, "unit": "count"},
        "lost": {"simple": {"measure": LOST}, "unit": "count", "direction": "down"},
        "lost_late": {
            "simple": {"measure": LOST | {"filter": "loss_reason = 'late'"}},
            "unit": "count",
            "direction": "down",
        },
        "win_share": {"ratio": {"numerator": WON, "denominator": WON | {"filter": "true"}}, "unit": "ratio"},
    }.items()
}
Rows = list[dict[str, Any]]


class Target(NamedTuple):
    target: Decimal | None
    floor: Decimal | None
    stretch: Decimal | None
    set_by: str
    parent_id: str | None


Targets = dict[tuple[str, str, str, date, int], Target]  # level, unit, value of the cut, first day, revision


def company(people: Iterable[tuple[str, str, str, date]], teams: Iterable[tuple[str, str]]) -> dict[str, Rows]:
    """`people`: id, team, role, hired; `teams`: id, region."""
    teams = list(teams)
    units: Rows = [{"unit_id": "top", "level": "company"}]
    units += [{"unit_id": r, "level": "region", "parent_id": "top"} for r in sorted({region for _, region in teams})]
    units += [{"unit_id": team, "level": "team", "parent_id": region} for team, region in teams]
    return {
        "org_units": [unit | {"valid_from": date(2020, 1, 1), "source_system": "t"} for unit in units],
        "employees": [
            {"employee_id": who, "unit_id": team, "role": role, "hired_date": hired, "valid_from": hired, "source_system": "t"}
            for who, team, role, hired in people
        ],
    }  # fmt: skip


def deal(key: str, owner: str, amount: Any, closed: date | None, **more: Any) -> dict[str, Any]:
    return {
        "deal_id": key, "owner_id": owner, "amount": amount, "currency": "CNY", "status": "won", "source_system": "t",
        "closed_at": closed, "created_at": closed,
    } | more  # fmt: skip


def activity(key: str, owner: str, kind: str, done: date) -> dict[str, Any]:
    return {
        "activity_id": key, "owner_id": owner, "kind": kind, "done_at": done, "has_check_in": True, "note_length": 0,
        "source_system": "t",
    }  # fmt: skip


def goal(folder: Path, goal_id: str = "more", files: Mapping[str, str] | None = None, **said: Any) -> None:
    """Writes a goal for `won` by quarter of 2026, and the files beside it."""
    whole = {
        "id": goal_id, "label": {"zh": goal_id, "en": goal_id}, "kpi": "won", "scope": {"level": "company"},
        "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"}, "owner": "ceo",
    } | said  # fmt: skip
    place = folder / "goals" / "2026"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{goal_id}.yml").write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    for name, text in (files or {}).items():
        (place / name).write_text(text, encoding="utf-8")


def problems(shipped: Definitions, folder: Path) -> list[str]:
    files = {kpi_id: shipped.kpis["won_amount"]._replace(kpi=one) for kpi_id, one in KPIS.items()}
    return [str(e) for e in errors(read_goals(folder), files, shipped.people, shipped.contracts, shipped.company)]


def warehouse(
    shipped: Definitions, folder: Path, given: Mapping[str, Rows], as_of: date = AS_OF, model: str = "targets"
) -> duckdb.DuckDBPyConnection:
    """A database in which `model` is computed of the goals in `folder`."""
    said = problems(shipped, folder)
    assert not said, said
    con = laid(shipped, KPIS, given, as_of, goals=read_goals(folder))
    compute(con, shipped, KPIS, model)
    return con


def targets(
    shipped: Definitions, folder: Path, given: Mapping[str, Rows], goal_id: str = "more", as_of: date = AS_OF
) -> Targets:
    con = warehouse(shipped, folder, given, as_of)
    rows = con.execute(
        "select level, unit_id, cut_value, period_start, revision, target, floor, stretch, set_by, parent_id"
        " from targets where goal_id = ?",
        [goal_id],
    ).fetchall()
    found = {row[:5]: Target(*row[5:]) for row in rows}
    assert len(found) == len(rows)
    return found


def months(first: date, last: date) -> int:
    """Whole months between two days, counted by walking."""
    count = 0
    while True:
        index = first.year * 12 + first.month + count
        if (index // 12, index % 12 + 1, first.day) > (last.year, last.month, last.day):
            return count
        count += 1


def share(target: Decimal, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The exact part of each unit, unrounded."""
    whole = sum(weights.values())
    return {unit: Fraction(target) * weight / whole for unit, weight in weights.items() if weight}


def random_company(chance: random.Random) -> dict[str, Rows]:
    teams = [(f"t{n}", f"r{n % chance.randint(1, 3)}") for n in range(chance.randint(1, 6))]
    people = []
    for n in range(chance.randint(1, 40)):
        hired = date(chance.choice([2021, 2025, 2026]), chance.randint(1, 12), chance.randint(1, 28))
        people.append((f"e{n}", chance.choice(teams)[0], chance.choice(["sales", "sales", "service"]), hired))
    given = company(people, teams)
    given["deals"] = [
        deal(f"d{n}", chance.choice(people)[0], Decimal(chance.randint(-50_000, 900_000)) / 100,
             date(2025, chance.randint(1, 12), chance.randint(1, 28)))
        for n in range(chance.randint(1, 80))
    ]  # fmt: skip
    return given
