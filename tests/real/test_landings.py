"""Where months of a real marketplace were said to land half-way, and where they landed."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.model import check
from pipelines.settings import Settings
from tests.real import landings

pytestmark = pytest.mark.real


def test_four_of_five_intervals_hold_what_comes(real_data):
    """On the 15th of ten months of Olist: an interval of 80 % that held less than 70 % or more than 92 % would be none."""
    shipped, sales = check.read_definitions(Settings()), landings.olist(real_data)
    days = landings.months(date(2017, 10, 1), date(2018, 7, 1), [15])
    said = [one for as_of in days for one in landings.said_on(shipped, sales, as_of)]
    known, held = landings.coverage(said)
    assert known >= 90
    assert 0.7 <= held / known <= 0.92
    run_rate, seasonal, chosen = (landings.errors(said, way) for way in ("run_rate", "seasonal", "chosen"))
    assert chosen <= min(run_rate, seasonal) * 1.01  # a young company: last year says little of this one
    likely, unlikely = ([one for one in said if one.is_in_chances(*part)] for part in ((0.75, 1), (0, 0.25)))
    shares = [sum(one.is_hit for one in some) / len(some) for some in (likely, unlikely)]
    assert shares[0] >= 0.7
    assert shares[1] <= 0.3
