"""dbt itself builds what no shipped source needs: links between systems, rates, snapshots, entities without a source."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.extract import raw_tables
from pipelines.model import check, dbt, tables
from pipelines.model.compiler import folder
from pipelines.model.matching import Matching
from pipelines.settings import DBT_PROJECT, Settings, load
from tests.model.systems import AS_OF, compiled, system, table

NAMED = table("customer_id name", constants={"status": "active"})
CONTRACTS = [
    system("crm", customers=NAMED, staff=table("employee_id unit_id", delivery="snapshot", entities=["employees"])),
    system(
        "erp",
        customers=NAMED,
        orders=table("order_id customer_id order_date:date amount_net:decimal(18,4) currency"),
        rates=table("currency day:date rate:decimal(18,8)", key=["currency", "day"], entities=["exchange_rates"]),
    ),
]
RULES = Matching.model_validate({"master": "crm", "rules": [{"id": "same_name", "match": ["name"], "confidence": 0.8}]})
ROWS: dict[str, list[tuple[str, ...]]] = {
    "raw_crm.customers": [("k1", "a"), ("k2", "b")],
    "raw_crm.staff": [("e1", "t1", "2026-01-01"), ("e1", "t2", "2026-01-02")],
    "raw_erp.customers": [("100", "a"), ("200", "z")],
    "raw_erp.orders": [("o1", "100", "2026-01-05", "10", "USD"), ("o2", "200", "2026-01-05", "10", "EUR")],
    "raw_erp.rates": [("USD", "2026-01-01", "7")],
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A company of two systems, everything built and tested by one `dbt build`."""
    settings = load(data_dir=tmp_path_factory.mktemp("two_systems"))
    definitions = check.read_definitions(Settings())
    folder.write(compiled(definitions, CONTRACTS, RULES), settings.data / "compiled")
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute(BASE_TABLES)
        tables.write(con, definitions, "run", AS_OF, datetime(2026, 3, 11))
        for contract in CONTRACTS:
            for name in contract.tables:
                target = raw_tables.target(contract, name, b"only a test")
                raw_tables.ensure(con, target)
                for number, row in enumerate(ROWS[f"{contract.raw_schema}.{name}"], start=1):
                    values = [*row, "batch", number, datetime(2026, 3, 11), "a.csv"]
                    con.execute(f"insert into {target.raw} values ({', '.join('?' * len(values))})", values)
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-partial-parse", "build"]
    command += ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    env = dbt.environment(settings)
    env |= {"KPI_COMPILED_DIR": str(settings.data / "compiled"), "DBT_LOG_PATH": str(settings.data)}
    done = subprocess.run(command, cwd=DBT_PROJECT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return settings


def ask(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_customers_of_two_systems_are_linked(company: Settings) -> None:
    links = ask(company, "select source_key, customer_id, rule from entities.customer_links order by source_key")
    assert links == [
        ("100", "k1", "same_name"), ("200", "200", None), ("k1", "k1", "master"), ("k2", "k2", "master"),
    ]  # fmt: skip
    assert ask(company, "select customer_id from entities.customers order by 1") == [("200",), ("k1",), ("k2",)]


def test_orders_carry_the_canonical_customer_and_the_currency_of_the_company(company: Settings) -> None:
    assert ask(company, "select order_id, customer_id, amount_net, currency from entities.orders") == [
        ("o1", "k1", 70, "CNY")
    ]
    assert ask(company, "select record_key, currency from entities.amounts_without_rate") == [("o2", "EUR")]


def test_employees_have_the_days_their_snapshots_say(company: Settings) -> None:
    assert ask(company, "select unit_id, cast(valid_from as varchar), cast(valid_to as varchar) from entities.employees order by 2") == [
        ("t1", "1900-01-01", "2026-01-01"), ("t2", "2026-01-02", None),
    ]  # fmt: skip


def test_what_nothing_feeds_is_no_table(company: Settings) -> None:
    there = {name for (name,) in ask(company, "select table_name from duckdb_tables() where schema_name = 'entities'")}
    assert {"orders", "customers", "employees"} <= there
    assert not there & {"partners", "campaigns", "leads", "balances"}
