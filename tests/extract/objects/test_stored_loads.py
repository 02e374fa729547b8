"""What lies in a bucket is loaded as from a folder, exactly once, and what is known is not fetched again."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import KpiError
from pipelines.extract.files import object_store
from tests.extract.conftest import Source
from tests.extract.cut_off import CutOff
from tests.extract.objects.conftest import PREFIX, StoredSource

HEAD = "id,amount,changed\n"
FIRST = HEAD + "D1,1.50,2026-01-01\nD2,2.25,2026-01-02\nD3,bad,\n"
SECOND = HEAD + "D2,7.00,2026-01-03\nD4,4.00,2026-01-04\n"
EVERYTHING = (
    "select * exclude (_loaded_at) from raw_crm.deals order by all",
    "select * exclude (run_id, set_aside_at) from quarantine_crm.deals order by all",
    "select * exclude (run_id, loaded_at) from loads.ledger order by all",
)


def held(source: Source) -> list[object]:
    return [source.rows(sql) for sql in EVERYTHING]


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["id", "amount", "changed"], ["D1", 1.5, "2026-01-01"], ["D2", 2.25, None]):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["D1", "D2"], "amount": ["1.5", "2.25"], "changed": ["2026-01-01", None]}), out)
    return out.getvalue()


DELIVERED = {
    "销售 三月.csv.gz": gzip.compress(FIRST.encode(), mtime=0),
    "deals.xlsx": workbook(),
    "deals.jsonl": b'{"id": "D1", "amount": 1.50, "changed": "2026-01-01"}\n{"id": "D2", "amount": "x"}\n',
    "deals.parquet": parquet(),
}


@pytest.mark.parametrize("name", DELIVERED)
def test_a_file_in_a_bucket_becomes_what_it_becomes_from_a_folder(
    tmp_path: Path, stored: StoredSource, name: str
) -> None:
    local = Source(tmp_path / "local")
    for source in (local, stored):
        source.write(name, DELIVERED[name])
        source.say(from_={"glob": name}, drift={"dropped": "take"}).load()
    assert held(stored) == held(local)
    assert stored.rows("select count(*) > 1 from raw_crm.deals") == [(True,)] or name.endswith("jsonl")
    assert stored.rows("select distinct _source_file from raw_crm.deals") == [(name,)]


def test_a_rerun_asks_for_the_list_and_fetches_nothing(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.write("deals_2.csv", SECOND)
    stored.write("deals_3.csv", SECOND)  # the same bytes under a second name
    stored.load("r1")
    before = held(stored)
    with CutOff(stored.bucket.moto.port) as proxy:
        stored.through(proxy)
        assert not stored.load("r2").changed
        # Another address of the store: nothing is remembered of it, but what raw holds is known by its bytes.
        assert proxy.connections == 4
        assert not stored.load("r3").changed
        assert (proxy.connections, stored.load("r4").skipped_files) == (5, 3)
        assert proxy.connections == 6
    assert held(stored) == before


def test_a_new_object_is_fetched_alone(stored: StoredSource) -> None:
    with CutOff(stored.bucket.moto.port) as proxy:
        stored.through(proxy)
        stored.write("deals_1.csv", FIRST)
        stored.load("r1")
        stored.write("deals_2.csv", SECOND)
        before = proxy.connections
        assert stored.load("r2").loaded == 2
        assert proxy.connections - before == 2
    assert stored.rows("select id, amount from raw_crm.deals where id = 'D2'") == [("D2", 7)]


@pytest.mark.parametrize("delivery", ["upsert", "full"])
def test_an_object_that_changed_under_its_name_is_loaded_and_back_again(stored: StoredSource, delivery: str) -> None:
    stored.say(delivery=delivery, cursor=None)
    for run, text in enumerate([FIRST, FIRST.replace("1.50", "9.50"), FIRST]):
        stored.write("deals_1.csv", text)
        assert stored.load(f"r{run}").changed
        amount = "9.50" if "9.50" in text else "1.50"
        assert [str(value) for value in stored.column("amount")[:1]] == [amount]
        assert not stored.load(f"r{run} again").changed


def test_the_same_bytes_put_again_are_fetched_once_more_and_then_remembered(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.load("r1")
    time.sleep(1.1)  # the store tells times by the second
    stored.write("deals_1.csv", FIRST)
    assert stored.rows("select count(*) from loads.objects") == [(1,)]
    before = stored.rows("select modified from loads.objects")
    assert not stored.load("r2").changed
    assert stored.rows("select modified from loads.objects") > before
    assert stored.rows("select count(*) from loads.objects") == [(1,)]


def test_an_object_that_is_gone_is_forgotten_and_its_rows_stay(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.write("deals_2.csv", SECOND)
    stored.load("r1")
    stored.delete("deals_1.csv")
    stored.load("r2")
    assert stored.rows("select count(*) from loads.objects") == [(1,)]
    assert stored.rows("select count(*) from loads.ledger") == [(2,)]
    stored.columns(id="text", amount="double", changed="date").load("r3")  # made anew, the first from what was landed
    assert stored.rows("select count(*), sum(amount) from raw_crm.deals") == [(3, 12.5)]


def test_a_contract_that_changed_fetches_all_again(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.load("r1")
    stored.columns(id="text", amount="double", changed="date").load("r2")
    assert stored.rows("select typeof(amount) from raw_crm.deals limit 1") == [("DOUBLE",)]


def test_losing_what_is_remembered_costs_a_download_and_no_row(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    stored.load("r1")
    before = held(stored)
    from pipelines.resources import open_warehouse

    with open_warehouse(stored.settings) as con:
        con.execute("delete from loads.objects")
    assert not stored.load("r2").changed
    assert held(stored) == before
    assert stored.rows("select count(*) from loads.objects") == [(1,)]


def test_what_was_fetched_counts_and_not_what_is_remembered_of_it(stored: StoredSource) -> None:
    from pipelines.resources import open_warehouse

    stored.write("deals_1.csv", FIRST)
    stored.load("r1")
    before = held(stored)
    with open_warehouse(stored.settings) as con:
        con.execute("update loads.objects set file_hash = 'of other bytes'")
    stored.load("r2")
    assert held(stored) == before
    assert stored.rows("select file_hash from loads.objects") == stored.rows("select file_hash from loads.ledger")


def test_a_store_that_gives_no_etag_has_nothing_to_be_known_by(stored: StoredSource) -> None:
    stored.write("deals_1.csv", FIRST)
    (file,) = object_store.connect(stored.contract.connection, "crm", stored.settings).list_files("*.csv")
    assert file.mark is not None
    assert object_store.StoredFile(file.store, file.name, file.size, None, file.modified).mark is None


def test_a_large_object_comes_in_parts_and_is_never_whole_in_memory(
    stored: StoredSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tracemalloc

    content = bytes(range(256)) * 40_000
    stored.write("deals_1.csv", content)
    monkeypatch.setattr(object_store, "BLOCK", 1 << 20)
    (file,) = object_store.connect(stored.contract.connection, "crm", stored.settings).list_files("*.csv")
    with file.fetched(tmp_path / "warm"):
        pass
    tracemalloc.start()
    with file.fetched(tmp_path / "landing") as copy:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert copy.path.read_bytes() == content
    assert peak < 4 << 20
    assert list((tmp_path / "landing").iterdir()) == []


def test_an_error_in_an_object_names_the_object_and_its_line(stored: StoredSource) -> None:
    stored.write("deals_1.csv", HEAD + "D1,1,2026-01-01\nD2,1\n")
    with pytest.raises(KpiError) as error:
        stored.load()
    assert str(error.value).startswith(f"s3://{stored.bucket.name}/exports/crm/deals_1.csv:3: ")
    assert ".tmp-" not in str(error.value)
    assert list(stored.settings.data.rglob(".tmp-*.csv")) == []


def test_an_open_bucket_needs_no_log_in(stored: StoredSource) -> None:
    stored.connection = {name: stored.connection[name] for name in ("path", "endpoint")} | {"anonymous": True}
    stored.write("deals_1.csv", FIRST)
    with pytest.raises(KpiError, match="the store refuses to give it"):
        stored.load()
    stored.bucket.client.put_object_acl(Bucket=stored.bucket.name, Key=PREFIX + "deals_1.csv", ACL="public-read")
    assert stored.load().loaded == 2


def test_the_machines_own_log_in_serves_where_none_is_said(
    stored: StoredSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.connection = {"path": stored.connection["path"]}
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the machine")
    monkeypatch.setenv("AWS_ENDPOINT_URL", stored.bucket.moto.url)
    object_store._filesystem.cache_clear()
    stored.write("deals_1.csv", FIRST)
    assert stored.load().loaded == 2
    object_store._filesystem.cache_clear()


LOCAL = """
import datetime as dt, sys
from pathlib import Path
from tests.extract.conftest import Source
source = Source(Path(sys.argv[1]))
source.write("deals_1.csv", "id,amount,changed\\nD1,1,2026-01-01\\n")
assert source.load().loaded == 1
print(sorted({"fsspec", "s3fs", "botocore", "aiobotocore", "aiohttp", "tenacity"} & set(sys.modules)))
"""


def test_a_local_folder_is_loaded_without_the_libraries_of_object_stores(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LOCAL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
