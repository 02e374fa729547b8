"""Drafts of real files, none of which the vocabulary was written from alone, load those files whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from pipelines.extract import load
from pipelines.extract.contract import SourceContract
from pipelines.extract.draft import draft
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

pytestmark = pytest.mark.real

# file: records, entity, {column: (type, format, field)}
FILES = {
    "crm_maven/sales_pipeline.csv": (8800, "deals", {
        "opportunity_id": ("text", None, "deal_id"), "sales_agent": ("text", None, "owner_id"),
        "engage_date": ("date", None, "created_at"), "close_date": ("date", None, "closed_at"),
        "close_value": ("decimal(18,2)", None, "amount"),
    }),
    "crm_maven/accounts.csv": (85, "customers", {"account": ("text", None, "customer_id")}),
    "erp_online_retail/by-day/2010-12-01.csv.gz": (3108, "order_lines", {
        "InvoiceNo": ("text", None, "order_id"), "InvoiceDate": ("timestamp", None, "order_date"),
        "UnitPrice": ("decimal(18,2)", None, "unit_price"), "CustomerID": ("text", None, "customer_id"),
    }),
    "crm_olist_funnel/olist_marketing_qualified_leads_dataset.csv": (8000, "leads", {
        "mql_id": ("text", None, "lead_id"), "first_contact_date": ("date", "%d-%m-%Y", "created_at"),
    }),
    "crm_olist_funnel/olist_closed_deals_dataset.csv": (842, "leads", {
        "won_date": ("timestamp", "%d-%m-%Y %H:%M", None),
    }),
    "survey_nps_bank/NPStimeseries.csv": (5000, "surveys", {
        "Survey date": ("date", "%d/%m/%y", "answered_at"), "NPS": ("integer", None, "score"),
    }),
    "members_telco_churn/Telco-Customer-Churn.csv": (7043, "customers", {
        "customerID": ("text", None, "customer_id"), "TotalCharges": ("decimal(18,2)", None, None),
    }),
    "desk_incident_log/head5999_original_notation.csv": (5998, "tickets", {
        "number": ("text", None, "ticket_id"), "opened_at": ("timestamp", "%d-%m-%Y %H:%M", "created_at"),
        "resolved_at": ("timestamp", "%d-%m-%Y %H:%M", "resolved_at"),
    }),
    "erp_northwind/order_details.csv": (2155, "order_lines", {"quantity": ("integer", None, "quantity")}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_draft_of_a_real_file_loads_it_whole(real_data: Path, tmp_path: Path, name: str) -> None:
    rows, entity, columns = FILES[name]
    made = draft(real_data / name, Settings(), table="sample")
    assert (made.rows, made.entity) == (rows, entity)
    contract = SourceContract.model_validate(yaml.safe_load(made.text))
    table = contract.tables["sample"]
    assert {c.name: (c.type, c.format, c.as_) for c in table.columns if c.name in columns} == columns
    settings = Settings(data_dir=tmp_path)
    with open_warehouse(settings) as con:
        loaded = load.load_table(con, contract, "sample", settings, "r1", dt.datetime(2026, 3, 2))
    assert (loaded.loaded, loaded.quarantined, loaded.refused) == (rows, 0, ())


def test_a_person_of_a_survey_is_hashed(real_data: Path) -> None:
    made = draft(real_data / "survey_nps_bank" / "NPStimeseries.csv", Settings())
    (line,) = [line for line in made.text.splitlines() if "Customer Name" in line]
    assert "personal: hash, form: name" in line
