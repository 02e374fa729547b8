"""Every worked example of every KPI file, computed by the very models that run at night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.model import check, tables
from pipelines.model.entities import read_entities
from pipelines.model.kpi import Example, read_kpis
from pipelines.model.render import Renderer
from pipelines.settings import REPOSITORY, Settings

ENTITIES = read_entities()
CASES = [
    pytest.param(file.kpi.id, example, id=f"{file.kpi.id}-{number}")
    for file in read_kpis(REPOSITORY / "kpi_definitions").values()
    for number, example in enumerate(file.kpi.examples, start=1)
]


@pytest.fixture(scope="module")
def definitions() -> check.Definitions:
    return check.read_definitions(Settings())


def period(example: Example) -> tuple[str, date, date]:
    """Grain, first and last day of the period an example is about."""
    ((grain, said),) = example.at.items()
    first = date.fromisoformat(f"{said}-01") if grain == "month" else said
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    index = first.year * 12 + first.month - 1 + months
    return grain, first, date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


def company_with(definitions: check.Definitions, example: Example) -> duckdb.DuckDBPyConnection:
    """A warehouse that holds just the rows of the example, as delivered; every other entity is empty."""
    _, _, last = period(example)
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(BASE_TABLES)
    tables.write(con, definitions, "example", last, datetime(2026, 1, 1))
    con.execute("insert into gate.kpi_quality select kpi_id, 'ok' from definitions.kpis")
    for entity in ENTITIES.values():
        if entity.name in ("working_days", "employee_units"):
            continue
        given = example.given.get(entity.name, [])
        if entity.is_derived and not given:
            continue
        columns = entity.columns if entity.is_derived else [c for c in entity.columns if not c.is_derived]
        name = f"delivered_{entity.name}" if entity.is_handwritten and not entity.is_derived else entity.name
        con.execute(f'create table "{name}" ({", ".join(f"{c.name} {c.type}" for c in columns)})')
        unknown = {key for row in given for key in row} - {c.name for c in columns}
        assert not unknown, f"{entity.name} delivers no {unknown}"
        for position, row in enumerate(given):
            insert(con, name, ENTITIES[entity.name].columns[1].name, position, row)
    return con


def insert(con: duckdb.DuckDBPyConnection, table: str, key: str, position: int, row: dict[str, Any]) -> None:
    row = {key: f"row {position}"} | row
    con.execute(
        f'insert into "{table}" ({", ".join(row)}) values ({", ".join("?" * len(row))})',
        [str(value) if isinstance(value, float) else value for value in row.values()],
    )


@pytest.mark.parametrize(("kpi_id", "example"), CASES)
def test_example_gives_what_it_promises(definitions: check.Definitions, kpi_id: str, example: Example) -> None:
    con = company_with(definitions, example)
    there = {
        name for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
    }
    for name, sql in Renderer(definitions.compiled).in_order("kpi_values", there).items():
        con.execute(f'create table "{name}" as {sql}')
    grain, first, _ = period(example)
    found = con.execute(
        "select value, state from \"kpi_values\" where kpi_id = ? and grain = ? and period_start = ? and level = 'company'",
        [kpi_id, grain, first],
    ).fetchone()
    expected = example.expect
    assert found == (Decimal(str(expected["value"])), expected["state"])


def test_every_kpi_has_an_example() -> None:
    assert {case.values[0] for case in CASES} == set(read_kpis(REPOSITORY / "kpi_definitions"))
