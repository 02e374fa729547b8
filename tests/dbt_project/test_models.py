"""The dbt project on a warehouse that holds no rows yet: every model builds, and dbt's own unit tests hold."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.extract import raw_tables
from pipelines.model import check, dbt, tables
from pipelines.model.compiler import folder
from pipelines.settings import DBT_PROJECT, Settings, load

Results = dict[str, str]  # status by the name of the node


@pytest.fixture(scope="module")
def empty_company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped configuration, compiled, all its tables made, and not one row delivered."""
    settings = load(data_dir=tmp_path_factory.mktemp("empty"))
    definitions = check.read_definitions(settings)
    folder.write(definitions.compiled, settings.data / "compiled")
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute(BASE_TABLES)
        for contract in definitions.contracts:
            for table_name in contract.tables:
                raw_tables.ensure(con, raw_tables.target(contract, table_name, b"only a test"))
        tables.write(con, definitions, "run", date(2026, 3, 10), datetime(2026, 3, 11))
    return settings


@pytest.fixture(scope="module")
def results(empty_company: Settings) -> Results:
    """One `dbt build` with the unit tests, which a nightly run leaves out."""
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-partial-parse", "build"]
    env = dbt.environment(empty_company)
    env |= {"KPI_COMPILED_DIR": str(empty_company.data / "compiled"), "DBT_LOG_PATH": str(empty_company.data)}
    said = subprocess.run(command, cwd=DBT_PROJECT, env=env, capture_output=True, text=True)
    written = empty_company.dbt_target / "run_results.json"
    assert written.is_file(), said.stdout + said.stderr
    found = json.loads(written.read_text())["results"]
    return {result["unique_id"]: f"{result['status']} {result.get('message') or ''}".strip() for result in found}


def test_every_model_builds_without_a_single_row(results: Results) -> None:
    models = {name: status for name, status in results.items() if name.startswith("model.")}
    assert len(models) > 30
    assert [f"{name}: {status}" for name, status in models.items() if not status.startswith("success")] == []


def test_grains_and_business_truths_hold_on_nothing(results: Results) -> None:
    tests = {name: status for name, status in results.items() if name.startswith("test.")}
    assert len(tests) > 25
    assert [f"{name}: {status}" for name, status in tests.items() if not status.startswith("pass")] == []


def test_unit_tests_of_the_tricky_models_pass(results: Results) -> None:
    tests = {name.split(".")[2]: status for name, status in results.items() if name.startswith("unit_test.")}
    assert set(tests) >= {"attainment", "set_targets", "unit_values", "deals", "contracts", "orders", "tickets"}
    assert [f"{name}: {status}" for name, status in tests.items() if not status.startswith("pass")] == []


def test_what_is_published_has_the_columns_it_promises(empty_company: Settings, results: Results) -> None:
    with duckdb.connect(str(empty_company.warehouse), read_only=True) as con:
        found = con.execute("select table_name from duckdb_tables() where schema_name = 'published'").fetchall()
        columns = con.execute("select * from published.goal_attainment").description
    assert {name for (name,) in found} == {path.stem for path in _models("5_published")}
    assert [column[0] for column in columns][:8] == [
        "goal_id", "level", "unit_id", "cut", "cut_value", "grain", "period_start", "revision",
    ]  # fmt: skip


def test_every_model_says_first_what_a_row_is() -> None:
    first_lines = {path: path.read_text(encoding="utf-8").splitlines()[0] for path in _models("*")}
    assert [str(path) for path, line in first_lines.items() if not line.startswith("-- One row per ")] == []


def test_no_model_hides_duplicates_or_stars_its_way_out() -> None:
    for path in _models("*"):
        text = path.read_text(encoding="utf-8")
        assert "select distinct" not in text, path
        assert text.rstrip().endswith("select * from final"), path


def _models(layer: str) -> list[Path]:
    return sorted((DBT_PROJECT / "models").glob(f"{layer}/**/*.sql"))
