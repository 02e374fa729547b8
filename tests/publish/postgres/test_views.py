"""What people built on the stable views lives on from version to version; where it cannot, they are named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.errors import KpiError
from pipelines.publish.postgres import views
from pipelines.publish.postgres.columns import Column
from pipelines.publish.postgres.names import Names

from .conftest import PREFIX, Door, Warehouse, door, login
from .people import ROLES

OWN = f"{PREFIX}_views.mine"


@pytest.fixture
def manager(warehouse: Warehouse) -> Iterator[Door]:
    """Somebody who keeps views, once the first version is there."""
    warehouse.publish()
    with door(login("manager"), warehouse.database, autocommit=True) as who:
        yield who


def columns(reader: Door, view: str) -> list[str]:
    found = reader.rows(
        "select attname::text from pg_attribute"
        f" where attrelid = '{PREFIX}.{view}'::regclass and attnum > 0 and not attisdropped order by attnum"
    )
    return [name for (name,) in found]


def test_a_view_of_somebody_survives_three_switches(warehouse: Warehouse, manager: Door) -> None:
    manager.run(f"create view {OWN} as select unit_id, run_id, value from {PREFIX}.kpi_values where level = 'team'")
    manager.run(f"create view {PREFIX}_views.on_mine as select distinct run_id from {OWN}")
    oid = manager.rows(f"select '{OWN}'::regclass::oid::bigint")
    for generation in (2, 3, 4):
        warehouse.next(generation)
        warehouse.publish()
        assert manager.names(f"select run_id from {PREFIX}_views.on_mine") == {f"run_{generation}"}
        assert manager.names(f"select unit_id from {OWN}") <= ROLES["manager"]
    assert manager.rows(f"select '{OWN}'::regclass::oid::bigint") == oid  # the same one, not one made again


def test_a_new_column_comes_at_the_end_of_a_view_others_stand_on(warehouse: Warehouse, manager: Door) -> None:
    manager.run(f"create view {OWN} as select * from {PREFIX}.kpi_values")
    before = columns(manager, "kpi_values")
    warehouse.next(2, "alter table published.kpi_values add column comment varchar", *_first("comment"))
    warehouse.publish()
    assert columns(manager, "kpi_values") == [*before, "comment"]
    assert manager.names(f"select run_id from {OWN}") == {"run_2"}


def _first(column: str) -> list[str]:
    """Statements that put a column of kpi_values before all others."""
    return [
        f"create table published.other as select {column}, * exclude ({column}) from published.kpi_values",
        "drop table published.kpi_values",
        "alter table published.other rename to kpi_values",
    ]


def test_a_column_that_nobody_uses_goes(warehouse: Warehouse, manager: Door) -> None:
    warehouse.next(2, "alter table published.kpi_values drop column value_now")
    notes = warehouse.publish().notes
    assert "value_now" not in columns(manager, "kpi_values")
    assert any("value_now went" in note for note in notes)
    assert manager.names(f"select unit_id from {PREFIX}.kpi_values") == ROLES["manager"]  # they may read the new view


def test_a_column_that_went_stays_as_null_where_somebodys_view_needs_the_view(
    warehouse: Warehouse, manager: Door
) -> None:
    manager.run(f"create view {OWN} as select value_now, run_id from {PREFIX}.kpi_values")
    warehouse.next(2, "alter table published.kpi_values drop column value_now")
    warehouse.publish()
    assert set(manager.rows(f"select distinct value_now, run_id from {OWN}")) == {(None, "run_2")}
    (note,) = [one for one in warehouse.told if "value_now" in one]
    assert f"null as long as {OWN} of {login('manager')} is there" in note
    manager.run(f"drop view {OWN}")
    warehouse.next(3)
    warehouse.publish()
    assert "value_now" not in columns(manager, "kpi_values")


def test_another_type_under_somebodys_view_is_refused_by_name_and_goes_once_it_is_dropped(
    warehouse: Warehouse, manager: Door
) -> None:
    manager.run(f"create view {OWN} as select is_partial from {PREFIX}.kpi_values")
    warehouse.next(2, "alter table published.kpi_values alter definition_version type varchar")
    with pytest.raises(
        KpiError, match=rf"under {OWN} of {login('manager')}: definition_version is text and was integer"
    ):
        warehouse.publish()
    assert warehouse.served() == 1
    assert manager.rows(f"select 1 from {OWN} limit 1") == [(1,)]
    manager.run(f"drop view {OWN}")
    done = warehouse.publish()
    assert (done.rows, warehouse.served()) == ({}, 2)  # it lay there loaded
    assert any("definition_version went or has another type" in note for note in done.notes)


def test_a_table_that_is_published_no_longer_is_empty_where_somebody_needs_it_and_gone_elsewhere(
    warehouse: Warehouse, manager: Door
) -> None:
    manager.run(f"create view {OWN} as select deal_id from {PREFIX}.deals_stalled")
    assert manager.rows(f"select * from {OWN}") == [("d1",)]
    warehouse.next(2, "drop table published.deals_stalled", "drop table published.acts")
    warehouse.publish()
    assert manager.rows(f"select * from {OWN}") == []
    with door("postgres", warehouse.database) as admin:
        assert admin.rows(f"select to_regclass('{PREFIX}.acts')::text") == [(None,)]
    assert any("deals_stalled: the whole table published no longer" in note for note in warehouse.told)


def test_a_function_of_somebody_counts_as_a_view_does(warehouse: Warehouse, manager: Door) -> None:
    manager.run(
        f"create function {PREFIX}_views.all_values() returns bigint"
        f" begin atomic select count(value_now) from {PREFIX}.kpi_values; end"
    )
    try:
        warehouse.next(2, "alter table published.kpi_values drop column value_now")
        warehouse.publish()
        assert manager.rows(f"select {PREFIX}_views.all_values()") == [(0,)]
        assert any("null as long as function" in note for note in warehouse.told)
    finally:
        manager.run(f"drop function {PREFIX}_views.all_values()")


def test_a_view_that_somebody_made_on_a_version_keeps_that_version(warehouse: Warehouse, manager: Door) -> None:
    manager.run(f"create view {OWN} as select run_id from {PREFIX}_g1.kpi_values")
    for generation in (2, 3, 4, 5):
        warehouse.next(generation)
        warehouse.publish()
    assert warehouse.schemas() == ["g1", "g3", "g4", "g5"]
    assert manager.names(f"select run_id from {OWN}") == {"run_2"}
    assert any("g1 has a view of somebody's on it" in one for one in warehouse.told)


def test_a_plan_says_nothing_where_nothing_changed() -> None:
    shape = [Column("a", "text"), Column("b", "integer")]
    made = views.plan(Names("kpi"), "t", shape, shape[::-1], ["v of somebody"], "kpi_g2.t")
    assert made.notes == []
    assert made.statements[0].endswith('as select "a", "b" from kpi_g2.t')  # as the view has them, not as the table
