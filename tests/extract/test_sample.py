"""The sample company feeds every entity, is the same on every machine, and holds the cases that calendars are made of."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.extract.contract import SourceContract
from pipelines.extract.demo import sample
from pipelines.extract.demo.sample import contract
from pipelines.extract.demo.sample.base import BUSINESS_DATE, Company, Row, local_day
from pipelines.model.entities import read_entities
from pipelines.yaml_file import read_as

DELIVERED = {name: entity for name, entity in read_entities().items() if not entity.is_derived}


@pytest.fixture(scope="module")
def made() -> Company:
    return sample.company()


def by_key(rows: list[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def test_sample_is_the_same_every_time_and_replaces_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "left_over.csv").write_text("x\n")
    counts = sample.generate(folder)
    assert {path.stem for path in folder.iterdir()} == set(DELIVERED) == set(counts)
    first = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    sample.generate(folder)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_sample_feeds_every_entity_in_its_own_columns(tmp_path: Path) -> None:
    counts = sample.generate(tmp_path / "sample")
    assert [name for name, rows in counts.items() if rows == 0] == []
    for name, entity in DELIVERED.items():
        with (tmp_path / "sample" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [column.name for column in entity.delivered]


def test_contract_of_the_sample_is_one_and_reads_every_file(tmp_path: Path) -> None:
    path = tmp_path / "sample.yml"
    path.write_text(contract.text(), encoding="utf-8")
    said, _ = read_as(path, SourceContract)
    assert set(said.tables) == set(DELIVERED)
    assert {mapping.entity for table in said.tables.values() for mapping in table.entities} == set(DELIVERED)


@pytest.mark.parametrize("name", DELIVERED)
def test_sample_has_one_row_per_key_with_what_a_row_must_say(made: Company, name: str) -> None:
    entity = DELIVERED[name]
    key = [column for column in entity.key if column != "source_system"]
    twice = Counter(tuple(row[column] for column in key) for row in made[name])
    assert [found for found, times in twice.items() if times > 1] == []
    required = {column.name for column in entity.delivered if column.is_required}
    assert [row for row in made[name] if any(row.get(column) is None for column in required)] == []
    assert {column for row in made[name] for column in row} <= {column.name for column in entity.delivered}


def test_records_of_the_sample_point_at_records_that_are_there(made: Company) -> None:
    parents = {"customer_id": "customers", "deal_id": "deals", "contract_id": "contracts", "order_id": "orders"}
    parents |= {"receivable_id": "receivables", "invoice_id": "invoices", "ticket_id": "tickets", "lead_id": "leads"}
    parents |= {"product_id": "products", "campaign_id": "campaigns", "partner_id": "partners"}
    parents |= {"owner_id": "employees", "agent_id": "employees", "employee_id": "employees"}
    for name in DELIVERED:
        for column, parent in parents.items():
            known = {row["employee_id" if parent == "employees" else column] for row in made[parent]}
            said = {row[column] for row in made[name] if row.get(column) is not None}
            assert said <= known, (name, column)


def test_nothing_of_the_sample_happens_to_a_customer_before_there_is_one(made: Company) -> None:
    since = {row["customer_id"]: local_day(row["created_at"]) for row in made["customers"]}
    for name, day in (("orders", "order_date"), ("contracts", "signed_date"), ("enrolments", "enrolled_date")):
        assert [row for row in made[name] if row[day] < since[row["customer_id"]]] == [], name
    for name in ("deals", "tickets"):
        early = [r for r in made[name] if r["customer_id"] and local_day(r["created_at"]) < since[r["customer_id"]]]
        assert early == [], name


# The nasty cases


def test_a_rep_moves_a_unit_changes_its_parent_and_one_leaves(made: Company) -> None:
    stays = [row["unit_id"] for row in made["employees"] if row["employee_id"] == "E07"]
    assert stays == ["team_1", "team_3"]
    parents = [row["parent_id"] for row in made["org_units"] if row["unit_id"] == "team_2"]
    assert parents == ["dept_north_sales", "dept_south_sales"]
    assert any(row["left_date"] for row in made["employees"])


def test_instants_near_midnight_fall_on_another_day_in_utc(made: Company) -> None:
    closed = [row["closed_at"] for row in made["deals"] if row["closed_at"]]
    other_day = [at for at in closed if local_day(at) != at.date()]
    assert any(local_day(at).day == 1 and at.day > 27 for at in other_day)  # another month, even
    ends = [row for row in made["contracts"] if (row["signed_date"] + timedelta(days=1)).day == 1]
    assert ends
    assert all(local_day(row["decided_at"]) == row["signed_date"] for row in ends if row["decided_at"])


@pytest.mark.parametrize("days", [7, 30, 90])
def test_what_must_happen_within_days_happens_on_the_last_and_the_one_after(made: Company, days: int) -> None:
    tickets = [row["reopened_at"] - row["first_resolved_at"] for row in made["tickets"] if row["reopened_at"]]
    contracts = by_key(made["contracts"], "contract_id")
    renewed = [
        row["signed_date"] - contracts[row["renews_contract_id"]]["end_date"]
        for row in made["contracts"]
        if row["renews_contract_id"]
    ]
    converted = [row["converted_at"] - row["created_at"] for row in made["leads"] if row["converted_at"]]
    found = {7: tickets, 30: renewed, 90: converted}[days]
    assert timedelta(days=days) in found
    assert any(timedelta(days=days) < lag <= timedelta(days=days + 1) for lag in found)


def test_facts_after_the_business_date_are_there_to_be_left_out(made: Company) -> None:
    for name, day in (
        ("orders", "order_date"),
        ("payments", "paid_date"),
        ("enrolments", "enrolled_date"),
        ("balances", "day"),
    ):
        assert any(row[day] > BUSINESS_DATE for row in made[name]), name
    for name in ("leads", "deals", "tickets", "activities"):
        moments = [row.get("created_at") or row["planned_at"] for row in made[name]]
        assert any(local_day(moment) > BUSINESS_DATE for moment in moments), name


def test_some_records_name_nobody_and_some_no_amount(made: Company) -> None:
    for name in ("deals", "orders", "payments", "activities", "leads", "balances"):
        assert any(row["owner_id"] is None for row in made[name]), name
    for name in ("deals", "deal_stages", "enrolments"):
        assert any(row["amount"] is None for row in made[name]), name


def test_receivables_are_paid_early_in_parts_late_and_not_at_all(made: Company) -> None:
    due = by_key(made["receivables"], "receivable_id")
    paid = Counter(row["receivable_id"] for row in made["payments"])
    lags = {
        (row["paid_date"] - due[row["receivable_id"]]["due_date"]).days
        for row in made["payments"]
        if row["receivable_id"]
    }
    assert {-3, 0, 1, 45} <= lags
    assert max(paid[key] for key in due) == 2
    assert any(paid[key] == 0 for key in due)
    assert paid[None] > 0  # what came in before anything was due
    assert {row["status"] for row in made["payments"]} == {"approved", "pending", "void"}


def test_fewer_than_five_employees_answer_in_one_quarter(made: Company) -> None:
    answers = Counter(
        (row["sent_at"].year, (row["sent_at"].month - 1) // 3)
        for row in made["surveys"]
        if row["kind"] == "employee" and row["answered_at"]
    )
    assert min(answers.values()) < 5 <= max(answers.values())


def test_a_rate_is_missing_for_longer_than_rates_hold(made: Company) -> None:
    days = sorted(row["day"] for row in made["exchange_rates"])
    assert max(after - before for before, after in pairwise(days)) > timedelta(days=11)
    assert any(row["currency"] == "USD" for row in made["invoices"])
