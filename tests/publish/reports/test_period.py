"""A period is what people call it, and the last complete one where nobody says."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.errors import KpiError
from pipelines.model.company import Company
from pipelines.publish.reports.period import Span, find
from pipelines.shape import Label

AS_OF = date(2026, 5, 20)
SPANS = {
    "month": [Span(date(2026, 4, 1), date(2026, 4, 30)), Span(date(2026, 5, 1), date(2026, 5, 31))],
    "quarter": [Span(date(2026, 1, 1), date(2026, 3, 31)), Span(date(2026, 4, 1), date(2026, 6, 30))],
    "year": [Span(date(2025, 1, 1), date(2025, 12, 31)), Span(date(2026, 1, 1), date(2026, 12, 31))],
}


def company(**said: object) -> Company:
    return Company(name=Label(zh="司", en="Co"), currency="CNY", time_zone="Asia/Shanghai", **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "name", "is_running", "label"),
    [
        ("", "2026-04", False, "2026年4月"),
        ("month", "2026-04", False, "2026年4月"),
        ("quarter", "2026-Q1", False, "2026年第1季度"),
        ("year", "2025", False, "2025年"),
        ("2026-05", "2026-05", True, "2026年5月"),
        ("2026-Q2", "2026-Q2", True, "2026年第2季度"),
        ("2026Q2", "2026-Q2", True, "2026年第2季度"),
        ("2026", "2026", True, "2026年"),
    ],
)
def test_periods_are_found_by_name(asked: str, name: str, is_running: bool, label: str) -> None:
    found = find(asked, SPANS, AS_OF, company())
    assert (found.name, found.is_running, found.label.zh) == (name, is_running, label)


def test_a_period_is_over_on_its_last_day() -> None:
    assert find("month", SPANS, date(2026, 5, 31), company()).name == "2026-05"


def test_a_fiscal_year_is_called_by_the_year_in_which_it_ends() -> None:
    spans = {"year": [Span(date(2025, 4, 1), date(2026, 3, 31)), Span(date(2026, 4, 1), date(2027, 3, 31))]}
    found = find("2026", spans, AS_OF, company(fiscal_year_start=4))
    assert (found.start, found.is_running, found.label.en) == (date(2025, 4, 1), False, "FY 2026")


def test_months_of_whole_weeks_are_called_by_the_month_they_lie_in() -> None:
    spans = {"month": [Span(date(2025, 12, 29), date(2026, 1, 25)), Span(date(2026, 1, 26), date(2026, 2, 22))]}
    assert find("2026-01", spans, AS_OF, company(calendar="445")).start == date(2025, 12, 29)
    assert find("2026-02", spans, AS_OF, company(calendar="445")).start == date(2026, 1, 26)


@pytest.mark.parametrize("asked", ["2026-13", "2026-00", "26-05", "2026-Q5", "２０２６", "2026-05-01", "'; drop", "-1"])
def test_what_is_no_period_is_told(asked: str) -> None:
    with pytest.raises(KpiError, match="is no period"):
        find(asked, SPANS, AS_OF, company())
