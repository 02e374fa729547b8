"""A table that some installations do not have is told and left empty; one that must be there stops as ever."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.errors import KpiError
from pipelines.extract import databases, findings, load
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from tests.extract.conftest import NOW
from tests.extract.databases.conftest import Server

COLUMNS = {"id": "integer"}


def contract(server: Server, **tickets: Any) -> SourceContract:
    """Two tables: tickets, which may be absent, before orders, which are there."""
    said = server.contract(COLUMNS).model_dump(by_alias=True, exclude_none=True)
    table = said["tables"].pop("t")
    said["tables"] = {
        "tickets": table | {"from": {"database": {"table": "tickets"}}, "optional": True, "empty": "allow"} | tickets,
        "orders": table | {"from": {"database": {"table": "orders"}}},
    }
    return SourceContract.model_validate(said)


def load_both(server: Server, run_id: str, said: SourceContract) -> dict[str, load.TableLoad]:
    with databases.connect(said, server.settings) as pulled, open_warehouse(server.settings) as con:
        return {
            name: load.load_table(con, said, name, server.settings, run_id, NOW, pulled)
            for name in ("tickets", "orders")
        }


def test_an_optional_table_that_is_not_there_is_told_and_the_next_one_is_loaded(server):
    server.execute("create table orders (id integer)", "insert into orders values (1), (2)")
    loads = load_both(server, "r1", contract(server))
    assert loads["orders"].loaded == 2
    assert loads["tickets"].words == "nothing new (0 known); this source does not have it, which the contract allows"
    assert server.rows("select count(*) from raw_erp.tickets") == [(0,)]
    with open_warehouse(server.settings, read_only=True) as con:
        ((kind, about, outcome, _, why),) = findings.read(con, "r1", "erp", "tickets")
    assert (kind, about, outcome) == ("absent", "tickets", "take")
    assert why == "this source has no tickets, which is optional; it stays empty"


def test_an_optional_table_is_loaded_from_the_day_it_is_there_and_missed_when_it_goes(server):
    server.execute("create table orders (id integer)", "insert into orders values (1)")
    load_both(server, "r1", contract(server))
    server.execute("create table tickets (id integer)", "insert into tickets values (7)")
    assert load_both(server, "r2", contract(server))["tickets"].loaded == 1
    server.execute("drop table tickets")
    (refused,) = load_both(server, "r3", contract(server))["tickets"].refused
    assert "no such table" in str(refused.error)
    assert server.rows("select id from raw_erp.tickets") == [(7,)]


def test_an_empty_optional_table_follows_its_contract(server):
    server.execute("create table orders (id integer)", "insert into orders values (1)")
    load_both(server, "r1", contract(server))
    wider = [{"name": "id", "type": "integer"}, {"name": "subject", "type": "text"}]
    load_both(server, "r2", contract(server, columns=wider))
    assert server.rows("select id, subject from raw_erp.tickets") == []


def test_a_table_that_must_be_there_and_a_column_that_is_not_stop_as_ever(server):
    server.execute("create table orders (id integer)", "create table tickets (number integer)")
    with pytest.raises(KpiError, match="no such table"):
        load_both(server, "r1", contract(server, optional=False, **{"from": {"database": {"table": "cases"}}}))
    with pytest.raises(KpiError, match="none of id is in it"):
        load_both(server, "r1", contract(server))


def test_optional_is_for_tables_of_a_database(source):
    source.say(optional=True)
    with pytest.raises(ValueError, match=r"tables\.deals\.optional is for tables of a database"):
        _ = source.contract
