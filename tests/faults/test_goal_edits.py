"""Whatever is edited, by whomever: no closed value changes, and as of a day is what was in force that day (test 8).

The oracle is a dictionary: a file counts where somebody above the owner runs, and what it says of closed periods is what
was in force. The seed is printed.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.model.check import Definitions
from pipelines.model.goal import record
from tests.model.goal.recorded import Goals, numbers

QUARTERS = [date(2026, month, 1) for month in (1, 4, 7, 10)]
NAMES = {day: f"2026-Q{number}" for number, day in enumerate(QUARTERS, 1)}
GOALS = [f"goal_{number:02}" for number in range(25)]
UNITS = ["e1", "e2", "e3"]
USERS = ["", "boss", "boss", "boss", "east", "south", "rep", "engineer"]
Said = dict[tuple[str, date], int]  # unit and quarter → number


def write(goals: Goals, goal_id: str, said: Said) -> None:
    rows: dict[str, dict[str, int]] = {}
    for (unit, day), number in said.items():
        rows.setdefault(unit, {})[NAMES[day]] = number
    goals.write(goal_id, rows)


def edited(said: Said, rng: random.Random) -> Said:
    """One edit: a number changed, taken out or put in; more often of a late quarter than of an early one."""
    changed = dict(said)
    key = (rng.choice(UNITS), rng.choices(QUARTERS, [1, 2, 4, 8])[0])
    if rng.random() < 0.15 and len(changed) > 1:
        changed.pop(key, None)
    else:
        changed[key] = rng.randrange(1, 1000)
    return changed or said


def of_quarters(said: Said, quarters: set[date]) -> Said:
    return {key: number for key, number in said.items() if key[1] in quarters}


def run_edits(goals: Goals, days: int, seed: int) -> int:
    """Edits every goal on each day and runs as of it; returns how many edits were in force."""
    rng = random.Random(seed)
    files: dict[str, Said] = {one: {(unit, day): 100 for unit in UNITS for day in QUARTERS} for one in GOALS}
    for one in GOALS:
        write(goals, one, files[one])
    first = date(2026, 1, 2)
    goals.run(first)
    in_force = {one: dict(said) for one, said in files.items()}
    shown = {first: {one: dict(said) for one, said in in_force.items()}}
    closed: set[date] = set()
    frozen: dict[str, Said] = {one: {} for one in GOALS}
    taken_up = 0
    for number in range(1, days + 1):
        day = first + timedelta(days=number)
        if number % (days // 4) == 0 and len(closed) < 3:
            quarter = QUARTERS[len(closed)]
            goals.close(quarter)
            closed.add(quarter)
            for one in GOALS:
                frozen[one] |= of_quarters(in_force[one], {quarter})
        for one in GOALS:
            files[one] = edited(rng.choice([files[one], in_force[one]]), rng)
            write(goals, one, files[one])
        user = rng.choice(USERS)
        taken = goals.run(day, user)
        for one in GOALS:
            if user == "boss" and of_quarters(files[one], closed) == of_quarters(in_force[one], closed):
                taken_up += files[one] != in_force[one]
                in_force[one] = dict(files[one])
            assert numbers(taken.goals[one]) == in_force[one], f"seed {seed}, day {day}, {one}, {user}"
            assert of_quarters(in_force[one], closed) == frozen[one]
        shown[day] = {one: dict(said) for one, said in in_force.items()}
    records = record.read(goals.settings)
    for day, said in shown.items():
        for one in GOALS:
            held = record.holds(records[one], day)
            assert held is not None
            assert numbers(record.file_of(goals.settings, held)) == said[one], f"seed {seed}, as of {day}, {one}"
    return taken_up


@pytest.mark.parametrize("days", [12, pytest.param(400, marks=[pytest.mark.faults, pytest.mark.timeout(3000)])])
def test_random_edits_change_no_closed_value_and_each_day_is_as_it_was_shown(
    shipped: Definitions,
    tmp_path: Path,
    days: int,
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    goals = Goals(shipped, tmp_path)
    in_force = run_edits(goals, days, seed)
    print(f"{days * len(GOALS):,} edits, {in_force:,} of them in force")
    assert in_force > days

    file = goals.settings.data / "acts.sqlite"
    with closing(sqlite3.connect(file)) as con, con:
        (acts,) = con.execute("select count(*) from acts").fetchone()
        number = random.Random(seed).randrange(1, acts + 1)
        con.execute("drop trigger acts_are_not_changed")
        con.execute("update acts set detail = json_set(detail, '$.content', 'x') where act_no = ?", (number,))
    with pytest.raises(KpiError, match=f"changed from outside: act {number} "):
        record.read(goals.settings)
