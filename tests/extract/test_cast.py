"""Typing: each text becomes exactly its column's type or is set aside; nothing is rounded, guessed or lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract import cast
from pipelines.extract.contract import Column
from pipelines.extract.load import TableLoad


def one_column(source, kind, values, **column):
    """Loads `values` as a column v of a type; gives what raw holds and which record numbers were set aside."""
    source.columns(n="integer", v={"type": kind, **column}).say(key=[], cursor=None, delivery="full")
    source.write("deals_1.csv", "n,v\n" + "".join(f'{i},"{value}"\n' for i, value in enumerate(values)))
    source.load()
    held = dict(source.rows("select n, v from raw_crm.deals"))
    aside = [row[0] - 1 for row in source.rows("select _row_number from quarantine_crm.deals order by 1")]
    return held, aside


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


# --- a text as DuckDB would write it takes a shorter way ----------------------------------------------------------

KINDS = ["integer", "decimal(18,2)", "decimal(9,0)", "double", "date", "timestamp"]
NUMBERS = st.one_of(
    st.text("0123456789+-. eE", max_size=8),
    st.decimals(-(10**6), 10**6, places=2).map(str),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
)
TIMES = st.one_of(
    st.text("0123456789-/: T", max_size=12),
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes().map(lambda at: at.isoformat(timespec="seconds")),
    st.sampled_from(["infinity", "-infinity", "epoch", "12026-01-01", "12026-01-01 00:00:00", "0044-03-15 (BC)",
                     "2026-02-30", "2026-03-02 24:00:00", "2026-03-02 23:59:60", "9999-12-31", "10000-01-01"]),
)  # fmt: skip


@given(st.lists(NUMBERS | TIMES, min_size=1, max_size=200))
@settings(max_examples=40, deadline=None)
def test_the_shorter_way_gives_what_the_patterns_give(values):
    ways = {}
    for name, as_written in (("short", cast._as_written), ("long", lambda kind, value, otherwise: otherwise)):
        with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
            patch.setattr(cast, "_as_written", as_written)
            typed = [cast.typed(Column(name="v", type=kind), "v", "VARCHAR", "Asia/Shanghai") for kind in KINDS]
            con.execute("set TimeZone = 'UTC'")
            columns = ", ".join(f"cast({expression} as varchar)" for expression in typed)
            ways[name] = con.execute(f"select v, {columns} from (select unnest(?) as v)", [values]).fetchall()
    assert ways["short"] == ways["long"]
