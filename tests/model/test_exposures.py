"""dbt's own lineage knows each KPI: from the tables and columns of its sources to its goals and the dashboards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.model import check, dbt
from pipelines.model.check import Definitions
from pipelines.model.compiler import exposures, inputs
from pipelines.settings import DBT_PROJECT, REPOSITORY, load

FILE = f"5_published/{exposures.FILE}"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return check.read_definitions(load())


@pytest.fixture(scope="module")
def told(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """Each exposure by its KPI."""
    said = yaml.safe_load(definitions.compiled[FILE])["exposures"]
    return {one["config"]["meta"]["kpi"]: one for one in said}


def test_every_kpi_that_is_computed_is_an_exposure_of_its_owner(
    definitions: Definitions, told: dict[str, dict[str, Any]]
) -> None:
    assert set(told) == definitions.computed
    for kpi_id, one in told.items():
        assert one["owner"] == {"name": definitions.kpis[kpi_id].kpi.owner}


def test_it_names_the_columns_of_the_source_as_the_contract_does(told: dict[str, dict[str, Any]]) -> None:
    contract = yaml.safe_load((REPOSITORY / "pipelines" / "sources" / "crm.yml").read_text(encoding="utf-8"))
    of_contracts = {
        column["as"]: column["name"] for column in contract["tables"]["contracts"]["columns"] if "as" in column
    }
    read = told["won_amount"]["config"]["meta"]["columns"]
    for field in ("amount", "signed_date"):
        assert read[f"contracts.{field}"] == [f"raw_crm.contracts.{of_contracts[field]}"]


def test_it_names_the_goals_and_the_dashboards(told: dict[str, dict[str, Any]]) -> None:
    goals = REPOSITORY / "kpi_definitions" / "goals"
    signed = sorted(p.stem for p in goals.rglob("*.yml") if yaml.safe_load(p.read_text("utf-8"))["kpi"] == "won_amount")
    won = told["won_amount"]
    assert (won["config"]["meta"]["goals"], len(signed)) == (signed, 1)
    assert "ref('goal_attainment')" in won["depends_on"]
    assert "ref('goal_attainment')" not in told["follow_ups"]["depends_on"]
    there = yaml.safe_load((DBT_PROJECT / "models" / "5_published" / "exposures.yml").read_text(encoding="utf-8"))
    assert won["config"]["meta"]["dashboards"] == [one["name"] for one in there["exposures"]]


def test_names_that_a_source_gave_are_no_jinja(definitions: Definitions) -> None:
    kpi, jinja = definitions.kpis["won_amount"].kpi, "{{ env_var('HOME') }} {% set x = 1 %} {# note #}"
    (feed,) = inputs.feeds(definitions.contracts, None)["contracts"]
    columns = [column.model_copy(update={"name": jinja}) for column in feed.table.columns]
    table = feed.table.model_copy(update={"columns": columns})
    contract = feed.contract.model_copy(update={"tables": {feed.table_name: table}})
    hostile = {"contracts": [feed._replace(contract=contract)]}
    text = exposures.compile_all({"won_amount": kpi}, definitions.measured, hostile, {})
    assert "env_var" in text
    assert not {"{{", "{%", "{#"} & {text[i : i + 2] for i in range(len(text))}


def test_dbt_follows_a_kpi_to_the_tables_of_its_sources(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path)
    dbt_itself = Path(sys.executable).parent / "dbt"
    listed = subprocess.run(
        [dbt_itself, "ls", "--quiet", "--resource-type", "source", "--select", "+exposure:published_pipeline_coverage"],
        cwd=DBT_PROJECT, env=dbt.environment(settings) | {"DBT_LOG_PATH": str(tmp_path)}, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    tables = {line.removeprefix("source:kpi_warehouse.") for line in listed}
    assert {"raw_crm.deal_stages", "raw_crm.deals", "raw_crm.contracts", "raw_crm.employees"} <= tables
