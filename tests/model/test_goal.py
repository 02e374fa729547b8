"""What a goal file may say, and the targets it spells out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiError, KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.goal import Change, GoalFile, parse_change, read_goals

GOAL: dict[str, Any] = {
    "id": "more", "label": {"zh": "更多", "en": "More"}, "kpi": "won_amount", "scope": {"level": "company"},
    "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"},
    "target": {"base": "same_period_last_year", "change": "3%", "floor": "1%", "stretch": "5%"}, "owner": "vp_sales",
}  # fmt: skip


def read(folder: Path, change: dict[str, Any] | None = None, targets: str | None = None) -> GoalFile:
    path = folder / "goals" / "2026" / "more.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(GOAL | (change or {}), allow_unicode=True, sort_keys=False), encoding="utf-8")
    if targets is not None:
        (path.parent / "more.csv").write_text(targets, encoding="utf-8")
    return read_goals(folder)["more"]


def problems(folder: Path, change: dict[str, Any], targets: str | None = None) -> str:
    with pytest.raises(KpiError) as error:
        read(folder, change, targets)
    return str(error.value)


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("3%", Change(Decimal("0.03"), None)),
        ("+2.5 %", Change(Decimal("0.025"), None)),
        ("-10%", Change(Decimal("-0.1"), None)),
        ("2pp", Change(None, Decimal("0.02"))),
    ],
)
def test_change_is_relative_in_percent_and_absolute_in_points(said: str, change: Change) -> None:
    assert parse_change(said) == change


@pytest.mark.parametrize("said", ["3", "0.03", "3 percent", "%", "1e3%", "", None, "3%; drop", "٣%%"])
def test_change_is_nothing_else(said: Any) -> None:
    with pytest.raises(ValueError, match="not a change"):
        parse_change(said)


def test_goal_spells_out_one_target_a_period(tmp_path: Path) -> None:
    rows = read(tmp_path).rows
    assert [(row.period_start, row.period_end) for row in rows] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ]
    assert {(row.unit_id, row.value) for row in rows} == {(None, None)}


@pytest.mark.parametrize(("grain", "count", "last"), [("month", 12, date(2026, 12, 1)), ("year", 1, date(2026, 1, 1))])
def test_goal_by_month_and_year(tmp_path: Path, grain: str, count: int, last: date) -> None:
    rows = read(tmp_path, {"period": GOAL["period"] | {"grain": grain}}).rows
    assert (len(rows), rows[-1].period_start, rows[-1].period_end) == (count, last, date(2026, 12, 31))


def test_goal_with_a_value_carries_floor_and_stretch(tmp_path: Path) -> None:
    (row, *_) = read(tmp_path, {"target": {"value": 0.9, "floor": 0.85, "stretch": 0.95}}).rows
    assert (row.value, row.floor, row.stretch) == (Decimal("0.9"), Decimal("0.85"), Decimal("0.95"))


def test_goal_for_one_unit(tmp_path: Path) -> None:
    assert {r.unit_id for r in read(tmp_path, {"scope": {"level": "team", "unit": "team_a"}}).rows} == {"team_a"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": {}}, "exactly one of value, range, change"),
        ({"target": {"value": 1, "range": [1, 2]}}, "exactly one of value, range, change"),
        ({"target": {"change": "3%"}}, "base and change go together"),
        ({"target": GOAL["target"] | {"change": "3"}}, "not a change such as 3%"),
        ({"target": GOAL["target"] | {"floor": 1}}, "not a change such as 3%"),
        ({"target": {"range": [45, 30]}}, "from the lower to the upper bound"),
        ({"target": {"value": ".inf"}}, "target.value"),
        ({"target": {"value": 1, "floor": "low"}}, "'low' is not a number"),
        ({"target": GOAL["target"] | {"floor": "1pp"}}, "said as the change is, in % or in pp: 1pp, 3%"),
        ({"target": {"value": 10**18}}, "below 10^18"),
        ({"period": GOAL["period"] | {"to": "2025-12-31"}}, "lies before"),
        ({"period": GOAL["period"] | {"grain": "week"}}, "period.grain"),
        ({"scope": {"level": "planet"}}, "scope.level"),
        ({"cascade": []}, "cascade is not built yet"),
        ({"phasing": "history"}, "phasing"),
        ({"owners": "x"}, "unknown field owners (did you mean owner?)"),
        ({"id": "other"}, "id other must stand in other.yml"),
    ],
)
def test_goal_that_is_wrong_is_refused_with_file_and_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    assert "more.yml:" in (problem := problems(tmp_path, change))
    assert said in problem


@pytest.mark.parametrize("first", ["2026-01-15", "2026-01-31"])
def test_goal_starts_on_the_first_of_a_month(tmp_path: Path, first: str) -> None:
    assert f"from {first} is not the first day of a quarter" in problems(
        tmp_path, {"period": GOAL["period"] | {"from": first}}
    )


FROM_FILE = {"scope": {"level": "rep"}, "target": {"file": "more.csv"}}


def test_goal_reads_targets_by_unit_from_a_csv(tmp_path: Path) -> None:
    rows = read(
        tmp_path, FROM_FILE, "unit_id,period_start,target,floor\ne1,2026-01-01,100,90\n客1,2026-04-01,1.5,\n"
    ).rows
    assert [(r.unit_id, r.period_start, r.period_end, r.value, r.floor) for r in rows] == [
        ("e1", date(2026, 1, 1), date(2026, 3, 31), Decimal(100), Decimal(90)),
        ("客1", date(2026, 4, 1), date(2026, 6, 30), Decimal("1.5"), None),
    ]


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ("unit,period_start,target\n", "more.csv:1: column unit_id is missing"),
        ("unit_id,period_start,target\ne1,2026-01-02,1\n", "more.csv:2: 2026-01-02 starts no quarter"),
        ("unit_id,period_start,target\ne1,2026-13-01,1\n", "more.csv:2: "),
        ("unit_id,period_start,target\ne1,2026-01-01,x\n", "more.csv:2: 'x' is not a number"),
        ("unit_id,period_start,target\ne1,2026-01-01,NaN\n", "more.csv:2: 'NaN' is not a number"),
        ("unit_id,period_start,target\ne1,2026-01-01,1\ne1,2026-01-01,2\n", "more.csv:3: e1 has two targets"),
        ("unit_id,period_start,target\n,2026-01-01,1\n", "more.csv:2: unit_id and target must be filled"),
        ("unit_id,period_start,target\ne1\n", "more.csv:2: "),
        (None, "more.csv: no such file"),
    ],
)
def test_goal_csv_that_is_wrong_is_refused_with_its_line(tmp_path: Path, targets: str | None, said: str) -> None:
    assert said in problems(tmp_path, FROM_FILE, targets)


def test_goal_file_stays_beside_the_goal(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("unit_id,period_start,target\n")
    assert "target.file" in problems(tmp_path, FROM_FILE | {"target": {"file": "../../secret.csv"}})


def test_every_mistake_of_a_csv_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(KpiErrors) as error:
        read(tmp_path, FROM_FILE, "unit_id,period_start,target\ne1,x,1\ne2,2026-01-01,y\n")
    assert len(error.value.errors) == 2


def test_shipped_goals_are_about_shipped_kpis(shipped: Definitions) -> None:
    assert len({file.goal.kpi for file in shipped.goals.values()}) >= 4
    assert {file.goal.kpi for file in shipped.goals.values()} <= set(shipped.kpis)
