"""The load: typed exactly or set aside, each delivery once, nothing lost and nothing doubled."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import KpiError
from pipelines.extract.load import TableLoad
from tests.extract.conftest import HEAD, LEDGER

# --- what is set aside ------------------------------------------------------------------------------------------


def test_load_sets_aside_with_reason_and_record(source):
    source.write("deals_1.csv", HEAD + "a,x,y\n,1,\nb,2,2026-01-01\n")
    assert source.load("run7") == TableLoad(3, 1, 2, 0, 0, True)
    rows = source.rows(
        "select _row_number, stage, rule, column_name, reason_zh, reason_en, record, run_id, _source_file"
        " from quarantine_crm.deals order by 1, column_name"
    )
    assert [row[:4] for row in rows] == [
        (1, "load", "type", "amount"),
        (1, "load", "type", "changed"),
        (2, "load", "key", "id"),
    ]
    assert rows[0][4:] == (
        "列 amount 的值不是 decimal(18,2)",
        "column amount is not decimal(18,2)",
        '{"id":"a","amount":"x","changed":"y"}',
        "run7",
        "deals_1.csv",
    )


def test_load_leaves_an_empty_required_column_to_the_gate(source):
    source.columns(id="text", amount={"type": "integer", "required": True}).say(cursor=None)
    source.write("deals_1.csv", "id,amount\na,\n")
    assert source.load().loaded == 1


def test_load_keeps_where_each_row_comes_from(source):
    source.write("deals_1.csv", HEAD + "a,1,\nb,2,\n")
    source.load()
    rows = source.rows("select id, _row_number, _source_file, _loaded_at, _batch_id from raw_crm.deals order by id")
    assert [row[:4] for row in rows] == [
        ("a", 1, "deals_1.csv", dt.datetime(2026, 3, 2, 8)),
        ("b", 2, "deals_1.csv", dt.datetime(2026, 3, 2, 8)),
    ]
    assert (source.settings.landing / "crm" / "deals" / f"{rows[0][4]}.parquet").is_file()


# --- exactly once -----------------------------------------------------------------------------------------------


def test_load_twice_is_the_same_as_once(source):
    source.write("deals_1.csv", HEAD + "a,1,2026-01-01\nb,bad,\n")
    source.load()
    ledger, raw = source.rows(LEDGER), source.rows("from raw_crm.deals")
    assert ledger == [("deals_1.csv", 2, 1, 1, 0, "2026-01-01 00:00:00")]
    assert source.load("r2") == TableLoad(0, 0, 0, 0, 1, False)
    assert (source.rows(LEDGER), source.rows("from raw_crm.deals")) == (ledger, raw)


def test_load_takes_the_same_bytes_or_records_under_two_names_once(source):
    source.say(key=[], cursor=None, delivery="append", from_={"glob": "*.csv*"})
    text = (HEAD + "a,1,\n").encode()
    for name, content in (("1.csv", text), ("2.csv", text), ("3.csv.gz", gzip.compress(text))):
        source.write(name, content)
    assert source.load() == TableLoad(2, 1, 0, 1, 0, True)
    assert source.load().changed is False


def test_upsert_keeps_the_newest_version_whatever_the_order_of_arrival(tmp_path_factory):
    from tests.extract.conftest import Source

    deliveries = {
        "deals_1.csv": HEAD + "a,1,2026-01-01\nb,1,2026-01-05\nc,1,\n",
        "deals_2.csv": HEAD + "a,2,2026-01-03\nb,2,2026-01-02\nc,2,2026-01-01\na,3,2026-01-03\n",
        "deals_3.csv": HEAD + "a,4,2026-01-02\nd,4,2026-01-01\n",
    }
    for order in itertools.permutations(deliveries):
        source = Source(tmp_path_factory.mktemp("upsert"))
        for name in order:
            source.write(name, deliveries[name])
            source.load()
        held = source.rows("select id, amount, _source_file from raw_crm.deals order by id")
        assert held == [
            ("a", 3, "deals_2.csv"), ("b", 1, "deals_1.csv"), ("c", 2, "deals_2.csv"), ("d", 4, "deals_3.csv"),
        ], order  # fmt: skip
        assert source.rows("select sum(source_rows - loaded - quarantined - duplicates) from loads.ledger") == [(0,)]


def test_upsert_counts_what_it_did_not_keep_as_duplicates(source):
    source.write("deals_1.csv", HEAD + "a,1,2026-01-01\na,2,2026-01-02\nb,1,2026-01-02\n")
    assert source.load() == TableLoad(3, 2, 0, 1, 0, True)
    source.write("deals_2.csv", HEAD + "b,0,2026-01-01\n")
    assert source.load() == TableLoad(1, 0, 0, 1, 1, True)
    assert source.column("amount") == [2, 1]


def test_upsert_file_delivered_again_under_its_name_replaces_itself(source):
    source.say(cursor=None)
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    source.write("deals_1.csv", HEAD + "a,2,\n")
    source.load()
    assert source.column("amount") == [2]


def test_file_that_is_put_back_after_a_faulty_one_mends_what_the_faulty_one_broke(source):
    good, faulty = HEAD + "1,10,2026-03-01\n2,20,2026-03-01\n", HEAD + "1,,2026-03-01\n2,x,2026-03-01\n"
    source.write("deals_1.csv", good)
    source.load()
    source.write("deals_1.csv", faulty)
    source.load()
    assert None in source.column("amount")
    source.write("deals_1.csv", good)
    assert source.load() == TableLoad(source_rows=2, loaded=2, changed=True)
    assert source.column("amount") == [10, 20]
    assert not source.load().changed


def test_record_that_could_not_be_read_is_released_when_it_comes_mended(source):
    source.write("deals_1.csv", HEAD + "a,x,2026-01-01\nb,y,2026-01-01\n")
    source.load()
    source.write("deals_2.csv", HEAD + "a,1,2026-01-02\n")
    source.load()
    assert source.rows("select json_extract_string(record, '$.id') from quarantine_crm.deals") == [("b",)]


def test_upsert_of_many_rows_loads_them_all(source):
    # DuckDB 2.0 loses sight of large inserts into a table made empty in the same transaction; 20 rows never show it.
    source.columns(id="integer").say(key=["id"], cursor=None, from_={"glob": "*.parquet"})
    many = 600_000
    pq.write_table(pa.table({"id": range(many)}), source.folder / "d1.parquet")
    assert source.load() == TableLoad(many, many, 0, 0, 0, True)
    pq.write_table(pa.table({"id": range(many // 2, many + 1)}), source.folder / "d2.parquet")
    assert source.load().loaded == many // 2 + 1
    assert source.rows("select count(*), min(id), max(id) from raw_crm.deals where id >= 0") == [(many + 1, 0, many)]


def test_full_replaces_the_table_and_deletes_missing_keys(source):
    source.say(delivery="full")
    source.write("deals_1.csv", HEAD + "a,1,\nb,1,\n")
    source.write("deals_2.csv", HEAD + "c,x,\nc,1,\n")
    assert source.load() == TableLoad(4, 3, 1, 0, 0, True)
    (source.folder / "deals_2.csv").unlink()
    source.write("deals_1.csv", HEAD + "b,2,\nb,3,\n")
    assert source.load() == TableLoad(2, 1, 0, 1, 0, True)
    assert source.rows("select id, amount from raw_crm.deals") == [("b", 3)]
    assert source.rows("from quarantine_crm.deals") == []
    assert source.rows(LEDGER) == [("deals_1.csv", 2, 1, 0, 1, None)]


def test_full_that_goes_back_to_an_earlier_state_is_taken(source):
    source.say(delivery="full")
    for amount in (1, 2, 1):
        source.write("deals_1.csv", HEAD + f"a,{amount},\n")
        source.load()
    assert source.column("amount") == [1]


def test_append_with_a_key_takes_a_repeated_row_once(source):
    source.say(delivery="append", cursor=None)
    source.write("deals_1.csv", HEAD + "a,1,\nb,1,\n")
    source.load()
    source.write("deals_2.csv", HEAD + "b,1,\nc,1,\n")
    source.load()
    assert sorted(source.column("id")) == ["a", "b", "c"]


def test_append_without_key_refuses_a_file_that_changed(source):
    source.say(delivery="append", key=[], cursor=None)
    source.write("deals_1.csv", HEAD + "a,1,\n")
    source.load()
    source.write("deals_1.csv", HEAD + "a,1,\nb,1,\n")
    with pytest.raises(KpiError, match=r"deals_1\.csv: .*changed after it was loaded"):
        source.load()
    assert source.column("id") == ["a"]


# --- snapshots --------------------------------------------------------------------------------------------------


def test_snapshots_keep_every_day_and_replace_the_same_day(source):
    source.say(delivery="snapshot", from_={"glob": "deals_*.csv", "day": "%Y%m%d"})
    source.write("deals_20260101.csv", HEAD + "a,1,\nb,1,\n")
    source.write("deals_20260102.csv", HEAD + "a,2,\nb,2,\n")
    source.load("r1")
    source.write("deals_20260102.csv", HEAD + "a,3,\nc,3,\n")
    source.load("r2")
    rows = source.rows("select cast(_snapshot_date as varchar), id, amount from raw_crm.deals order by all")
    assert rows == [("2026-01-01", "a", 1), ("2026-01-01", "b", 1), ("2026-01-02", "a", 3), ("2026-01-02", "c", 3)]
    assert source.load("r3").changed is False


def test_snapshots_of_days_on_which_nothing_changed_are_days_of_their_own(source):
    source.say(delivery="snapshot", from_={"glob": "deals_*.csv", "day": "%Y%m%d"}, empty="allow")
    held = "select distinct cast(_snapshot_date as varchar) from raw_crm.deals order by all"
    for day in (20260101, 20260102, 20260103):
        source.write(f"deals_{day}.csv", HEAD + "a,1,\n")
    source.load("r1")
    assert source.rows(held) == [("2026-01-01",), ("2026-01-02",), ("2026-01-03",)]
    assert source.load("r2").changed is False
    source.write("deals_20260101.csv", HEAD)  # what it says now, another day said before
    source.write("deals_20260103.csv", HEAD)
    source.load("r3")
    assert source.rows(held) == [("2026-01-02",)]


def test_snapshot_that_replaces_its_day_leaves_nothing_of_the_old_one_aside(source):
    source.say(delivery="snapshot", from_={"glob": "deals_*.csv", "day": "%Y%m%d"})
    source.write("deals_20260101.csv", HEAD + "a,bad,\nb,1,\n")
    assert source.load("r1").quarantined == 1
    source.write("deals_20260101.csv", HEAD + "b,1,\n")
    source.load("r2")
    assert source.rows("from quarantine_crm.deals") == []


def test_snapshot_whose_name_holds_no_day_is_refused(source):
    source.say(delivery="snapshot", from_={"glob": "deals_*.csv", "day": "%Y-%m-%d"})
    source.write("deals_2026-13-40.csv", HEAD + "a,1,\n")
    with pytest.raises(KpiError, match="no day written as %Y-%m-%d stands in the file's name"):
        source.load()


# --- conservation -----------------------------------------------------------------------------------------------

AMOUNT = st.one_of(st.integers(-99, 99).map(str), st.sampled_from(["", "x", "1.005", "1e3", '"', "a,b", "1\n2", "客"]))
DELIVERY = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "", " "]), AMOUNT, st.sampled_from(["", "1", "2"])), max_size=8
)


@settings(max_examples=25, deadline=None)
@given(st.lists(DELIVERY, min_size=1, max_size=3), st.sampled_from(["append", "upsert", "full"]), st.booleans())
def test_every_record_is_loaded_or_set_aside_or_a_duplicate(sources, deliveries, kind, keyed):
    source = sources().columns(id="text", amount="decimal(18,2)", changed="integer").say(delivery=kind, empty="allow")
    keyed = keyed or kind == "upsert"
    source.say(key=["id"] if keyed else [])

    def typable(record):
        return record[1] == "" or record[1].lstrip("-").isdigit()

    for number, records in enumerate(deliveries):
        lines = [",".join('"' + field.replace('"', '""') + '"' for field in record) for record in records]
        source.write(f"deals_{number}.csv", "id,amount,changed\n" + "".join(line + "\n" for line in lines))
    load = source.load()
    assert load.source_rows == load.loaded + load.quarantined + load.duplicates
    distinct = list({tuple(records): records for records in deliveries}.values())
    every = [record for records in distinct for record in records]
    assert load.source_rows == len(every)
    good = [r for r in every if typable(r) and (r[0] != "" or not keyed)]
    assert load.quarantined == len(every) - len(good)
    if not keyed:
        assert sorted(source.column("id"), key=str) == sorted((r[0] or None for r in good), key=str)
    else:
        newest = {}
        for record in good:
            if record[0] not in newest or int(record[2] or 0) >= int(newest[record[0]][2] or 0):
                newest[record[0]] = record
        held = source.rows("select id, amount from raw_crm.deals order by id")
        assert held == sorted((key, Decimal(r[1]) if r[1] else None) for key, r in newest.items())


def test_files_in_any_order_and_twice_give_one_content(tmp_path_factory):
    from tests.extract.conftest import Source

    contents = {f"deals_{day}.csv": HEAD + "".join(f"{day}-{i},{i},\n" for i in range(20)) for day in range(12)}
    held = set()
    for seed in (None, 1, 2):
        source = Source(tmp_path_factory.mktemp("order")).say(delivery="append", key=[], cursor=None)
        names = list(contents)
        if seed:
            random.Random(seed).shuffle(names)
        for name in names if seed else [names]:
            for each in name if isinstance(name, list) else [name]:
                source.write(each, contents[each])
            source.load()
            source.load()
        held.add(tuple(source.rows("select id, amount, _batch_id, _row_number from raw_crm.deals order by all")))
    assert len(held) == 1
    assert len(held.pop()) == 240
