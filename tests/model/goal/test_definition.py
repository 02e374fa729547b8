"""What a goal file may say, and the targets it spells out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from pipelines.errors import KpiError, KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.goal import Change, GoalFile, Term, parse_change, parse_formula, read_goals

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


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("0.25 * goal(revenue)", {"revenue": "0.25"}),
        (
            "goal(revenue) / 4 - goal(cash_collected) + 2 * (10 - 3)",
            {"revenue": "0.25", "cash_collected": "-1", None: "14"},
        ),
        ("-(goal(revenue) - 1) * 2", {"revenue": "-2", None: "2"}),
        ("goal(revenue) + goal(revenue)", {"revenue": "2"}),
    ],
)
def test_formula_is_a_sum_of_goals(text: str, terms: dict[str | None, str]) -> None:
    assert sorted(parse_formula(text), key=str) == sorted((Term(k, Decimal(f)) for k, f in terms.items()), key=str)


def test_goal_spells_out_one_target_a_period(tmp_path: Path) -> None:
    rows = read(tmp_path).rows
    assert [(row.period_start, row.period_end) for row in rows] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ]
    assert {(row.revision, row.unit_id, row.cut_value, row.value) for row in rows} == {(1, None, "all", None)}


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
        ({"alerts": []}, "alerts is not built yet"),
        ({"phasing": "weekly"}, "phasing"),
        ({"phasing": [0.5, 0.5]}, "each of the 12 months its share, together 1"),
        ({"phasing": [0.1] * 12}, "each of the 12 months its share, together 1"),
        ({"cascade": [{"to": "company", "by": "even"}]}, "nothing is above the company"),
        ({"cascade": [{"to": "rep", "by": "even"}, {"to": "team", "by": "even"}]}, "team is not below rep"),
        ({"cascade": [{"to": "rep", "by": "luck"}]}, "cascade.0.by"),
        ({"cascade": [{"to": "rep", "by": "file"}]}, "by: file needs the name of the file"),
        ({"cascade": [{"to": "rep", "by": "even", "file": "more.csv"}]}, "by: even reads no file"),
        ({"cascade": [{"to": "rep", "by": "even", "ramp": {0: 0}}]}, "ramp is for by: headcount"),
        ({"cascade": [{"to": "rep", "by": "headcount", "ramp": {0: 2}}]}, "with a share from 0 to 1"),
        ({"cascade": [{"to": "rep", "by": "share_of_base", "roles": ["sales"]}]}, "roles are for by"),
        ({"cascade": [{"to": "rep", "by": "bottom_up", "file": "more.csv"}]}, "leave the target out"),
        ({"cascade": [{"to": "rep", "by": "file", "file": "../more.csv"}]}, "lies beside the goal"),
        ({"target": {"formula": "goal(revenue) * goal(cash_collected)"}}, "no sum of numbers and of numbers times"),
        ({"target": {"formula": "1 / goal(revenue)"}}, "no sum of numbers and of numbers times"),
        ({"target": {"formula": "goal(revenue) / 0"}}, "no sum of numbers and of numbers times"),
        ({"target": {"formula": "(select 1)"}}, "no sum of numbers and of numbers times"),
        ({"target": {"formula": "12"}}, "names no goal; write a number as value"),
        ({"target": {"formula": "goal(revenue"}}, "is no formula such as"),
        ({"scope": {"level": "company", "cut": {"a": ["x"], "b": ["y"]}}}, "one cut at a time"),
        ({"scope": {"level": "company", "cut": {"a": []}}}, "names its values"),
        (
            {
                "revisions": [
                    {
                        "from": "2026-02-01",
                        "target": {"value": 1},
                        "reason": {"zh": "因", "en": "why"},
                        "approved_by": "ceo",
                    }
                ]
            },
            "2026-02-01 starts no quarter of this goal",
        ),
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
        ("unit_id,period_start,target,bonus\n", "more.csv:1: unknown column bonus"),
        ("unit_id,2026-01,2026-13\n", "more.csv:1: unknown column 2026-13"),
        ("unit_id,unit_id,target\n", "more.csv:1: column unit_id stands twice"),
        ("unit_id,period_start,target,currency\ne1,2026-01-01,1,EUR\n", "more.csv:2: a target is in the company"),
        ("unit_id,period_start,target,cut_value\ne1,2026-01-01,1,x\n", "more.csv:2: cut_value x must be one"),
        ("unit_id,2026-01,2026-02\ne1,1,2\n", "more.csv:1: 2026-02 starts no quarter"),
        ("unit_id,2026-Q1\ne1,=1+1\n", "more.csv:2: '=1+1' is not a number"),
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


@pytest.mark.parametrize(
    "targets",
    [
        "unit_id,2026-01,2026-Q2,2026-07-01,yearly,# note\ne1,100,1.5,,101.5,ours\n",
        "# who,unit_id,2026-Q1,2026-Q2\n Wei,e1,100,1.5\n",
    ],
)
def test_goal_reads_a_table_with_a_column_a_period(tmp_path: Path, targets: str) -> None:
    rows = read(tmp_path, FROM_FILE, targets).rows
    assert [(r.unit_id, r.period_start, r.period_end, r.value) for r in rows] == [
        ("e1", date(2026, 1, 1), date(2026, 3, 31), Decimal(100)),
        ("e1", date(2026, 4, 1), date(2026, 6, 30), Decimal("1.5")),
    ]


def test_goal_reads_a_workbook_and_refuses_formulas_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "goals" / "2026"
    folder.mkdir(parents=True)
    book = Workbook()
    book.active.append(["unit_id", "2026-01", "2026-04"])
    book.active.append(["e1", 100, 0.1])
    book.active.append([None, None, None])
    book.active.append([7, "2", None])
    book.save(folder / "more.xlsx")
    said = {"scope": {"level": "rep"}, "target": {"file": "more.xlsx"}}
    assert [(r.unit_id, r.period_start.month, r.value) for r in read(tmp_path, said).rows] == [
        ("e1", 1, Decimal(100)),
        ("e1", 4, Decimal("0.1")),
        ("7", 1, Decimal(2)),
    ]
    book.active["C4"] = "=C2*2"
    book.save(folder / "more.xlsx")
    assert "more.xlsx:4: sheet Sheet, row 4: '=C2*2' is not a number" in problems(tmp_path, said)


def test_a_revision_holds_for_the_periods_from_its_day_on(tmp_path: Path) -> None:
    revision = {"from": "2026-07-01", "target": {"value": 5}, "reason": {"zh": "因", "en": "why"}, "approved_by": "ceo"}
    rows = read(tmp_path, {"target": {"value": 9}, "revisions": [revision]}).rows
    assert [(r.revision, r.period_start.month, r.value) for r in rows] == [
        (1, 1, 9), (1, 4, 9), (1, 7, 9), (1, 10, 9), (2, 7, 5), (2, 10, 5),
    ]  # fmt: skip


def test_goal_by_cut_is_one_target_a_value(tmp_path: Path) -> None:
    said = {"scope": {"level": "region", "cut": {"product_category": ["a", "b"]}}, "target": {"value": 3}}
    assert [(r.cut_value, r.period_start.month) for r in read(tmp_path, said).rows][:3] == [
        ("a", 1),
        ("b", 1),
        ("a", 4),
    ]


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
