"""The service desk: tickets, surveys, visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from fractions import Fraction

from tests.kpis.catalogue.books import Books, Row, is_in_sla
from tests.kpis.catalogue.counting import (
    ALL,
    MONTHS,
    REP,
    TEAM,
    WEEKS,
    Fact,
    Facts,
    Growth,
    Kpi,
    Part,
    Span,
    Values,
    facts,
    flow,
    local,
    median,
    ninetieth,
    open_at_end,
    ratio,
    simple,
    total,
)
from tests.kpis.catalogue.customers import REGION, active_at_end, cohort
from tests.kpis.plain import worked_seconds

Counts = Callable[[Row], object]


def always(_: Row) -> bool:
    return True


def tickets(day: str, counts: Counts = always, adds: Callable[[Row], object] = lambda row: 1) -> Facts:
    return flow(lambda books: facts((t for t in books.tickets if counts(t)), day, "agent_id", adds))


def worked(until: str, unit: int) -> Callable[[Row], object]:
    """Working time from the creation of a ticket; time runs backwards where somebody typed it so."""

    def of(row: Row) -> object:
        if row[until] is None:
            return None
        created, done = row["created_at"], row[until]
        seconds = worked_seconds(created, done) if created <= done else -worked_seconds(done, created)
        return Fraction(seconds, unit)

    return of


def in_sla(said: str, done: str, due: str, day: str) -> Facts:
    """Those kept; closed without a solution, a solution's time is the closing."""

    def kept(books: Books) -> Iterator[Fact]:
        return facts(
            (t for t in books.tickets if is_in_sla(t, said, _done(t, done), t[due], books.as_of)), day, "agent_id"
        )

    return flow(kept)


def _done(row: Row, column: str) -> datetime | None:
    done: datetime | None = row[column] or (row["closed_at"] if column == "resolved_at" else None)
    return done


def was_reopened(books: Books, row: Row, by: date) -> bool:
    return any(
        event["ticket_id"] == row["ticket_id"]
        and event["kind"] == "reopened"
        and local(row["first_resolved_at"]) <= local(event["changed_at"]) <= by
        for event in books.ticket_events
    )


def is_complaint(row: Row) -> bool:
    return row["kind"] == "complaint"


def lives(books: Books) -> Iterator[tuple[date, date | None, Fact]]:
    for ticket in books.tickets:
        closed = local(ticket["closed_at"]) if ticket["closed_at"] else None
        yield local(ticket["created_at"]), closed, Fact(books.as_of, ticket["agent_id"], 1, ticket)


def per_hundred(values: Values, _: Span) -> Fraction | None:
    complaints, customers = values["complaints"], values["customers"]
    return 100 * complaints / customers if complaints is not None and customers else None


# --- surveys --------------------------------------------------------------------------------------------------------


def surveys(day: str, counts: Counts, adds: Callable[[Row], object] = lambda row: 1) -> Facts:
    return flow(lambda books: facts((s for s in books.surveys if counts(s)), day, "agent_id", adds))


def is_answer(row: Row) -> bool:
    return row["kind"] == "csat" and row["score"] is not None


def is_satisfied(row: Row) -> bool:
    return is_answer(row) and row["scale_max"] is not None and row["score"] * 10 >= row["scale_max"] * 8


def of_service(counts: Counts) -> Counts:
    return lambda row: row["ticket_kind"] == "service_order" and counts(row)


def on_five(row: Row) -> Fraction | None:
    return Fraction(row["score"]) / row["scale_max"] * 5 if is_answer(row) and row["scale_max"] else None


def visits(counts: Counts) -> Facts:
    return flow(
        lambda books: facts(
            (v for v in books.service_visits if v["kind"] == "maintenance" and counts(v)), "due_date", "agent_id"
        )
    )


COMPLAINTS = Part(tickets("created_at", is_complaint))

KPIS: dict[str, Kpi | Growth] = {
    "first_response_time": simple(
        Part(tickets("first_response_at", always, worked("first_response_at", 60)), median), MONTHS, REP
    ),
    "first_response_p90": simple(
        Part(tickets("first_response_at", always, worked("first_response_at", 60)), ninetieth), ALL, REP, "channel"
    ),
    "first_response_sla": ratio(
        Part(in_sla("source_is_response_in_sla", "first_response_at", "response_due_at", "response_due_at")),
        Part(tickets("response_due_at")),
        ALL,
        REP,
        "priority",
        "channel",
    ),
    "resolution_time": simple(Part(tickets("resolved_at", always, worked("resolved_at", 3600)), median), MONTHS, REP),
    "resolution_time_mean": ratio(
        Part(tickets("resolved_at", always, worked("resolved_at", 3600)), total),
        Part(tickets("resolved_at")),
        ALL,
        REP,
        "product_category",
        "priority",
    ),
    "resolution_sla": ratio(
        Part(in_sla("source_is_resolution_in_sla", "resolved_at", "resolution_due_at", "closed_at")),
        Part(tickets("closed_at")),
        MONTHS,
        REP,
    ),
    "reopened_share": ratio(
        Part(tickets("created_at", lambda t: (t["reopened_count"] or 0) > 0)), Part(tickets("created_at")), MONTHS, REP
    ),
    "reopen_rate": ratio(
        *cohort(lambda books: books.tickets, "first_resolved_at", "agent_id", 7, was_reopened),
        WEEKS,
        REP,
        "product_category",
    ),
    "complaints": simple(COMPLAINTS, ALL, REP, "product_category", "customer_region"),
    "complaint_rate": Kpi(
        {"complaints": COMPLAINTS, "customers": Part(active_at_end)}, per_hundred, MONTHS, REGION, ("customer_region",)
    ),
    "backlog": simple(Part(open_at_end(lives)), ALL, TEAM, "priority", "kind"),
    "csat_pct": ratio(Part(surveys("answered_at", is_satisfied)), Part(surveys("answered_at", is_answer)), MONTHS, REP),
    "csat_score": ratio(
        Part(surveys("answered_at", is_answer, on_five), total),
        Part(surveys("answered_at", lambda s: on_five(s) is not None)),
        ALL,
        REP,
        "product_category",
        "channel",
    ),
    "csat_change": Growth("csat_score", "previous", "difference", MONTHS, REP),
    "survey_response_rate": ratio(
        Part(surveys("sent_at", lambda s: s["answered_at"])), Part(surveys("sent_at", always)), MONTHS, REP, "channel"
    ),
    "aftersales_csat": ratio(
        Part(surveys("answered_at", of_service(is_satisfied))),
        Part(surveys("answered_at", of_service(is_answer))),
        MONTHS,
        REP,
        "site",
    ),
    "maintenance_on_time": ratio(
        Part(visits(lambda v: v["done_date"] is not None and v["done_date"] <= v["due_date"])),
        Part(visits(always)),
        WEEKS,
        REP,
        "site",
    ),
}
