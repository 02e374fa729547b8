"""A poisoned delivery holds back nothing but itself, and what was held back comes in by itself once it is mended."""

from __future__ import annotations

import random

import pytest

from tests.extract.conftest import Source

HEAD = b"id,amount,changed\n"
POISONS = {
    "ragged": HEAD + b"p,1\n",
    "an open quote": HEAD + b'p,"1,\nq,1,\n',
    "no header": b"p,1,\n",
    "another table": b"name,city\nx,y\n",
    "NUL bytes": HEAD + b"p\x00,1,\n",
    "not UTF-8": HEAD + b"\xff\xfe,1,\n",
    "two names that fold to one": b"id,amount,changed,Amount\np,1,,2\n",
    "no bytes": b"",
    "only a header": HEAD,
    "binary": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("poison", POISONS)
def test_poison_lets_later_deliveries_through_and_recovers_by_itself(tmp_path, poison):
    source = Source(tmp_path)
    rng = random.Random(poison)
    days = list(range(1, 6))
    bad = rng.choice(days)
    for day in days:
        good = HEAD + f"k{day},{day},\n".encode()
        source.write(f"deals_{day}.csv", POISONS[poison] if day == bad else good)
        refused = source.try_load(f"r{day}").refused
        assert [one.name for one in refused] == ([f"deals_{bad}.csv"] if day >= bad else [])
    assert sorted(source.column("id")) == [f"k{day}" for day in days if day != bad]
    source.write(f"deals_{bad}.csv", HEAD + f"k{bad},{bad},\n".encode())
    assert source.try_load("mended").refused == ()
    assert sorted(source.column("id")) == [f"k{day}" for day in days]
    assert source.rows("select count(*) from loads.ledger") == [(5,)]
