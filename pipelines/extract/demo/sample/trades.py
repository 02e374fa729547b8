"""What single trades have (accounts, courses), and how the CRM is used.

Belongs here: balances, enrolments, app_usage. Does not: what every company has (selling.py, money.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.extract.demo.sample import org
from pipelines.extract.demo.sample.base import (
    BUSINESS_DATE,
    CURRENCY,
    LAST_DAY,
    Company,
    cents,
    chance,
    day_in,
    last_of_month,
    money,
    months,
    pick,
    u,
    whole,
)  # fmt: skip
from pipelines.extract.demo.sample.customers import customers_on, owner_of, seat_of

BRANCHES = ["北支行 North branch", "南支行 South branch"]
HOLDERS = 16  # customers with accounts
NO_MONTH_END = date(2025, 2, 1)  # the last day of this month was never delivered
CLOSED = ("C04", "F1", date(2025, 9, 15))  # an account that is closed: no rows from then on
OVERDUE = [0, 0, 0, 10, 29, 30, 31, 60]
SELDOM = ("E03", "E12")  # who hold a licence, and every other month do not open the CRM
COURSES = ["会计 Accounting", "英语 English", "编程 Programming", "设计 Design"]
# module, share of the employees who use it at all, share of days on which they do
MODULES = [
    ("deals", 0.9, 0.3),
    ("customers", 1.0, 0.4),
    ("activities", 0.7, 0.2),
    ("reports", 0.4, 0.05),
    ("campaigns", 0.12, 0.1),
]


def build(company: Company) -> None:
    for month in months():
        for day in [month.replace(day=5), month.replace(day=15), month.replace(day=25), last_of_month(month)]:
            if (day.year, day.month, day.day) != (
                NO_MONTH_END.year,
                NO_MONTH_END.month,
                last_of_month(NO_MONTH_END).day,
            ):
                _balances(company, day)
        for number in range(9):
            _enrolment(company, month, number)
    _balances(company, BUSINESS_DATE)
    company.rows["balances"].sort(key=lambda row: (row["day"], row["customer_id"], row["product_id"]))
    _usage(company)


def _balances(company: Company, day: date) -> None:
    for number, customer in enumerate(customers_on(company, day)[:HOLDERS]):
        for product in ["F1", "F2", "F3"][: 1 + number % 3]:
            who = customer["customer_id"]
            if (who, product) == CLOSED[:2] and day >= CLOSED[2]:
                continue
            base = money(2_000, 60_000, "balance", who, product)
            balance = cents(base * Decimal(whole(80, 130, "moves", who, product, day)) / 100)
            company.add(
                "balances", customer_id=who, product_id=product, day=day, branch=BRANCHES[seat_of(customer) // 3],
                balance=Decimal(0) if chance(0.06, "empty", who, product, day) else balance, currency=CURRENCY,
                overdue_days=pick(OVERDUE, "overdue", who, day) if product == "F3" else None,
                owner_id=owner_of(customer, day, "balance", who, product, day),
            )  # fmt: skip


def _enrolment(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = last_of_month(month) if number == 0 else day_in(month, "enrols", *word)
    customer = pick(customers_on(company, day), "learns", *word)
    due = day + timedelta(days=60)
    after = pick([-5, 0, -20, 10, None], "completes", *word)
    completed = None if after is None else due + timedelta(days=after)
    company.add(
        "enrolments", enrolment_id=f"Z{word[0]}{number}", customer_id=customer["customer_id"],
        course_id=pick(COURSES, "course", *word), owner_id=owner_of(customer, day, "enrolment", *word),
        campus=pick(["北 North", "南 South"], "campus", *word), enrolled_date=day,
        due_date=None if number == 4 else due,
        completed_date=completed if completed and completed <= LAST_DAY else None,
        amount=None if number == 6 else money(300, 2_000, "fee", *word), currency=CURRENCY,
    )  # fmt: skip


def _usage(company: Company) -> None:
    """Who uses which module is a habit."""
    for employee in org.EMPLOYEES[1:]:
        for module, users, often in MODULES:
            if u("uses", employee, module) < users:
                for month in months():
                    for number in range(last_of_month(month).day):
                        _use(company, employee, module, often, month + timedelta(days=number))


def _use(company: Company, employee: str, module: str, often: float, day: date) -> None:
    """On a working day, perhaps; now and then somebody opens a module and does nothing."""
    word = (employee, module, day)
    is_away = day.isoweekday() > 5 or not org.employed(employee, day) or (employee in SELDOM and day.month % 2 == 1)
    if not is_away and chance(often, "opens", *word):
        actions = 0 if chance(0.05, "looks", *word) else whole(1, 40, "does", *word)
        company.add(
            "app_usage", employee_id=employee, module=module, day=day, actions=actions,
            minutes=Decimal(actions) / 2 if actions else None,
        )  # fmt: skip
