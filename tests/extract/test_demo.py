"""The demo company is the same wherever it is made, says what is wrong in it, and each fault is found by one rule."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.extract import files, load
from pipelines.extract.contract import SourceContract, read_contract
from pipelines.extract.demo import BUSINESS_DATE, generate
from pipelines.gate import moving, rules
from pipelines.gate.moving import Moment
from pipelines.gate.suite import Suite, read_suites
from pipelines.model.company import read_company
from pipelines.resources import open_warehouse
from pipelines.settings import REPOSITORY, Settings

# What follows from a deal that cannot be read: told to nobody.
AND_SO = [(f"raw_crm.{table}", "deal_is_known") for table in ("contracts", "deal_stages", "leads")]
SYSTEMS = ("crm", "desk", "erp")
NOW = dt.datetime(2026, 5, 21, 2)
# kind of dirt → where it is found: a rule of a suite, "load" (cannot be typed) or "duplicate" (older delivery)
FOUND_BY = {
    "deal_amount_untypable": ("raw_crm.deals", "load 金额"),
    "deal_closed_date_untypable": ("raw_crm.deals", "load 关闭日期"),
    "deal_delivered_twice": ("raw_crm.deals", "duplicate"),
    "customer_delivered_twice": ("raw_crm.customers", "duplicate"),
    "deal_without_owner": ("raw_crm.deals", "not_be_null(负责人编号)"),
    "contract_amount_not_positive": ("raw_crm.contracts", "be_between(合同金额)"),
    "ticket_resolved_before_created": ("raw_desk.tickets", "solved_not_before_created"),
    "survey_score_above_scale": ("raw_desk.surveys", "score_within_scale"),
    "stage_left_before_entered": ("raw_crm.deal_stages", "left_not_before_entered"),
    "deal_stage_unknown": ("raw_crm.deals", "be_in_set(阶段)"),
    "deal_owner_not_an_employee": ("raw_crm.deals", "owner_is_an_employee"),
    "lead_source_missing": ("raw_crm.leads", "not_be_null(来源)"),
    "activity_entered_before_done": (
        "raw_crm.activities",
        "recorded_not_before_done",
    ),
    "contact_phone_malformed": ("raw_crm.contacts", "be_in_set(_手机_is_valid)"),
    "order_customer_unknown": ("raw_erp.orders", "customer_is_known"),
    "order_line_product_unknown": ("raw_erp.order_lines", "product_is_known"),
    "payment_receivable_unknown": ("raw_erp.payments", "receivable_is_known"),
    "event_agent_not_an_employee": ("raw_desk.ticket_events", "agent_is_an_employee"),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo company, made with one thread, where the shipped configuration looks for it."""
    folder = tmp_path_factory.mktemp("data") / "demo"
    generate(folder, scale=0.05, threads=1)
    return folder


@pytest.fixture(scope="module")
def contracts() -> dict[str, SourceContract]:
    return {name: read_contract(REPOSITORY / "pipelines" / "sources" / f"{name}.yml") for name in SYSTEMS}


@pytest.fixture(scope="module")
def loaded(company: Path, contracts: dict[str, SourceContract]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working file after the real load of that company."""
    settings = Settings(config=REPOSITORY, data_dir=company.parent)
    with open_warehouse(settings) as con:
        for contract in contracts.values():
            for table in contract.tables:
                load.load_table(con, contract, table, settings, "run", NOW)
        yield con


def records(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """What the delivered files say, read without the database."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob(pattern)):
        if path.suffix == ".csv":
            found += csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030", errors="strict"), newline=""))
        else:
            found += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def test_demo_is_the_same_byte_for_byte_with_another_number_of_threads(company: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", scale=0.05, threads=3)
    first, again = (
        {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in root.rglob("*") if p.is_file()}
        for root in (company, tmp_path / "again")
    )
    assert len(first) == 26
    assert first == again


def test_demo_grows_with_scale_and_the_organisation_does_not(company: Path, tmp_path: Path) -> None:
    generate(tmp_path / "larger", scale=0.1)
    sizes = [
        {name: len(records(root / "crm", f"{name}*.csv")) for name in ("customers", "employees", "org_units")}
        for root in (company, tmp_path / "larger")
    ]
    assert sizes[1]["customers"] == pytest.approx(2 * sizes[0]["customers"], rel=0.05)
    assert (sizes[0]["employees"], sizes[0]["org_units"]) == (sizes[1]["employees"], sizes[1]["org_units"])


def test_demo_at_a_tiny_scale_still_has_every_table_and_every_kind_of_dirt(
    tmp_path: Path, contracts: dict[str, SourceContract]
) -> None:
    counts = generate(tmp_path / "demo", scale=0.0001)
    assert counts.keys() == FOUND_BY.keys()
    assert min(counts.values()) >= 1
    settings = Settings(config=REPOSITORY, data_dir=tmp_path)
    for contract in contracts.values():
        for name, table in contract.tables.items():
            assert all(files.count_records(file, table) for file in files.list_files(contract, table, settings)), name


def test_demo_replaces_an_older_company_whole(company: Path, tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "deals_1999.csv").write_text("left over")
    generate(tmp_path, scale=0.01)
    assert not (tmp_path / "crm" / "deals_1999.csv").exists()
    assert not (tmp_path / ".making").exists()


def test_demo_ends_on_the_business_date_of_the_company(company: Path) -> None:
    assert read_company(REPOSITORY / "kpi_definitions").business_date == BUSINESS_DATE
    created = [row["创建时间"][:10] for row in records(company / "crm", "deals_*.csv")]
    assert min(created) >= "2023-06-01"
    assert max(created) <= BUSINESS_DATE.isoformat()
    assert max(created) > "2026-05-01"


def test_contracts_name_exactly_the_columns_of_the_files(company: Path, contracts: dict[str, SourceContract]) -> None:
    settings = Settings(config=REPOSITORY, data_dir=company.parent)
    for contract in contracts.values():
        for name, table in contract.tables.items():
            for file in files.list_files(contract, table, settings):
                said = [column.name for column in table.columns]
                assert columns_of(file.path) == said, f"{contract.system}.{name}: {file.path.name}"


def columns_of(path: Path) -> list[str]:
    if path.suffix == ".csv":
        return next(csv.reader(io.StringIO(path.read_bytes().decode("gb18030"))))
    if path.suffix == ".jsonl":
        return list(json.loads(path.read_text(encoding="utf-8").splitlines()[0]))
    if path.suffix == ".parquet":
        return [name for name, *_ in duckdb.sql(f"describe from '{path}'").fetchall()]
    from openpyxl import load_workbook

    return [cell.value for cell in load_workbook(path, read_only=True).worksheets[0][1]]


def test_demo_says_how_much_dirt_the_files_hold(company: Path) -> None:
    """Counted in the files with Python alone, by what a reader would call wrong."""
    deals, contracts = records(company / "crm", "deals_*.csv"), records(company / "crm", "contracts.csv")
    people = {row["工号"] for row in records(company / "crm", "employees.csv")}
    ids = [row["商机编号"] for row in deals]
    stages = {"初步接触", "需求确认", "方案报价", "商务谈判", "赢单", "输单", "作废"}
    tickets, surveys = records(company / "desk", "tickets.jsonl"), records(company / "desk", "surveys.jsonl")
    said = json.loads((company / "dirt.json").read_text())
    counted = {
        "deal_amount_untypable": sum(not row["金额"].replace(",", "").replace(".", "").isdigit() for row in deals),
        "deal_closed_date_untypable": sum(row["关闭日期"] in ("待定", "2025-13-45") for row in deals),
        "deal_delivered_twice": len(ids) - len(set(ids)),
        "deal_without_owner": sum(not row["负责人编号"] for row in deals),
        "deal_stage_unknown": sum(row["阶段"] not in stages for row in deals),
        "deal_owner_not_an_employee": sum(bool(r["负责人编号"]) and r["负责人编号"] not in people for r in deals),
        "contract_amount_not_positive": sum(float(row["合同金额"]) <= 0 for row in contracts),
        "ticket_resolved_before_created": sum((row["solved"] or "9") < row["created"] for row in tickets),
        "survey_score_above_scale": sum((row["score"] or 0) > row["scale_max"] for row in surveys),
        "event_agent_not_an_employee": sum(
            row["agent"] not in people for row in records(company / "desk", "ticket_events.jsonl")
        ),
    }
    assert {kind: said[kind] for kind in counted} == counted


def test_each_kind_of_dirt_is_found_by_exactly_one_rule(company: Path, loaded: duckdb.DuckDBPyConnection) -> None:
    said = json.loads((company / "dirt.json").read_text())
    expected = {FOUND_BY[kind]: rows for kind, rows in said.items()}
    found = found_in(loaded)
    for address, name in AND_SO:
        found.pop((address, name), None)
        assert _suite(address)[name].severity == "info"
    assert found == expected


def test_a_run_finds_the_dirt_and_nothing_else(demo_run: Path) -> None:
    """As above, by Great Expectations and at the size that people see first; what is new there is fresh as well."""
    with duckdb.connect(str(demo_run / "warehouse" / "warehouse.duckdb"), read_only=True) as con:
        found = con.execute(
            "select table_name, check_name, failed_rows from gate.results"
            " where status <> 'pass' and check_name <> 'every_record_can_be_read'"
            " and system <> 'reconciliation'"  # between systems: tests/kpis/test_reconciled.py
        ).fetchall()
        days = con.execute("select count(*), min(day), max(day) from gate.row_counts").fetchall()
    said = json.loads((demo_run / "demo" / "dirt.json").read_text())
    by_rule = {place: said[kind] for kind, place in FOUND_BY.items() if "(" in place[1] or "_" in place[1]}
    assert {(table, name): rows for table, name, rows in found if (table, name) not in AND_SO} == by_rule
    assert days == [(len(read_suites(Settings(config=REPOSITORY))), BUSINESS_DATE, BUSINESS_DATE)]


def found_in(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """(table, rule or load fault) → rows, of everything that the load and the suites find wrong."""
    found: dict[tuple[str, str], int] = {}
    for address, suite in read_suites(Settings(config=REPOSITORY)).items():
        if not address.startswith("raw_"):
            continue
        for name, rule in suite.checks.items():
            if rules.RULES[rule.type].failing is None:
                found[(address, name)] = 0 if _holds(con, address, suite, name) else 1
                continue
            if rule.type == rules.QUERY and rule.level == "table":
                query = rules.query_text(rule.kwargs, address, BUSINESS_DATE)
            else:
                query = rules.failing_rows(rule.type, rule.kwargs, address, BUSINESS_DATE)
            found[(address, name)] = con.execute(f"select count(*) from ({query})").fetchall()[0][0]
        held = address.replace("raw_", "quarantine_", 1)
        for column, rows in con.execute(f"select column_name, count(*) from {held} group by all").fetchall():
            found[(address, f"load {column}")] = rows
    for system, table, rows in con.execute(
        "select system, table_name, sum(duplicates)::bigint from loads.ledger group by all"
    ).fetchall():
        found[(f"raw_{system}.{table}", "duplicate")] = rows
    return {place: rows for place, rows in found.items() if rows}


def _holds(con: duckdb.DuckDBPyConnection, address: str, suite: Suite, name: str) -> bool:
    """Whether a table keeps a rule about all of it, on the demo's business date and the first time it is seen."""
    rule = suite.checks[name]
    if rule.type == rules.NEWEST:  # a company of a twentieth of the size changes less often
        return True
    types = dict(
        con.execute(
            "select column_name, data_type from duckdb_columns() where schema_name || '.' || table_name = ?", [address]
        ).fetchall()
    )
    if rule.type == rules.COLUMNS:
        return set(rule.kwargs["column_set"]) <= set(types)
    if rule.type == rules.OF_TYPE:
        return types[rule.kwargs["column"]].startswith(rule.kwargs["type_"])
    moment = Moment(BUSINESS_DATE, read_company(REPOSITORY / "kpi_definitions"))
    plain = moving.resolved(suite, moment).checks[name]
    ((holds,),) = con.execute(f"select {rules.holds(plain.type, plain.kwargs)} from {address}").fetchall()
    return bool(holds)


def test_dirt_set_aside_blocks_no_table(company: Path, contracts: dict[str, SourceContract]) -> None:
    said = json.loads((company / "dirt.json").read_text())
    set_aside: dict[str, int] = {}
    for kind, (address, rule) in FOUND_BY.items():
        is_critical = rule.startswith("load") or any(
            name == rule and check.severity == "critical" for name, check in _suite(address).items()
        )
        set_aside[address] = set_aside.get(address, 0) + (said[kind] if is_critical else 0)
    settings = Settings(config=REPOSITORY, data_dir=company.parent)
    for address, rows in set_aside.items():
        system, name = address.removeprefix("raw_").split(".")
        table = contracts[system].tables[name]
        total = sum(files.count_records(f, table) for f in files.list_files(contracts[system], table, settings))
        assert rows / total <= table.block_above, address


def _suite(address: str) -> dict[str, Any]:
    return read_suites(Settings(config=REPOSITORY))[address].checks


def test_amounts_agree_from_the_contract_to_the_payment(loaded: duckdb.DuckDBPyConnection) -> None:
    """A contract is worth its orders, an invoice its order, an instalment its share, and nobody pays too much."""
    wrong = {
        "order is not its lines": """select count(*) from raw_erp.orders as o
            join (select order_no, sum(amount_net) as n from raw_erp.order_lines
            group by all) as l using (order_no) where o.amount_net <> l.n""",
        "contract below its orders": """select count(*) from raw_crm.contracts as c join (select contract_no,
            sum(amount_net) as n from raw_erp.orders group by all) as o on o.contract_no = c.合同编号
            where c.合同金额 > 0 and c.合同金额 < o.n""",
        "invoice is not its order": """select count(*) from raw_erp.invoices as i join raw_erp.orders as o
            using (order_no) where abs(i.amount_net) <> o.amount_net""",
        "instalments are not the invoice": """select count(*) from raw_erp.invoices as i join (select invoice_no,
            sum(amount_due) as n from raw_erp.receivables group by all) as r using (invoice_no)
            where i.amount_net + i.tax <> r.n""",
        "paid more than due": """select count(*) from raw_erp.receivables as r join (select receivable_no,
            sum(amount) as n from raw_erp.payments group by all) as p using (receivable_no) where p.n > r.amount_due""",
        "won deal is not its contract": """select count(*) from raw_crm.deals as d join raw_crm.contracts as c
            using (商机编号) where c.合同金额 > 0 and d.金额 <> c.合同金额""",
    }
    assert {what: loaded.execute(query).fetchall()[0][0] for what, query in wrong.items()} == dict.fromkeys(wrong, 0)
