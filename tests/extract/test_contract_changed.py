"""A changed contract: raw is made anew from the source or from what was landed, or stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.errors import KpiError
from pipelines.extract.load import TableLoad
from tests.extract.conftest import HEAD


def test_changed_contract_loads_everything_again(source):
    source.write("deals_1.csv", HEAD + "a,1.5,2026-01-01\nb,1.25,2026-01-02\n")
    source.columns(id="text", amount="decimal(18,1)", changed="timestamp")
    assert source.load().quarantined == 1
    source.columns(id="text", amount="decimal(18,2)", changed="date")
    assert source.load() == TableLoad(2, 2, 0, 0, 0, True)
    assert source.column("changed") == [dt.date(2026, 1, 1), dt.date(2026, 1, 2)]
    assert source.rows("from quarantine_crm.deals") == []


def test_changed_meaning_alone_does_not_load_again(source):
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    said = {"name": "amount", "type": "decimal(18,2)", "as": "amount", "required": True, "values": {"1": 2}}
    source.columns(id="text", amount={k: v for k, v in said.items() if k != "name"}, changed="timestamp")
    source.say(entities=["deals"], block_above="5%", empty="warn")
    assert source.load().changed is False


def test_changed_contract_keeps_what_an_unfit_new_file_would_replace(source):
    source.say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r1")
    source.columns(id="text", amount="decimal(18,4)", changed="timestamp")
    source.write("deals_1.csv", HEAD + "a,1\n")
    (unfit,) = source.try_load("r2").refused
    assert (unfit.kind, source.column("id")) == ("unfit", ["a"])


def test_changed_contract_does_not_hold_back_what_raw_holds(source):
    for day in range(1, 5):
        source.write(f"deals_{day}.csv", HEAD + "".join(f"{day}-{i},1,\n" for i in range(5 if day == 1 else 100)))
    source.load("r1")
    source.columns(id="text", amount="decimal(18,4)", changed="timestamp")
    assert source.load("r2").loaded == 305


def test_changed_contract_uses_the_landing_file_of_a_source_that_is_gone(source):
    first = source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    first.unlink()
    source.write("deals_2.csv", HEAD + "a,2,\nb,2,\n")
    source.columns(id="text", amount="integer", changed="timestamp")
    assert source.load() == TableLoad(3, 3, 0, 0, 0, True)
    assert source.rows("select id, amount from raw_crm.deals order by 1") == [("a", 2), ("b", 2)]


def test_changed_contract_refuses_where_neither_file_nor_landing_serves(source):
    first = source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    first.unlink()
    source.write("deals_2.csv", "id,amount,changed,note\nb,2,,n\n")
    source.columns(id="text", amount="integer", changed="timestamp", note="text")
    with pytest.raises(KpiError, match=r"deals_1\.csv is no longer in the source folder"):
        source.load()
    assert source.column("id") == ["a"]
