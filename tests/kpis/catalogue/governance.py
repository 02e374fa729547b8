"""The records themselves, counted on the business date: filled, repeated, typed in on time, matched to a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from tests.kpis.catalogue.books import Books, Row
from tests.kpis.catalogue.counting import (
    ALL,
    MONTHS,
    REP,
    Fact,
    Facts,
    Growth,
    Kpi,
    Part,
    as_it_is,
    facts,
    flow,
    number,
    ratio,
    total,
)

SYSTEM = "sample"
# Whom a record belongs to; in the other tables it is nobody's.
PERSONS = {
    "activities": "owner_id", "app_usage": "employee_id", "balances": "owner_id", "contracts": "owner_id",
    "customers": "owner_id", "deal_stages": "owner_id", "deals": "owner_id", "employees": "employee_id",
    "enrolments": "owner_id", "invoices": "owner_id", "leads": "owner_id", "order_lines": "owner_id",
    "orders": "owner_id", "payments": "owner_id", "receivables": "owner_id", "service_visits": "agent_id",
    "surveys": "agent_id", "ticket_events": "agent_id", "tickets": "agent_id",
}  # fmt: skip


# What must be filled: what names the record, and what its suite wants.
NEEDED = {
    "activities": ["activity_id", "entered_at"], "app_usage": ["employee_id", "module", "day"],
    "balances": ["customer_id", "product_id", "day"], "campaigns": ["campaign_id"], "contracts": ["contract_id"],
    "costs": ["cost_id"], "customers": ["customer_id", "tier"], "deal_stages": ["deal_id", "entered_at"],
    "deals": ["deal_id"], "employees": ["employee_id", "valid_from"], "enrolments": ["enrolment_id"],
    "exchange_rates": ["currency", "day"], "invoices": ["invoice_id"], "leads": ["lead_id"],
    "market_sizes": ["market_id", "period_start"], "order_lines": ["order_id", "line_no"], "orders": ["order_id"],
    "org_units": ["unit_id", "valid_from"], "partners": ["partner_id"], "payments": ["payment_id"],
    "products": ["product_id"], "receivables": ["receivable_id"], "service_visits": ["visit_id"],
    "stock_levels": ["product_id", "place", "day"], "surveys": ["survey_id"],
    "ticket_events": ["ticket_id", "event_no"], "tickets": ["ticket_id", "agent_id"],
}  # fmt: skip
ONCE = {"customers": "name"}  # what should not come twice


def records(adds: Callable[[str, Row], object]) -> Facts:
    """Every record of every table as it was delivered, credited to its employee on the business date."""

    def of(books: Books) -> Iterator[Fact]:
        for table, rows in books.delivered.items():
            for row in rows:
                what = adds(table, row)
                if what:
                    who = row[PERSONS[table]] if table in PERSONS else None
                    yield Fact(books.as_of, who, what, {"source": SYSTEM})

    return as_it_is(of)


def needed(table: str, _: Row) -> int:
    return len(NEEDED[table])


def filled(table: str, row: Row) -> int:
    return sum(row[column] is not None for column in NEEDED[table])


def repeated(books: Books) -> Iterator[Fact]:
    """Each record that repeats an earlier one, in the order in which they were delivered."""
    for table, column in ONCE.items():
        seen = set()
        for row in books.delivered[table]:
            if row[column] is not None and row[column] in seen:
                yield Fact(books.as_of, row[PERSONS[table]], 1, {"source": SYSTEM})
            seen.add(row[column])


def is_dated(table: str, row: Row) -> bool:
    return table == "activities" and row["done_at"] is not None and row["entered_at"] is not None


def is_on_time(table: str, row: Row) -> bool:
    return is_dated(table, row) and row["entered_at"] <= row["done_at"] + timedelta(hours=24)


def keys(books: Books) -> Iterator[Fact]:
    """One system that knows all its customers: each key is matched."""
    return (Fact(books.as_of, None, 1, {"source_system": SYSTEM}) for _ in books.customers)


RECORDS = Part(records(lambda *_: 1), total)

KPIS: dict[str, Kpi | Growth] = {
    "completeness": ratio(Part(records(filled), total), Part(records(needed), total), ALL, REP, "source"),
    "duplicate_rate": ratio(Part(as_it_is(repeated), total), RECORDS, ALL, REP, "source"),
    "entry_on_time": ratio(Part(records(is_on_time), total), Part(records(is_dated), total), ALL, REP, "source"),
    "record_error_rate": ratio(
        Part(flow(lambda books: facts((a for a in books.audit_samples if a["is_wrong"]), "drawn_at", "owner_id"))),
        Part(flow(lambda books: facts(books.audit_samples, "drawn_at", "owner_id"))),
        MONTHS,
        REP,
    ),
    "unmatched_customers": Kpi(
        {"unmatched": Part(as_it_is(lambda _: iter(())), number), "keys": Part(as_it_is(keys), number)},
        lambda values, _: values["unmatched"],
        ALL,
        ("company",),
        ("source_system",),
    ),
}
