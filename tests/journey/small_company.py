"""A company small enough to run in seconds: a CRM and an ERP of three CSV files, four KPIs, one goal, three suites.

Belongs here: laying it down, delivering other rows, running it, reading what it serves. Does not: what must come of it.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.conftest import kpi

AS_OF = "2026-03-31"
LABEL = {"zh": "小公司", "en": "Small company"}


def _column(name: str, as_: str, type_: str = "text") -> dict[str, str]:
    return {"name": name, "as": as_, "type": type_}


SOURCES: dict[str, dict[str, Any]] = {
    "crm": {
        "deals": {
            "entities": ["deals"],
            "constants": {"currency": "CNY"},
            "columns": [
                _column("商机编号", "deal_id"),
                _column("负责人", "owner_id"),
                _column("阶段", "stage")
                | {"values": {"赢单": {"status": "won"}, "输单": {"status": "lost"}, "*": {"status": "open"}}},
                _column("创建", "created_at", "date"),
                _column("关闭", "closed_at", "date"),
            ],
        },
        "contracts": {
            "block_above": "5%",
            "entities": ["contracts"],
            "constants": {"currency": "CNY", "approval": "approved"},
            "columns": [
                _column("合同编号", "contract_id"),
                _column("客户", "customer_id"),
                _column("负责人", "owner_id"),
                _column("签订日期", "signed_date", "date"),
                _column("金额", "amount", "decimal(18,2)"),
            ],
        },
    },
    "erp": {
        "orders": {
            "entities": ["orders"],
            "staging": "stg_erp__orders",
            "columns": [
                _column("order_no", "order_id"),
                _column("customer", "customer_id"),
                _column("ordered_on", "order_date", "date"),
                _column("net", "amount_net", "decimal(18,2)"),
            ],
        }
    },
}

STAGED_ORDERS = """-- One row per usable order, written by hand.
with final as (
    select
        order_no as order_id,
        customer as customer_id,
        ordered_on as order_date,
        net as amount_net,
        'CNY' as currency,
        'delivered' as status
    from {{ source('raw_erp', 'orders') }}
)

select * from final
"""

NOT_EMPTY = {"type": "expect_table_row_count_to_be_between", "min_value": 10, "level": "table", "severity": "critical"}
HAS_OWNER = {"type": "expect_column_values_to_not_be_null", "column": "负责人", "level": "row", "severity": "critical"}
HAS_CUSTOMER = HAS_OWNER | {"column": "customer", "severity": "warning"}
SUITES = {
    "raw_crm/deals": [NOT_EMPTY],
    "raw_crm/contracts": [NOT_EMPTY, HAS_OWNER],
    "raw_erp/orders": [NOT_EMPTY, HAS_CUSTOMER],
}

# Forty contracts of 1,000 each in March 2026, one a customer; ten deals, six of them won; twenty orders of 50.
DEALS = [
    {
        "商机编号": f"D{n}",
        "负责人": "e1",
        "阶段": "赢单" if n <= 6 else "输单",
        "创建": "2026-01-05",
        "关闭": "2026-03-10",
    }
    for n in range(1, 11)
]
CONTRACTS = [
    {"合同编号": f"C{n}", "客户": f"K{n}", "负责人": "e1", "签订日期": "2026-03-02", "金额": "1000.00"}
    for n in range(1, 41)
]
ORDERS = [{"order_no": f"O{n}", "customer": f"K{n}", "ordered_on": "2026-03-03", "net": "50.00"} for n in range(1, 21)]


class _WrittenOut(yaml.SafeDumper):
    """Writes equal values twice, where YAML would write an alias (which the house refuses)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class SmallCompany:
    """A configuration folder and what its runs made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.served = self.data / "serving" / "kpi.duckdb"

    def lay_down(self) -> SmallCompany:
        for system, tables in SOURCES.items():
            said = {"kind": "files", "label": LABEL, "owner": "sales_ops", "time_zone": "Asia/Shanghai"}
            whole = {
                name: {"from": {"glob": f"{name}.csv"}, "delivery": "full"} | table for name, table in tables.items()
            }
            self.write(
                f"sources/{system}.yml", {"system": system} | said | {"connection": {"path": "in"}, "tables": whole}
            )
        fields = ["order_id", "customer_id", "order_date", "amount_net", "currency", "status"]
        columns = [{"name": field} for field in fields]
        self.write("models/stg_erp__orders.sql", STAGED_ORDERS)
        self.write("models/stg_erp__orders.yml", {"models": [{"name": "stg_erp__orders", "columns": columns}]})
        for address, rules in SUITES.items():
            self.suite(address, *rules)
        people = ["vp_sales", "sales_ops", "data_crm", "data_erp"]
        aims = ["raise_sales", "raise_loyalty"]
        goal = {
            "id": "march_signed", "label": LABEL, "kpi": "won_amount", "scope": {"level": "company"},
            "period": {"grain": "month", "from": "2026-03-01", "to": "2026-03-31"},
            "target": {"value": 50000}, "owner": "vp_sales",
        }  # fmt: skip
        self.write("kpi_definitions/people.yml", {"people": [{"id": person, "name": person} for person in people]})
        self.write(
            "kpi_definitions/business_goals.yml",
            {"business_goals": [{"id": aim, "label": LABEL, "kpis": [], "why": "a test"} for aim in aims]},
        )
        self.write(
            "kpi_definitions/company.yml",
            {
                "name": LABEL, "currency": "CNY", "time_zone": "Asia/Shanghai", "business_date": AS_OF,
                "catalogue": ["won_amount", "win_rate", "new_customers", "avg_order_value"],
            },
        )  # fmt: skip
        self.write("kpi_definitions/goals/2026/march_signed.yml", goal)
        for table, rows in (("deals", DEALS), ("contracts", CONTRACTS), ("orders", ORDERS)):
            self.deliver(table, rows)
        return self

    def write(self, path: str, data: Any) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (
            data if isinstance(data, str) else yaml.dump(data, Dumper=_WrittenOut, allow_unicode=True, sort_keys=False)
        )
        target.write_text(text, encoding="utf-8")
        return target

    def suite(self, address: str, *rules: dict[str, Any]) -> Path:
        said = [{"why": {"zh": "因为", "en": "because"}} | rule for rule in rules]
        return self.write(f"expectations/{address}.yml", {"owner": "sales_ops", "expectations": said})

    def deliver(self, table: str, rows: Iterable[dict[str, str]]) -> Path:
        """Replaces the file that the source of `table` delivers."""
        rows = list(rows)
        target = self.folder / "in" / f"{table}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return target

    def written_by_people(self) -> dict[str, bytes]:
        """Every file of the configuration by its path: all but what runs made."""
        paths = [path for path in self.folder.rglob("*") if path.is_file() and self.data not in path.parents]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return kpi("run", "--config", self.folder, *arguments, check=False)

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the serving file."""
        with duckdb.connect(str(self.served), read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()

    def working(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the working file, or a change to it (with the rows it returns, if any)."""
        with duckdb.connect(str(self.data / "warehouse" / "warehouse.duckdb")) as con:
            return con.execute(sql).fetchall()

    def figures(self) -> dict[str, tuple[Any, str, str]]:
        """Per KPI the company's value, state and quality in March 2026, as served."""
        rows = self.query(
            """
            select kpi_id, value, state, quality from published.kpi_values
            where level = 'company' and grain = 'month' and period_start = date '2026-03-01' and cut = 'none'
            """
        )
        return {
            kpi_id: (None if value is None else float(value), state, quality) for kpi_id, value, state, quality in rows
        }

    def verdict(self, table: str) -> str:
        """The served verdict on a raw table."""
        ((verdict,),) = self.query('select verdict from published.verdicts where "table" = ?', f"raw_{table}")
        return verdict

    @property
    def generation(self) -> int:
        ((generation,),) = self.query("select generation from published.publication")
        return generation
