"""The way of a column: source, field, KPI; counted on the shipped configuration and on a KPI of each kind."""

from __future__ import annotations

import pytest

from pipelines.model.check import Definitions
from pipelines.model.column_lineage import SourceColumn, made_of, reads, sources
from pipelines.model.compiler import inputs, parents
from tests.kpis import every_type


def of_entity(shipped: Definitions, name: str) -> dict[str, list[SourceColumn]]:
    fed = parents.attach(inputs.feeds(shipped.contracts, None), shipped.entities)
    return sources(shipped.measured[name], fed[name])


def test_a_field_comes_from_the_column_that_becomes_it(shipped: Definitions) -> None:
    found = of_entity(shipped, "deals")
    assert found["closed_at"] == [SourceColumn("raw_crm.deals", "关闭日期")]
    assert found["status"] == [SourceColumn("raw_crm.deals", "阶段")]  # made by the values of the stage
    assert found["currency"] == [SourceColumn("raw_crm.deals", "", "= CNY")]
    assert "cycle_days" not in found  # derived


def test_a_field_that_the_next_record_gives_comes_from_that_column(shipped: Definitions) -> None:
    history = [contract for contract in shipped.off if contract.system == "zoho"]
    found = sources(shipped.measured["deal_stages"], inputs.feeds(history, None)["deal_stages"])
    assert found["left_at"] == found["entered_at"] != []


def test_every_amount_and_date_that_the_kpis_of_the_demo_count_has_an_origin(shipped: Definitions) -> None:
    lost = [
        f"{kpi_id}: {entity}.{column}"
        for kpi_id, file in shipped.kpis.items()
        if kpi_id in shipped.computed
        for entity, columns in reads(file.kpi, shipped.measured).items()
        if not shipped.measured[entity].is_derived
        for column, ends in columns.items()
        if ends & {"value", "date"}
        and not next(c for c in shipped.measured[entity].columns if c.name == column).is_derived
        and column not in of_entity(shipped, entity)
    ]
    assert lost == ["partner_lead_accept: leads.shared_at"]  # no partner of the demo shares leads


@pytest.mark.parametrize(
    ("kpi_id", "found"),
    [
        (
            "signed",
            {
                "contracts": {
                    "amount": {"value"},
                    "approval": {"filter"},
                    "signed_date": {"date"},
                    "owner_id": {"person"},
                }
            },
        ),
        ("tickets_open", {"tickets": {"created_at": {"date"}, "closed_at": {"date"}, "agent_id": {"person"}}}),
        ("per_signing_customer", {}),  # what it is made of reads for itself
        (
            "customers_signing",
            {
                "customers": {"created_at": {"date"}, "customer_id": {"key"}, "owner_id": {"person"}},
                "contracts": {"signed_date": {"date"}, "approval": {"filter"}, "customer_id": {"key"}},
            },
        ),
    ],
)
def test_a_kpi_reads_these_fields_for_these_ends(shipped: Definitions, kpi_id: str, found: dict) -> None:
    assert reads(every_type.KPIS[kpi_id], shipped.measured) == found


def test_a_derived_entity_is_made_of_what_its_model_reads() -> None:
    assert {"contracts", "customers", "orders"} <= set(made_of("customer_periods"))
    assert made_of("deals") == ["deal_stages"]
    assert made_of("leads") == []
