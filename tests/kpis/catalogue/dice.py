"""A company thrown with dice: every entity, two years, and whatever makes counting hard.

Nobody in charge and people nobody knows, moves and units that change their parent, rows that overlap, credit notes,
foreign money without a rate, things done before they began or after they were due, empty fields in every key.
Belongs here: the rows as they are delivered, by entity. Does not: how they are delivered (company.py).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

AS_OF = date(2026, 5, 20)
FIRST = date(2024, 5, 1)
NOW = datetime(2026, 5, 20, 15)  # UTC: nothing is known of later
DAYS = (AS_OF - FIRST).days

Row = dict[str, Any]
Tables = dict[str, list[Row]]

REPS = ["e1", "e2", "e3", "e4", "e5", "e6", None, "ghost"]
AGENTS = ["a1", "a2", "a3", None, "ghost"]
PRODUCTS = ["g0", "g1", "g2", "g3", "g4", None]
CUSTOMERS = [*(f"c{number}" for number in range(36)), None]
CAMPAIGNS = ["k1", "k2", None, None]
CHANNELS = ["web", "shop", None]
SOLD = ["delivered", "delivered", "delivered", "delivered", "open", "cancelled", "returned"]
STAGES = ["new", "offer", "talk"]


def named(columns: str, *rows: tuple[Any, ...]) -> list[Row]:
    return [dict(zip(columns.split(), row, strict=True)) for row in rows]


class Dice:
    """The same seed throws the same company."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.one = self.random.choice

    def below(self, number: int) -> int:
        return self.random.randrange(number)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def maybe(self, value: Any, share: float) -> Any:
        return value if self.happens(share) else None

    def day(self, first: date = FIRST, last: date = AS_OF) -> date:
        return first + timedelta(days=self.below((last - first).days + 1))

    def at(self, day: date) -> datetime:
        """A moment of a day in UTC: every third one is on another day in Shanghai."""
        return min(datetime(day.year, day.month, day.day) + timedelta(seconds=self.below(86_400)), NOW)

    def after(self, moment: datetime, seconds: int) -> datetime | None:
        """A moment later, if that has come."""
        later = moment + timedelta(seconds=self.below(seconds))
        return later if later < NOW else None

    def money(self, low: int, high: int) -> str:
        return f"{self.random.uniform(low, high):.{self.one([0, 2, 4])}f}"

    def currency(self, *foreign: str) -> str:
        return self.one(["CNY"] * 6 + list(foreign))


def throw(seed: int) -> Tables:
    dice = Dice(seed)
    tables = organisation() | catalogue_of_goods()
    for more in (customers, marketing, deals, contracts, activities, orders, invoices, stock, service, asked, trades):
        tables |= more(dice)
    return tables


# --- who works here -------------------------------------------------------------------------------------------------


def organisation() -> Tables:
    units = named(
        "unit_id level parent_id valid_from valid_to",
        ("company", "company", None, "2015-01-01", None),
        ("east", "region", "company", "2015-01-01", None),
        ("south", "region", "company", "2015-01-01", None),
        ("dept_east", "department", "east", "2015-01-01", None),
        ("dept_south", "department", "south", "2015-01-01", None),
        ("service", "department", "company", "2015-01-01", None),  # under no region
        ("team_1", "team", "dept_east", "2015-01-01", "2025-06-30"),
        ("team_1", "team", "dept_south", "2025-07-01", None),  # moves with all its people
        ("team_2", "team", "dept_south", "2015-01-01", None),
        ("team_3", "team", "dept_east", "2025-01-01", None),
    )
    people = named(
        "employee_id unit_id role valid_from valid_to hired_date left_date is_licensed",
        ("e1", "team_1", "sales_rep", "2022-01-01", None, "2022-01-01", None, "true"),
        ("e2", "team_1", "sales_rep", "2022-01-01", "2025-03-14", "2022-01-01", None, "true"),
        ("e2", "team_2", "sales_rep", "2025-03-15", None, "2022-01-01", None, "true"),
        ("e3", "team_2", "sales", "2024-09-10", None, "2024-09-10", None, "true"),
        ("e4", "team_3", "sales_rep", "2025-01-01", "2025-11-20", "2025-01-01", "2025-11-20", "true"),
        ("e5", "dept_east", "manager", "2022-01-01", None, None, None, "false"),  # in no team
        ("e6", "team_1", "sales_rep", "2022-01-01", None, "2022-01-01", None, "true"),
        ("e6", "team_2", "sales_rep", "2025-08-01", None, "2022-01-01", None, "true"),  # the row before does not end
        ("a1", "service", "service_agent", "2022-01-01", None, None, None, "true"),
        ("a2", "service", "service_agent", "2024-12-05", None, None, None, None),
        ("a3", "team_2", "service_agent", "2025-02-01", None, None, None, "true"),
        *((f"a{n}", "service", "service_agent", "2022-01-01", None, None, None, "true") for n in range(4, 10)),
    )
    return {
        "org_units": [row | {"name_zh": row["unit_id"], "name_en": row["unit_id"]} for row in units],
        "employees": [row | {"name": row["employee_id"]} for row in people],
    }


def catalogue_of_goods() -> Tables:
    categories = ["instruments", "instruments", "reagents", "parts", None]
    return {
        "products": [
            {"product_id": f"g{n}", "name": f"g{n}", "category": category, "is_active": "true", "currency": "CNY"}
            for n, category in enumerate(categories)
        ],
        "partners": named("partner_id name kind", ("p1", "P1", "reseller"), ("p2", "P2", "reseller")),
        "campaigns": named(
            "campaign_id name channel starts_date",
            ("k1", "K1", "web", "2024-06-01"),
            ("k2", "K2", "fair", "2024-06-01"),
        ),
    }


# --- selling --------------------------------------------------------------------------------------------------------


def customers(dice: Dice) -> Tables:
    def one(key: str) -> Row:
        created = dice.day(FIRST - timedelta(days=200))
        return {
            "customer_id": key, "name": f"Customer {dice.below(34)}", "industry": dice.one(["lab", "clinic"]),
            "size": dice.one(["small", "large"]), "tier": dice.one(["A", "B", None]),
            "region_id": dice.one(["east", "south", "north", None]), "channel": dice.one(CHANNELS),
            "acquisition_source": dice.one(["referral", "website"]), "campaign_id": dice.one(CAMPAIGNS),
            "partner_id": dice.one(["p1", None]), "owner_id": dice.one(REPS), "is_member": dice.one(["true", "false", None]),
            "member_since": dice.maybe(dice.day(), 0.5),
            "status": dice.one(["active"] * 5 + ["inactive", "locked", "deleted"]),
            "created_at": dice.maybe(dice.at(created), 0.95), "updated_at": dice.at(created),
        }  # fmt: skip

    return {"customers": [one(key) for key in CUSTOMERS if key]}


def marketing(dice: Dice) -> Tables:
    def cost(number: int) -> Row:
        start = dice.day().replace(day=1)
        return {
            "cost_id": f"co{number}", "period_start": start, "period_end": start + timedelta(days=27),
            "unit_id": dice.one(["east", "south", "team_1", "company", None, "nowhere"]),
            "campaign_id": dice.one(CAMPAIGNS), "kind": dice.one(["marketing", "sales", "service"]),
            "amount": dice.money(100, 5000), "currency": "CNY",
        }  # fmt: skip

    def lead(number: int) -> Row:
        created = dice.at(dice.day())
        shared = dice.maybe(created, 0.4)
        return {
            "lead_id": f"l{number}", "created_at": created, "source": dice.one(["web", "fair", None]),
            "channel": dice.one(CHANNELS), "campaign_id": dice.one(CAMPAIGNS), "owner_id": dice.one(REPS),
            "status": "open", "is_junk": dice.one(["true", "false", "false"]),
            "converted_at": dice.maybe(dice.after(created, 150 * 86_400), 0.6),
            "partner_id": dice.one(["p1", "p2"]) if shared else None, "shared_at": shared,
            "accepted_at": dice.maybe(shared, 0.5),
        }  # fmt: skip

    return {"costs": [cost(n) for n in range(60)], "leads": [lead(n) for n in range(150)]}


def deals(dice: Dice) -> Tables:
    tables: Tables = {"deals": [], "deal_stages": []}
    for number in range(110):
        created = moment = dice.at(dice.day())
        said = {
            "deal_id": f"d{number}", "customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS),
            "product_id": dice.one(PRODUCTS), "currency": dice.currency("USD"),
        }  # fmt: skip
        status = dice.one(["open", "won", "lost", "lost", "void"])
        stays, stage = [], 1
        for _ in range(dice.below(5)):
            stay = said | {
                "entered_at": moment, "stage": STAGES[stage - 1], "stage_order": stage, "left_at": None, "moved": None,
                "owner_id": dice.one([said["owner_id"], dice.one(REPS)]), "amount": dice.money(100, 9000),
            }  # fmt: skip
            stays.append(stay)
            left = dice.after(moment, 40 * 86_400)
            if left is None or left == moment:
                break
            stay["left_at"], stay["moved"] = left, dice.one(["forward", "forward", "back"])
            stage = max(1, min(3, stage + (1 if stay["moved"] == "forward" else -1)))
            moment = left
        closed = None if status == "open" else min(moment + timedelta(hours=5), NOW)
        if closed and stays:
            stays[-1]["left_at"] = stays[-1]["left_at"] or closed
            stays[-1]["moved"] = status if status != "void" else "back"
        tables["deal_stages"] += stays
        tables["deals"].append(
            said
            | {"created_at": created, "closed_at": closed, "status": status, "stage": STAGES[stage - 1]}
            | {"amount": dice.maybe(dice.money(100, 9000), 0.95)}
            | {"expected_close_date": AS_OF + timedelta(days=len(tables["deals"]) * 7 % 90 - 30)}
            | {"loss_reason": dice.one(["price", "time", None]) if status == "lost" else None}
        )
    return tables


def contracts(dice: Dice) -> Tables:
    def one(number: int) -> Row:
        signed = dice.day()
        submitted = dice.maybe(dice.at(signed), 0.8)
        return {
            "contract_id": f"n{number:03}", "customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS),
            "deal_id": dice.maybe(f"d{dice.below(110)}", 0.6), "product_id": dice.one(PRODUCTS), "signed_date": signed,
            "start_date": dice.maybe(signed, 0.5),
            "end_date": dice.maybe(signed + timedelta(days=30 + dice.below(370)), 0.7),
            "amount": dice.money(100, 9000), "currency": dice.currency("USD", "EUR"),  # no rate of EUR is known
            "approval": dice.one(["approved"] * 5 + ["draft", "pending", "rejected", "void"]),
            "submitted_at": submitted, "decided_at": dice.after(submitted, 200_000) if submitted else None,
        }  # fmt: skip

    rows = sorted((one(number) for number in range(140)), key=lambda row: row["signed_date"])
    latest: dict[str, str] = {}
    for row in rows:
        if row["customer_id"]:
            row["renews_contract_id"] = dice.maybe(latest.get(row["customer_id"]), 0.6)
            latest[row["customer_id"]] = row["contract_id"]
    return {"contracts": rows}


def activities(dice: Dice) -> Tables:
    def one(number: int) -> Row:
        day = dice.day()
        done = dice.maybe(dice.after(dice.at(day), 3 * 86_400), 0.9)
        return {
            "activity_id": f"v{number}", "kind": dice.one(["call", "visit", "visit", "mail", "meeting", "task"]),
            "owner_id": dice.one(REPS), "customer_id": dice.one(CUSTOMERS), "due_at": dice.maybe(dice.at(day), 0.5),
            "done_at": done, "entered_at": dice.maybe(dice.after(done, 40 * 3_600), 0.9) if done else None,
            "has_check_in": dice.one(["true", "false"]), "note_length": dice.one([0, 5, 19, 20, 40, None]),
        }  # fmt: skip

    return {"activities": [one(number) for number in range(400)]}


# --- orders and money -----------------------------------------------------------------------------------------------


def orders(dice: Dice) -> Tables:
    tables: Tables = {"orders": [], "order_lines": []}
    for number in range(170):
        said = {
            "order_id": f"o{number:03}", "customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS),
            "channel": dice.one(CHANNELS), "campaign_id": dice.one(CAMPAIGNS), "order_date": dice.day(),
            "status": dice.one(SOLD), "currency": dice.currency("USD"),
        }  # fmt: skip
        tables["orders"].append(said | {"amount_gross": "1000", "discount": "0", "amount_net": dice.money(10, 900)})
        for line in range(dice.below(4)):
            tables["order_lines"].append(
                said
                | {"line_no": line, "product_id": dice.one(PRODUCTS), "quantity": dice.one(["1", "2.5", "7"])}
                | {"unit_price": "3", "amount_net": dice.money(10, 400), "unit_cost": dice.one(["3", "1.2345", None])}
            )
    return tables


def invoices(dice: Dice) -> Tables:
    def invoice(number: int) -> Row:
        is_credit = dice.happens(0.15)
        return {
            "invoice_id": f"i{number}", "kind": "credit_note" if is_credit else "invoice",
            "status": dice.one(["issued", "paid", "paid", "draft", "void"]), "customer_id": dice.one(CUSTOMERS),
            "owner_id": dice.one(REPS), "partner_id": dice.one(["p1", "p2", None, None]), "invoice_date": dice.day(),
            "amount_net": f"{'-' if is_credit else ''}{dice.money(10, 3000)}", "tax": "0",
            "currency": dice.currency("USD"),
        }  # fmt: skip

    tables: Tables = {"invoices": [invoice(number) for number in range(140)], "receivables": [], "payments": []}
    for number in range(90):
        due = dice.day(FIRST, AS_OF + timedelta(days=40))
        said = {"receivable_id": f"r{number}", "customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS)}
        left = 100 + dice.below(5000)
        tables["receivables"].append(said | {"due_date": due, "amount_due": left, "currency": "CNY"})
        for part in range(dice.below(4)):
            amount = dice.one([left, 1 + dice.below(left)])
            left = max(left - amount, 1)
            tables["payments"].append(
                said
                | {"payment_id": f"m{number}.{part}", "owner_id": dice.one([said["owner_id"], "e1"])}
                | {"paid_date": min(due + timedelta(days=dice.below(110) - 30), AS_OF), "amount": amount}
                | {"currency": "CNY", "status": dice.one(["approved"] * 6 + ["pending", "void"])}
            )
    for number in range(15):
        tables["payments"].append(
            {"payment_id": f"m{number}", "customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS)}
            | {"receivable_id": dice.maybe("unknown", 0.3), "paid_date": dice.day(), "amount": dice.money(5, 50)}
            | {"currency": "USD", "status": "approved"}
        )
    tables["exchange_rates"] = [
        {"currency": "USD", "day": FIRST + timedelta(days=days), "rate": f"{dice.random.uniform(7, 7.4):.4f}"}
        for days in range(0, DAYS + 1, 7)
        if not 200 < days < 230  # a feed that stopped: no rate holds for more than ten days
    ]
    return tables


def stock(dice: Dice) -> Tables:
    levels = [
        {"product_id": product, "place": place, "day": FIRST + timedelta(days=days), "quantity": "1", "currency": "CNY"}
        | {"value": dice.money(100, 900)}
        for days in range(0, DAYS + 1, 9)
        for product in ("g0", "g2", "g4")
        for place in ("Shanghai", "Xiamen")
        if dice.happens(0.8)
    ]
    sizes = [
        {"market_id": f"{region}/{tier}", "region_id": region, "segment": tier, "currency": "CNY"}
        | {"period_start": start, "period_end": start + timedelta(days=89), "size_amount": 10_000 + dice.below(80_000)}
        | {"potential_customers": 20 + dice.below(70)}
        for start in (date(2024 + months // 12, 1 + months % 12, 1) for months in range(3, 30, 3))
        for region in ("east", "south", "north")
        for tier in ("A", "B")
        if dice.happens(0.9)
    ]
    return {"stock_levels": levels, "market_sizes": sizes}


# --- service --------------------------------------------------------------------------------------------------------


def service(dice: Dice) -> Tables:
    tables: Tables = {"tickets": [], "ticket_events": [], "surveys": []}
    for number in range(220):
        created = dice.at(dice.day())
        solved = dice.maybe(dice.after(created, 900_000), 0.85)
        reopened = dice.maybe(dice.after(solved, 12 * 86_400), 0.35) if solved else None
        resolved = (dice.after(reopened, 200_000) or solved) if reopened else solved
        closed = dice.after(resolved, 360_000) if resolved else dice.maybe(dice.after(created, 260_000), 0.1)
        said = {
            "ticket_id": f"t{number}", "customer_id": dice.one(CUSTOMERS), "agent_id": dice.one(AGENTS),
            "product_id": dice.one(PRODUCTS),
        }  # fmt: skip
        where = {"channel": dice.one(["web", "phone", None]), "site": dice.one(["Shanghai", "Xiamen", None])}
        kind = dice.one(["question", "incident", "complaint", "service_order"])
        tables["tickets"].append(
            said | where | {
                "kind": kind, "priority": dice.one(["high", "low"]), "status": "any", "created_at": created,
                "first_response_at": dice.maybe(dice.after(created, 90_000), 0.85), "first_resolved_at": solved,
                "resolved_at": resolved, "reopened_at": reopened, "closed_at": dice.maybe(closed, 0.8),
                "reopened_count": 1 if reopened else dice.one([0, None]),
                "response_due_at": dice.maybe(created + timedelta(hours=8), 0.9),
                "resolution_due_at": dice.maybe(created + timedelta(days=4), 0.9),
                "source_is_response_in_sla": dice.one([None, None, "true", "false"]),
                "source_is_resolution_in_sla": dice.one([None, None, "true", "false"]),
            }
        )  # fmt: skip
        happened = [("created", created), *([("reopened", reopened), ("replied", reopened)] if reopened else [])]
        again = dice.after(reopened, 90_000) if reopened else None
        happened += [("reopened", again)] if again else []
        tables["ticket_events"] += [
            said | {"event_no": n, "kind": what, "changed_at": when} for n, (what, when) in enumerate(happened)
        ]
        if dice.happens(0.6):
            answered, scale = dice.maybe(dice.after(created, 700_000), 0.7), dice.one([5, 10])
            tables["surveys"].append(
                said | where | {
                    "survey_id": f"s{number}", "kind": dice.one(["csat", "csat", "effort"]), "ticket_kind": kind,
                    "owner_id": dice.one(REPS), "sent_at": created, "answered_at": answered, "scale_max": scale,
                    "score": dice.maybe(1 + dice.below(scale), 0.95) if answered else None,
                }
            )  # fmt: skip
    tables["service_visits"] = [visit(dice, number) for number in range(90)]
    return tables


def visit(dice: Dice, number: int) -> Row:
    due = dice.day(FIRST, AS_OF + timedelta(days=20))
    return {
        "visit_id": f"w{number}", "customer_id": dice.one(CUSTOMERS), "site": dice.one(["Shanghai", "Xiamen", None]),
        "agent_id": dice.one(AGENTS), "kind": dice.one(["maintenance", "maintenance", "after_sales"]), "due_date": due,
        "done_date": dice.maybe(min(due + timedelta(days=dice.below(13) - 5), AS_OF), 0.8),
    }  # fmt: skip


def asked(dice: Dice) -> Tables:
    """Surveys beside tickets: of customers, and of employees, groups of whom are small."""

    def survey(key: str, kind: str, scale: int, who: Callable[[], Row]) -> Row:
        sent = dice.at(dice.day())
        answered = dice.maybe(dice.after(sent, 200_000), 0.8)
        score = dice.below(scale + 1) if answered else None
        said = {"survey_id": key, "kind": kind, "sent_at": sent, "answered_at": answered, "scale_max": scale}
        return said | {"score": score} | who()

    def customer() -> Row:
        return {"customer_id": dice.one(CUSTOMERS), "owner_id": dice.one(REPS), "channel": "mail"}

    def employee() -> Row:
        return {"employee_id": dice.one([*REPS[:6], *(f"a{n}" for n in range(1, 10))])}

    return {
        "surveys_of_customers": [survey(f"n{number}", "nps", 10, customer) for number in range(120)],
        "surveys_of_employees": [survey(f"h{number}", "employee", 5, employee) for number in range(300)],
    }


# --- trades and the CRM ---------------------------------------------------------------------------------------------


def trades(dice: Dice) -> Tables:
    def enrolment(number: int) -> Row:
        enrolled = dice.day()
        return {
            "enrolment_id": f"q{number}", "customer_id": dice.one(CUSTOMERS[:-1]), "course_id": dice.one(["x1", "x2"]),
            "owner_id": dice.one(REPS), "campus": dice.one(["Pudong", "Xuhui", None]), "enrolled_date": enrolled,
            "due_date": dice.maybe(enrolled + timedelta(days=60), 0.9), "amount": "10", "currency": "CNY",
            "completed_date": dice.maybe(min(enrolled + timedelta(days=20 + dice.below(70)), AS_OF), 0.6),
        }  # fmt: skip

    balances: list[Row] = [
        {"customer_id": customer, "product_id": product, "day": FIRST + timedelta(days=days), "currency": "CNY"}
        | {"balance": dice.one(["0", dice.money(1, 500), dice.money(1, 500)]), "owner_id": dice.one(REPS)}
        | {"overdue_days": dice.one([None, 0, 10, 29, 30, 95]), "branch": dice.one(["Bund", "Xujiahui", None])}
        for days in range(0, DAYS + 1, 11)
        for customer in CUSTOMERS[:5]
        for product in ("g0", "g3")
        if dice.happens(0.7)
    ]
    usage: list[Row] = [
        {"employee_id": employee, "module": module, "day": FIRST + timedelta(days=days)}
        | {"actions": dice.one([0, 1, 5, None])}
        for days in range(0, DAYS + 1, 3)
        for employee in ("e1", "e2", "e3", "e5", "a1", "ghost")
        for module, share in (("deals", 0.5), ("reports", 0.15), ("forecast", 0.02))
        if dice.happens(share)
    ]
    return {"enrolments": [enrolment(number) for number in range(100)], "balances": balances, "app_usage": usage}
