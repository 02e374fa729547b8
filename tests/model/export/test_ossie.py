"""The document of Open Semantic Interchange: as specified, read by MetricFlow's own reader, and right when it is run."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest
from pydantic import BaseModel, ConfigDict, Field

from pipelines.model.check import Definitions
from pipelines.model.export import ossie, write
from pipelines.model.kpi import Kpi
from pipelines.settings import Settings
from tests.kpis import every_type


# The specification, as core-spec of apache/ossie had it in September 2026, in our own words: what is not listed is refused.
class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Extension(Part):
    vendor_name: str
    data: str


class Written(Part):
    dialect: str = Field(pattern="^(ANSI_SQL|SNOWFLAKE|MDX|TABLEAU|DATABRICKS)$")
    expression: str


class Expression(Part):
    dialects: list[Written] = Field(min_length=1)


class Named(Part):
    name: str
    description: str | None = None
    ai_context: dict[str, Any] | str | None = None
    custom_extensions: list[Extension] = []


class Dimension(Part):
    is_time: bool


class OssieField(Named):
    expression: Expression
    dimension: Dimension | None = None
    label: str | None = None
    datatype: str | None = Field(
        None, pattern="^(String|Integer|Decimal|Float|Boolean|Date|Time|DateTime|DateTimeTz|Opaque)$"
    )


class Dataset(Named):
    source: str
    primary_key: list[str] = []
    unique_keys: list[list[str]] = []
    fields: list[OssieField] = []


class Relationship(Named):
    from_: str = Field(alias="from")
    to: str
    from_columns: list[str] = Field(min_length=1)
    to_columns: list[str] = Field(min_length=1)


class OssieMetric(Named):
    expression: Expression
    datatype: str | None = None


class Model(Named):
    datasets: list[Dataset] = Field(min_length=1)
    relationships: list[Relationship] = []
    metrics: list[OssieMetric] = []


class Released(Part):
    version: str = Field(pattern=r"^0\.1\.1$")
    semantic_model: list[Model]


class Draft(Model):
    version: str = Field(pattern=r"^0\.2\.0\.dev0$")


def document(
    definitions: Definitions, kpis: dict[str, Kpi], version: ossie.Version = ossie.RELEASED
) -> tuple[dict[str, Any], dict[str, str]]:
    entities = write.with_rows(definitions, Settings())
    said, missing = ossie.document(kpis, entities, definitions.company, version)
    return json.loads(json.dumps(said)), {kpi_id: why.en for kpi_id, why in missing.items()}


@pytest.mark.parametrize(("version", "form"), [(ossie.RELEASED, Released), (ossie.DRAFT, Draft)])
def test_document_is_as_its_version_of_the_specification_says(
    shipped: Definitions, version: ossie.Version, form: type[BaseModel]
) -> None:
    said, _ = document(shipped, every_type.KPIS, version)
    form.model_validate(said)


def test_every_kpi_of_the_catalogue_is_a_metric_or_named_with_its_reason(shipped: Definitions) -> None:
    kpis = {kpi_id: file.kpi for kpi_id, file in shipped.kpis.items()}
    said, missing = document(shipped, kpis)
    (model,) = said["semantic_model"]
    assert {metric["name"] for metric in model["metrics"]} | missing.keys() == kpis.keys()
    told = json.loads(model["custom_extensions"][0]["data"])["not_exported"]
    assert {kpi_id: why["en"] for kpi_id, why in told.items()} == missing


def test_relationships_lead_to_what_is_there(shipped: Definitions) -> None:
    (model,) = document(shipped, every_type.KPIS)[0]["semantic_model"]
    there = {dataset["name"]: {field["name"] for field in dataset["fields"]} for dataset in model["datasets"]}
    assert model["relationships"]
    for one in model["relationships"]:
        assert set(one["from_columns"]) <= there[one["from"]]
        assert set(one["to_columns"]) <= there[one["to"]]


def test_metricflow_reads_the_released_form(shipped: Definitions) -> None:
    models = pytest.importorskip("metricflow.converters.models")
    from metricflow.converters.osi_to_msi import OSIToMSIConverter

    said, _ = document(shipped, every_type.KPIS)
    read = models.OSIDocument.parse_obj(said)
    manifest = OSIToMSIConverter().convert(read).output
    assert {metric.name for metric in manifest.metrics} >= {one["name"] for one in said["semantic_model"][0]["metrics"]}


def test_what_needs_time_is_left_out_by_name(shipped: Definitions) -> None:
    _, missing = document(shipped, every_type.KPIS)
    timeless = {
        kpi_id
        for kpi_id, kpi in every_type.KPIS.items()
        if kpi.type not in ("growth", "cumulative", "snapshot", "cohort")
    }
    assert every_type.KPIS.keys() - missing.keys() == timeless - {"kept", "days_to_close", "open_per_opened"}
    assert missing["days_to_close"] == "date_diff has no form in ANSI SQL that databases share"
    assert missing["kept"].startswith("its entity keeps a row per month and one per quarter")
    assert missing["open_per_opened"] == "it is made of tickets_open, which cannot be said"


def test_a_metric_says_who_answers_for_it_and_which_date_counts(shipped: Definitions) -> None:
    (model,) = document(shipped, every_type.KPIS)[0]["semantic_model"]
    (metric,) = [one for one in model["metrics"] if one["name"] == "signed_per_order"]
    about = json.loads(metric["custom_extensions"][0]["data"])
    assert about["dates"] == {"numerator": "contracts.signed_date", "denominator": "orders.order_date"}
    assert (about["owner"], about["unit"], about["direction"]) == ("sales_ops", "count", "up")
    assert about["limits"][0]["zh"].startswith("公式没有时间")


@pytest.mark.parametrize(
    ("kpi_id", "table", "found"),
    [
        ("signed", "contracts", 30),
        ("signing_customers", "contracts", 1),
        ("mean_contract", "contracts", 15),
        ("discount_share", "orders", (2 / 2 / 3 + 1 + 6 / 2 / 3 + 1) / 200),
        ("score_balance", "surveys", 100 * (2 - 1) / 4),
    ],
)
def test_an_expression_gives_the_number_counted_by_hand(
    shipped: Definitions, kpi_id: str, table: str, found: float
) -> None:
    (model,) = document(shipped, every_type.KPIS)[0]["semantic_model"]
    (metric,) = [one for one in model["metrics"] if one["name"] == kpi_id]
    with duckdb.connect() as con:
        con.execute(
            """
            create table contracts as
            select * from (values ('approved', 'a', 10), ('approved', 'a', 20), ('draft', 'b', 40))
                as t (approval, customer_id, amount);
            create table orders as select * from (values (2, 100), (6, 100)) as t (discount, amount_gross);
            create table surveys as select * from (values (5), (4), (3), (1), (null)) as t (score)
            """
        )
        sql = metric["expression"]["dialects"][0]["expression"]
        assert float(con.execute(f"select {sql} from {table}").fetchall()[0][0]) == pytest.approx(found)


def test_the_draft_tells_types(shipped: Definitions) -> None:
    said, _ = document(shipped, every_type.KPIS, ossie.DRAFT)
    (contracts,) = [one for one in said["datasets"] if one["name"] == "contracts"]
    types = {field["name"]: field.get("datatype") for field in contracts["fields"]}
    assert (types["amount"], types["signed_date"], types["submitted_at"], types["contract_id"]) == (
        "Decimal", "Date", "DateTime", "String",
    )  # fmt: skip
