"""A table that is read on from a cursor: overlap, corrections, empty cursors, a source that lost its rows."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.extract.arrivals import begin
from pipelines.extract.contract import SourceContract
from pipelines.extract.load import TableLoad, load_table
from pipelines.extract.source import Pull, Records
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.extract.conftest import DEALS, NOW


class Shop:
    """A database of one table, read as a pulled source is."""

    def __init__(self, place: Path, **said: object) -> None:
        self.con = sqlite3.connect(place / "shop.sqlite")
        self.con.execute("create table deals (id text, amount text, changed text)")
        self.settings = Settings(config=place, data_dir=place / "data")
        self.said = DEALS | {"from": {"database": {"table": "deals"}}} | said
        self.asked: list[str | None] = []
        self.now, self.days_between = NOW, 0
        self.hidden = 0  # records that a broken read would miss

    def insert(self, *rows: tuple[str, str, str | None]) -> None:
        self.con.executemany("insert into deals values (?, ?, ?)", rows)

    def pull(self, table_name: str, since: str | None) -> Pull:
        self.asked.append(since)
        condition = "? is null or changed >= ? or changed is null"
        rows = self.con.execute(f"select * from deals where {condition} order by id", (since, since)).fetchall()
        counted = len(rows) + self.hidden
        schema = pa.schema([(name, pa.string()) for name in ("id", "amount", "changed")])

        def batches() -> Iterator[pa.RecordBatch]:
            columns = list(zip(*rows, strict=True)) or [(), (), ()]
            yield pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=schema)

        reader = pa.RecordBatchReader.from_batches(schema, batches())
        return Pull("deals", Records(reader, []), lambda: counted)

    def records_now(self, table_name: str) -> int:
        ((rows,),) = self.con.execute("select count(*) from deals").fetchall()
        return int(rows)

    def try_load(self, run_id: str, accept: bool = False) -> TableLoad:
        self.now += dt.timedelta(days=self.days_between)
        contract = SourceContract.model_validate(
            {
                "system": "crm",
                "kind": "database",
                "label": {"zh": "库", "en": "DB"},
                "owner": "sales_ops",
                "connection": {"url": "sqlite://"},
                "tables": {"deals": self.said},
            }
        )
        with open_warehouse(self.settings) as con:
            return load_table(con, contract, "deals", self.settings, run_id, self.now, self, accept)

    def load(self, run_id: str) -> TableLoad:
        loaded = self.try_load(run_id)
        assert loaded.refused == ()
        return loaded

    def aside(self) -> list[tuple[str | None, str]]:
        with open_warehouse(self.settings, read_only=True) as con:
            return con.execute("select record->>'id', rule from quarantine_crm.deals order by all").fetchall()

    def raw(self) -> list[tuple[str, str]]:
        with open_warehouse(self.settings, read_only=True) as con:
            return con.execute("select id, cast(amount as varchar) from raw_crm.deals order by all").fetchall()


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_pull_reads_on_from_the_highest_cursor_less_the_overlap(shop):
    shop.insert(("a", "1", "2026-01-01 10:00:00"), ("b", "1", "2026-01-02 10:00:00"))
    shop.load("r1")
    shop.insert(("late", "1", "2026-01-02 09:30:00"), ("a2", "1", "2026-01-03"), ("none", "1", None))
    shop.con.execute("update deals set amount = '2', changed = '2026-01-02 10:00:00' where id = 'a'")
    second = shop.load("r2")
    assert shop.asked == [None, "2026-01-02 09:00:00"]
    assert shop.raw() == [("a", "2.00"), ("a2", "1.00"), ("b", "1.00"), ("late", "1.00"), ("none", "1.00")]
    assert second.source_rows == second.loaded + second.duplicates == 5
    assert shop.load("r3").source_rows in (0, 2)  # the overlap alone
    assert shop.load("r4").changed is False


def test_pull_of_equal_cursors_at_the_edge_loses_none(shop):
    shop.said["overlap"] = "0"
    for n in range(5):
        shop.insert((f"k{n}", str(n), "2026-01-01 10:00:00"))
        shop.load(f"r{n}")
    assert [key for key, _ in shop.raw()] == [f"k{n}" for n in range(5)]


@pytest.mark.parametrize("days", [0, 1])
def test_pull_that_goes_back_to_an_earlier_state_is_taken(tmp_path, days):
    shop = Shop(tmp_path, cursor=None)
    shop.days_between = days
    shop.insert(("a", "1", None))
    for run_id, amount in (("r1", "1"), ("r2", "2"), ("r3", "1"), ("r4", "2"), ("r5", "1")):
        shop.con.execute("update deals set amount = ?", [amount])
        shop.load(run_id)
        assert shop.raw() == [("a", f"{amount}.00")]
    assert shop.load("r6").changed is False


def test_later_pull_wins_where_cursors_are_equal(tmp_path):
    columns = [{"name": "id"}, {"name": "amount", "type": "decimal(18,2)"}, {"name": "changed", "type": "integer"}]
    shop = Shop(tmp_path, columns=columns)
    shop.days_between = 1
    shop.insert(("a", "1", None), ("b", "1", "99"))
    shop.load("r1")
    shop.con.execute("update deals set amount = '2' where id = 'a'")
    shop.load("r2")  # from 99
    shop.insert(("c", "1", "100"))
    shop.load("r3")
    shop.con.execute("update deals set amount = '3' where id = 'a'")
    shop.load("r4")  # from 100, which sorts before 99 as text
    assert shop.raw()[0] == ("a", "3.00")


def test_full_pull_takes_deletes_over(tmp_path):
    shop = Shop(tmp_path, delivery="full")
    shop.insert(("a", "1", None), ("b", "1", None))
    shop.load("r1")
    assert shop.load("r2").changed is False
    shop.con.execute("delete from deals where id = 'a'")
    shop.load("r3")
    assert shop.raw() == [("b", "1.00")]


def test_pull_that_misses_records_is_refused_whole(shop):
    shop.insert(("a", "1", None))
    shop.load("r1")
    shop.insert(("b", "1", None))
    shop.hidden = 1
    (lost,) = shop.try_load("r2").refused
    assert "3 records counted in the source, 2 read" in str(lost.error)
    assert shop.raw() == [("a", "1.00")]
    shop.hidden = 0
    shop.load("r3")
    assert [key for key, _ in shop.raw()] == ["a", "b"]


@pytest.mark.parametrize("delivery", ["upsert", "full"])
def test_table_that_was_emptied_at_the_source_is_held_back(tmp_path, delivery):
    shop = Shop(tmp_path, delivery=delivery)
    shop.insert(*((f"k{n}", "1", "2026-01-01") for n in range(20)))
    shop.load("r1")
    shop.con.execute("delete from deals where id <> 'k1'")
    (held,) = shop.try_load("r2").refused
    assert held.kind == "held"
    assert len(shop.raw()) == 20
    assert [one.kind for one in shop.try_load("r3").refused] == ["held"]
    assert shop.try_load("r4", accept=True).refused == ()


def test_a_record_that_still_cannot_be_read_is_set_aside_once(shop):
    shop.insert(("a", "1", "2026-01-01"), ("bad", "x", None), (None, "1", None))
    shop.load("r1")
    shop.insert(("b", "1", "2026-01-02"))
    for run_id in ("r2", "r3"):  # rows without a cursor are read every time
        shop.load(run_id)
    assert shop.aside() == [("bad", "type"), (None, "key")]
    shop.con.execute("update deals set amount = '2' where id = 'bad'")
    shop.load("r4")
    assert shop.aside() == [(None, "key")]


def test_pulled_snapshots_are_of_the_day_they_are_read(tmp_path):
    shop = Shop(tmp_path, delivery="snapshot")
    shop.insert(("a", "1", None))
    shop.load("r1")
    shop.con.execute("update deals set amount = '2'")
    shop.load("r2")
    with open_warehouse(shop.settings, read_only=True) as con:
        found = con.execute("select cast(_snapshot_date as varchar), id, amount from raw_crm.deals").fetchall()
    assert [(day, key, float(amount)) for day, key, amount in found] == [(NOW.date().isoformat(), "a", 2.0)]


def test_pulled_snapshots_of_days_on_which_nothing_changed_are_days_of_their_own(tmp_path):
    shop = Shop(tmp_path, delivery="snapshot")
    shop.insert(("a", "1", None))
    shop.load("r1")
    shop.days_between = 1
    shop.load("r2")
    shop.days_between = 0
    assert shop.load("r3").changed is False
    with open_warehouse(shop.settings, read_only=True) as con:
        found = con.execute("select cast(_snapshot_date as varchar) from raw_crm.deals order by all").fetchall()
    assert found == [((NOW + dt.timedelta(days=day)).date().isoformat(),) for day in (0, 1)]


def test_changed_contract_reads_the_whole_table_again(shop):
    shop.insert(("a", "1.5", "2026-01-01"))
    shop.load("r1")
    shop.said["columns"][1]["type"] = "decimal(18,4)"
    try:
        shop.load("r2")
        assert shop.asked == [None, None]
        assert shop.raw() == [("a", "1.5000")]
    finally:
        shop.said["columns"][1]["type"] = "decimal(18,2)"


def test_incremental_pull_without_a_key_is_refused_by_the_contract(tmp_path):
    shop = Shop(tmp_path, delivery="append", key=[])
    with pytest.raises(ValueError, match="give a key"):
        shop.try_load("r1")


@pytest.mark.parametrize(
    ("kind", "overlap", "watermark", "since"),
    [
        ("timestamp", None, "2026-03-01 00:30:00", "2026-02-28 23:30:00"),
        ("timestamp", "2 days", "2026-03-01 00:30:00", "2026-02-27 00:30:00"),
        ("date", None, "2026-03-01", "2026-02-28"),
        ("integer", None, "100", "100"),
        ("integer", "10", "100", "90"),
    ],
)
def test_begin_is_the_watermark_less_the_overlap(kind, overlap, watermark, since):
    said = {"columns": [{"name": "id"}, {"name": "changed", "type": kind}], "overlap": overlap}
    table = SourceContract.model_validate(
        {
            "system": "crm", "kind": "database", "label": {"zh": "库", "en": "DB"}, "owner": "x",
            "connection": {"url": "sqlite://"},
            "tables": {"t": {"from": {"database": {"table": "t"}}, "delivery": "upsert", "key": ["id"], "cursor": "changed"} | said},
        }
    ).tables["t"]  # fmt: skip
    assert begin(table, watermark) == since
