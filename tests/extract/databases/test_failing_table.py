"""A table that cannot be read is told as what it is, and the other tables of the system still come."""

from __future__ import annotations

import os

import pytest

from pipelines.errors import KpiError
from pipelines.extract import databases

IDS = {"id": "integer"}


def test_a_missing_table_leaves_the_later_ones_readable(server):
    server.execute("create table t (id integer)", "insert into t values (1)")
    for place in ({"table": "gone"}, {"query": "select g.id from gone as g join t on t.id = g.id"}):
        missing = server.contract(IDS, **{"from": {"database": place}})
        with databases.connect(missing, server.settings) as pulled:
            with pytest.raises(KpiError, match="no such table"):
                pulled.pull("t", None)
            pulled.contract = server.contract(IDS)
            assert pulled.pull("t", None).records.reader.read_all().num_rows == 1


def test_a_table_that_the_user_may_not_read_leaves_the_later_ones_readable(postgresql):
    user = f"kpi_reader_{os.getpid()}"
    postgresql.execute("create table t (id integer)", "create table hidden (id integer)", f"create role {user} login")
    postgresql.execute(f"grant select on t to {user}")
    try:
        postgresql.url = postgresql.url.replace("postgres@", f"{user}@")
        hidden = postgresql.contract(IDS, **{"from": {"database": {"table": "hidden"}}})
        with databases.connect(hidden, postgresql.settings) as pulled:
            with pytest.raises(KpiError, match=r"the user may not read it \(hidden\)"):
                pulled.pull("t", None)
            pulled.contract = postgresql.contract(IDS)
            assert pulled.pull("t", None).records.reader.read_all().num_rows == 0
    finally:
        postgresql.url = postgresql.url.replace(f"{user}@", "postgres@")
        postgresql.execute(f"drop owned by {user}", f"drop role {user}")


def test_a_failure_that_ends_the_transaction_is_told_to_the_later_tables(postgresql):
    postgresql.execute("create table t (id integer)")
    wrong = postgresql.contract(IDS, **{"from": {"database": {"query": "select wrong as id from t"}}})
    with databases.connect(wrong, postgresql.settings) as pulled:
        with pytest.raises(KpiError, match="no such column"):
            pulled.pull("t", None)
        pulled.contract = postgresql.contract(IDS)
        with pytest.raises(KpiError, match="an earlier table of this system could not be read"):
            pulled.pull("t", None)


def test_columns_that_drifted_are_unfit_and_not_out_of_reach(server):
    server.execute("create table t (id integer, n integer)", "insert into t values (1, 2)")
    said = {"delivery": "upsert"}
    server.load(IDS | {"n": "integer"}, "r1", **said)
    for run_id in ("r2", "r3"):  # every run: the table is read whole, so nothing can be set aside for good
        load = server.load(IDS | {"n": "integer", "gone": "text"}, run_id, **said)
        assert [one.kind for one in load.refused] == ["unfit"]
        assert [(one.finding.kind, one.finding.outcome) for one in load.found] == [("unfit", "refuse")]
