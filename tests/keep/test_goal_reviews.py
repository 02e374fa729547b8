"""A goal is due for its review once a quarter has ended since it began, and was not reviewed since."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from pipelines.keep import feedback, goal_reviews
from pipelines.keep.goal_reviews import Reviewed, due
from pipelines.settings import Settings

Q2 = date(2026, 4, 1)
NOW = datetime(2026, 11, 27, 9)


@pytest.mark.parametrize(
    ("begun", "reviewed", "is_due"),
    [
        (date(2026, 1, 1), None, True),
        (date(2026, 3, 1), None, True),
        (Q2, None, False),  # its first quarter still runs
        (date(2026, 7, 1), None, False),
        (date(2026, 1, 1), date(2026, 3, 31), True),
        (date(2026, 1, 1), Q2, False),
        (date(2026, 1, 1), date(2026, 5, 20), False),
    ],
)
def test_a_review_is_due_once_a_quarter(begun: date, reviewed: date | None, is_due: bool) -> None:
    before = {"goal": Reviewed("keep", reviewed)} if reviewed else {}
    assert due({"goal": begun}, before, Q2) == ({"goal": reviewed} if is_due else {})


def test_the_last_decision_counts_by_the_business_date(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, user="ceo")
    goal_reviews.decide(settings, "fy26", "keep", "still right", date(2026, 3, 31), NOW)
    goal_reviews.decide(settings, "other", "change", "too low", date(2026, 5, 1), NOW)
    goal_reviews.decide(settings, "fy26", "retire", "nobody looks", date(2026, 5, 20), NOW)
    assert goal_reviews.last(settings, date(2026, 5, 20))["fy26"] == Reviewed("retire", date(2026, 5, 20))
    assert goal_reviews.last(settings, date(2026, 5, 19))["fy26"] == Reviewed("keep", date(2026, 3, 31))
    assert sorted(goal_reviews.rows(settings, date(2026, 12, 31))) == [
        ("fy26", "retire", date(2026, 5, 20)), ("other", "change", date(2026, 5, 1)),
    ]  # fmt: skip


def test_feedback_keeps_who_said_what_of_which_figure(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, user="vp_sales")
    feedback.give(settings, "won_amount", "quarter", Q2, "region_east", "少记一单", NOW)
    goal_reviews.decide(settings, "fy26", "keep", "still right", Q2, NOW)
    assert list(feedback.rows(settings)) == [
        (1, NOW, "vp_sales", "won_amount", "quarter", "2026-04-01", "region_east", "少记一单")
    ]


def test_a_remark_with_a_password_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match="must not hold a secret"):
        feedback.give(
            Settings(data_dir=tmp_path), "won_amount", "month", Q2, "company", "see postgresql://a:b@c/d", NOW
        )
