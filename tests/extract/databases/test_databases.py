"""Rows of a real server come over digit for digit, once, and from one moment."""

from __future__ import annotations

import datetime as dt
import gc
import socket
from decimal import Decimal

import pytest

from pipelines.errors import KpiError
from pipelines.extract import databases
from tests.extract.cut_off import CutOff

IDS = {"id": "integer"}


def test_table_comes_over_and_reads_on_from_its_cursor(server):
    stamp = "timestamp" if server.kind == "postgresql" else "datetime"
    server.execute(f"create table t (id integer primary key, 名称 varchar(20), changed {stamp})")
    server.execute("insert into t values (1, '蓝海🙂', '2026-01-01 10:00:00'), (2, null, null)")
    columns = IDS | {"名称": "text", "changed": "timestamp"}
    said = {"delivery": "upsert", "cursor": "changed", "overlap": "0"}
    assert server.load(columns, "r1", **said).loaded == 2
    server.execute("insert into t values (3, 'x', '2026-01-01 10:00:00'), (4, 'y', '2026-01-02')")
    server.execute("update t set 名称 = 'z', changed = '2026-01-03' where id = 2")
    assert server.load(columns, "r2", **said).source_rows == 4
    assert server.rows("select id, 名称 from raw_erp.t order by id") == [(1, "蓝海🙂"), (2, "z"), (3, "x"), (4, "y")]
    assert server.load(columns, "r3", **said).source_rows == 1  # the row at the edge
    assert server.load(columns, "r4", **said).changed is False


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_edge_of_a_second_is_read_again(server):
    server.execute("create table t (id integer, seen text)", "insert into t values (1, '2026-01-01 10:00:00.75')")
    said = {"delivery": "upsert", "cursor": "seen", "overlap": "0"}
    server.load(IDS | {"seen": "timestamp"}, "r1", **said)
    server.execute("insert into t values (2, '2026-01-01 10:00:00.75')")
    assert server.load(IDS | {"seen": "timestamp"}, "r2", **said).loaded == 2


def test_decimals_are_exact(server):
    amounts = ["12345678901234.5678", "-0.0001", "0.0000", "99999999999999.9999"]
    kind = "text" if server.kind == "sqlite" else "decimal(18,4)"
    server.execute(f"create table t (id integer, amount {kind})")
    server.execute(*(f"insert into t values ({n}, '{amount}')" for n, amount in enumerate(amounts)))
    assert server.load(IDS | {"amount": "decimal(18,4)"}).quarantined == 0
    assert [amount for (amount,) in server.rows("select amount from raw_erp.t order by id")] == [
        Decimal(a) for a in amounts
    ]


def test_numeric_without_bounds_keeps_every_digit_and_what_is_no_number_is_set_aside(postgresql):
    postgresql.execute("create table t (id integer, amount numeric)")
    postgresql.execute("insert into t values (1, 0.123456789012345678), (2, 'NaN'), (3, 1)")
    load = postgresql.load(IDS | {"amount": "decimal(38,18)"})
    assert (load.loaded, load.quarantined) == (2, 1)
    assert postgresql.rows("select amount from raw_erp.t where id = 1") == [(Decimal("0.123456789012345678"),)]


def test_instants_become_local_time_of_the_contract(postgresql):
    postgresql.time_zone = "Asia/Shanghai"
    postgresql.execute("create table t (id integer, seen timestamptz)")
    postgresql.execute("insert into t values (1, '2026-03-01 02:00:00+00'), (2, '2026-03-01 12:00:00+00')")
    said = {"delivery": "upsert", "cursor": "seen", "overlap": "0"}
    postgresql.load(IDS | {"seen": "timestamp"}, "r1", **said)
    assert postgresql.rows("select seen from raw_erp.t where id = 1") == [(dt.datetime(2026, 3, 1, 10),)]
    assert postgresql.load(IDS | {"seen": "timestamp"}, "r2", **said).source_rows == 1


def test_timestamp_of_mariadb_is_an_instant_and_datetime_is_what_was_written(mariadb):
    mariadb.time_zone = "Asia/Shanghai"
    mariadb.execute("create table t (id int, seen timestamp null, written datetime)")
    mariadb.execute(
        "set time_zone = '+00:00'", "insert into t values (1, '2026-03-01 02:00:00', '2026-03-01 02:00:00')"
    )
    said = {"delivery": "upsert", "cursor": "seen", "overlap": "0"}
    columns = IDS | {"seen": "timestamp", "written": "timestamp"}
    mariadb.load(columns, "r1", **said)
    assert mariadb.rows("select seen, written from raw_erp.t") == [
        (dt.datetime(2026, 3, 1, 10), dt.datetime(2026, 3, 1, 2))
    ]
    mariadb.execute(
        "set time_zone = '+00:00'",
        "insert into t values (2, '2026-03-01 01:59:59', null), (3, '2026-03-01 02:00:01', null)",
    )
    assert mariadb.load(columns, "r2", **said).source_rows == 2  # the row at the edge, and the later one


def test_zero_dates_of_mariadb_are_set_aside_or_null_as_the_contract_says(mariadb):
    mariadb.execute("create table t (id int, day date)", "set sql_mode = ''", "insert into t values (1, '0000-00-00')")
    assert mariadb.load(IDS | {"day": "date"}, "r1").quarantined == 1
    assert mariadb.load(IDS | {"day": {"type": "date", "nulls": ["0000-00-00"]}}, "r2").loaded == 1


def test_odd_types_arrive_as_text(postgresql):
    postgresql.execute("create table t (id integer, a json, b uuid, c interval, d integer[], e bytea, f boolean)")
    postgresql.execute(
        """insert into t values (1, '{"x": 1.10}', '00000000-0000-0000-0000-000000000001', '1 day', '{1,2}', 'a', true)"""
    )
    postgresql.load(IDS | dict.fromkeys("abcde", "text") | {"f": "boolean"})
    assert postgresql.rows("select a, b, c, d, e, f from raw_erp.t") == [
        ('{"x": 1.10}', "00000000-0000-0000-0000-000000000001", "1 day", "{1,2}", "\\x61", True)
    ]


def test_instant_of_a_query_is_one_as_well(mariadb):
    mariadb.time_zone = "Asia/Shanghai"
    mariadb.execute("create table t (id int, seen timestamp null)")
    mariadb.execute("set time_zone = '+00:00'", "insert into t values (1, '2026-03-01 02:00:00')")
    query = {"from": {"database": {"query": "select id, seen from t where 'x' like '%x'"}}}
    mariadb.load(IDS | {"seen": "timestamp"}, "r1", **query)
    assert mariadb.rows("select seen from raw_erp.t") == [(dt.datetime(2026, 3, 1, 10),)]


def test_times_and_small_decimals_of_mariadb_are_written_out(mariadb):
    mariadb.execute("create table t (id int, a time, b time, c decimal(20,10))")
    mariadb.execute("insert into t values (1, '-01:30:00', '30:00:01', 0)")
    mariadb.load(IDS | {"a": "text", "b": "text", "c": "decimal(20,10)"})
    assert mariadb.rows("select a, b, c from raw_erp.t") == [("-01:30:00", "30:00:01", Decimal("0E-10"))]


def test_reading_on_in_the_hour_that_comes_twice_skips_nothing(postgresql):
    postgresql.time_zone = "Europe/Berlin"
    postgresql.execute("create table t (id integer, seen timestamptz)")
    postgresql.execute("insert into t values (1, '2026-10-24 12:00:00+00')")
    assert postgresql.contract(IDS).tables["t"].key == ["id"]
    contract = postgresql.contract(IDS | {"seen": "timestamp"}, delivery="upsert", cursor="seen")
    postgresql.execute("insert into t values (2, '2026-10-25 00:30:00+00'), (3, '2026-10-25 01:30:00+00')")
    with databases.connect(contract, postgresql.settings) as pulled:
        read = pulled.pull("t", "2026-10-25 02:30:00").records.reader.read_all()
    assert sorted(read["id"].to_pylist()) == [2, 3]


def test_infinity_of_postgresql_is_no_day(postgresql):
    postgresql.execute("create table t (id integer, day date, seen timestamp)")
    postgresql.execute(
        "insert into t values (1, 'infinity', null), (2, null, '-infinity'), (3, '2026-01-01', '2026-01-01')"
    )
    load = postgresql.load(IDS | {"day": "date", "seen": "timestamp"})
    assert (load.loaded, load.quarantined) == (1, 2)


def test_query_and_prefix_come_from_the_contract(server, monkeypatch):
    monkeypatch.setenv("PREFIX", "crm_")
    server.execute("create table crm_t (id integer, n integer)", "insert into crm_t values (1, 5), (2, 7)")
    server.load(IDS | {"n": "integer"}, "r0", **{"from": {"database": {"table": "${PREFIX}t"}}})
    assert server.rows("select id, n from raw_erp.t order by id") == [(1, 5), (2, 7)]
    query = {"from": {"database": {"query": "select id, n * 2 as n from ${PREFIX}t where n > 5"}}}
    server.load(IDS | {"n": "integer"}, "r1", **query)
    assert server.rows("select id, n from raw_erp.t") == [(2, 14)]


def test_added_column_is_told_and_a_dropped_one_refused(server):
    server.execute("create table t (id integer, n integer, more integer)", "insert into t values (1, 2, 3)")
    (found,) = server.load(IDS | {"n": "integer"}).found
    assert (found.finding.kind, found.finding.column) == ("added", "more")
    (refused,) = server.load(IDS | {"n": "integer", "gone": "text"}, "r2").refused
    assert "missing gone" in str(refused.error)


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_server_that_is_not_there_is_told_without_the_password(kind, tmp_path):
    from tests.extract.databases.conftest import Server

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(kind, f"{kind}://erp:s3cr3t-p4ss@127.0.0.1:{port}/erp", tmp_path)
    with (
        pytest.raises(KpiError, match="cannot be reached") as error,
        databases.connect(server.contract(IDS), server.settings),
    ):
        pass
    chain, seen = error.value, ""
    while chain is not None:
        seen += repr(chain)
        chain = chain.__cause__
    assert "s3cr3t" not in seen


def test_missing_table_and_wrong_password_have_a_next_step(server):
    with pytest.raises(KpiError, match="no such table"):
        server.load(IDS)
    if server.kind == "mariadb":
        server.url = server.url.replace("root@", "root:wr0ng-p4ss@")
        with pytest.raises(KpiError, match="refused the log-in") as error:
            server.load(IDS)
        assert "wr0ng" not in str(error.value)


def test_all_tables_are_of_one_moment(server):
    if server.kind == "sqlite":  # otherwise it locks the writer out
        server.execute("pragma journal_mode = wal")
    server.execute("create table t (id integer)", "insert into t values (1)")
    contract = server.contract(IDS)
    with databases.connect(contract, server.settings) as pulled:
        assert pulled.records_now("t") == 1
        server.execute("insert into t values (2)")
        pull = pulled.pull("t", None)
        assert pull.records.reader.read_all().num_rows == pull.count() == 1


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_connection_cut_after_any_number_of_bytes_loads_all_or_nothing(kind, request):
    server = request.getfixturevalue(kind)
    server.execute("create table t (id integer, note varchar(40))")
    server.execute("insert into t values " + ", ".join(f"({n}, 'note of record {n}')" for n in range(3000)))
    direct, columns, cut = server.url, IDS | {"note": "text"}, 0
    server.load(columns, "first", hold_below=0)
    server.execute("update t set note = 'changed'")
    for number in range(30):
        with CutOff(5432 if kind == "postgresql" else 3306, 200 + number * 3500) as proxy:
            server.url = direct.replace("5432", str(proxy.port)).replace("3306", str(proxy.port))
            try:
                cut += bool(server.load(columns, f"r{number}", hold_below=0).refused)
            except KpiError:
                cut += 1
        changed = server.rows("select count(*), count(*) filter (note = 'changed') from raw_erp.t")
        assert changed in ([(3000, 0)], [(3000, 3000)])
        if changed == [(3000, 3000)]:
            break
    assert cut >= 15
    gc.collect()  # what pymysql left of cut connections complains as it goes: here, and not inside some later import
    server.url = direct
    server.load(columns, "last", hold_below=0)
    assert server.rows("select count(*) filter (note = 'changed') from raw_erp.t") == [(3000,)]
