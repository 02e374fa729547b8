"""Rows of entities laid down as they are, and KPIs computed from them by the very models of a run.

Belongs here: the warehouse of a test. Does not: what must come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.base_tables import BASE_TABLES
from pipelines.model import tables
from pipelines.model.check import Definitions
from pipelines.model.company import Company
from pipelines.model.compiler import alone
from pipelines.model.kpi import Kpi, KpiFile
from pipelines.model.render import Renderer
from pipelines.yaml_file import YamlFile

OF_THE_RUN = ("working_days", "employee_units")
Given = Mapping[str, Sequence[Mapping[str, Any]]]


def laid(
    shipped: Definitions, kpis: Mapping[str, Kpi], given: Given, as_of: date, company: Company | None = None
) -> duckdb.DuckDBPyConnection:
    """A database that holds `given` and no other row, before any model."""
    files = {kpi_id: KpiFile(kpi, "test", YamlFile(Path(kpi_id), {}, {})) for kpi_id, kpi in kpis.items()}
    few = shipped._replace(kpis=files, goals={}, reconciliations=[], company=company or shipped.company)
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(BASE_TABLES)
    tables.write(con, few, "a test", as_of, datetime(2026, 1, 1))
    con.execute("insert into gate.kpi_quality select kpi_id, 'ok' from definitions.kpis group by kpi_id")
    for entity in shipped.measured.values():
        rows = given.get(entity.name, [])
        if not rows and (entity.name in OF_THE_RUN or entity.is_derived):
            continue
        columns = [column for column in entity.columns if entity.is_derived or not column.is_derived]
        name = f"delivered_{entity.name}" if entity.is_handwritten and not entity.is_derived else entity.name
        con.execute(f'create table "{name}" ({", ".join(f"{c.name} {c.type}" for c in columns)})')
        for row in rows:
            marks = ", ".join("?" * len(row))
            con.execute(f'insert into "{name}" ({", ".join(row)}) values ({marks})', list(row.values()))
    return con


def compute(con: duckdb.DuckDBPyConnection, shipped: Definitions, kpis: Mapping[str, Kpi], model: str) -> None:
    """Makes `model` and all it reads of these KPIs, anew."""
    own = alone.compile_some(list(kpis), kpis, shipped.measured, shipped.company.time_zone)
    renderer = Renderer(shipped.compiled | {f"{name}.sql": text for name, text in own.items()})
    there = con.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
    for name, sql in renderer.in_order(model, {name for (name,) in there}).items():
        con.execute(f'create table "{name}" as {sql}')
