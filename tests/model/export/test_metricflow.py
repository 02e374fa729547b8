"""The exported dbt project: dbt and MetricFlow's own validator take it, whatever people wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.model.check import Definitions
from pipelines.model.company import Company
from pipelines.model.export import metricflow, semantic, write
from pipelines.model.kpi import Kpi
from pipelines.settings import Settings
from pipelines.shape import Label
from tests.kpis import every_type
from tests.kpis.metricflow import dbt

HOSTILE = Label(zh="{{ env_var('HOME') }}\n- x: 1", en="“it's”: {% raw %} # <b> {# no #} '\"; &a *b !!python")


def exported(
    definitions: Definitions, kpis: dict[str, Kpi], company: Company | None = None
) -> tuple[semantic.Semantics, dict[str, str]]:
    company = company or definitions.company
    entities = write.with_rows(definitions, Settings())
    said = semantic.translate(kpis, entities, company)
    return said, metricflow.files(said, kpis, entities, company)


def parsed(files: dict[str, str], folder: Path) -> dict[str, Any]:
    """What dbt reads of the project: its semantic manifest."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    dbt(folder, folder / "no.duckdb", "parse")
    return json.loads((folder / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))


def test_dbt_reads_every_kpi_of_the_catalogue_as_a_metric(shipped: Definitions, tmp_path: Path) -> None:
    from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
    from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator

    kpis = {kpi_id: file.kpi for kpi_id, file in shipped.kpis.items()}
    said, files = exported(shipped, kpis)
    manifest = parsed(files, tmp_path)
    assert {metric["name"] for metric in manifest["metrics"]} == {metric.name for metric in said.metrics}
    assert said.asked.keys() | said.unsaid.keys() == kpis.keys()  # none is lost without a word
    model = PydanticSemanticManifest.parse_obj(manifest)
    assert SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(model).errors == ()


def test_what_people_wrote_is_never_run(shipped: Definitions, tmp_path: Path) -> None:
    kpis = {
        kpi_id: kpi.model_copy(update={"label": HOSTILE, "description": HOSTILE})
        for kpi_id, kpi in every_type.KPIS.items()
    }
    _, files = exported(shipped, kpis)
    manifest = parsed(files, tmp_path)
    told = {metric["name"]: metric for metric in manifest["metrics"]}
    assert "env_var('HOME')" in told["signed"]["label"]  # as words
    assert "<b>" in told["signed"]["description"]
    assert len({metric["label"] for metric in told.values()}) == len(told)  # MetricFlow takes a label once


def test_a_company_with_its_own_months_has_them_as_granularities(shipped: Definitions, tmp_path: Path) -> None:
    company = shipped.company.model_copy(update={"calendar": "445"})
    said, files = exported(shipped, every_type.KPIS, company)
    assert {kpi_id: why.en.split(",")[0] for kpi_id, why in said.unsaid.items()} == dict.fromkeys(
        ["signed_growth", "signed_growth_year", "response_change", "signed_to_date", "customers_12_months",
         "mean_discount_12_months"],
        "it compares or adds up periods",
    )  # fmt: skip
    spine = parsed(files, tmp_path)["project_configuration"]["time_spines"][0]
    assert [one["name"] for one in spine["custom_granularities"]] == ["fiscal_month", "fiscal_quarter", "fiscal_year"]


def test_the_year_of_a_company_that_begins_in_april_is_its_own(shipped: Definitions) -> None:
    company = shipped.company.model_copy(update={"fiscal_year_start": 4})
    said, files = exported(shipped, every_type.KPIS, company)
    assert set(said.unsaid) == {"signed_to_date"}
    (spine,) = yaml.safe_load(files["models/company_days.yml"])["models"]
    assert [one["name"] for one in spine["time_spine"]["custom_granularities"]] == ["fiscal_year"]


def test_what_is_lost_of_a_kpi_is_told_in_both_languages(shipped: Definitions) -> None:
    _, files = exported(shipped, every_type.KPIS | every_type.WITHOUT)
    told = yaml.safe_load(files["not_said.yml"])
    assert told["not_exported"].keys() == every_type.CANNOT.keys()
    assert told["not_exported"]["aged_twice"] == {
        "zh": "由不能导出的指标 aged 构成",
        "en": "it is made of aged, which cannot be said",
    }
    assert [one["en"] for one in told["limits"]["leads_converted"]] == [
        "cohorts whose days have not passed are counted as well"
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("won_amount", "won_amount"),
        ("a", "a_value"),
        ("day", "day_value"),
        ("_x__y_", "x_y"),
        ("quarter", "quarter_value"),
    ],
)
def test_names_are_such_as_metricflow_takes(text: str, name: str) -> None:
    assert semantic.as_name(text) == name


def test_an_input_does_not_take_the_name_of_another_kpi(shipped: Definitions) -> None:
    kpis = {"rate": every_type.KPIS["discount_share"].model_copy(update={"id": "rate"})}
    kpis["rate_numerator"] = every_type.KPIS["signed"].model_copy(update={"id": "rate_numerator"})
    said, _ = exported(shipped, kpis)
    assert len({metric.name for metric in said.metrics}) == len(said.metrics)
    assert said.asked["rate_numerator"] == {"": "rate_numerator"}
