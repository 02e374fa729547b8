"""Entities: the dictionary, what nothing feeds, money of other currencies, and employees from snapshots."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.errors import KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.compiler import staging
from pipelines.model.entities import read_entities
from pipelines.model.graph import Graph
from tests.model.systems import AS_OF, compiled, system, table, warehouse

ENTITIES = read_entities()
Rows = list[tuple[Any, ...]]


# The dictionary


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=list(ENTITIES))
def test_an_entity_names_columns_that_it_has(entity: Any) -> None:
    columns = [column.name for column in entity.columns]
    assert len(set(columns)) == len(columns)
    assert entity.key
    assert set(entity.key) <= set(columns)
    assert entity.person is None or entity.person in columns
    assert entity.is_derived or columns[0] == "source_system"
    if entity.money:
        assert {*entity.money.amounts, *entity.money.day, "currency"} <= set(columns)


def test_every_amount_with_a_currency_is_priced() -> None:
    delivered = [entity for entity in ENTITIES.values() if not entity.is_derived]  # what is derived was priced before
    with_currency = {e.name for e in delivered if e.type_of("currency") and e.name != "exchange_rates"}
    assert {e.name for e in ENTITIES.values() if e.money} == with_currency
    for entity in delivered:
        decimals = {c.name for c in entity.delivered if c.type == "decimal(18,4)"} - {"quantity", "score", "minutes"}
        assert decimals == set(entity.money.amounts if entity.money else ())


def test_dated_entities_are_those_with_valid_from_in_their_key() -> None:
    assert set(staging.DATED) == {e.name for e in ENTITIES.values() if "valid_from" in e.key and not e.is_derived}


def test_daily_entities_are_those_with_a_day_in_their_key() -> None:
    assert set(staging.DAILY) == {e.name for e in ENTITIES.values() if "day" in e.key and not e.is_derived}


def test_a_source_cannot_feed_what_is_computed(shipped: Definitions) -> None:
    with pytest.raises(KpiErrors, match="customer_links is computed from the other entities, no source feeds it"):
        compiled(shipped, [system("crm", customer_links=table("source_key"))])


# What nothing feeds


def test_an_entity_that_nothing_feeds_costs_no_table_and_no_test(shipped: Definitions) -> None:
    fed = {m.entity for c in shipped.contracts for t in c.tables.values() for m in t.entities}
    for entity in ENTITIES.values():
        if not entity.is_derived:
            path = f"2_entities/{'delivered_' if entity.is_handwritten else ''}{entity.name}.sql"
            is_ephemeral = "materialized='ephemeral'" in shipped.compiled[path]
            assert is_ephemeral == (entity.is_handwritten or entity.name not in fed), entity.name


def test_an_entity_that_nothing_feeds_still_has_its_columns(shipped: Definitions) -> None:
    con = warehouse(shipped, [], {}, ["partners", "quality_counts", "orders", "customer_periods"])
    for name in ("partners", "quality_counts", "orders"):
        there = con.execute(f"select * from {name}")
        assert [column[0] for column in there.description] == [column.name for column in ENTITIES[name].columns]
        assert there.fetchall() == []


def test_a_visit_of_the_service_engages_a_customer(shipped: Definitions) -> None:
    desk = system("desk", service_visits=table("visit_id customer_id due_date:date done_date:date"))
    rows: Rows = [("v1", "a", "2026-03-01", "2026-03-02"), ("v2", "b", "2026-03-01", None)]
    con = warehouse(shipped, [desk], {"raw_desk.service_visits": rows}, ["customer_days"])
    assert con.execute("select customer_id, day, contacts from customer_days").fetchall() == [
        ("a", date(2026, 3, 2), 1)
    ]


# Money of other currencies

RATES: Rows = [
    ("USD", "2026-01-01", "7"),
    ("USD", "2026-01-05", "8"),
    ("USD", "2026-02-01", "7.12345678"),
    ("CNY", "2026-01-01", "5"),
]
ERP = system(
    "erp",
    orders=table(
        "order_id order_date:date amount_gross:decimal(18,4) currency x_note",
        constants={"status": "delivered"},
        entities=[{"orders": {"fields": {"amount_net": "amount_gross", "discount": "amount_gross * 0"}}}],
    ),
    deals=table("deal_id created_at:timestamp closed_at:timestamp amount:decimal(18,4) currency"),
    exchange_rates=table("currency day:date rate:decimal(18,8)", key=["currency", "day"]),
)


def priced(shipped: Definitions, name: str, rows: Rows) -> duckdb.DuckDBPyConnection:
    return warehouse(
        shipped, [ERP], {f"raw_erp.{name}": rows, "raw_erp.exchange_rates": RATES}, [name, "amounts_without_rate"]
    )


def test_an_amount_is_priced_by_the_latest_rate_of_its_day(shipped: Definitions) -> None:
    rows: Rows = [
        ("first", "2026-01-01", "10", "USD", "n"),
        ("held", "2026-01-04", "10", "USD", "n"),
        ("next", "2026-01-05", "10", "USD", "n"),
        ("tenth", "2026-01-15", "10", "USD", "n"),
        ("exact", "2026-02-01", "0.01", "USD", "n"),
        ("own", "2026-01-03", "10", "CNY", "n"),
        ("unsaid", "2026-01-03", "10", None, "n"),
        ("stale", "2026-01-16", "10", "USD", "n"),
        ("before", "2025-12-31", "10", "USD", "n"),
        ("unknown", "2026-01-05", "10", "EUR", "n"),
        ("nothing", "2026-01-05", None, "EUR", "n"),
    ]
    con = priced(shipped, "orders", rows)
    found = con.execute("select order_id, amount_net, currency, x_note from orders").fetchall()
    assert {order: amount for order, amount, *_ in found} == {
        "first": 70, "held": 70, "next": 80, "tenth": 80, "exact": Decimal("0.0712"), "own": 10, "unsaid": 10,
        "nothing": None,
    }  # fmt: skip
    assert {rest for _, _, *rest_ in found if (rest := tuple(rest_))} == {("CNY", "n")}
    left_out = con.execute("select record_key, entity, source_system, currency from amounts_without_rate").fetchall()
    assert sorted(left_out) == [
        ("before", "orders", "erp", "USD"), ("stale", "orders", "erp", "USD"), ("unknown", "orders", "erp", "EUR"),
    ]  # fmt: skip
    assert len(found) + len(left_out) == len(rows), "no order is lost, none is there twice"


def test_a_deal_is_priced_on_the_local_day_it_closed_else_was_created(shipped: Definitions) -> None:
    rows: Rows = [
        ("open", "2026-01-04 10:00:00", None, "1", "USD"),
        ("closed", "2026-01-04 10:00:00", "2026-01-05 00:30:00", "1", "USD"),  # in UTC still 4 January
        ("undated", None, None, "1", "USD"),  # as of 10 March: the rate of 1 February no longer holds
    ]
    con = priced(shipped, "deals", rows)
    assert dict(con.execute("select deal_id, amount from deals").fetchall()) == {"open": 7, "closed": 8}
    assert con.execute("select record_key, rate_date from amounts_without_rate").fetchall() == [("undated", AS_OF)]


def test_without_rates_no_amount_is_touched(shipped: Definitions) -> None:
    without = system("erp", orders=table("order_id order_date:date amount_net:decimal(18,4) currency"))
    files = compiled(shipped, [without])
    assert not [name for name, said in files.items() if "rate_spans" in said]
    con = warehouse(shipped, [without], {"raw_erp.orders": [("o", "2026-01-01", "10", "USD")]}, ["orders"])
    assert con.execute("select amount_net, currency from orders").fetchall() == [(10, "USD")]


# Employees from snapshots

STAFF = "employee_id unit_id name"
HR = system("hr", employees=table(STAFF, delivery="snapshot", constants={"role": "rep"}))


def staff(shipped: Definitions, rows: Rows) -> dict[str, list[tuple[str, str, str | None]]]:
    """Per employee the unit, first and last day of each row, in order."""
    con = warehouse(shipped, [HR], {"raw_hr.employees": rows}, ["employees"])
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for employee, *rest in con.execute(
        "select employee_id, unit_id, cast(valid_from as varchar), cast(valid_to as varchar) from employees order by 1, 3"
    ).fetchall():
        found.setdefault(employee, []).append((rest[0], rest[1], rest[2]))
    return found


def test_snapshots_become_rows_with_the_days_they_held(shipped: Definitions) -> None:
    days = ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-06"]  # nobody delivers at the weekend
    units: dict[str, list[str | None]] = {
        "stays": ["t1", "t1", "t1", "t1"],
        "moves": ["t1", "t1", "t2", "t2"],
        "there_and_back": ["t1", "t2", "t1", "t1"],
        "joins": [None, None, "t1", "t1"],
        "leaves": ["t1", "t1", None, None],
        "pauses": ["t1", None, "t1", "t1"],
    }
    rows = [
        (day, who, unit, "n") for who, all_of in units.items() for day, unit in zip(days, all_of, strict=True) if unit
    ]
    assert staff(shipped, rows) == {
        "stays": [("t1", "1900-01-01", None)],
        "moves": [("t1", "1900-01-01", "2026-01-04"), ("t2", "2026-01-05", None)],
        "there_and_back": [
            ("t1", "1900-01-01", "2026-01-01"),
            ("t2", "2026-01-02", "2026-01-04"),
            ("t1", "2026-01-05", None),
        ],
        "joins": [("t1", "2026-01-05", None)],
        "leaves": [("t1", "1900-01-01", "2026-01-04")],
        "pauses": [("t1", "1900-01-01", "2026-01-01"), ("t1", "2026-01-05", None)],
    }


def test_an_attribute_that_becomes_empty_is_a_change(shipped: Definitions) -> None:
    rows: Rows = [("2026-01-01", "a", "t1", "n"), ("2026-01-02", "a", "t1", None), ("2026-01-03", "a", "t1", None)]
    assert staff(shipped, rows)["a"] == [("t1", "1900-01-01", "2026-01-01"), ("t1", "2026-01-02", None)]


def test_on_every_day_the_rows_say_what_the_latest_snapshot_said(shipped: Definitions) -> None:
    """The oracle asks the newest snapshot up to each day; 12 random snapshots of 15 people, in any order of arrival."""
    dice = random.Random(5)
    first = date(2026, 1, 1)
    days = sorted(dice.sample([first + timedelta(days=n) for n in range(40)], 12))
    snapshots = {day: {f"e{n}": dice.choice(["t1", "t2"]) for n in range(15) if dice.random() < 0.8} for day in days}
    rows: Rows = [(str(day), who, unit, "n") for day, units in snapshots.items() for who, unit in units.items()]
    dice.shuffle(rows)
    found = staff(shipped, rows)
    for n in range(-5, 45):
        asked = first + timedelta(days=n)
        said = snapshots[max((day for day in days if day <= asked), default=days[0])]
        now = {
            who: [unit for unit, start, end in spans if start <= str(asked) and (end is None or str(asked) <= end)]
            for who, spans in found.items()
        }
        assert {who: units for who, units in now.items() if units} == {who: [unit] for who, unit in said.items()}


def test_a_snapshot_with_its_own_dates_is_taken_at_its_word(shipped: Definitions) -> None:
    dated = system("hr", employees=table(f"{STAFF} valid_from:date", delivery="snapshot", constants={"role": "rep"}))
    rows: Rows = [("2026-01-01", "a", "t1", "n", "2020-05-05"), ("2026-01-02", "a", "t2", "n", "2021-06-06")]
    con = warehouse(shipped, [dated], {"raw_hr.employees": rows}, ["employees"])
    assert con.execute("select unit_id, valid_from, valid_to from employees").fetchall() == [
        ("t2", date(2021, 6, 6), None)
    ]


def test_other_entities_take_the_newest_snapshot_as_the_present(shipped: Definitions) -> None:
    crm = system(
        "crm",
        customers=table("customer_id name", delivery="snapshot", constants={"status": "active"}),
        staff=table(
            STAFF, delivery="snapshot", constants={"role": "rep"},
            entities=["employees", {"partners": {"fields": {"partner_id": "employee_id"}, "constants": {"kind": "own"}}}],
        ),
    )  # fmt: skip
    rows: dict[str, Rows] = {
        "raw_crm.customers": [("2026-01-01", "gone", "x"), ("2026-01-01", "a", "old"), ("2026-01-02", "a", "new")],
        "raw_crm.staff": [
            ("2026-01-01", "e1", "t1", "n"),
            ("2026-01-02", "e1", "t2", "n"),
            ("2026-01-01", "e2", "t1", "n"),
        ],
    }
    con = warehouse(shipped, [crm], rows, ["customers", "partners"])
    assert con.execute("select customer_id, name from customers").fetchall() == [("a", "new")]
    assert con.execute("select partner_id from partners").fetchall() == [("e1",)]


def test_a_key_that_is_no_field_still_tells_employees_apart(shipped: Definitions) -> None:
    said = table("number name", delivery="snapshot", constants={"role": "rep", "unit_id": "t1"})
    said["columns"][0].pop("as")
    said["entities"] = [{"employees": {"fields": {"employee_id": "name"}}}]
    rows: Rows = [("2026-01-01", "1", "n"), ("2026-01-01", "2", "n"), ("2026-01-02", "2", "n")]
    con = warehouse(shipped, [system("hr", employees=said)], {"raw_hr.employees": rows}, ["employees"])
    assert con.execute("select cast(valid_to as varchar) from employees order by 1 nulls last").fetchall() == [
        ("2026-01-01",), (None,),
    ]  # fmt: skip


def test_daily_figures_keep_every_snapshot_under_its_day(shipped: Definitions) -> None:
    stock = table(
        "product_id place quantity:decimal(18,4)",
        key=["product_id", "place"], delivery="snapshot", constants={"currency": "CNY"},
        entities=["stock_levels", {"products": {"fields": {"name": "product_id"}, "constants": {"is_active": True}}}],
    )  # fmt: skip
    rows: Rows = [("2026-01-01", "p", "a", "5"), ("2026-01-02", "p", "a", "4"), ("2026-01-01", "old", "a", "1")]
    con = warehouse(shipped, [system("erp", stock=stock)], {"raw_erp.stock": rows}, ["stock_levels", "products"])
    found = con.execute("select product_id, cast(day as varchar), quantity from stock_levels order by all").fetchall()
    assert found == [("old", "2026-01-01", 1), ("p", "2026-01-01", 5), ("p", "2026-01-02", 4)]
    assert con.execute("select product_id from products").fetchall() == [("p",)]


# The tests a build leaves out


def test_only_the_tests_of_what_nothing_feeds_are_left_out() -> None:
    def node(name: str, kind: str, materialized: str, attached: str | None = None) -> dict[str, Any]:
        return {"name": name, "kind": kind, "materialized": materialized, "attached": attached, "parents": ["partners"]}

    nodes = {
        "partners": node("partners", "model", "ephemeral"),
        "orders": node("orders", "model", "table"),
        "a": node("one_row_per_partners", "test", "test", "partners"),
        "b": node("one_row_per_orders", "test", "test", "orders"),
        "c": node("assert_of_all", "test", "test"),  # reads partners too, and must still run
    }
    assert Graph({"nodes": nodes, "sources": {}, "groups": {}}).tests_of_nothing == ["one_row_per_partners"]
