"""Two systems are held against each other by customer and month; what does not agree is listed with its age."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.errors import KpiErrors
from pipelines.model.check import Definitions, read_definitions
from pipelines.model.compiler import reconciled
from pipelines.model.reconciliation import Reconciliation, read_reconciliations
from pipelines.settings import REPOSITORY, Settings
from tests.model.systems import AS_OF, system, table, warehouse

CRM = system(
    "crm",
    customers=table("customer_id name", constants={"status": "active"}),
    contracts=table(
        "contract_id customer_id signed_date:date amount:decimal(18,2) approval", constants={"currency": "CNY"}
    ),
)
ERP = system(
    "erp",
    orders=table(
        "order_id customer_id contract_id order_date:date amount_net:decimal(18,2) status",
        constants={"currency": "CNY"},
    ),
)
Rows = list[tuple[Any, ...]]
Break = tuple[str | None, date, Decimal, Decimal, Decimal, int, str]


def check(**said: Any) -> Reconciliation:
    return Reconciliation.model_validate(
        {
            "id": "contracts_ordered", "label": {"zh": "合同与订单", "en": "Contracts and orders"},
            "why": {"zh": "核对", "en": "Compare"}, "owner": "sales_ops",
            "left": {"entity": "contracts", "amount": "amount", "date": "signed_date", "filter": "approval = 'approved'"},
            "right": {"entity": "orders", "amount": "amount_net", "date": "order_date", "filter": "status <> 'cancelled'"},
        } | said
    )  # fmt: skip


def compared(shipped: Definitions, contracts: Rows, orders: Rows, **said: Any) -> duckdb.DuckDBPyConnection:
    rows = {"raw_crm.contracts": contracts, "raw_erp.orders": orders}
    return warehouse(shipped, [CRM, ERP], rows, ["reconciliations", "reconciliation_results"], checks=[check(**said)])


def breaks(con: duckdb.DuckDBPyConnection) -> list[Break]:
    return con.execute(
        "select customer_id, month, left_amount, right_amount, difference, age_days, state from reconciliations order by all"
    ).fetchall()


def result(con: duckdb.DuckDBPyConnection) -> tuple[str, int, int]:
    return con.execute("select status, failed_rows, checked_rows from reconciliation_results").fetchall()[0]


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_an_amount_that_only_one_system_has_is_a_break_with_its_age(shipped: Definitions) -> None:
    con = compared(
        shipped,
        [("K1", "c1", day("2026-01-15"), 100, "approved"), ("K2", "c2", day("2026-01-20"), 50, "approved")],
        [("O1", "c2", "K2", day("2026-01-25"), 50, "open"), ("O2", "c3", None, day("2026-01-02"), 7, "open")],
    )
    january = day("2026-01-01")
    assert breaks(con) == [
        ("c1", january, 100, 0, 100, 38, "break"),  # the tenth of March less the end of January
        ("c3", january, 0, 7, -7, 38, "break"),
    ]
    assert result(con) == ("fail", 2, 3)


def test_an_order_of_a_later_month_belongs_to_the_month_of_its_contract(shipped: Definitions) -> None:
    contracts: Rows = [("K1", "c1", day("2026-01-31"), 100, "approved")]
    orders: Rows = [("O1", "c1", "K1", day("2026-02-03"), 100, "open")]
    assert breaks(compared(shipped, contracts, orders, link="contract_id")) == []
    by_month = breaks(compared(shipped, contracts, orders))
    assert [(month.month, difference) for _, month, _, _, difference, _, _ in by_month] == [(1, 100), (2, -100)]


@pytest.mark.parametrize(
    ("tolerance", "ordered", "agrees"),
    [
        ({"share": "1%"}, 99, True),
        ({"share": "1%"}, Decimal("98.99"), False),
        ({"amount": 2}, 98, True),
        ({"amount": 2}, Decimal("97.99"), False),
        ({"amount": 2, "share": "5%"}, 96, True),  # the larger of both holds
        ({}, Decimal("99.99"), True),
        ({}, Decimal("99.98"), False),
    ],
)
def test_a_difference_within_the_tolerance_is_no_break(
    shipped: Definitions, tolerance: dict[str, Any], ordered: Any, agrees: bool
) -> None:
    con = compared(
        shipped,
        [("K1", "c1", day("2026-01-15"), 100, "approved")],
        [("O1", "c1", "K1", day("2026-01-25"), ordered, "open")],
        tolerance=tolerance,
    )
    assert (breaks(con) == []) == agrees
    assert result(con)[:2] == (("pass", 0) if agrees else ("fail", 1))


def test_a_difference_waits_while_the_days_of_grace_run_and_nobody_is_told(shipped: Definitions) -> None:
    contracts: Rows = [
        ("K1", "c1", day("2026-02-15"), 100, "approved"),  # February ended ten days before
        ("K2", "c1", day("2026-03-05"), 100, "approved"),
    ]
    waiting = compared(shipped, contracts, [], grace=11)
    assert [(age, state) for *_, age, state in breaks(waiting)] == [(10, "waiting"), (0, "waiting")]
    assert result(waiting) == ("pass", 0, 0)
    due = compared(shipped, contracts, [], grace=10)
    assert [(age, state) for *_, age, state in breaks(due)] == [(10, "break"), (0, "waiting")]
    assert result(due) == ("fail", 1, 1)


def test_what_has_no_customer_or_lies_ahead_is_neither_lost_nor_early(shipped: Definitions) -> None:
    con = compared(
        shipped,
        [("K1", None, day("2026-01-15"), 100, "approved"), ("K2", "c1", AS_OF + timedelta(days=1), 5, "approved")],
        [],
    )
    assert [(customer, left) for customer, _, left, *_ in breaks(con)] == [("unassigned", 100)]


@pytest.mark.parametrize("seed", range(8))
def test_any_two_systems_agree_just_where_plain_sums_say_so(shipped: Definitions, seed: int) -> None:
    dice = random.Random(seed)
    days = [date(2025, 11, 1) + timedelta(days=n) for n in range(140)]
    contracts: Rows = [
        (f"K{n}", dice.choice(["c1", "c2", "c3", None]), dice.choice(days), Decimal(dice.randint(1, 9)), dice.choice(["approved", "draft"]))
        for n in range(40)
    ]  # fmt: skip
    orders: Rows = [
        (f"O{n}", dice.choice(["c1", "c2", "c3", None]), dice.choice([f"K{dice.randint(0, 60)}", None]), dice.choice(days), Decimal(dice.randint(1, 9)), dice.choice(["open", "cancelled"]))
        for n in range(60)
    ]  # fmt: skip
    con = compared(shipped, contracts, orders, link="contract_id", tolerance={"amount": 3}, grace=20)

    left: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    right: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    month_of = {}
    for key, customer, signed, amount, approval in contracts:
        if approval == "approved" and signed <= AS_OF:
            month_of[key] = signed.replace(day=1)
            left[customer or "unassigned", signed.replace(day=1)] += amount
    for _, customer, contract, ordered, amount, status in orders:
        if status != "cancelled" and ordered <= AS_OF:
            right[customer or "unassigned", month_of.get(contract, ordered.replace(day=1))] += amount
    expected = []
    for customer, month in left.keys() | right.keys():
        difference = left[customer, month] - right[customer, month]
        ends = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        age = max((AS_OF - ends).days, 0)
        if abs(difference) > 3:
            state = "break" if age >= 20 else "waiting"
            expected.append((customer, month, left[customer, month], right[customer, month], difference, age, state))
    assert breaks(con) == sorted(expected)
    assert expected  # a seed without breaks would prove nothing
    assert result(con)[1] == sum(state == "break" for *_, state in expected)


def test_a_check_of_which_no_source_feeds_one_side_is_left_out() -> None:
    said = check()
    assert reconciled.possible([said], {"contracts", "orders"}) == [said]
    assert reconciled.possible([said], {"contracts"}) == []


def test_without_checks_nothing_is_compared_and_everything_builds(shipped: Definitions) -> None:
    con = warehouse(shipped, [CRM, ERP], {}, ["reconciliations", "reconciliation_results"])
    assert breaks(con) == []
    assert con.execute("select count(*) from reconciliation_results").fetchall() == [(0,)]


def test_the_shipped_checks_are_read(shipped: Definitions) -> None:
    said = read_reconciliations(REPOSITORY / "kpi_definitions").checks
    assert [one.id for one in said] == ["contracts_ordered", "orders_invoiced", "invoices_paid"]
    assert shipped.reconciliations == list(said)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"owner": "nobody"}, "owner nobody is nobody in people.yml"),
        ({"link": "contractid"}, "has no column contractid (did you mean contract_id?)"),
        ({"left": {"entity": "contract"}}, "unknown entity contract"),
        ({"left": {"date": "amount"}}, "column amount of contracts is no date"),
        ({"left": {"amount": "amout"}}, "unknown column amout"),
        ({"right": {"filter": "exists (select 1)"}}, "calls exists"),
        ({"right": {"entity": "products", "amount": "list_price", "date": "x"}}, "products has no customer_id"),
        ({"severity": "critical"}, "severity"),
        ({"tolerance": {"share": "150%"}}, "tolerance.share"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_line(
    definitions_folder: Path, change: dict[str, Any], problem: str
) -> None:
    path = definitions_folder / "reconciliations.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    first = said["reconciliations"][0]
    for key, value in change.items():
        first[key] = first[key] | value if isinstance(value, dict) else value
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    shutil.copytree(REPOSITORY / "pipelines" / "sources", definitions_folder.parent / "sources")
    with pytest.raises(KpiErrors) as found:
        read_definitions(Settings(config=definitions_folder.parent))
    told = [error for error in found.value.errors if problem in str(error)]
    assert told, str(found.value)
    assert all(error.file == path and error.line for error in told)
