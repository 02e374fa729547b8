"""Numbers are written as managers of either language read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.publish import format as fmt


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (Decimal("12345678.9"), "money", "1,234.6万", "12.35M"),
        (Decimal("234567890.123"), "money", "2.35亿", "234.57M"),
        (Decimal("9999.5"), "money", "10,000", "10,000"),
        (Decimal("-456789"), "money", "-45.7万", "-456,789"),
        (Decimal("87141"), "money", "87,141", "87,141"),
        (Decimal("-0.2"), "money", "0", "0"),
        (Decimal("0.6315"), "ratio", "63.2%", "63.2%"),
        (Decimal("31"), "count", "31", "31"),
        (Decimal("37.84"), "count", "37.8", "37.8"),
        (Decimal("34.25"), "minute", "34.3 分钟", "34.3 min"),
        (None, "money", "–", "–"),
    ],
)
def test_number_carries_its_unit(value: Decimal | None, unit: str, zh: str, en: str) -> None:
    assert fmt.number(value, unit) == (zh, en)


def test_share_just_below_the_target_does_not_read_as_reached() -> None:
    assert fmt.share(Decimal("0.9989")) == "99.9%"


def test_change_is_in_points_for_ratios_and_relative_for_amounts() -> None:
    assert fmt.change(Decimal("0.049"), "ratio") == ("+4.9 个百分点", "+4.9 pp")
    assert fmt.change(Decimal("-0.046"), "money") == ("−4.6%", "−4.6%")
    assert fmt.change(Decimal("-0.0001"), "money").en == "0.0%"


def test_period_has_a_name_in_both_languages() -> None:
    assert fmt.period("month", date(2026, 6, 1)) == ("2026年6月", "Jun 2026")
    assert fmt.period("quarter", date(2026, 4, 1)) == ("2026年第2季度", "Q2 2026")
