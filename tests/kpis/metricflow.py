"""MetricFlow as a second opinion: it reads the exported definitions and the entities of a finished run, and answers.

Belongs here: the dbt project in a folder, and one question to MetricFlow in this process. Does not: what must come out.
Its plan is SQL, which DuckDB runs here: dbt's own client would hand decimals on as whatever agate makes of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb

from pipelines.model.company import Company
from pipelines.model.entities import Entity
from pipelines.model.export import metricflow
from pipelines.model.export.semantic import Semantics
from pipelines.model.kpi import Kpi

Answer = dict[tuple[date, str | None], Any]  # period and person (None: the company) → value

NOBODY = "unassigned"

DBT = "import sys; from dbt.cli.main import cli; sys.argv[0] = 'dbt'; cli()"


class MetricFlow:
    """The engine over one project, and the database its plans run in."""

    def __init__(self, manifest: str, con: duckdb.DuckDBPyConnection) -> None:
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlClient, SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        # The engine asks its client only what SQL to write.
        client = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
        lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest))
        self.engine, self.con = MetricFlowEngine(lookup, cast(SqlClient, client)), con

    def ask(self, metric: str, grain: str, by_person: bool = False) -> Answer:
        """A metric by period, of the company or of each person."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        by = [f"metric_time__{grain}", *(["rep"] if by_person else [])]
        request = MetricFlowQueryRequest.create(metric_names=[metric], group_by_names=by)
        rows = self.con.execute(self.engine.explain(request).sql_statement.sql).fetchall()
        found: Answer = {}
        for start, *person, value in rows:
            if start is not None:
                key = _day(start), (person[0] or NOBODY) if person else None
                assert key not in found, f"{metric}: {key} is answered twice"
                found[key] = value
        return found


@contextmanager
def asked_of(
    warehouse: Path,
    folder: Path,
    said: Semantics,
    kpis: Mapping[str, Kpi],
    entities: Mapping[str, Entity],
    company: Company,
) -> Iterator[MetricFlow]:
    """MetricFlow over the exported project, written into `folder` and built on the entities of a working file."""
    for path, text in metricflow.files(said, kpis, entities, company).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    dbt(folder, warehouse, "run")
    with duckdb.connect(str(folder / "kpi_semantics.duckdb"), read_only=True) as con:
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        yield MetricFlow((folder / "target" / "semantic_manifest.json").read_text(encoding="utf-8"), con)


def dbt(folder: Path, warehouse: Path, *arguments: str) -> str:
    """Runs dbt in a project, in a process of its own: it keeps its files open as long as it lives."""
    done = subprocess.run(
        [sys.executable, "-c", DBT, *arguments, "--project-dir", str(folder), "--profiles-dir", str(folder)],
        cwd=folder,
        env=os.environ | {"KPI_WAREHOUSE": str(warehouse), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def _day(start: datetime | date) -> date:
    return start.date() if isinstance(start, datetime) else start
