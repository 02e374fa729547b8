"""What a scorecard may say, what is refused with file and line, and what is warned of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiErrors
from pipelines.model import check_scorecard
from pipelines.model.check import Definitions
from pipelines.model.goal import read_goals
from pipelines.model.scorecard import ScorecardFile, read_scorecards, tables
from tests.model.goal.targets import KPIS, goal

CARD: dict[str, Any] = {
    "id": "card", "label": {"zh": "卡", "en": "Card"}, "level": "rep",
    "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"},
    "kpis": {"won_amount": 40, "new_customers": 20, "valid_visits": 10, "csat_pct": 20, "record_error_rate": 10},
}  # fmt: skip


def card(folder: Path, name: str = "card", **said: Any) -> ScorecardFile:
    """Writes CARD with changes (None: left out) and reads it."""
    whole = {field: value for field, value in (CARD | said).items() if value is not None}
    place = folder / "scorecards"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.yml").write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_scorecards(folder)[whole["id"]]


def problems(shipped: Definitions, folder: Path, **said: Any) -> str:
    try:
        card(folder, **said)
    except KpiErrors as several:
        return "\n".join(map(str, several.errors))
    return "\n".join(map(str, check_scorecard.errors(read_scorecards(folder), shipped.kpis, shipped.company)))


def test_the_scorecard_of_the_design_is_one(shipped: Definitions, tmp_path: Path) -> None:
    assert problems(shipped, tmp_path) == ""
    assert problems(shipped, tmp_path, period=None, segment=None) == ""
    read = card(tmp_path, segment={"roles": ["sales_rep"], "within": ["region_east"]}).scorecard
    assert (read.grain, read.cut, read.roles, read.within) == (
        "quarter", ("none", "all"), ["sales_rep"], ["region_east"],
    )  # fmt: skip


KPIS_OF_CARD = CARD["kpis"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kpis": KPIS_OF_CARD | {"won_amount": 39}}, "the weights add up to 99, not to 100"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": 40.01}}, "the weights add up to 100.01, not to 100"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": 60, "csat_pct": 0}}, "kpis.csat_pct: Input should be greater than 0"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": 80, "csat_pct": -20}}, "kpis.csat_pct: Input should be greater than 0"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": 101}}, "kpis.won_amount: Input should be less than or equal to 100"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": "most"}}, "kpis.won_amount"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": True}}, "true is no weight; write a number"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": float("nan")}}, "kpis.won_amount"),
        ({"kpis": KPIS_OF_CARD | {"won_amount": 39.99999, "csat_pct": 20.00001}}, "kpis.won_amount"),
        ({"kpis": {}}, "kpis"),
        ({"kpis": ["won_amount"]}, "kpis"),
        ({"kpis": {"won_amount": 40, "new_custmers": 60}}, "unknown KPI new_custmers (did you mean new_customers?)"),
        ({"kpis": {"won_amount": 40, "stock_turnover": 60}}, "stock_turnover is not computed at level rep"),
        ({"level": "planet"}, "level"),
        ({"level": None}, "field level is missing"),
        ({"label": {"zh": "卡"}}, "field label.en is missing"),
        ({"weights": {}}, "unknown field weights"),
        ({"segment": {}}, "segment names roles, within or cut"),
        ({"segment": {"role": ["sales_rep"]}}, "unknown field segment.role"),
        ({"segment": {"roles": "sales_rep"}}, "segment.roles"),
        ({"segment": {"roles": ["sales_rep", "sales_rep"]}}, "sales_rep stands twice"),
        ({"segment": {"within": ["a\nb"]}}, "a name stands on one line"),
        ({"segment": {"roles": ["sales_rep"]}, "level": "team"}, "roles are of people, and the level is team"),
        ({"segment": {"within": ["region_east"]}, "level": "company"}, "the company lies within no other unit"),
        ({"segment": {"cut": {"channel": "web", "product_category": "a"}}}, "one cut at a time"),
        ({"segment": {"cut": {"moon": "full"}}}, "won_amount is not cut by moon"),
        ({"period": CARD["period"] | {"from": "2026-01-02"}}, "is not the first day of a quarter"),
        ({"period": CARD["period"] | {"from": "2026-02-01", "to": "2026-04-30"}}, "starts no quarter of the company"),
        ({"period": CARD["period"] | {"to": "2026-12-30"}}, "is not the last day of a quarter"),
        ({"period": CARD["period"] | {"grain": "week"}}, "period.grain"),
        ({"thresholds": {"green": 0.9, "amber": 1}}, "amber begins below green"),
        ({"thresholds": {"basis": "pace"}}, "unknown field thresholds.basis"),
        ({"id": "other"}, "id other must stand in other.yml"),
    ],
)
def test_a_scorecard_that_is_wrong_is_refused_with_file_and_line(
    shipped: Definitions, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    found = problems(shipped, tmp_path, **change)
    assert said in found
    assert "card.yml:" in found


def test_the_line_is_that_of_the_kpi(shipped: Definitions, tmp_path: Path) -> None:
    (line,) = problems(shipped, tmp_path, kpis={"won_amount": 40, "nothing": 60}).splitlines()
    text = (tmp_path / "scorecards" / "card.yml").read_text(encoding="utf-8").splitlines()
    number = 1 + next(i for i, said in enumerate(text) if "nothing" in said)
    assert f"card.yml:{number}: unknown KPI nothing" in line


def test_a_kpi_that_is_listed_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scorecards").mkdir()
    text = "id: card\nlabel: {zh: 卡, en: Card}\nlevel: rep\nkpis:\n  won_amount: 50\n  won_amount: 50\n"
    (tmp_path / "scorecards" / "card.yml").write_text(text, encoding="utf-8")
    with pytest.raises(KpiErrors) as error:
        read_scorecards(tmp_path)
    assert "card.yml:6: the key won_amount stands here twice" in str(error.value.errors[0])


def warned(folder: Path) -> list[str]:
    return check_scorecard.warnings(read_scorecards(folder), read_goals(folder))


def test_few_many_and_a_kpi_without_a_goal_are_warned_of(tmp_path: Path) -> None:
    goal(tmp_path, target={"value": 9}, cascade=[{"to": "region", "by": "even"}, {"to": "rep", "by": "even"}])
    goal(tmp_path, "draft", kpi="deals_won", scope={"level": "rep"}, target={"value": 9}, state="draft")
    card(tmp_path, kpis={"won": 60, "deals_won": 40})
    few, no_goal = warned(tmp_path)
    assert "few KPIs: 2" in few
    assert "no goal in force of deals_won reaches rep by quarter: its weight never counts" in no_goal
    assert all("card.yml:" in one for one in (few, no_goal))
    card(tmp_path, kpis={f"kpi_{letter}": 10 for letter in "abcdefgh"} | {"won": 20})
    assert "9 KPIs are more than anybody watches" in warned(tmp_path)[0]


@pytest.mark.parametrize(
    ("change", "reached"),
    [
        ({}, True),
        ({"level": "region"}, True),
        ({"level": "team"}, False),
        ({"period": {"grain": "month", "from": "2026-01-01", "to": "2026-12-31"}}, False),
        ({"period": {"grain": "quarter", "from": "2027-01-01", "to": "2027-12-31"}}, False),
        ({"segment": {"cut": {"loss_reason": "price"}}}, False),
    ],
)
def test_a_goal_reaches_a_scorecard_of_its_level_grain_cut_and_days(
    tmp_path: Path, change: dict[str, Any], reached: bool
) -> None:
    goal(tmp_path, target={"value": 9}, cascade=[{"to": "region", "by": "even"}, {"to": "rep", "by": "even"}])
    scorecard = card(tmp_path, **({"kpis": {"won": 100}} | change)).scorecard
    assert bool(check_scorecard.goals_of(scorecard, "won", read_goals(tmp_path))) == reached


def test_without_a_period_a_scorecard_has_the_quarters_of_its_goals(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, target={"value": 9}, period={"grain": "quarter", "from": "2026-04-01", "to": "2026-09-30"})
    goal(tmp_path, "by_month", target={"value": 9}, period={"grain": "month", "from": "2026-01-01", "to": "2026-12-31"})
    card(tmp_path, level="company", period=None, kpis={"won": 60, "deals_won": 40})
    rows = tables.rows(read_scorecards(tmp_path), read_goals(tmp_path), shipped.company)
    assert [row[:4] for row in rows["scorecards"]] == [
        ("card", "company", "quarter", date(2026, 4, 1)), ("card", "company", "quarter", date(2026, 7, 1)),
    ]  # fmt: skip
    assert set(KPIS) >= {row[1] for row in rows["scorecard_kpis"]}


def test_shipped_scorecards_have_goals_and_nothing_to_warn_of(shipped: Definitions) -> None:
    assert {file.scorecard.level for file in shipped.scorecards.values()} == {"company", "region", "rep"}
    assert check_scorecard.warnings(shipped.scorecards, shipped.goals) == []
