"""What was odd about a delivery is told by one run: by the one that loaded it, or the next that comes to an end."""

from __future__ import annotations

import pytest

from tests.extract.conftest import HEAD, Source, judge

WIDER = "id,amount,changed,note\n"


def told(source: Source, run_id: str) -> list[tuple[str, str, str]]:
    sql = f"select kind, column_name, outcome from loads.findings where run_id = '{run_id}' order by all"
    return source.rows(sql)


def test_finding_of_a_run_that_was_never_judged_is_told_by_the_next(source):
    """Killed behind the load, the delivery is known to the next run, which has no reason to look at its header."""
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r1")
    judge(source.settings, "r1")
    source.write("deals_2.csv", WIDER + "b,1,,x\n")
    source.load("killed")
    source.load("r2")
    assert told(source, "r2") == [("added", "note", "warn")]
    judge(source.settings, "r2")
    source.load("r3")
    assert told(source, "r3") == []
    assert told(source, "r2") == [("added", "note", "warn")], "what r2 said stays"


def test_finding_is_written_in_the_transaction_that_loads_its_delivery(source, monkeypatch):
    source.write("deals_1.csv", WIDER + "a,1,,x\n")
    with monkeypatch.context() as broken:  # ends where a kill would: behind the load, before anything else is said
        broken.setattr("pipelines.extract.findings.record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            source.load("killed")
    assert source.rows("select count(*) from loads.ledger") == [(1,)]
    source.load("r2")
    assert told(source, "r2") == [("added", "note", "warn")]


def test_finding_of_a_delivery_that_is_replaced_is_not_told_of_the_new_one(source):
    source.say(delivery="full")
    source.write("deals_1.csv", WIDER + "a,1,,x\n")
    source.load("killed")
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r2")
    assert told(source, "r2") == []


def test_refused_delivery_of_a_run_that_was_never_judged_is_met_again(source):
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r1")
    source.write("deals_2.csv", "id,amount\nb,1\n")
    source.try_load("killed")
    source.try_load("r2")
    assert told(source, "r2") == [("unfit", "", "refuse")], "the first run that tells it blocks the table"
    judge(source.settings, "r2")
    source.try_load("r3")
    assert told(source, "r3") == [("unfit", "", "warn")]
