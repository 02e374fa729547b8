"""A cursor that the source keeps as text: nothing is lost by the order of letters."""

from __future__ import annotations

import pytest

COLUMNS = {"id": "integer"}


@pytest.mark.parametrize(
    ("column", "first", "later"),
    [
        ({"type": "integer"}, "9", "10"),
        ({"type": "timestamp", "format": "%d/%m/%Y %H:%M"}, "09/01/2026 08:00", "01/02/2026 08:00"),
        ({"type": "date", "format": "%d/%m/%Y"}, "31/01/2026", "02/02/2026"),
    ],
    ids=["number", "time", "day"],
)
@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_what_sorts_lower_as_text_is_read_all_the_same(server, column, first, later):
    server.execute("create table t (id integer, changed varchar(20))", f"insert into t values (1, '{first}')")
    said = {"delivery": "upsert", "cursor": "changed", "overlap": "0"}
    server.load(COLUMNS | {"changed": column}, "r1", **said)
    server.execute(f"insert into t values (2, '{later}')")
    load = server.load(COLUMNS | {"changed": column}, "r2", **said)
    assert (load.source_rows, load.refused) == (2, ())
    assert server.rows("select id from raw_erp.t order by id") == [(1,), (2,)]
    assert [(one.finding.kind, one.finding.column, one.finding.outcome) for one in load.found] == [
        ("unsorted", "changed", "take")
    ]


def test_a_text_that_the_contract_calls_text_is_read_on(server):
    server.execute("create table t (id integer, changed varchar(20))", "insert into t values (1, 'v1'), (2, 'v2')")
    said = {"delivery": "upsert", "cursor": "changed"}
    server.load(COLUMNS | {"changed": "text"}, "r1", **said)
    assert server.load(COLUMNS | {"changed": "text"}, "r2", **said).source_rows == 1


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_numbers_that_sqlite_keeps_as_text_are_compared_as_numbers(server):
    server.execute("create table t (id integer, version text)", "insert into t values (1, '9')")
    said = {"delivery": "upsert", "cursor": "version"}
    server.load(COLUMNS | {"version": "integer"}, "r1", **said)
    server.execute("insert into t values (2, '10')")
    assert server.load(COLUMNS | {"version": "integer"}, "r2", **said).source_rows == 2
    assert server.load(COLUMNS | {"version": "integer"}, "r3", **said).source_rows == 1
