"""What stands still goes to whoever owns it, once a week, with a list of keys and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.model.company import Person
from pipelines.watch import stale
from tests.model.systems import system, table

CRM = system("crm", customers=table("customer_id name", constants={"status": "active"}))  # its owner is `o`
PEOPLE = {
    person["id"]: Person.model_validate({"name": "N"} | person)
    for person in (
        {"id": "rep", "employee_id": "E1"},
        {"id": "team_lead", "unit": "team_1", "roles": ["manager"]},
        {"id": "head", "unit": "region_1", "roles": ["manager"]},
        {"id": "viewer", "unit": "team_2"},
        {"id": "o"},
    )
}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            """
            create schema published; create schema entities;
            create table published.deals_stalled (deal_id varchar, source_system varchar, owner_id varchar,
                customer_id varchar, stage varchar, entered_date date, days_in_stage int, usual_days decimal(38,6));
            create table published.customers_stale (customer_id varchar, source_system varchar, owner_id varchar,
                updated_date date, days_since int);
            create table entities.employee_units (employee_id varchar, valid_from date, company_id varchar,
                region_id varchar, department_id varchar, team_id varchar);
            insert into entities.employee_units values
                ('E1', '2020-01-01', 'company', 'region_1', null, 'team_1'),
                ('E2', '2020-01-01', 'company', 'region_1', null, 'team_1'),
                ('E3', '2020-01-01', 'company', 'region_1', 'dept_1', 'team_2'),
                ('E4', '2020-01-01', 'company', 'region_1', null, 'team_1'),
                ('E4', '2025-01-01', 'company', 'region_2', null, null);
            """
        )
        yield made


def stalled(con: duckdb.DuckDBPyConnection, deal: str, owner: str | None, days: int = 50) -> None:
    con.execute(
        "insert into published.deals_stalled values (?, 'crm', ?, 'C1', 'contact', '2026-01-01', ?, 30)",
        [deal, owner, days],
    )


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        ("E1", "rep"),  # who says to be that employee
        ("E2", "team_lead"),
        ("E3", "head"),  # nobody manages the team or department
        ("E4", "o"),  # moved to a region without a manager: the owner of the source
        ("E9", "o"),
        (None, "o"),
    ],
)
def test_what_an_employee_owns_goes_to_the_nearest_person_who_can_act(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, owner: str | None, told: str
) -> None:
    stalled(con, "D1", owner)
    assert [finding.owner for finding in stale.findings(con, PEOPLE, [CRM], tmp_path)] == [told]


def test_one_sentence_a_person_and_kind_and_a_list_with_the_oldest_first(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stalled(con, "D1", "E1", 40)
    stalled(con, "D2", "E1", 1400)
    con.execute("insert into published.customers_stale values ('=C1', 'crm', 'E1', '2024-01-01', 800)")
    deals, customers = stale.findings(con, PEOPLE, [CRM], tmp_path)
    assert (deals.severity, deals.failed_rows) == ("info", 2)
    assert deals.text["en"] == (
        "2 open deals stay longer in their stage than nine in ten deals did, the longest for 1,400 days. Next: move them"
        " on, or close them."
    )
    assert deals.text["zh"].startswith("2 个商机在当前阶段停留过久（同阶段九成商机更早离开），最长已 1,400 天。")
    assert customers.text["en"].startswith("1 customer record has not been updated for long, the oldest for 800 days.")
    assert deals.fix_list
    assert customers.fix_list

    def rows(path: str) -> list[dict[str, str]]:
        with (tmp_path / path).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    assert [(row["deal_id"], row["days_in_stage"]) for row in rows(deals.fix_list)] == [("D2", "1400"), ("D1", "40")]
    assert rows(customers.fix_list) == [
        {"customer_id": "'=C1", "owner_id": "E1", "updated_date": "2024-01-01", "days_since": "800"}
    ]


def test_nothing_stale_says_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert stale.findings(con, PEOPLE, [CRM], tmp_path) == []
