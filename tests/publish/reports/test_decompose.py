"""Whatever the numbers: the parts of a change add up to the change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publish.reports.decompose import differences, factors, parts

whole = st.integers(0, 10_000).map(Decimal)
base = st.integers(1, 10_000).map(Decimal)
half = st.tuples(whole, whole)
units = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), half, max_size=4)
TINY = Decimal("1e-18")


@given(st.tuples(whole, base), st.tuples(whole, base))
def test_numerator_and_denominator_make_the_whole_change(then: tuple, now: tuple) -> None:
    found = factors(then, now)
    assert found
    assert abs(sum(found) - (now[0] / now[1] - then[0] / then[1])) < TINY


@given(units, units, st.tuples(whole, base), st.tuples(whole, base))
def test_units_and_what_lies_in_none_make_the_whole_change(
    then: dict, now: dict, all_then: tuple, all_now: tuple
) -> None:
    found = parts(then, now, all_then, all_now)
    change = all_now[0] / all_now[1] - all_then[0] / all_then[1]
    assert abs(sum(part.whole for part in found.values()) - change) < TINY


@given(st.lists(st.tuples(whole, whole), max_size=5), whole, whole)
def test_differences_make_the_whole_difference(sides: list, then: Decimal, now: Decimal) -> None:
    found = differences([(str(n), *side) for n, side in enumerate(sides)], then, now)
    assert sum(found.values(), Decimal(0)) == now - then


def test_a_worked_example() -> None:
    """40 of 100 won, then 45 of 150: 5 more won are worth +4.2 points, 50 more lost or won −14.2."""
    found = factors((Decimal(40), Decimal(100)), (Decimal(45), Decimal(150)))
    assert found
    assert round(found.by_numerator, 4) == Decimal("0.0417")
    assert round(found.by_denominator, 4) == Decimal("-0.1417")


def test_mix_alone_moves_a_ratio_whose_units_did_not_change() -> None:
    """a wins half and b a tenth, as before; b has more to decide now."""
    then = {"a": (Decimal(50), Decimal(100)), "b": (Decimal(10), Decimal(100))}
    now = {"a": (Decimal(50), Decimal(100)), "b": (Decimal(30), Decimal(300))}
    found = parts(then, now, (Decimal(60), Decimal(200)), (Decimal(80), Decimal(400)))
    assert [part.within for part in found.values()] == [0, 0]
    assert sum(part.mix for part in found.values()) == pytest.approx(Decimal("-0.1"))
    assert found["a"].mix < 0  # the better unit weighs less


def test_without_a_denominator_nothing_is_traced() -> None:
    assert factors((Decimal(1), Decimal(0)), (Decimal(1), Decimal(2))) is None
    assert parts({}, {}, (Decimal(1), Decimal(0)), (Decimal(1), Decimal(2))) == {}
