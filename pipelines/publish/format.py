"""A number as a manager reads it, in either language.

Belongs here: rounding and units for display. Does not: any computing; templates/page_words.js says the same for what is
drawn later, and tests/publish/page/test_browser.py holds the two together in a real browser.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pipelines.publish.words import Words

# A month of whole weeks (calendar: 445) begins up to a week beside the calendar month it is called by; two weeks on,
# every one lies in that month, whatever month the year starts in (tests/model/test_fiscal.py).
NAMED_BY = timedelta(days=14)

_TIME = {
    "minute": Words(" 分钟", " min"),
    "hour": Words(" 小时", " h"),
    "day": Words(" 天", " days"),
}


def number(value: Decimal | float | None, unit: str) -> Words:
    """`value` with its unit: 12.35M and 1,234.6万 for money, 63.2% for ratios; null is a dash."""
    if value is None:
        return Words("–", "–")
    x = _exact(value)
    if unit == "money":
        return Words(_money(x, "zh"), _money(x, "en"))
    if unit == "ratio":
        return Words(*[f"{fixed(x * 100, 1)}%"] * 2)
    if unit in _TIME:
        text = fixed(x, 1)
        return Words(text + _TIME[unit].zh, text + _TIME[unit].en)
    return Words(*[fixed(x, 0 if x == int(x) else 1)] * 2)


def share(value: Decimal | float | None) -> str:
    """An attainment: 0.934 is 93.4%. Without the decimal 0.996 would read 100% beside the word `watch`."""
    return "–" if value is None else f"{fixed(_exact(value) * 100, 1)}%"


def change(value: Decimal | float | None, unit: str) -> Words:
    """A change, with its sign: relative for amounts, in points for ratios."""
    if value is None:
        return Words("–", "–")
    text = fixed(_exact(value) * 100, 1)
    sign = "+" if value > 0 and text != "0.0" else ""
    text = sign + text.replace("-", "−")
    return Words(f"{text} 个百分点", f"{text} pp") if unit == "ratio" else Words(f"{text}%", f"{text}%")


def period(grain: str, start: date) -> Words:
    """A period's name by the day it starts: 2026年6月 · Jun 2026."""
    if grain == "month":
        named = start + NAMED_BY
        return Words(f"{named.year}年{named.month}月", f"{_MONTHS[named.month - 1]} {named.year}")
    if grain == "quarter":
        named = start + NAMED_BY
        quarter = (named.month - 1) // 3 + 1
        return Words(f"{named.year}年第{quarter}季度", f"Q{quarter} {named.year}")
    if grain == "year":
        named = start + NAMED_BY
        return Words(f"{named.year}年", str(named.year))
    return Words(start.isoformat(), start.isoformat())


def short_period(grain: str, start: date) -> list[str]:
    """A period under an axis, in zh and en: 6月 · Jun; 2季 · Q2."""
    named = start + NAMED_BY
    if grain == "quarter":
        quarter = (named.month - 1) // 3 + 1
        return [f"{quarter}季", f"Q{quarter}", str(named.year)]
    return [f"{named.month}月", _MONTHS[named.month - 1], str(named.year)]


def fixed(x: Decimal, digits: int) -> str:
    """`x` with `digits` decimals, grouped, rounded half up: 0.6315 is 63.2%, not the 63.1% its nearest double makes."""
    return f"{x.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0:,}"  # + 0: no minus before a zero


def _exact(value: Decimal | float) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _money(x: Decimal, language: str) -> str:
    """`x` in the largest step it reaches, or as it is."""
    for reach, power, sign, digits in _STEPS[language]:
        if abs(x) >= reach:
            return fixed(x.scaleb(-power), digits) + sign
    return fixed(x, 0)


# From what size on, power of ten, sign, decimals. 万 starts at ten of them: 87,141 says more than 8.7万.
_STEPS = {"zh": ((10**8, 8, "亿", 2), (10**5, 4, "万", 1)), "en": ((10**9, 9, "B", 2), (10**6, 6, "M", 2))}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
