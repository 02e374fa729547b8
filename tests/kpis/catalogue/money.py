"""Money: invoices, payments, what is owed; what marketing costs and brings; markets, stock and balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.kpis.catalogue.books import Books, Row
from tests.kpis.catalogue.counting import (
    ALL,
    MONTHS,
    REP,
    WEEKS,
    Fact,
    Facts,
    Growth,
    Kpi,
    Part,
    Span,
    Values,
    average,
    distinct,
    facts,
    flow,
    last_day,
    open_at_end,
    ratio,
    simple,
    total,
)
from tests.kpis.catalogue.customers import NEW, REGION, active_at_end, cohort, margin

COMPANY = ("company",)
QUARTERS = ("quarter", "year")
ONE_DAY = timedelta(days=1)


def of(rows: Callable[[Books], Iterable[Row]], day: str, who: str | None, column: str | None = None) -> Facts:
    return flow(lambda books: facts(rows(books), day, who, (lambda r: r[column]) if column else lambda r: 1))


# --- invoices and payments ------------------------------------------------------------------------------------------


def collected(books: Books, span: Span) -> Iterator[Fact]:
    """What was paid, by the end of the period, on instalments that were due in it; credited on the day it was due."""
    for row in books.paid():
        due = books.receivable_of.get(row["receivable_id"] or "", {}).get("due_date")
        if due and span.first <= due <= span.last and row["paid_date"] <= span.last:
            yield Fact(due, row["owner_id"], row["amount"], row)


def overdue(books: Books) -> Iterator[tuple[date, date | None, Fact]]:
    """Each receivable from the day after it was due, with what is unpaid, until it changes."""
    paid: dict[str, list[Row]] = defaultdict(list)
    for row in books.paid():
        if row["receivable_id"] and row["paid_date"]:
            paid[row["receivable_id"]].append(row)
    for row in books.receivables:
        if row["due_date"] is None:
            continue
        mine = paid[row["receivable_id"]]
        changes = sorted(
            {row["due_date"] + ONE_DAY} | {p["paid_date"] for p in mine if p["paid_date"] > row["due_date"]}
        )
        for begins, ends in zip(changes, [*changes[1:], None], strict=True):
            unpaid = row["amount_due"] - sum((p["amount"] for p in mine if p["paid_date"] <= begins), Decimal())
            if unpaid > 0:
                yield begins, ends, Fact(begins, row["owner_id"], unpaid, row)


REVENUE = Part(of(Books.invoiced, "invoice_date", "owner_id", "amount_net"), total)
OF_PARTNERS = Part(
    flow(
        lambda books: facts(
            (i for i in books.invoiced() if i["partner_id"]), "invoice_date", "owner_id", lambda i: i["amount_net"]
        )
    ),
    total,
)

# --- marketing ------------------------------------------------------------------------------------------------------


def costs(counts: Callable[[Row], object]) -> Part:
    return Part(
        flow(
            lambda books: facts((c for c in books.costs if counts(c)), "period_start", "unit_id", lambda c: c["amount"])
        ),
        total,
        by_unit=True,
    )


def wins_customers(row: Row) -> bool:
    return row["campaign_id"] is not None or row["kind"] in ("marketing", "sales")


BROUGHT = Part(
    flow(lambda books: facts((r for r in books.sold_lines() if r["campaign_id"]), "order_date", "owner_id", margin)),
    total,
)


def return_on_cost(values: Values, _: Span) -> Fraction | None:
    brought, cost = values["margin"], values["cost"]
    return (brought - cost) / cost if brought is not None and cost else None


def leads(books: Books) -> Iterable[Row]:
    return (row for row in books.leads if not row["is_junk"])


def has_converted(_: Books, row: Row, by: date) -> bool:
    return row["converted_at"] is not None and row["converted_at"].date() <= by


# --- markets --------------------------------------------------------------------------------------------------------

OPENS_AT = Decimal(0)  # company.yml: new_market_revenue


def markets(books: Books) -> list[Row]:
    return books.market_sizes


def opened(books: Books) -> Iterator[Fact]:
    """Regions and tiers of customers, on the day on which what they were invoiced first came to the threshold."""
    for kind, column in (("region", "region_id"), ("segment", "tier")):
        sold: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in books.invoiced():
            market = books.customer_of.get(row["customer_id"] or "", {}).get(column)
            if market and row["invoice_date"]:
                sold[market][row["invoice_date"]] += row["amount_net"]
        for days in sold.values():
            so_far = Decimal()
            for day in sorted(days):
                so_far += days[day]
                if so_far >= OPENS_AT:
                    yield Fact(day, None, 1, {"kind": kind})
                    break


# --- stock and balances ---------------------------------------------------------------------------------------------


def cost_of_goods(row: Row) -> Fraction | None:
    known = row["quantity"] is not None and row["unit_cost"] is not None
    return Fraction(row["quantity"]) * Fraction(row["unit_cost"]) if known else None


def turnover(values: Values, span: Span) -> Fraction | None:
    goods, stock = values["goods"], values["stock"]
    return goods * 365 / span.days / stock if goods is not None and stock else None


def stock(books: Books) -> Iterator[Fact]:
    return facts(books.stock_levels, "day", None, lambda r: r["value"])


def balances(adds: Callable[[Row], object] = lambda row: row["balance"]) -> Callable[[Books], Iterator[Fact]]:
    return lambda books: facts(books.balances, "day", "owner_id", adds)


def is_held(row: Row) -> bool:
    return row["balance"] is not None and row["balance"] > 0


def is_overdue(row: Row) -> bool:
    return row["overdue_days"] is not None and row["overdue_days"] >= 30


BALANCE = Part(last_day(balances()), total)

KPIS: dict[str, Kpi | Growth] = {
    "revenue": simple(REVENUE, MONTHS, REP, "segment", "customer_region"),
    "cash_collected": simple(Part(of(Books.paid, "paid_date", "owner_id", "amount"), total), MONTHS, REP),
    "collection_rate": ratio(
        Part(collected, total),
        Part(of(lambda books: books.receivables, "due_date", "owner_id", "amount_due"), total),
        WEEKS,
        REP,
    ),
    "overdue_amount": simple(Part(open_at_end(overdue), total), ALL, REP, "customer_id", "segment"),
    "partner_revenue_share": ratio(OF_PARTNERS, REVENUE._replace(whole=True), MONTHS, REGION, "partner"),
    "leads_created": simple(Part(of(leads, "created_at", "owner_id")), ALL, REP, "channel", "source", "campaign"),
    "lead_conversion": ratio(
        *cohort(lambda books: books.leads, "created_at", "owner_id", 90, has_converted),
        WEEKS,
        REP,
        "channel",
        "source",
        "campaign",
    ),
    "partner_lead_accept": ratio(
        Part(of(lambda books: (r for r in books.leads if r["accepted_at"]), "shared_at", "owner_id")),
        Part(of(lambda books: books.leads, "shared_at", "owner_id")),
        MONTHS,
        REP,
        "partner",
    ),
    "cac": ratio(costs(wins_customers), NEW, MONTHS, REGION, "campaign"),
    "campaign_roi": Kpi(
        {"margin": BROUGHT, "cost": costs(lambda c: c["campaign_id"])}, return_on_cost, MONTHS, COMPANY, ("campaign",)
    ),
    "market_share": ratio(
        REVENUE,
        Part(of(markets, "period_start", "region_id", "size_amount"), total, by_unit=True),
        QUARTERS,
        REGION,
        "segment",
        "customer_region",
    ),
    "market_share_growth": Growth(
        "market_share", "previous", "difference", QUARTERS, REGION, ("segment", "customer_region")
    ),
    "market_penetration": ratio(
        Part(active_at_end),
        Part(
            last_day(
                lambda books: facts(markets(books), "period_start", "region_id", lambda r: r["potential_customers"])
            ),
            total,
            by_unit=True,
        ),
        QUARTERS,
        REGION,
        "segment",
        "customer_region",
    ),
    "new_markets": simple(Part(flow(opened)), MONTHS, COMPANY, "kind"),
    "stock_turnover": Kpi(
        {
            "goods": Part(
                flow(lambda books: facts(books.sold_lines(), "order_date", "owner_id", cost_of_goods)), total
            ),
            "stock": Part(average(stock), total),
        },
        turnover,
        MONTHS,
        COMPANY,
        ("product_category",),
    ),
    "aum": simple(BALANCE, ALL, REP, "branch", "product_category"),
    "product_penetration": ratio(
        Part(last_day(balances(), is_held)),
        Part(last_day(balances(lambda row: row["customer_id"]), is_held), distinct),
        MONTHS,
        REP,
        "branch",
    ),
    "risk_overdue_share": ratio(Part(last_day(balances(), is_overdue), total), BALANCE, ALL, REP, "branch"),
    "enrolments": simple(
        Part(of(lambda books: books.enrolments, "enrolled_date", "owner_id")), ALL, REP, "campus", "course_id"
    ),
    "course_completion": ratio(
        Part(
            flow(
                lambda books: facts(
                    (e for e in books.enrolments if e["completed_date"] and e["completed_date"] <= books.as_of),
                    "due_date",
                    "owner_id",
                )
            )
        ),
        Part(of(lambda books: books.enrolments, "due_date", "owner_id")),
        MONTHS,
        REP,
        "course_id",
        "campus",
    ),
}
