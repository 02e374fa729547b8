"""Keys that are empty or repeated never drop or double a record without a word."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.extract.conftest import Source


@pytest.mark.parametrize("seed", range(6))
def test_empty_keys_are_set_aside_and_repeated_ones_declared(tmp_path, seed):
    rng = random.Random(seed)
    source = Source(tmp_path).columns(a="text", b="integer", amount="integer", changed="timestamp").say(key=["a", "b"])
    draws = [(rng.choice(["x", "y", "", "NULL"]), rng.choice(["1", "2", ""]), n) for n in range(40)]
    source.write("deals_1.csv", "a,b,amount,changed\n" + "".join(f"{a},{b},{n},\n" for a, b, n in draws))
    load = source.load()
    whole = [(a, b) for a, b, _ in draws if a and b]
    assert load.quarantined == len(draws) - len(whole), f"seed {seed}"
    assert load.duplicates == sum(times - 1 for times in Counter(whole).values()), f"seed {seed}"
    newest = {(a, int(b)): n for a, b, n in draws if a and b}
    assert {(a, b): n for a, b, n in source.rows("select a, b, amount from raw_crm.deals")} == newest
    aside = source.rows(
        "select count(distinct _row_number), bool_and(reason_zh like '主键列%') from quarantine_crm.deals"
    )
    assert aside == [(load.quarantined, True)]
