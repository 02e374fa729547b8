"""macros/table.sql: a table is replaced as a whole or not at all, whatever stood in its place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from pipelines.settings import DBT_PROJECT, REPOSITORY

PROJECT = """
name: small
profile: kpi_warehouse
models: {+materialized: table}
"""
PROMISED = """
models:
  - name: promised
    config: {contract: {enforced: true}}
    columns: [{name: n, data_type: integer}, {name: said, data_type: varchar}]
"""
# Each model first and then; what fails does so when rows are read, after the statement has begun.
MODELS = {
    "first_a_view": ("{{ config(materialized='view') }} select 1 as n", "select 2 as n"),
    "good": ("select 1 as n", "select 2 as n"),
    "failing": ("select 1 as n", "select case when range = 5000 then error('no') else 2 end as n from range(9000)"),
    "promised": (
        "select 1 as n, 'a' as said",
        "select cast(case when range = 5000 then 'x' else '2' end as integer) as n, 'b' as said from range(9000)",
    ),
}


def test_a_table_is_replaced_in_its_place_and_one_that_fails_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "macros").mkdir()
    (tmp_path / "models").mkdir()
    shutil.copy(DBT_PROJECT / "macros" / "table.sql", tmp_path / "macros")
    shutil.copy(DBT_PROJECT / "profiles.yml", tmp_path)
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "models" / "promised.yml").write_text(PROMISED)
    first, then = (built(tmp_path, {name: texts[time] for name, texts in MODELS.items()}) for time in (0, 1))
    assert first == dict.fromkeys(MODELS, "success")
    assert then == {"first_a_view": "success", "good": "success", "failing": "error", "promised": "error"}
    with duckdb.connect(str(tmp_path / "small.duckdb"), read_only=True) as con:
        rows = {name: con.execute(f"select n from entities.{name}").fetchall() for name in MODELS}
        there = con.execute("select table_name, table_type from information_schema.tables").fetchall()
    assert rows == {"first_a_view": [(2,)], "good": [(2,)], "failing": [(1,)], "promised": [(1,)]}
    assert sorted(there) == [(name, "BASE TABLE") for name in sorted(MODELS)]


def built(folder: Path, models: dict[str, str]) -> dict[str, str]:
    """What became of each model, of one parse and one build in the process of a run."""
    for name, text in models.items():
        (folder / "models" / f"{name}.sql").write_text(text)
    paths = {
        "KPI_WAREHOUSE": "small.duckdb",
        "DBT_PROJECT_DIR": ".",
        "DBT_PROFILES_DIR": ".",
        "DBT_TARGET_PATH": "target",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.model.dbt_child", "target"],
        cwd=folder, env=os.environ | paths | {"PYTHONPATH": str(REPOSITORY)}, input='["parse"]\n["build"]\n',
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    facts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [fact for fact in facts if "error" in fact] == [], done.stdout
    return {fact["name"]: fact["status"] for fact in facts if "status" in fact}
