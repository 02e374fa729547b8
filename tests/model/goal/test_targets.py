"""What a target is before anybody's figures: changes, formulas, revisions, and how much of it is due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.model.check import Definitions
from tests.model.goal.targets import company, deal, goal, targets, warehouse

Q1, Q2, Q3 = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
OLD = date(2021, 3, 1)
GIVEN = company([("e1", "t1", "sales", OLD), ("e2", "t2", "sales", OLD)], [("t1", "north"), ("t2", "south")])
GIVEN["deals"] = [
    deal("a", "e1", 100, date(2025, 1, 2)),
    deal("b", "e1", 200, date(2025, 4, 7)),
    deal("c", "e2", 50, date(2025, 6, 30)),
    deal("d", "e1", 80, date(2026, 1, 15), loss_reason="price"),
    deal("e", "e2", 40, date(2026, 4, 8)),
]
COMPANY = {"level": "company"}


def of_company(shipped: Definitions, folder: Path, **more: Any) -> dict[date, Decimal | None]:
    """The targets in the order of their periods; of the last revision."""
    found = targets(shipped, folder, GIVEN, **more)
    return {
        key[3]: row.target for key, row in sorted(found.items(), key=lambda item: item[0][4]) if key[0] == "company"
    }


def test_a_change_stands_on_last_years_figure(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, target={"base": "same_period_last_year", "change": "10%", "floor": "-5%", "stretch": "20%"})
    found = targets(shipped, tmp_path, GIVEN)
    row = found["company", "company", "all", Q2, 1]
    assert (row.target, row.floor, row.stretch) == (275, Decimal("237.5"), 300)


def test_a_change_on_the_period_before_waits_until_that_is_over(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, target={"base": "previous_period", "change": "10%"})
    found = of_company(shipped, tmp_path)
    assert (found[Q2], found[Q3]) == (88, None)
    assert of_company(shipped, tmp_path, as_of=date(2026, 7, 1))[Q3] == 44


def test_a_formula_adds_up_the_targets_of_other_goals(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, "amount", target={"base": "same_period_last_year", "change": "10%"})
    goal(tmp_path, "deals", kpi="deals_won", target={"formula": "goal(won) / 50 + 1.5"})
    found = of_company(shipped, tmp_path, goal_id="deals")
    assert (found[Q1], found[Q2], found[Q3]) == (
        Decimal("3.7"),
        7,
        None,
    )  # nothing was won in the third quarter of 2025


def test_a_formula_follows_the_revision_in_force_and_is_split_like_any_target(
    shipped: Definitions, tmp_path: Path
) -> None:
    revision = {"from": Q2, "target": {"value": 60}, "reason": {"zh": "因", "en": "why"}, "approved_by": "ceo"}
    goal(tmp_path, "amount", target={"value": 40}, revisions=[revision])
    goal(
        tmp_path,
        "deals",
        kpi="deals_won",
        target={"formula": "0.5 * goal(won)"},
        cascade=[{"to": "region", "by": "even"}],
    )
    found = targets(shipped, tmp_path, GIVEN, goal_id="deals")
    assert [found[level, unit, "all", day, 1].target for level, unit, day in (
        ("company", "company", Q1), ("company", "company", Q2), ("region", "south", Q2))] == [20, 30, 15]  # fmt: skip


def test_a_revision_is_in_force_from_its_day_and_the_first_stays_to_be_seen(
    shipped: Definitions, tmp_path: Path
) -> None:
    revision = {"from": Q2, "target": {"value": 60}, "reason": {"zh": "因", "en": "why"}, "approved_by": "sales_ops"}
    goal(tmp_path, target={"value": 40}, revisions=[revision], cascade=[{"to": "region", "by": "even"}])
    con = warehouse(shipped, tmp_path, GIVEN)
    rows = con.execute(
        "select period_start, revision, target, is_in_force, recorded_by from targets where level = 'region'"
        " and unit_id = 'north' and period_start in (?, ?) order by all", [Q1, Q2],
    ).fetchall()  # fmt: skip
    assert rows == [(Q1, 1, 20, True, "ceo"), (Q2, 1, 20, False, "ceo"), (Q2, 2, 30, True, "sales_ops")]


def test_a_draft_is_nobodys_goal(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, target={"value": 40}, state="draft")
    con = warehouse(shipped, tmp_path, GIVEN, model="attainment")
    assert con.execute("select count(*) from attainment").fetchone() == (0,)
    assert con.execute("select count(*) from targets").fetchone() == (4,)


@pytest.mark.parametrize(
    ("phasing", "due"),
    [
        # The second quarter of 2026 as of Wednesday 20 May: 50 of 91 days. Working days: 21 of 21 in April, 12 of 19 in
        # May (1, 4 and 5 are holidays, 9 was worked instead), 0 of 21 in June (the 19th is one).
        ("even", Decimal(50) / 91),
        ("working_days", Decimal(33) / 61),
        ([0, 0, 0, "0.5", "0.1", "0.4", 0, 0, 0, 0, 0, 0], Decimal("0.5") + Decimal("0.1") * 12 / 19),
        # Last year 200 of 250 came by as many working days, and 50 on the last day of June.
        ("history", Decimal("0.8")),
    ],
)
def test_phasing_says_how_much_is_due_by_the_business_date(
    shipped: Definitions, tmp_path: Path, phasing: Any, due: Decimal
) -> None:
    goal(tmp_path, target={"value": 1000}, phasing=phasing, cascade=[{"to": "region", "by": "even"}])
    con = warehouse(shipped, tmp_path, GIVEN)
    found = {
        (level, start): to_date
        for level, start, to_date in con.execute("select level, period_start, target_to_date from targets").fetchall()
    }
    assert found["company", Q2] == round(1000 * due, 6)
    assert found["region", Q2] == round(500 * due, 6)
    assert (found["company", Q1], found["company", Q3]) == (1000, 0)


def test_a_goal_of_a_cut_is_judged_by_the_figure_of_that_cut(shipped: Definitions, tmp_path: Path) -> None:
    goal(tmp_path, scope=COMPANY | {"cut": {"loss_reason": ["price"]}}, target={"value": 100})
    con = warehouse(shipped, tmp_path, GIVEN, model="attainment")
    found = con.execute(
        "select cut, cut_value, actual, attainment, status from attainment where period_start = ?", [Q1]
    ).fetchall()
    assert found == [("loss_reason", "price", 80, Decimal("0.8"), "red")]
