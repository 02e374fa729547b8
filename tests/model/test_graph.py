"""The way of a number, from the contract to the KPI: which raw tables stand behind it, and what their verdicts do to it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.errors import KpiError
from pipelines.model import dbt, lineage
from pipelines.model.check import Definitions
from pipelines.model.graph import Graph, kpis_by_raw_table, read
from pipelines.model.kpi.definition import Quality
from pipelines.settings import load


def node(name: str, schema: str, *parents: str, kind: str = "model", materialized: str = "table") -> dict[str, Any]:
    return {
        "name": name, "kind": kind, "schema": schema, "materialized": materialized, "group": None, "description": "",
        "parents": list(parents), "attached": None, "file": "",
    }  # fmt: skip


FACTS = {
    "nodes": {
        "stg_people": node("stg_people", "staging", "raw_people"),
        "stg_deals": node("stg_deals", "staging", "raw_deals", "aside_deals", materialized="view"),
        "delivered": node("delivered_deals", "entities", "stg_deals", "gate", materialized="ephemeral"),
        "deals": node("deals", "entities", "delivered", "stays"),
        "stays": node("deal_stages", "entities", "raw_stays"),
        "orders": node("orders", "entities", "raw_orders"),
        "units": node("employee_units", "entities", "stg_people"),
        "truth": node("assert_truth", "tests", "deals", kind="test"),
    },
    "sources": {
        "raw_people": {"schema": "raw_crm", "name": "people"},
        "raw_deals": {"schema": "raw_crm", "name": "deals"},
        "raw_stays": {"schema": "raw_crm", "name": "stays"},
        "raw_orders": {"schema": "raw_erp", "name": "orders"},
        "aside_deals": {"schema": "quarantine_crm", "name": "deals"},
        "gate": {"schema": "gate", "name": "blocked_entities"},
    },
    "groups": {},
}
ENTITIES = {"win_rate": {"deals"}, "avg_order_value": {"orders"}, "both": {"deals", "orders"}}


@pytest.fixture
def graph() -> Graph:
    return Graph(FACTS)


def test_graph_sees_through_ephemeral_models(graph: Graph) -> None:
    assert graph.parents("deals") == {"stg_deals", "gate", "stays"}
    assert "delivered" not in graph.models
    assert set(graph.tests) == {"truth"}


def test_graph_puts_each_model_after_what_it_reads(graph: Graph) -> None:
    order = graph.in_order
    assert sorted(order) == sorted(graph.models)
    assert order.index("stg_deals") < order.index("deals") > order.index("stays")
    assert order == Graph(FACTS).in_order


def test_raw_tables_are_found_however_far_back(graph: Graph) -> None:
    assert graph.raw_tables("deals") == {"raw_crm.deals", "raw_crm.stays"}
    assert graph.raw_tables("no_such_model") == set()


def test_a_raw_table_reaches_kpis_through_entities_and_people(graph: Graph) -> None:
    assert kpis_by_raw_table(graph, ENTITIES) == {
        "raw_crm.deals": ["both", "win_rate"],
        "raw_crm.people": ["avg_order_value", "both", "win_rate"],  # everybody's numbers rest on who stood where
        "raw_crm.stays": ["both", "win_rate"],
        "raw_erp.orders": ["avg_order_value", "both"],
    }


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ({}, "ok ok ok"),
        ({"raw_crm.deals": "warn"}, "warn ok warn"),
        ({"raw_crm.deals": "warn", "raw_erp.orders": "block"}, "warn blocked blocked"),
        ({"raw_crm.people": "block"}, "blocked blocked blocked"),
        ({"raw_crm.stays": "unheard of"}, "blocked ok blocked"),
    ],
)
def test_quality_of_a_kpi_is_that_of_its_worst_table(
    graph: Graph, shipped: Definitions, verdicts: dict[str, str], expected: str
) -> None:
    passed = dict.fromkeys(kpis_by_raw_table(graph, ENTITIES), "pass")
    kpis = {"win_rate": shipped.kpis["win_rate"].kpi, "avg_order_value": shipped.kpis["avg_order_value"].kpi}
    found = lineage.quality_of_kpis(kpis, graph, passed | verdicts)
    win_rate, avg_order_value, _ = expected.split()
    assert found == {"win_rate": win_rate, "avg_order_value": avg_order_value}


@pytest.mark.parametrize(
    ("share", "days", "expected"), [("0.02", 1, "ok"), ("0.021", 0, "blocked"), ("0", 2, "blocked")]
)
def test_a_kpi_may_be_stricter_than_the_verdicts_of_its_tables(
    graph: Graph, shipped: Definitions, share: str, days: int, expected: str
) -> None:
    limits = {"block_if": {"quarantined_share": "> 0.02", "stale_working_days": "> 1"}}
    strict = shipped.kpis["win_rate"].kpi.model_copy(update={"quality": Quality.model_validate(limits)})
    kpis = {"win_rate": strict, "sales_cycle_days": shipped.kpis["sales_cycle_days"].kpi}
    passed = dict.fromkeys(kpis_by_raw_table(graph, ENTITIES), "pass")
    measured = {"raw_crm.deals": {"quarantined_share": Decimal(share), "stale_working_days": Decimal(days)}}
    found = lineage.quality_of_kpis(kpis, graph, passed, measured)
    assert found == {"win_rate": expected, "sales_cycle_days": "ok"}


def test_what_a_column_is_only_looked_up_in_blocks_the_kpis_that_read_it_and_no_other(
    shipped: Definitions, tmp_path: Path
) -> None:
    """How a customer was won stands beside each contract: a blocked list of customers blocks no sum of contracts."""
    settings = load(data_dir=tmp_path)
    dbt.parse(settings)
    graph = dbt.read_graph(settings)
    kpis = {kpi_id: file.kpi for kpi_id, file in shipped.kpis.items()}
    reached = lineage.reached_by(graph, kpis)
    assert "raw_crm.customers" in graph.raw_tables("contracts")
    assert "referral_rate" in reached["raw_crm.customers"]
    assert {"won_amount", "new_customers", "won_customers"} & set(reached["raw_crm.customers"]) == set()
    assert "collection_rate" in reached["raw_erp.receivables"]
    assert "cash_collected" not in reached["raw_erp.receivables"]


def test_a_table_without_a_verdict_blocks_its_kpis(graph: Graph, shipped: Definitions) -> None:
    kpis = {"win_rate": shipped.kpis["win_rate"].kpi}
    assert lineage.quality_of_kpis(kpis, graph, {}) == {"win_rate": "blocked"}


def test_a_project_that_was_never_parsed_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KpiError, match=r"has not been parsed yet.*Next: run `kpi compile`"):
        read(tmp_path / "graph.json")


def test_only_entities_that_have_rows_to_keep_are_kept() -> None:
    import duckdb

    with duckdb.connect() as con:
        con.execute(BASE_TABLES + "create schema entities; create table entities.deals (id int);")
        con.execute("insert into gate.blocked_entities values ('deals'), ('orders')")
        assert lineage.kept_entities(con) == ["deals"]


def test_every_shipped_kpi_stands_on_raw_tables_of_its_contracts(
    shipped: Definitions, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = load(data_dir=tmp_path_factory.mktemp("lineage"))
    dbt.parse(settings)
    reached = lineage.kpis_by_table(settings)
    tables = {f"{c.raw_schema}.{name}" for c in shipped.contracts for name in c.tables}
    assert set(reached) <= tables
    assert {kpi for kpis in reached.values() for kpi in kpis} == set(shipped.kpis)
    assert set(reached["raw_crm.contracts"]) >= {"won_amount", "new_customers"}
    assert "win_rate" not in reached["raw_erp.invoices"]
    assert reached["raw_crm.employees"] == sorted(shipped.kpis)
