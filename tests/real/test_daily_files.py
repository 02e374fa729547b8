"""305 daily files: in order, shuffled, delivered twice, day by day or all at once, raw holds the same rows.

What is compared: one content hash (pipelines/publish/content_hash.py: sorted rows) over the eight columns of the source,
`_batch_id` and `_row_number`. Left out are `_loaded_at`, which is when, and `_source_file`, which is the name a delivery
first came under and is looked at apart: where all names are the days', it is compared too.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import random
import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from pipelines.extract.contract import SourceContract, read_contract
from pipelines.extract.contract.files import FilesConnection
from pipelines.extract.load import TableLoad, load_table
from pipelines.publish.content_hash import content_hash
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.real.conftest import HERE

pytestmark = pytest.mark.real

CONTRACT = HERE / "erp_online_retail" / "sources" / "erp.yml"
FIRST_PASS = dt.datetime(2026, 3, 2, 8)
BY_DAY = """
    select cast(cast("InvoiceDate" as date) as varchar), count(*), sum("Quantity" * "UnitPrice")
    from raw_erp.invoice_lines group by 1 order by 1
"""
DOUBLES = 'select count(*) - count(distinct row("_batch_id", "_row_number")) from raw_erp.invoice_lines'
REPEATED = """
    select coalesce(sum(times - 1), 0) from (
        select count(*) as times from raw_erp.invoice_lines
        group by "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"
    )
"""

Arrival = tuple[str, Path | bytes]  # the name a file is delivered under, and what is delivered


class Held(NamedTuple):
    """What raw holds after a history of deliveries."""

    content: str  # hash of the records
    with_names: str  # the same with _source_file
    days: list[tuple[str, int, Decimal]]
    repeated: int  # records that another record equals in every column of the source: all of them stay
    deliveries: int
    conserved: tuple[int, int, int]  # source rows, loaded, declared duplicates of the ledger


class Shop:
    """A folder that daily files come into, and a warehouse of its own."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "delivered"
        self.folder.mkdir(parents=True)
        self.settings = Settings(config=place, data_dir=place / "data")
        said = read_contract(CONTRACT)
        self.contract: SourceContract = said.model_copy(update={"connection": FilesConnection(path=str(self.folder))})
        self.passes = 0

    def deliver(self, arrivals: Iterable[Arrival]) -> TableLoad:
        """Puts the files into the folder and loads once: what a day's run does."""
        for name, what in arrivals:
            path = self.folder / name
            path.write_bytes(what) if isinstance(what, bytes) else shutil.copyfile(what, path)
        now = FIRST_PASS + dt.timedelta(days=self.passes)
        self.passes += 1
        with open_warehouse(self.settings) as con:
            load = load_table(con, self.contract, "invoice_lines", self.settings, f"run{self.passes}", now)
        assert not load.refused, load.refused[0].error
        return load

    def held(self) -> Held:
        with open_warehouse(self.settings) as con:
            return held(con)


def held(con: duckdb.DuckDBPyConnection) -> Held:
    """What a working file holds of the shop; no record of a delivery may be there twice."""
    assert con.execute(DOUBLES).fetchone() == (0,)
    ((deliveries, *counts),) = con.execute(
        "select count(*), sum(source_rows), sum(loaded), sum(duplicates) from loads.ledger"
    ).fetchall()
    return Held(
        _hash(con, "_loaded_at, _source_file"),
        _hash(con, "_loaded_at"),
        con.execute(BY_DAY).fetchall(),
        int(con.execute(REPEATED).fetchall()[0][0]),
        deliveries,
        (int(counts[0]), int(counts[1]), int(counts[2])),
    )


def _hash(con: duckdb.DuckDBPyConnection, left_out: str) -> str:
    con.execute(f"create or replace temp table compared as select * exclude ({left_out}) from raw_erp.invoice_lines")
    return content_hash(con, "main", "compared", catalog="temp")


def zipped_again(path: Path) -> bytes:
    """The same records in other bytes."""
    return gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=1)


def day_by_day(shop: Shop, files: Sequence[Path]) -> None:
    for path in files:
        assert shop.deliver([(path.name, path)]).changed


@pytest.fixture(scope="session")
def daily(real_data: Path) -> list[Path]:
    files = sorted((real_data / "erp_online_retail" / "by-day").glob("*.csv.gz"))
    assert len(files) == 305
    return files


@pytest.fixture(scope="session")
def at_once(served) -> Held:
    """The single full load, by `kpi run`, that every other history is held against."""
    with duckdb.connect(str(served("erp_online_retail").warehouse), read_only=True) as con:
        return held(con)


@pytest.fixture(scope="session")
def seed() -> int:
    drawn = random.SystemRandom().randrange(10**6)
    print(f"seed {drawn}")
    return drawn


@pytest.fixture(scope="session")
def shuffled(daily, seed) -> list[Path]:
    return random.Random(seed).sample(daily, len(daily))


def test_every_day_is_as_counted_apart_from_us(at_once, known_rows):
    known = [(row["dt"], int(row["rows"]), Decimal(row["net"])) for row in known_rows("erp_online_retail_by_day")]
    assert at_once.days == known


def test_every_month_is_as_counted_apart_from_us(at_once, known_rows):
    months: dict[str, Decimal] = {}
    for day, _, net in at_once.days:
        months[day[:7]] = months.get(day[:7], Decimal(0)) + net
    assert months == {row["month"]: Decimal(row["net"]) for row in known_rows("erp_online_retail_by_month")}


def test_the_rows_are_those_that_python_alone_reads(at_once, daily):
    counted = {}
    for path in daily:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            counted[path.name.removesuffix(".csv.gz")] = sum(1 for _ in csv.reader(text)) - 1
    assert {day: rows for day, rows, _ in at_once.days} == counted
    assert at_once.conserved == (sum(counted.values()), sum(counted.values()), 0)


def test_equal_records_of_one_day_all_stay(at_once, known):
    assert at_once.repeated == known["erp_online_retail"]["exact_duplicate_rows"]


def test_shuffled_and_twice(at_once, shuffled, seed, tmp_path):
    """Ten days one by one, each four times, then the rest at once under names that do not sort by day."""
    shop = Shop(tmp_path)
    again = four_times(shop, shuffled[:10], at_once)
    shop.deliver((f"delivery_{number:03}.csv.gz", path) for number, path in enumerate(shuffled[10:]))
    assert as_if_once(shop.held(), at_once, again) == at_once._replace(with_names=""), f"seed {seed}"


def four_times(shop: Shop, files: Iterable[Path], at_once: Held) -> int:
    """Each file, and again under its name, under another name, and zipped again; gives the records zipped again."""
    again, rows = 0, {f"{day}.csv.gz": count for day, count, _ in at_once.days}
    for number, path in enumerate(files):
        day_by_day(shop, [path])
        assert not shop.deliver([(path.name, path)]).changed
        assert not shop.deliver([(f"a_copy_{number:03}.csv.gz", path)]).changed
        rezipped = shop.deliver([(f"z_zipped_again_{number:03}.csv.gz", zipped_again(path))])
        assert (rezipped.loaded, rezipped.duplicates) == (0, rows[path.name])
        again += rezipped.duplicates
    return again


def as_if_once(held: Held, at_once: Held, again: int) -> Held:
    """The same without the records zipped again, which the ledger must count as declared duplicates."""
    source, loaded, duplicates = held.conserved
    assert (source, duplicates) == (loaded + again, again)
    return held._replace(with_names="", deliveries=at_once.deliveries, conserved=(source - again, loaded, 0))


# --- the full form: 305 passes over a growing folder ------------------------------------------------------------------


@pytest.mark.faults
def test_in_order_day_by_day(at_once, daily, tmp_path):
    shop = Shop(tmp_path)
    day_by_day(shop, daily)
    assert shop.held() == at_once


@pytest.mark.faults
def test_shuffled_day_by_day(at_once, shuffled, seed, tmp_path):
    shop = Shop(tmp_path)
    day_by_day(shop, shuffled)
    assert shop.held() == at_once, f"seed {seed}"


@pytest.mark.faults
def test_every_file_four_times_day_by_day(at_once, shuffled, seed, tmp_path):
    shop = Shop(tmp_path)
    again = four_times(shop, shuffled, at_once)
    assert again == at_once.conserved[0]
    held = shop.held()
    assert held.with_names == at_once.with_names
    assert as_if_once(held, at_once, again) == at_once._replace(with_names=""), f"seed {seed}"


@pytest.mark.faults
def test_every_file_twice_all_at_once(at_once, shuffled, seed, tmp_path):
    shop = Shop(tmp_path)
    shop.deliver(
        arrival
        for number, path in enumerate(shuffled)
        for arrival in ((path.name, path), (f"z_copy_{number:03}.csv.gz", path))
    )
    assert shop.held() == at_once, f"seed {seed}"
    assert not shop.deliver((path.name, path) for path in shuffled).changed
    assert shop.held() == at_once, f"seed {seed}"


@pytest.mark.faults
def test_shuffled_under_names_that_do_not_sort_by_day_all_at_once(at_once, shuffled, seed, tmp_path):
    shop = Shop(tmp_path)
    shop.deliver((f"delivery_{number:03}.csv.gz", path) for number, path in enumerate(shuffled))
    assert shop.held()._replace(with_names=at_once.with_names) == at_once, f"seed {seed}"
