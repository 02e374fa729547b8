"""What a record takes from the one it belongs to, where its own source says nothing of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.base_tables import BASE_TABLES
from pipelines.model import lineage
from pipelines.model.check import Definitions
from pipelines.model.compiler import inputs, parents
from pipelines.model.entities import read_entities
from pipelines.model.matching import Matching
from tests.model.systems import compiled, system, table, warehouse

ENTITIES = read_entities()
ORDERS = table("order_id customer_id owner_id order_date:date currency", constants={"status": "open"})
LINES = table(
    "order_id line_no:integer amount_net:decimal(18,4)", key=["order_id", "line_no"], entities=["order_lines"]
)
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "raw_erp.orders": [("o1", "c1", "e1", "2026-01-05", "CNY"), ("o2", "c2", None, "2026-02-06", "CNY")],
    "raw_erp.lines": [("o1", 1, "10"), ("o1", 2, "5"), ("o2", 1, "7"), ("lost", 1, "3")],
}


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=list(ENTITIES))
def test_parents_are_entities_with_those_fields_of_those_types(entity: Any) -> None:
    for parent in entity.parents:
        theirs = ENTITIES[parent.entity]
        assert parent.key in theirs.key, "a parent is found by its own key, or one row would become many"
        assert entity.type_of(parent.key) == theirs.type_of(parent.key)
        for own, their in parent.fields.items():
            assert entity.type_of(own) == theirs.type_of(their) is not None


def test_a_line_takes_day_customer_and_person_from_its_order(shipped: Definitions) -> None:
    con = warehouse(shipped, [system("erp", orders=ORDERS, lines=LINES)], ROWS, ["order_lines"])
    found = con.execute(
        "select order_id, line_no, order_date, customer_id, owner_id, status, currency, amount_net from order_lines order by all"
    ).fetchall()
    assert found == [
        ("lost", 1, None, None, None, None, None, Decimal(3)),
        ("o1", 1, date(2026, 1, 5), "c1", "e1", "open", "CNY", Decimal(10)),
        ("o1", 2, date(2026, 1, 5), "c1", "e1", "open", "CNY", Decimal(5)),
        ("o2", 1, date(2026, 2, 6), "c2", None, "open", "CNY", Decimal(7)),
    ]


def test_what_the_source_says_itself_stands(shipped: Definitions) -> None:
    own = table(
        "order_id line_no:integer owner_id amount_net:decimal(18,4)",
        key=["order_id", "line_no"],
        entities=["order_lines"],
    )
    rows = {"raw_erp.orders": ROWS["raw_erp.orders"], "raw_erp.lines": [("o1", 1, "e9", "10"), ("o1", 2, None, "5")]}
    con = warehouse(shipped, [system("erp", orders=ORDERS, lines=own)], rows, ["order_lines"])
    found = con.execute("select line_no, owner_id, customer_id from order_lines order by all").fetchall()
    assert found == [(1, "e9", "c1"), (2, None, "c1")]


def test_nothing_is_joined_where_the_source_says_it_all_or_no_order_is_known(shipped: Definitions) -> None:
    whole = table(
        "order_id line_no:integer order_date:date customer_id owner_id currency status channel campaign_id",
        key=["order_id", "line_no"],
        entities=["order_lines"],
    )
    for contract in (system("erp", orders=ORDERS, lines=whole), system("erp", lines=LINES)):
        assert "join" not in compiled(shipped, [contract])["2_entities/order_lines.sql"]


def test_the_first_parent_with_a_value_gives_it(shipped: Definitions) -> None:
    contract = system(
        "erp",
        contracts=table("contract_id customer_id owner_id amount:decimal(18,4) currency"),
        invoices=table("invoice_id contract_id currency amount_net:decimal(18,4) customer_id"),
        payments=table("payment_id invoice_id contract_id amount:decimal(18,4) currency"),
    )
    rows: dict[str, list[tuple[Any, ...]]] = {
        "raw_erp.contracts": [("k1", "of the contract", "e1", "9", "CNY")],
        "raw_erp.invoices": [("i1", "k1", "CNY", "9", "of the invoice")],
        "raw_erp.payments": [("p1", "i1", "k1", "1", "CNY"), ("p2", "i1", None, "1", "CNY")],
    }
    con = warehouse(shipped, [contract], rows, ["payments"])
    # The invoice lacks a person of its own and has its contract's, which a payment without a contract reaches so.
    assert con.execute("select payment_id, customer_id, owner_id from payments order by all").fetchall() == [
        ("p1", "of the contract", "e1"),
        ("p2", "of the invoice", "e1"),
    ]


def test_a_taken_customer_is_the_linked_one(shipped: Definitions) -> None:
    named = table("customer_id name", constants={"status": "active"})
    contracts = [system("crm", customers=named), system("erp", customers=named, orders=ORDERS, lines=LINES)]
    rows = ROWS | {"raw_crm.customers": [("k1", "a")], "raw_erp.customers": [("c1", "a")]}
    rules = Matching.model_validate(
        {"master": "crm", "rules": [{"id": "same_name", "match": ["name"], "confidence": 0.8}]}
    )
    con = warehouse(shipped, contracts, rows, ["order_lines"], rules)
    assert con.execute("select distinct order_id, customer_id from order_lines order by all").fetchall() == [
        ("lost", None), ("o1", "k1"), ("o2", "c2"),
    ]  # fmt: skip


def test_a_line_is_priced_by_the_currency_and_day_of_its_order(shipped: Definitions) -> None:
    contract = system(
        "erp",
        orders=ORDERS,
        lines=LINES,
        rates=table("currency day:date rate:decimal(18,8)", key=["currency", "day"], entities=["exchange_rates"]),
    )
    rows = ROWS | {
        "raw_erp.orders": [("o1", "c1", "e1", "2026-01-05", "USD"), ("o2", "c2", "e1", "2026-01-09", "USD")],
        "raw_erp.rates": [("USD", "2026-01-05", "7"), ("USD", "2026-01-08", "8")],
    }
    con = warehouse(shipped, [contract], rows, ["order_lines"])
    assert con.execute("select order_id, sum(amount_net), min(currency) from order_lines group by all order by 1").fetchall() == [
        ("lost", Decimal(3), "CNY"), ("o1", Decimal(105), "CNY"), ("o2", Decimal(56), "CNY"),
    ]  # fmt: skip


def test_a_blocked_parent_blocks_what_takes_from_it_and_nothing_else() -> None:
    contracts = [system("erp", orders=ORDERS, lines=LINES, payments=table("payment_id customer_id"))]
    fed = parents.attach(inputs.feeds(contracts, None), ENTITIES)
    assert parents.children(fed, {"orders"}) == {"orders", "order_lines"}
    assert parents.children(fed, {"payments"}) == {"payments"}
    con = duckdb.connect()
    con.execute(BASE_TABLES)
    con.execute("insert into gate.blocked_entities values ('orders')")
    lineage.block_children(con, contracts, None)
    assert con.execute("select entity from gate.blocked_entities order by 1").fetchall() == [
        ("order_lines",),
        ("orders",),
    ]
