"""PostgreSQL serves what the serving file holds: typed, described, whole, and never an older version by accident."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa
import pytest

from pipelines.errors import KpiError
from pipelines.publish import assets
from pipelines.publish.postgres.connection import Session
from pipelines.publish.postgres.serve import publish, switch_to
from pipelines.publish.tables import KEYS
from pipelines.settings import Settings

from .conftest import PEOPLE, PREFIX, Warehouse, door, login


def test_every_table_is_served_as_the_file_has_it(warehouse: Warehouse) -> None:
    rows = warehouse.publish().rows
    with (
        duckdb.connect(str(warehouse.file), read_only=True) as con,
        door(login("engineer"), warehouse.database) as reader,
    ):
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        assert set(rows) == set(tables)
        for table in tables:
            key = ", ".join(f'"{column}"' for column in KEYS.get(table, ("generation",)))
            query = f"select * from {{}}.{table} order by {key}"
            expected = con.execute(query.format("published")).fetchall()
            found = reader.rows(query.format(PREFIX))
            assert [tuple(map(plain, row)) for row in found] == [tuple(map(plain, row)) for row in expected], table


def plain(value: Any) -> Any:
    """A numeric comes from the driver as its exact text."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def test_columns_have_types_keys_and_what_the_contracts_say_of_them(warehouse: Warehouse) -> None:
    warehouse.publish()
    with door(login("anonymous"), warehouse.database) as reader:
        kinds = dict(
            reader.rows(
                "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
                f" where attrelid = '{PREFIX}.kpi_values'::regclass and attnum > 0"
            )
        )
        assert kinds["value"] == "numeric(38,6)"
        assert kinds["period_start"] == "date"
        assert kinds["is_closed"] == "boolean"
        assert kinds["definition_version"] == "integer"
        needed = reader.names(
            f"select attname::text from pg_attribute where attrelid = '{PREFIX}_g1.kpi_values'::regclass and attnotnull and attnum > 0"
        )
        assert needed == set(KEYS["kpi_values"])
        keys = reader.rows(
            f"select pg_get_indexdef(indexrelid) from pg_index where indrelid = '{PREFIX}_g1.units'::regclass"
        )
        assert keys[0][0].startswith("CREATE UNIQUE INDEX")
        assert "(unit_id, valid_from)" in keys[0][0]
        said = dict(
            reader.rows(
                f"select objsubid::text, description from pg_description where objoid = '{PREFIX}.closes'::regclass"
            )
        )
        assert said["0"].startswith("One row per figure of a closed period")
        assert "The KPI" in said.values()


def test_publishing_twice_loads_once(warehouse: Warehouse) -> None:
    assert warehouse.publish().rows["kpi_values"] == 3200
    again = warehouse.publish()
    assert (again.rows, again.schema) == ({}, f"{PREFIX}_g1")


def test_who_sees_what_follows_people_yml_at_each_publication(warehouse: Warehouse) -> None:
    warehouse.publish()
    with door(login("rep"), warehouse.database) as reader:
        assert reader.names(f"select unit_id from {PREFIX}.kpi_values") == {"e001"}
        reader.con.rollback()
        without = {name: person for name, person in PEOPLE.items() if name != login("rep")}
        publish(warehouse.settings, without, warehouse.told.append)  # the same version
        assert reader.names(f"select unit_id from {PREFIX}.kpi_values") == set()


def test_an_older_version_is_refused_unless_it_is_meant(warehouse: Warehouse) -> None:
    warehouse.next(5)
    warehouse.publish()
    warehouse.next(4)
    with pytest.raises(KpiError, match=r"serves generation 5 .* newer than generation 4 .*--go-back"):
        warehouse.publish()
    assert warehouse.served() == 5
    warehouse.publish(go_back=True)
    assert warehouse.served() == 4


def test_a_number_that_comes_again_after_a_rollback_is_another_version(warehouse: Warehouse) -> None:
    for generation in (1, 2):
        warehouse.next(generation)
        warehouse.publish()
    switch_to(warehouse.settings, 1, PEOPLE, warehouse.told.append)
    assert warehouse.served() == 1
    warehouse.next(2, "update published.publication set run_id = 'another', published_at = now()::timestamp")
    done = warehouse.publish()
    assert done.schema == f"{PREFIX}_g2_2"
    with door(login("anonymous"), warehouse.database) as reader:
        assert reader.names(f"select run_id from {PREFIX}.publication") == {"another"}


def test_a_rollback_goes_to_what_is_kept_and_says_what_is(warehouse: Warehouse) -> None:
    for generation in range(1, 6):
        warehouse.next(generation)
        warehouse.publish()
    assert warehouse.schemas() == ["g3", "g4", "g5"]  # the one served and two before
    switch_to(warehouse.settings, 3, PEOPLE, warehouse.told.append)
    assert warehouse.served() == 3
    with pytest.raises(KpiError, match="no generation 1 any more; it keeps 5, 4, 3"):
        switch_to(warehouse.settings, 1, PEOPLE, warehouse.told.append)
    assert warehouse.served() == 3


def test_rows_that_did_not_arrive_stop_the_publication(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse.publish()
    warehouse.next(2)
    whole = Session.ingest

    def lossy(self: Session, schema: str, table: str, rows: pa.RecordBatchReader) -> None:
        kept = [batch.slice(1) if table == "goal_targets" else batch for batch in rows]
        whole(self, schema, table, pa.RecordBatchReader.from_batches(rows.schema, kept))

    monkeypatch.setattr(Session, "ingest", lossy)
    with pytest.raises(KpiError, match="goal_targets arrived in PostgreSQL otherwise than it left"):
        warehouse.publish()
    assert (warehouse.served(), warehouse.schemas()) == (1, ["g1"])


def test_a_table_of_which_nobody_said_whose_it_is_is_not_served(warehouse: Warehouse) -> None:
    warehouse.next(2, "create table published.salaries as select 'e001' as unit_id, 1 as amount")
    with pytest.raises(KpiError, match="nobody said whose the rows of salaries are"):
        warehouse.publish()
    assert warehouse.schemas() == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://kpi:s3cr3t@127.0.0.1:1/kpi",
        "postgresql://kpi:s3cr3t@p@127.0.0.1:5432/kpi",  # libpq takes s3cr3t@p's end for a host
        "postgresql://nobody_here:s3cr3t@127.0.0.1:5432/kpi",
        "mysql://kpi:s3cr3t@127.0.0.1/kpi",
    ],
)
def test_no_error_holds_the_address(warehouse: Warehouse, url: str) -> None:
    settings = warehouse.settings.model_copy(update={"postgres_url": Settings(postgres_url=url).postgres_url})
    with pytest.raises(KpiError) as caught:
        Warehouse(settings, "").publish()
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "s3cr3t" not in repr(settings)


def test_the_asset_is_there_where_an_address_is_and_serves(warehouse: Warehouse) -> None:
    graph: Any = SimpleNamespace(models={})  # the file is there: nothing is to be built before
    assert assets.POSTGRES not in {key for one in assets.build(Settings(), graph) for key in one.keys}
    (asset,) = [one for one in assets.build(warehouse.settings, graph) if assets.POSTGRES in one.keys]
    done = dg.materialize([asset])
    assert done.success
    assert warehouse.served() == 1


def test_a_value_that_postgresql_cannot_hold_is_said_without_it(warehouse: Warehouse) -> None:
    warehouse.next(2, "update published.units set label_en = 'secret' || chr(0) || 'name' where unit_id = 'e001'")
    with pytest.raises(KpiError) as caught:
        warehouse.publish()
    assert "secret" not in str(caught.value)
    assert warehouse.schemas() == []


def test_today_is_not_asked(warehouse: Warehouse) -> None:
    """What readers see is the run's time, not the load's."""
    warehouse.publish()
    with door(login("anonymous"), warehouse.database) as reader:
        (row,) = reader.rows(f"select as_of_date, published_at from {PREFIX}.publication")
    assert row == (date(2026, 6, 17), datetime(2026, 6, 18, 1, 30))
