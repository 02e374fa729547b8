"""A company whose every table can be broken in many ways, each table with an owner of its own and a KPI that stands on it.

Belongs here: its rules, its people, what it delivers when all is well. Does not: the ways (ways.py), what must follow.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipelines.settings import load
from pipelines.watch.alerts import record
from tests.conftest import kpi
from tests.journey.small_company import CONTRACTS, DEALS, LABEL, ORDERS, SOURCES, SmallCompany
from tests.watch.alerts.receivers import Web

# Each table, who owns it, and the KPIs that stand on it.
OWNERS = {"crm.contracts": "sales_ops", "crm.deals": "sales_east", "erp.orders": "finance_ops"}
KPIS = {
    "crm.contracts": ("won_amount", "new_customers"),
    "crm.deals": ("win_rate",),
    "erp.orders": ("avg_order_value",),
}
NAMES = {
    "sales_ops": "秦岚",
    "sales_east": "Lee",
    "finance_ops": "Fin",
    "data_crm": "Data",
    "data_erp": "Desk",
    "vp_sales": "VP",
}
PEOPLE = [
    {
        "id": person, "name": name, "channels": ["chat"], "language": "zh" if person == "sales_ops" else "en",
        "roles": ["engineer"] if person == "data_erp" else ["viewer"],
    }
    for person, name in NAMES.items()
]  # fmt: skip
FIRST = {"合同编号": "C1", "客户": "K1", "负责人": "e1", "签订日期": "2026-01-05", "金额": "1000.00"}
GOOD: dict[str, list[dict[str, str]]] = {
    # Five of January, ordered to the cent; forty of March, whose orders may still come.
    "contracts": [
        row | {"已付": "400.00", "等级": "B"}
        for row in [*CONTRACTS, *(FIRST | {"合同编号": f"C{n}", "客户": f"K{n}"} for n in range(101, 106))]
    ],
    "deals": [row | {"更新": "2026-03-30"} for row in DEALS],
    "orders": [
        *ORDERS,
        *(
            {"order_no": f"O{n}", "customer": f"K{n}", "ordered_on": "2026-01-06", "net": "1000.00"}
            for n in range(101, 106)
        ),
    ],
}
BLOCK_ABOVE = {"contracts": "10%", "deals": "20%", "orders": "10%"}
MORE: dict[str, list[dict[str, Any]]] = {
    "contracts": [
        {"name": "已付", "type": "decimal(18,2)", "as": "x_paid"},
        {"name": "等级", "type": "text", "as": "x_tier"},
    ],
    "deals": [{"name": "更新", "type": "date", "as": "x_updated"}],
    "orders": [],
}


def _rule(kind: str, level: str = "row", severity: str = "critical", **more: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "level": level, "severity": severity} | more


def _query(name: str, condition: str) -> dict[str, Any]:
    query = f"select b._batch_id, b._row_number from {{batch}} as b where {condition}"
    return {
        "name": name, "type": "unexpected_rows_expectation", "level": "row", "severity": "critical",
        "unexpected_rows_query": query,
    }  # fmt: skip


ROWS = "table_row_count_to_be_between"
RULES: dict[str, list[dict[str, Any]]] = {
    "crm.contracts": [
        _rule(ROWS, "table", name="rows_as_usual", of_usual={"min": 0.6, "max": 1.5}),
        _rule("column_values_to_be_of_type", "table", column="金额", type_="DECIMAL"),
        _rule("column_values_to_not_be_null", column="负责人"),
        _rule("column_values_to_be_in_set", column="等级", value_set=["A", "B", "C"]),
        _rule("column_values_to_be_between", column="金额", min_value=0, max_value=100000),
        _rule("column_values_to_match_regex", column="客户", regex=r"^K\d+$"),
        _rule("column_value_lengths_to_be_between", column="负责人", max_value=4),
        _rule("column_values_to_be_unique", column="合同编号"),
        _rule("compound_columns_to_be_unique", column_list=["客户", "签订日期"]),
        _rule(
            "column_pair_values_a_to_be_greater_than_b", name="paid_within", column_A="金额", column_B="已付",
            or_equal=True,
        ),
    ],
    "crm.deals": [
        _rule(ROWS, "table", min_value=10),
        _rule("column_max_to_be_between", "table", name="newest_is_recent", column="更新", min_working_days_ago=5),
        _query("closed_after_created", "b.关闭 < b.创建"),
        _query("won_is_closed", "b.阶段 = '赢单' and b.关闭 is null"),
        _rule("column_values_to_be_in_set", severity="info", column="负责人", value_set=["e1"]),
    ],
    "erp.orders": [
        _query("customer_is_known", "b.customer not in (select 客户 from raw_crm.contracts)"),
        _rule("column_values_to_not_be_null", severity="warning", column="customer"),
    ],
}  # fmt: skip
AGREE = {
    "id": "contracts_ordered", "label": LABEL, "why": {"zh": "核对", "en": "compare both"}, "owner": "finance_ops",
    "left": {"entity": "contracts", "amount": "amount", "date": "signed_date"},
    "right": {"entity": "orders", "amount": "amount_net", "date": "order_date"}, "grace": 20,
}  # fmt: skip


class BrokenCompany(SmallCompany):
    """The small company with rules of every kind, and a chat that a real server answers."""

    web: Web

    def lay_down(self) -> BrokenCompany:
        super().lay_down()
        shutil.rmtree(self.folder / "models")
        self.write("kpi_definitions/people.yml", {"people": PEOPLE})
        self.write("kpi_definitions/reconciliations.yml", {"reconciliations": [AGREE]})
        self.as_it_should_be()
        return self

    def as_it_should_be(self) -> None:
        """Sources, contracts and rules as when all is well: what mending a source brings back."""
        for table, rows in GOOD.items():
            self.deliver(table, rows)
        for system in SOURCES:
            self.contract(system)
        for address, rules in RULES.items():
            self.rules(address, rules)

    def contract(self, system: str) -> None:
        tables = {
            name: {
                "from": {"glob": f"{name}.csv"}, "delivery": "full", "entities": [name],
                "constants": {"currency": "CNY"} | table.get("constants", {"status": "delivered"}),
                "block_above": BLOCK_ABOVE[name], **({"key": ["order_no"]} if name == "orders" else {}),
                "columns": [*table["columns"], *MORE[name]],
            }
            for name, table in SOURCES[system].items()
        }  # fmt: skip
        said = {"kind": "files", "label": LABEL, "owner": "vp_sales", "time_zone": "Asia/Shanghai"}
        self.write(
            f"sources/{system}.yml", {"system": system} | said | {"connection": {"path": "in"}, "tables": tables}
        )

    def rules(self, address: str, rules: list[dict[str, Any]]) -> Path:
        said = [{"why": {"zh": "因为", "en": "because"}} | rule for rule in rules]
        return self.write(
            f"expectations/raw_{address.replace('.', '/')}.yml", {"owner": OWNERS[address], "expectations": said}
        )

    def change(self, table: str, rows: int, change: dict[str, str], start: int = 30) -> None:
        """Delivers the table with `rows` rows changed, beginning at the given one."""
        good = GOOD[table]
        self.deliver(table, [row | (change if start <= n < start + rows else {}) for n, row in enumerate(good)])

    def knows_its_past(self) -> None:
        """Three earlier business dates on which contracts had as many rows as now: from three on, usual is known."""
        self.working(
            "insert into gate.row_counts select 'raw_crm.contracts', unnest([date '2026-03-26', date '2026-03-27',"
            " date '2026-03-30']), 45"
        )

    def tell(self, web: Web) -> None:
        """Whoever is to be told is told there from now on."""
        self.web = web
        channel = {"address": "wecombot://${KEY}", "server": web.address}
        self.write("kpi_definitions/channels.yml", {"allowed_hosts": ["127.0.0.1"], "channels": {"chat": channel}})

    def run_told(self) -> int:
        """One run; its exit status."""
        return kpi("run", "--config", self.folder, check=False, KEY="k1").returncode

    @property
    def heard(self) -> dict[str, list[str]]:
        """Everything anybody was sent, by person."""
        people = {name: person for person, name in NAMES.items()}
        found: dict[str, list[str]] = {}
        for one in self.web.got:
            text = one.body["text"]["content"]
            who = text.split("· ", 1)[1].replace("：", ":").split(":", 1)[0]
            found.setdefault(people[who], []).append(text)
        return found

    @property
    def open_alerts(self) -> list[tuple[str, str]]:
        """(table, check) of every alert that is open."""
        return [alert.check for alert in record.read(load(self.folder)).open]

    def held(self, table: str) -> int:
        ((rows,),) = self.working(f"select count(*) from quarantine_{table}")
        return rows

    def served_values(self) -> dict[str, list[tuple[Any, ...]]]:
        """Per KPI every value that is served, at every level and grain."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for kpi_id, *row in self.query(
            "select kpi_id, grain, period_start, level, unit_id, cut, cut_value, value, numerator, denominator, state"
            " from published.kpi_values order by all"
        ):
            found.setdefault(kpi_id, []).append(tuple(row))
        return found
