"""The content hash says the same for the same rows and another for any other."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.publish.content_hash import content_hash, content_hashes

ROWS = """
select i as deal_id, (i % 97)::decimal(18, 2) as share, (i * 1.37)::decimal(38, 6) as amount,
       case when i % 5 = 0 then null else '客户' || i end as name,
       date '2026-01-01' + (i % 300)::int as day, i % 2 = 0 as won
from range(200000) as numbers (i)
"""
OTHER_ORDER = "select won, name, * exclude (won, name) from published.deals order by md5(name)"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(f"create schema published; create table published.deals as {ROWS}")
    return made


def the_hash_of(con: duckdb.DuckDBPyConnection, query: str) -> str:
    con.execute(f"create or replace table published.deals as {query}")
    return content_hash(con, "published", "deals")


def test_content_hash_does_not_depend_on_row_order_threads_or_column_order(con: duckdb.DuckDBPyConnection) -> None:
    first = content_hash(con, "published", "deals")
    con.execute("set threads = 1")
    assert content_hash(con, "published", "deals") == first
    assert the_hash_of(con, OTHER_ORDER) == first


def test_content_hash_does_not_depend_on_how_a_number_is_stored(con: duckdb.DuckDBPyConnection) -> None:
    narrow = the_hash_of(con, "select 1.50::decimal(9, 2) as value, 100::int as size")
    assert the_hash_of(con, "select 1.500000::decimal(38, 6) as value, 100::decimal(38, 3) as size") == narrow


def test_content_hash_does_not_depend_on_the_file_it_lies_in(con: duckdb.DuckDBPyConnection, tmp_path) -> None:
    con.execute(f"attach '{tmp_path / 'copy.duckdb'}' as copy (storage_version 'v1.0.0'); create schema copy.published")
    con.execute("create table copy.published.deals as from published.deals order by amount desc")
    here = content_hash(con, "published", "deals")
    assert content_hash(con, "published", "deals", catalog="copy") == here


@pytest.mark.parametrize(
    "other",
    [
        "select * replace (amount + 0.000001 as amount) from published.deals",
        "select * replace (coalesce(name, '') as name) from published.deals",
        "from published.deals where deal_id <> 17",
        "from published.deals union all from published.deals where deal_id = 17",
        "select * rename (name as label) from published.deals",
    ],
)
def test_content_hash_sees_every_difference(con: duckdb.DuckDBPyConnection, other: str) -> None:
    first = content_hash(con, "published", "deals")
    assert the_hash_of(con, other) != first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select 'a' as x, 'b' as y", "select 'a' || chr(31) || '1:b' as x, null::varchar as y"),
        ("select null::varchar as x", "select chr(30) as x"),
        ("select 100.0::decimal(9, 1) as x", "select 1.0::decimal(9, 1) as x"),
        ("select 10::int as x", "select 1::int as x"),
        ("select 1e20::double as x", "select 1e2::double as x"),
        ("select ['a, b'] as x", "select ['a', 'b'] as x"),
    ],
)
def test_content_hash_keeps_apart_what_only_looks_alike(con: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert the_hash_of(con, one) != the_hash_of(con, other)


def test_content_hash_leaves_out_what_differs_between_runs(con: duckdb.DuckDBPyConnection) -> None:
    run_1 = the_hash_of(con, "select 1 as value, 'run_1' as run_id, timestamp '2026-01-01' as loaded_at")
    assert the_hash_of(con, "select 1 as value, 'run_2' as run_id, timestamp '2026-01-02' as loaded_at") == run_1


def test_content_hash_of_a_table_keyed_by_run_is_of_the_latest(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table published.verdicts as select 'run_2' as run_id, 'raw_crm.deals' as x, 'pass' as verdict")
    alone = content_hash(con, "published", "verdicts")
    con.execute("insert into published.verdicts values ('run_1', 'raw_crm.deals', 'block')")
    assert content_hash(con, "published", "verdicts") == alone
    assert content_hash(con, "published", "verdicts", run_id="run_1") != alone


def test_content_hashes_leave_out_tables_about_the_run(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table published.publication as select 'run_1' as run_id, 1 as generation")
    assert list(content_hashes(con, "published")) == ["deals"]


def test_content_hash_names_a_table_that_is_not_there(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(KpiError, match=r"published\.kpi_values"):
        content_hash(con, "published", "kpi_values")
