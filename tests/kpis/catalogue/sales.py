"""Selling: contracts, deals and their stages, activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

from tests.kpis.catalogue import targets
from tests.kpis.catalogue.books import Books, Row
from tests.kpis.catalogue.counting import (
    ALL,
    MONTHS,
    REP,
    TEAM,
    WEEKS,
    Asked,
    Fact,
    Facts,
    Growth,
    Kpi,
    OverTarget,
    Part,
    Span,
    Values,
    as_it_is,
    distinct,
    facts,
    flow,
    local,
    median,
    moved,
    number,
    open_at_end,
    ratio,
    simple,
    total,
)
from tests.kpis.catalogue.customers import active_at_start
from tests.kpis.catalogue.people import headcount

REGION = ("company", "region")
FOLLOW_UPS = ("call", "mail", "meeting")


def contracts(adds: Callable[[Row], object], which: Callable[[Books], Iterable[Row]] = lambda b: b.approved) -> Facts:
    return flow(lambda books: facts(which(books), "signed_date", "owner_id", adds))


def deals(adds: Callable[[Row], object], *status: str) -> Facts:
    return flow(lambda books: facts((d for d in books.deals if d["status"] in status), "closed_at", "owner_id", adds))


def one(_: Row) -> int:
    return 1


def amount(row: Row) -> object:
    return row["amount"]


def customer(row: Row) -> object:
    return row["customer_id"]


def activities(day: str, counts: Callable[[Row], object], adds: Callable[[Row], object] = one) -> Facts:
    return flow(lambda books: facts((a for a in books.activities if counts(a)), day, "owner_id", adds))


def is_follow_up(row: Row) -> bool:
    return row["kind"] in FOLLOW_UPS


def is_valid_visit(row: Row) -> bool:
    return row["kind"] == "visit" and bool(row["has_check_in"] or (row["note_length"] or 0) >= 20)


def upsold(books: Books) -> Iterator[Fact]:
    def more(row: Row) -> object:
        previous = books.previous_amount.get(row["contract_id"])
        return None if previous is None else max(row["amount"] - previous, 0)

    return facts(books.approved, "signed_date", "owner_id", more)


# --- stages ---------------------------------------------------------------------------------------------------------


def stages(day: str, adds: Callable[[Row], object] = one, *moves: str) -> Facts:
    return flow(
        lambda books: facts((s for s in books.deal_stages if not moves or s["moved"] in moves), day, "owner_id", adds)
    )


def deal(row: Row) -> object:
    return row["deal_id"]


def stays(books: Books) -> Iterator[tuple[date, date | None, Fact]]:
    for stay in books.deal_stages:
        left = local(stay["left_at"]) if stay["left_at"] else None
        yield local(stay["entered_at"]), left, Fact(books.as_of, stay["owner_id"], 1, stay)


def win_probabilities(books: Books) -> dict[str, Fraction]:
    """Stage → of its stays that ended before the business date, the share whose deal was won at last."""
    ended: dict[str, list[bool]] = defaultdict(list)
    for stay in books.deal_stages:
        known = books.deal_of.get(stay["deal_id"])
        if stay["left_at"] and local(stay["left_at"]) < books.as_of and known and known["status"] in ("won", "lost"):
            ended[stay["stage"]].append(known["status"] == "won")
    return {stage: Fraction(sum(won), len(won)) for stage, won in ended.items()}


def weighted(books: Books) -> Iterator[Fact]:
    probability = win_probabilities(books)
    for stay in books.deal_stages:
        is_open = stay["left_at"] is None or local(stay["left_at"]) > books.as_of
        if local(stay["entered_at"]) <= books.as_of and is_open and stay["stage"] in probability and stay["amount"]:
            yield Fact(books.as_of, stay["owner_id"], Fraction(stay["amount"]) * probability[stay["stage"]], stay)


def net_flow(values: Values, _: Span) -> Fraction | None:
    entered, gone = values["entered"], values["gone"]
    return entered - gone if entered is not None and gone is not None else None


# --- the KPIs -------------------------------------------------------------------------------------------------------

SIGNED = Part(contracts(amount), total)
NEW = Part(contracts(customer, lambda books: books.first_contracts), distinct)
VISITED = Part(activities("done_at", is_valid_visit, customer), distinct)
ACTIVE_AT_START = Part(active_at_start)


def is_on_time(row: Row) -> bool:
    return is_follow_up(row) and row["done_at"] is not None and row["due_at"] and row["done_at"] <= row["due_at"]


def due_in_period(books: Books, span: Span) -> Iterator[Fact]:
    """What is open on the business date and expected to close in the period, all of it counted."""
    end = moved(span.first, span.grain, 1) - timedelta(days=1)
    if span.last == books.as_of:
        for fact in weighted(books):
            expected = books.deal_of.get(fact.row["deal_id"], {}).get("expected_close_date")
            if expected is not None and span.first <= expected <= end:
                yield fact


KPIS: dict[str, Asked] = {
    "won_amount": simple(SIGNED, MONTHS, REP, "product_category"),
    "won_customers": simple(Part(contracts(customer), distinct), ALL, REP, "product_category"),
    "new_customers": simple(NEW, MONTHS, REP, "campaign"),
    "sales_growth_mom": Growth("won_amount", "previous", "ratio", ("month",), REGION),
    "sales_growth_yoy": Growth("won_amount", "year_ago", "ratio", ("month", "quarter"), REGION),
    "new_customer_rate": ratio(NEW, ACTIVE_AT_START, MONTHS, REGION),
    "new_customer_growth": Growth("new_customers", "previous", "ratio", MONTHS, REGION),
    "win_rate": ratio(Part(deals(one, "won")), Part(deals(one, "won", "lost")), MONTHS, REP),
    "win_rate_amount": ratio(
        Part(deals(amount, "won"), total), Part(deals(amount, "won", "lost"), total), ALL, REP, "product_category"
    ),
    "sales_cycle_days": simple(
        Part(deals(lambda d: (local(d["closed_at"]) - local(d["created_at"])).days, "won"), median),
        MONTHS,
        REP,
        "product_category",
    ),
    "loss_reason_share": ratio(
        Part(deals(one, "lost")), Part(deals(one, "lost"), number, whole=True), MONTHS, REP, "loss_reason"
    ),
    "stage_conversion": ratio(
        Part(stages("left_at", deal, "forward", "won"), distinct),
        Part(stages("left_at", deal), distinct),
        ALL,
        REP,
        "stage",
        "product_category",
    ),
    "stage_open_count": simple(Part(open_at_end(stays)), ALL, REP, "stage", "product_category"),
    "stage_net_flow": Kpi(
        {"entered": Part(stages("entered_at")), "gone": Part(stages("left_at"))},
        net_flow,
        ALL,
        REP,
        ("stage", "product_category"),
    ),
    "pipeline_weighted": simple(Part(as_it_is(weighted), total), ALL, REP, "stage", "product_category"),
    "pipeline_coverage": OverTarget(Part(due_in_period, total), SIGNED, targets.signed, MONTHS, REP),
    "upsell_amount": simple(Part(flow(upsold), total), MONTHS, REP),
    "rep_output": ratio(SIGNED, Part(headcount("sales", "sales_rep"), total), MONTHS, TEAM),
    "valid_visits": simple(VISITED, ALL, REP, "segment"),
    "follow_ups": simple(Part(activities("done_at", is_follow_up)), ALL, REP, "kind"),
    "follow_up_on_time": ratio(
        Part(activities("due_at", is_on_time)), Part(activities("due_at", is_follow_up)), ALL, REP
    ),
    "visit_to_customer": ratio(VISITED, NEW, MONTHS, REP),
    "approval_hours": simple(
        Part(
            flow(
                lambda books: facts(
                    (c for c in books.contracts if c["submitted_at"] and c["decided_at"]),
                    "decided_at",
                    "owner_id",
                    lambda c: Fraction(int((c["decided_at"] - c["submitted_at"]).total_seconds()), 3600),
                )
            ),
            median,
        ),
        WEEKS,
        ("company", "region", "department"),
    ),
    "deal_captured_rate": ratio(
        Part(
            flow(
                lambda books: facts(
                    (c for c in books.approved if c["deal_id"] in books.deals_with_history), "signed_date", "owner_id"
                )
            )
        ),
        Part(contracts(one)),
        MONTHS,
        REP,
    ),
}  # fmt: skip
