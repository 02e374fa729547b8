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

HEAD = "id,amount,changed\n"
LEDGER = (
    "select source_file, source_rows, loaded, quarantined, duplicates, watermark from loads.ledger order by source_file"
)


def one_column(source, kind, values, **column):
    """Loads `values` as a column v of a type; gives what raw holds and which record numbers were set aside."""
    source.columns(n="integer", v={"type": kind, **column}).say(key=[], cursor=None, delivery="full")
    source.write("deals_1.csv", "n,v\n" + "".join(f'{i},"{value}"\n' for i, value in enumerate(values)))
    source.load()
    held = dict(source.rows("select n, v from raw_crm.deals"))
    aside = [row[0] - 1 for row in source.rows("select _row_number from quarantine_crm.deals order by 1")]
    return held, aside


# --- typing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "column", "good", "bad"),
    [
        ("integer", {}, {"17": 17, " -3 ": -3, "": None, " ": None},
         ["17850.0", "1e3", "1_000", "１２", "0x1", "9" * 20]),
        ("integer", {"thousands": ","}, {"1,200": 1200, "12": 12}, ["1,20", "1,,200", "1.200", "1,200.5"]),
        (
            "decimal(18,2)",
            {"thousands": ","},
            {"1,200.50": Decimal("1200.50"), "-.5": Decimal("-0.50"), "1.500": Decimal("1.50"), "7": Decimal(7)},
            ["1.005", "1e3", "¥5", "(5)", "N/A", "nan", "1,2.50", "9" * 17, "."],
        ),
        ("decimal(9,2)", {"thousands": "."}, {"1.234,50": Decimal("1234.50"), "7,5": Decimal("7.5")},
         ["1.5", "1,234.50"]),
        ("decimal(9,2)", {"thousands": " "}, {"1 234.5": Decimal("1234.50")}, ["1 23"]),
        ("decimal(18,0)", {}, {"5": Decimal(5), "5.00": Decimal(5)}, ["5.1"]),
        ("double", {}, {"1e3": 1000.0, ".5": 0.5}, ["nan", "inf", "1e999", "1,5"]),
        ("boolean", {}, {"TRUE": True, "0": False, "是": True, "n": False, "": None}, ["maybe", "2"]),
        ("date", {}, {"2026-03-02": dt.date(2026, 3, 2), "2026-03-02 00:00:00": dt.date(2026, 3, 2)},
         ["02/03/2026", "2026-02-30", "2026-03-02 10:00", "20260302"]),
        ("date", {"format": "%d/%m/%Y"}, {"29/2/2016": dt.date(2016, 2, 29)}, ["2/29/2016", "29/2/2015", "2016-02-29"]),
        ("timestamp", {}, {"2026-03-02T10:00:01.5": dt.datetime(2026, 3, 2, 10, 0, 1, 500000)},
         ["2026-03-02 25:00", "yesterday", "now", "epoch", "infinity"]),
        ("timestamp", {"format": "%d/%m/%Y %H:%M"}, {"5/3/2016 1:16": dt.datetime(2016, 3, 5, 1, 16)}, ["5/3/2016"]),
        ("time", {}, {"08:30": dt.time(8, 30)}, ["8h30", "25:00"]),
        ("text", {"nulls": ["?", "Select"]}, {"a ": "a ", "?": None, "Select": None}, []),
        ("integer", {"nulls": ["?"]}, {"?": None, " ? ": None, "1": 1}, ["??"]),
    ],
)  # fmt: skip
def test_load_types_exactly_or_sets_aside(source, kind, column, good, bad):
    held, aside = one_column(source, kind, [*good, *bad], **column)
    assert list(held.values()) == list(good.values())
    assert aside == list(range(len(good), len(good) + len(bad)))


def test_load_turns_offsets_into_the_local_time_of_the_contract(source):
    source.time_zone = "Asia/Shanghai"
    held, aside = one_column(
        source, "timestamp", ["2026-03-02T02:00:00Z", "2026-03-02 10:00:00+0800", "2026-03-02 10:00"]
    )
    assert set(held.values()) == {dt.datetime(2026, 3, 2, 10)}
    assert aside == []


def test_load_sets_aside_an_instant_that_local_time_could_not_tell(source):
    source.time_zone = "Europe/Berlin"  # 2026-10-25: 02:30 comes twice
    held, aside = one_column(source, "timestamp", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
    assert len(held) == len(aside) == 1


def test_load_reads_dates_of_a_workbook_beside_written_ones(source):
    import openpyxl

    source.columns(day={"type": "date", "format": "%d.%m.%Y"}).say(
        key=[], cursor=None, delivery="append", from_={"glob": "*.xlsx"}
    )
    book = openpyxl.Workbook()
    for cell in ("day", dt.datetime(2026, 3, 2), "03.03.2026"):
        book.active.append([cell])
    book.save(source.folder / "d.xlsx")
    source.load()
    assert source.column("day") == [dt.date(2026, 3, 2), dt.date(2026, 3, 3)]


def test_load_of_parquet_sets_nan_aside(source):
    source.columns(v="double").say(key=[], cursor=None, delivery="append", from_={"glob": "*.parquet"})
    pq.write_table(pa.table({"v": [1.5, float("nan"), None, float("inf")]}), source.folder / "d.parquet")
    assert source.load() == TableLoad(4, 2, 2, 0, 0, True)


def test_load_of_parquet_keeps_values_or_sets_aside(source):
    source.columns(a="decimal(18,2)", b="integer", c="date", d="text").say(
        key=[], cursor=None, delivery="append", from_={"glob": "*.parquet"}
    )
    instant = dt.datetime(2026, 3, 2)
    table = {
        "a": [0.29, 0.295, 1.0],
        "b": [1.0, 2.0, 2.5],
        "c": [instant, instant, instant + dt.timedelta(hours=1)],
        "d": [1, 2, 3],
    }
    pq.write_table(pa.table(table), source.folder / "d.parquet")
    assert source.load() == TableLoad(3, 1, 2, 0, 0, True)
    assert source.rows("select a, b, c, d from raw_crm.deals") == [(Decimal("0.29"), 1, dt.date(2026, 3, 2), "1")]


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


# --- refusals leave everything as it was ------------------------------------------------------------------------


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


# --- a changed contract -----------------------------------------------------------------------------------------


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
