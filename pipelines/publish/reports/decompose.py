"""The arithmetic of "where does the change come from"; every result adds up to the change exactly.

Belongs here: pure functions of numbers. Does not: which KPIs and units (contributors.py).

**Two factors of a ratio.** R = N / D. From (N₀, D₀) to (N₁, D₁) the change is split into what the numerator moved,
(N₁ − N₀) · (1/D₀ + 1/D₁) / 2, and what the denominator moved, (1/D₁ − 1/D₀) · (N₀ + N₁) / 2. Their sum is R₁ − R₀ for
all numbers. It is the indicator of T. L. Bennet, "The Theory of Measurement of Changes in Cost of Living", Journal of
the Royal Statistical Society 83 (1920), and the Shapley value of two factors (A. F. Shorrocks, "Decomposition
procedures for distributional analysis", Journal of Economic Inequality 11 (2013)): neither factor is moved first.

**Units of a ratio.** With weights w = D of the unit ÷ D of all, and rates r, the change of R = Σ w·r is split by unit
into its own change, (w₀ + w₁) / 2 · (r₁ − r₀), and mix, (w₁ − w₀) · ((r₀ + r₁) / 2 − (R₀ + R₁) / 2): E. M. Kitagawa,
"Components of a Difference Between Two Rates", Journal of the American Statistical Association 50 (1955). Taking the
mean rate of all off the mix changes no sum, since weights add up to 1, and makes a unit that grows count as good
where it is better than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

Half = tuple[Decimal, Decimal]  # numerator, denominator
ZERO, TWO = Decimal(0), Decimal(2)


class Factors(NamedTuple):
    by_numerator: Decimal
    by_denominator: Decimal


class Part(NamedTuple):
    """What one unit adds to the change of a ratio."""

    within: Decimal
    mix: Decimal

    @property
    def whole(self) -> Decimal:
        return self.within + self.mix


def factors(then: Half, now: Half) -> Factors | None:
    """How much of the change of N / D each half makes; None where a denominator is 0."""
    (n0, d0), (n1, d1) = then, now
    if not d0 or not d1:
        return None
    return Factors((n1 - n0) * (1 / d0 + 1 / d1) / TWO, (1 / d1 - 1 / d0) * (n0 + n1) / TWO)


def parts(then: Mapping[str, Half], now: Mapping[str, Half], whole_then: Half, whole_now: Half) -> dict[str, Part]:
    """What each unit adds to the change of the whole ratio; `""` is what the units do not hold.

    A unit that had nothing in one of the two periods takes its other rate there: it moves the mix only.
    """
    if not whole_then[1] or not whole_now[1]:
        return {}
    names = list(dict.fromkeys([*then, *now]))
    before, after = _with_rest(then, whole_then, names), _with_rest(now, whole_now, names)
    mean = (whole_then[0] / whole_then[1] + whole_now[0] / whole_now[1]) / TWO
    found: dict[str, Part] = {}
    for name in dict.fromkeys([*before, *after]):
        (n0, d0), (n1, d1) = before.get(name, (ZERO, ZERO)), after.get(name, (ZERO, ZERO))
        if not d0 and not d1:
            # A numerator without a denominator has no rate: all of it is the unit's own change.
            found[name] = Part(n1 / whole_now[1] - n0 / whole_then[1], ZERO)
            continue
        w0, w1 = d0 / whole_then[1], d1 / whole_now[1]
        r0, r1 = n0 / d0 if d0 else n1 / d1, n1 / d1 if d1 else n0 / d0
        stray = (n1 / whole_now[1] if not d1 else ZERO) - (n0 / whole_then[1] if not d0 else ZERO)
        found[name] = Part((w0 + w1) / TWO * (r1 - r0) + stray, (w1 - w0) * ((r0 + r1) / TWO - mean))
    return {name: part for name, part in found.items() if name or part.within or part.mix}


def differences(
    values: Sequence[tuple[str, Decimal | None, Decimal | None]], then: Decimal, now: Decimal
) -> dict[str, Decimal]:
    """What each unit adds to the change of a sum; `""` is what the units do not hold."""
    found = {name: (after or ZERO) - (before or ZERO) for name, before, after in values}
    rest = (now - then) - sum(found.values(), ZERO)
    return found | ({"": rest} if rest else {})


def _with_rest(halves: Mapping[str, Half], whole: Half, names: Sequence[str]) -> dict[str, Half]:
    held = [halves[name] for name in names if name in halves]
    rest = (whole[0] - sum((n for n, _ in held), ZERO), whole[1] - sum((d for _, d in held), ZERO))
    return dict(halves) | ({"": rest} if rest != (ZERO, ZERO) else {})
