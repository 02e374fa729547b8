"""Deliveries that are empty, small, unfit or gone: held back or refused, and everything else stays as it was."""

from __future__ import annotations

import pytest

from pipelines.errors import KpiError
from pipelines.extract.load import TableLoad
from tests.extract.conftest import HEAD, judge


@pytest.mark.parametrize("content", ["", HEAD])
def test_empty_delivery_blocks_and_touches_nothing(source, content):
    source.say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    before = source.rows("from raw_crm.deals"), source.rows("from loads.ledger")
    source.write("deals_1.csv", content)
    with pytest.raises(KpiError, match=r"deals_1\.csv: held back: raw_crm\.deals: .*no records.*empty: block"):
        source.load()
    assert (source.rows("from raw_crm.deals"), source.rows("from loads.ledger")) == before


def test_empty_delivery_is_held_back_and_the_others_go_on(source):
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.write("deals_2.csv", HEAD)
    (held,) = source.try_load().refused
    assert (held.name, held.kind) == ("deals_2.csv", "held")
    assert source.rows("select source_file from loads.ledger") == [("deals_1.csv",)]


def test_held_back_delivery_is_loaded_once_it_is_accepted(source):
    source.say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    source.write("deals_1.csv", HEAD)
    assert [held.kind for held in source.try_load().refused] == ["held"]
    source.load(accept=True)
    assert source.column("id") == []
    assert source.load().changed is False


@pytest.mark.parametrize("kind", ["full", "upsert", "append", "snapshot"])
def test_delivery_of_a_tenth_of_the_usual_is_held_back(source, kind):
    source.say(delivery=kind, from_={"glob": "deals_*.csv", "day": "%Y-%m-%d"})
    for day in range(1, 5):
        rows = "".join(f"{day}-{i},1,2026-01-0{day}\n" for i in range(100))
        source.write("deals_2026-01-01.csv" if kind == "full" else f"deals_2026-01-0{day}.csv", HEAD + rows)
        source.load(f"r{day}")
    before = source.rows("select count(*) from raw_crm.deals")
    name = "deals_2026-01-01.csv" if kind == "full" else "deals_2026-01-05.csv"
    source.write(name, HEAD + "".join(f"5-{i},1,\n" for i in range(9)))
    (held,) = source.try_load("r5").refused
    assert (held.kind, "9 records where 100 are usual" in held.error.problem) == ("held", True)
    assert source.rows("select count(*) from raw_crm.deals") == before
    source.write(name, HEAD + "".join(f"5-{i},1,\n" for i in range(10)))
    assert source.load("r6").loaded == 10


def test_unfit_file_blocks_when_it_is_met_and_is_told_as_a_warning_from_then_on(source):
    source.write("deals_1.csv", HEAD + "a,1\n")
    outcomes = []
    for run_id in ("r1", "r2"):
        source.write(f"deals_{run_id}.csv", HEAD + f"{run_id},1,\n")
        (found,) = source.try_load(run_id).found
        outcomes.append((found.source_file, found.finding.kind, found.finding.outcome))
        judge(source.settings, run_id)
    assert outcomes == [("deals_1.csv", "unfit", "refuse"), ("deals_1.csv", "unfit", "warn")]
    assert sorted(source.column("id")) == ["r1", "r2"]
    source.write("deals_1.csv", HEAD + "a,1,\n")
    assert source.load("r3").found == ()


def test_unfit_content_of_a_full_table_blocks_as_long_as_it_lies_there(source):
    source.say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r1")
    source.write("deals_1.csv", HEAD + "a,1\n")
    for run_id in ("r2", "r3"):
        (found,) = source.try_load(run_id).found
        assert found.finding.outcome == "refuse"
    assert source.column("id") == ["a"]


def test_source_that_is_gone_leaves_what_it_delivered(source):
    path = source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load("r1")
    path.unlink()
    (gone,) = source.try_load("r2").refused
    assert (gone.kind, "no file matches" in gone.error.problem) == ("unreachable", True)
    assert source.column("id") == ["a"]


def test_source_that_never_delivered_is_an_error_of_the_contract(source):
    with pytest.raises(KpiError, match="no file matches"):
        source.try_load()


def test_empty_delivery_is_taken_where_the_contract_allows(source):
    source.say(delivery="full", empty="warn")
    source.write("deals_1.csv", HEAD)
    taken = source.load()
    assert (taken.changed, taken.source_rows) == (True, 0)
    assert "deals_1.csv holds no records" in taken.warnings[0]
    assert source.rows("from raw_crm.deals") == []
    assert source.load().changed is False


def test_wrong_second_file_leaves_the_first_loaded(source):
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.write("deals_2.csv", HEAD + "b,1\n")
    for _ in range(2):
        with pytest.raises(KpiError, match=r"deals_2\.csv:2: "):
            source.load()
    assert source.column("id") == ["a"]
    source.write("deals_2.csv", HEAD + "b,1,\n")
    assert source.load() == TableLoad(1, 1, 0, 0, 1, True)


def test_records_that_are_not_counted_again_refuse_the_file(source, monkeypatch):
    from pipelines.extract.files import csv_file

    source.write("deals_1.csv", HEAD + "a,1,\n")
    monkeypatch.setattr(csv_file, "count", lambda *_: 2)
    with pytest.raises(KpiError, match="2 records counted in the source, 1 read"):
        source.load()
    assert source.rows("from loads.ledger") == []
