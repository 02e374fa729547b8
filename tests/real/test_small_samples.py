"""Salesforce and Zendesk samples, a survey, a telephone company, its market, machines: 50 tables by contract alone.

The company of this configuration is made up (USD, UTC); the samples share nothing but that one run loads them all.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from pipelines.extract.contract import TableContract, read_contract
from pipelines.publish.content_hash import quoted
from tests.real.conftest import HERE

pytestmark = pytest.mark.real

SOURCES = sorted((HERE / "small_samples" / "sources").glob("*.yml"))
FOLDERS = ("crm_salesforce_seeds", "desk_zendesk_seeds", "survey_nps_bank", "members_telco_churn", "market_share_atliqo", "maintenance_pdm")  # fmt: skip


class Sample(NamedTuple):
    """One file, and the table that its contract makes of it."""

    address: str
    table: TableContract
    file: str  # below the folder of real data

    def records(self, real_data: Path) -> list[dict[str, str]]:
        with (real_data / self.file).open(encoding="utf-8-sig", newline="") as text:
            return list(csv.DictReader(text))


SAMPLES = [
    Sample(f"raw_{path.stem}.{name}", table, f"{contract.connection.path.split('/')[-1]}/{table.from_.glob}")
    for path in SOURCES
    for contract in [read_contract(path)]
    for name, table in contract.tables.items()
]


@pytest.fixture(scope="session")
def samples(served):
    return served("small_samples")


@pytest.fixture(scope="session")
def raw(samples) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Queries of the working file: raw, staging and entities."""
    with duckdb.connect(str(samples.warehouse), read_only=True) as con:
        yield lambda sql: con.execute(sql).fetchall()


def test_every_file_of_these_folders_has_a_contract(real_data):
    files = {f"{folder}/{path.name}" for folder in FOLDERS for path in (real_data / folder).glob("*.csv")}
    assert {sample.file for sample in SAMPLES} == files | {"desk_incident_log/head5999_original_notation.csv"}


def test_every_record_is_loaded_once_and_none_set_aside(samples, real_data):
    said = {
        f"raw_{system}.{table}": counts
        for system, table, *counts in samples.rows(
            'select "system", "table", source_rows, loaded, quarantined, duplicates from published.load_status'
        )
    }
    counted = {sample.address: len(sample.records(real_data)) for sample in SAMPLES}
    assert said == {address: [rows, rows, 0, 0] for address, rows in counted.items()}


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.address for sample in SAMPLES])
def test_no_value_is_left_behind(sample, real_data, raw):
    """As many values in each column as in the file; a column without contract has none; `nulls` and blanks are none."""
    values: Counter[str] = Counter()
    for record in sample.records(real_data):
        values.update(name for name, value in record.items() if value.strip() and value not in nulls(sample, name))
    names = [column.name for column in sample.table.columns]
    counts = ", ".join(f"count({quoted(name)})" for name in names)
    system, name = sample.address.split(".")
    (held,) = raw(f"select {counts} from {system}.{quoted(name)}")
    assert dict(zip(names, held, strict=True)) == {name: values.pop(name, 0) for name in names}
    assert not values


def nulls(sample: Sample, name: str) -> list[str]:
    return next((column.nulls for column in sample.table.columns if column.name == name), [])


# --- Salesforce and Zendesk -------------------------------------------------------------------------------------------


def test_opportunities_become_deals(raw, samples, real_data):
    opportunities = next(s for s in SAMPLES if s.address == "raw_salesforce.opportunity").records(real_data)
    won = [row for row in opportunities if row["is_won"] == "true"]
    lost = [row for row in opportunities if row["is_won"] != "true" and row["is_closed"] == "true"]
    assert (len(won), len(lost)) == (5, 4)
    assert dict(raw("select status, count(*) from entities.deals group by 1")) == {"won": 5, "lost": 4, "open": 1}
    amount = sum(Decimal(row["amount"] or 0) for row in opportunities)
    assert raw("select sum(amount) from entities.deals") == [(amount,)]
    rate = [sum(samples.by_period("win_rate", "quarter", half).values()) for half in ("numerator", "denominator")]
    assert rate == [5, 9]


def test_other_objects_of_salesforce_become_entities(raw, real_data):
    system = "where source_system = 'salesforce'"
    counts = {
        entity: raw(f"select count(*) from entities.{entity} {system}")[0][0]
        for entity in ("customers", "contacts", "leads", "activities", "orders", "products", "employees", "org_units")
    }
    assert counts == {
        "customers": 10, "contacts": 4, "leads": 1, "activities": 20, "orders": 10, "products": 2, "employees": 10,
        "org_units": 10,
    }  # fmt: skip
    orders = next(s for s in SAMPLES if s.address == "raw_salesforce.order").records(real_data)
    amount = sum(Decimal(row["total_amount"]) for row in orders)
    assert raw("select sum(amount_net) from entities.orders") == [(amount,)]


def test_tickets_of_zendesk_keep_their_status_and_changes(raw):
    assert dict(raw("select status, count(*) from entities.tickets group by 1")) == {
        "closed": 7,
        "deleted": 2,
        "solved": 1,
    }
    assert raw("select min(created_at::date)::varchar, max(created_at::date)::varchar from entities.tickets") == [
        ("2020-02-13", "2020-12-22")
    ]
    assert dict(raw("select kind, count(*) from entities.ticket_events group by 1")) == {"status": 30, "assigned": 2}


def test_names_and_addresses_of_people_are_hidden(raw):
    assert raw("select count(*) from entities.contacts where not regexp_full_match(name, '[0-9a-f]{64}')") == [(0,)]
    assert raw(
        """select count(*) from raw_bank.answers where not regexp_full_match("Customer Name", '[0-9a-f]{64}')"""
    ) == [(0,)]
    assert raw("""select count(*) from raw_zendesk."user" where email like '%@%'""") == [(0,)]


# --- survey, telephone company, market, machines ----------------------------------------------------------------------


def test_net_promoter_score_of_the_bank_is_one_by_either_definition(samples, known):
    score = {"2021-01-01": Decimal(str(known["survey_nps_bank"]["nps"]))}
    assert samples.by_period("net_promoter_score", "year") == samples.by_period("nps", "year") == score


def test_every_answer_of_the_bank_is_read_with_day_before_month(raw):
    assert raw('select count(*) from raw_bank.answers where month("Survey date") = "Month"') == [(5000,)]


def test_blank_totals_of_the_telephone_company_are_told(samples, known):
    figures = known["members_telco_churn"]
    assert samples.failed("raw_telco.customers")["not_be_null(TotalCharges)"] == figures["blank_total_charges"]


def test_market_share_of_atliqo_and_what_its_plans_brought(samples, raw):
    shares = samples.rows(
        """
        select cut_value, value from published.kpi_values
        where kpi_id = 'share_of_company' and grain = 'year' and level = 'company' and cut = 'x_company'
            and state <> 'no_data'
        """
    )
    assert abs(sum(share for _, share in shares) - 1) < Decimal("0.00001")
    assert round(100 * dict(shares)["Atliqo"], 3) == Decimal("19.192")
    assert raw("select sum(plan_revenue_crores) from raw_market.plans") == [(Decimal("1950.75"),)]


def test_machines_and_what_was_done_to_them(raw):
    tables = ("machines", "maintenance", "errors", "failures")
    assert [raw(f"select count(*) from raw_machines.{table}")[0][0] for table in tables] == [100, 3286, 3919, 761]
    assert raw(
        "select count(*), count(distinct asset_id), min(done_date)::varchar, max(done_date)::varchar from entities.service_visits"
    ) == [(3286, 100, "2019-06-01", "2021-01-01")]


def test_both_notations_of_the_incident_log_say_the_same(raw, served):
    """5,998 events: INC0000045, Caller 2403, 29-02-2016 in one file are 0000045, 2403, 29/2/2016 in the other."""
    with duckdb.connect(str(served("desk_incident_log").warehouse), read_only=True) as con:
        fields = "active, reopen_count, sys_mod_count, made_sla, opened_at, sys_updated_at, resolved_at, closed_at"
        bare = "regexp_replace(number, '^INC', '')"
        numbered = f"select {bare}, {fields}, regexp_replace(caller_id, '^Caller ', '')"
        big = con.execute(f"{numbered} from raw_desk.incident_events where _row_number <= 5998 order by _row_number")
        assert raw(f"{numbered} from raw_incidents.events order by _row_number") == big.fetchall()


def test_the_dirt_is_reported_and_not_lost(samples):
    def failing(table):
        return {check: rows for check, rows in samples.failed(table).items() if rows}

    assert failing("raw_zendesk.ticket_field_history") == {"change_is_not_repeated": 3}
    assert failing("raw_salesforce.opportunity") == {"not_be_null(amount)": 6, "be_in_set(is_deleted)": 10}
    assert samples.failed("raw_market.report")["match_regex(month)"] == 0
