"""A small company in a folder: one source of two tables, its suites, and a working file filled by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.extract.contract import SourceContract, read_contracts
from pipelines.gate import quarantine
from pipelines.gate.run import check_raw
from pipelines.gate.suite import read_suites
from pipelines.gate.verdicts import TableVerdict
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

AS_OF = date(2026, 3, 31)
PHONE = "13800138000"  # stands for personal data: must never leave the raw table

CONTRACT: dict[str, Any] = {
    "system": "crm",
    "kind": "files",
    "label": {"zh": "客户关系管理", "en": "CRM"},
    "owner": "sales_ops",
    "connection": {"path": "."},
    "tables": {
        "deals": {
            "from": {"glob": "deals.csv"},
            "key": ["商机编号"],
            "delivery": "upsert",
            "block_above": "40%",
            "entities": ["deals"],
            "columns": [
                {"name": "商机编号", "as": "deal_id"},
                {"name": "产品", "as": "product_id"},
                {"name": "金额", "type": "decimal(18,2)", "as": "amount"},
                {"name": "创建", "type": "date", "as": "created_at"},
                {"name": "关闭", "type": "date", "as": "closed_at"},
                {"name": "手机", "personal": "keep"},
            ],
        },
        "products": {
            "from": {"glob": "products.csv"},
            "delivery": "full",
            "entities": ["products"],
            "columns": [{"name": "id", "as": "product_id"}],
        },
    },
}

Deal = tuple[Any, ...]
GOOD: list[Deal] = [
    ("D1", "P1", "100.00", "2026-01-01", "2026-02-01", PHONE),
    ("D2", "P2", "200.00", "2026-01-02", "2026-02-02", PHONE),
    ("D3", "P1", "300.00", "2026-01-03", None, PHONE),
]


class Company:
    """Writes suites and tables, and runs the gate over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(config=folder, data_dir=folder / "data")
        self.write("sources/crm.yml", CONTRACT)
        self.load("products", [("P1",), ("P2",)], batch="p1")

    @property
    def contracts(self) -> list[SourceContract]:
        return read_contracts(self.settings)

    def write(self, path: str, data: Any) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return target

    def suite(self, *rules: dict[str, Any], table: str = "raw_crm/deals", owner: str | None = None) -> Path:
        """A suite whose rules are, unless they say otherwise, critical row rules with a reason."""
        said = [
            {"level": "row", "severity": "critical", "why": {"zh": "因为", "en": "because"}} | rule for rule in rules
        ]
        return self.write(f"expectations/{table}.yml", ({"owner": owner} if owner else {}) | {"expectations": said})

    def load(self, table: str, rows: Sequence[Deal], batch: str = "b1") -> None:
        """Replaces raw_crm.<table> by one delivery and says so in the ledger."""
        contract = next(c for c in self.contracts if c.system == "crm").tables[table]
        columns = [f'"{c.name}" {c.duckdb_type}' for c in contract.columns]
        columns += ["_batch_id varchar", "_row_number bigint", "_loaded_at timestamp", "_source_file varchar"]
        with open_warehouse(self.settings) as con:
            con.execute("create schema if not exists raw_crm")
            con.execute(f"create or replace table raw_crm.{table} ({', '.join(columns)})")
            for number, row in enumerate(rows, start=1):
                values = [*row, batch, number, "2026-03-31 00:00:00", f"{table}.csv"]
                con.execute(f"insert into raw_crm.{table} values ({', '.join('?' * len(values))})", values)
            con.execute("delete from loads.ledger where table_name = ?", [table])
            con.execute(
                "insert into loads.ledger values ('crm', ?, ?, 'f', ?, 'c', ?, ?, 0, 0, null, '2026-03-31', 'r')",
                [table, batch, batch, len(rows), len(rows)],
            )

    def unreadable(self, table: str, records: int) -> None:
        """Adds records to quarantine that the load could not type."""
        with open_warehouse(self.settings) as con:
            con.execute("create schema if not exists quarantine_crm")
            con.execute(f"create table if not exists quarantine_crm.{table} ({quarantine.COLUMNS})")
            for number in range(records):
                con.execute(
                    f"insert into quarantine_crm.{table} (_batch_id, _row_number, stage) values ('bad', ?, 'load')",
                    [number],
                )

    def calendar(self) -> None:
        """A company in Shanghai that works when China does."""
        name = {"zh": "公司", "en": "Company"}
        said = {"name": name, "currency": "CNY", "time_zone": "Asia/Shanghai", "holidays": "CN"}
        self.write("kpi_definitions/company.yml", said)

    def check(self, run_id: str = "run1", as_of: date = AS_OF) -> dict[str, TableVerdict]:
        """Runs the gate; verdicts by address."""
        kpis = {"raw_crm.deals": ["won_amount", "win_rate"]}
        found = check_raw(self.settings, self.contracts, read_suites(self.settings), run_id, as_of, kpis)
        return {verdict.table_name: verdict for verdict in found}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as con:
            return con.execute(sql).fetchall()
