"""Rows of entities laid down as they are, and KPIs computed from them by the very models of a run.

Belongs here: the warehouse of a test. Does not: what must come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.model import examples
from pipelines.model.check import Definitions
from pipelines.model.company import Company
from pipelines.model.compiler import alone
from pipelines.model.goal import GoalFile
from pipelines.model.kpi import Kpi, KpiFile
from pipelines.model.render import Renderer, built
from pipelines.model.scorecard import ScorecardFile
from pipelines.yaml_file import YamlFile

Given = Mapping[str, Sequence[Mapping[str, Any]]]


def laid(
    shipped: Definitions,
    kpis: Mapping[str, Kpi],
    given: Given,
    as_of: date,
    company: Company | None = None,
    goals: Mapping[str, GoalFile] | None = None,
    scorecards: Mapping[str, ScorecardFile] | None = None,
) -> duckdb.DuckDBPyConnection:
    """A database that holds `given` and no other row, before any model."""
    files = {kpi_id: KpiFile(kpi, "test", YamlFile(Path(kpi_id), {}, {})) for kpi_id, kpi in kpis.items()}
    few = shipped._replace(
        kpis=files,
        goals=dict(goals or {}),
        scorecards=dict(scorecards or {}),
        reconciliations=[],
        company=company or shipped.company,
    )
    con = duckdb.connect()
    rows = {name: some for name, some in given.items() if some}
    for name, table in examples.lay_out(con, few, rows, as_of).items():
        for row in rows.get(name, []):
            marks = ", ".join("?" * len(row))
            con.execute(f'insert into "{table}" ({", ".join(row)}) values ({marks})', list(row.values()))
    return con


def compute(con: duckdb.DuckDBPyConnection, shipped: Definitions, kpis: Mapping[str, Kpi], model: str) -> None:
    """Makes `model` and all it reads of these KPIs, anew."""
    own = alone.compile_some(list(kpis), kpis, shipped.measured, shipped.company.time_zone)
    renderer = Renderer(shipped.compiled | {f"{name}.sql": text for name, text in own.items()})
    for name, sql in renderer.in_order(model, built(con, ["main"])).items():
        con.execute(f'create table "{name}" as {sql}')
