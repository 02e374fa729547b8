"""Orders, invoices, what is due and what is paid; and the goods in stock.

Belongs here: the books of the sample company. Does not: contracts (selling.py). One customer is billed in dollars.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.extract.demo.sample.base import (
    CURRENCY,
    LAST_DAY,
    Company,
    Row,
    cents,
    chance,
    day_in,
    days_of,
    last_of_month,
    months,
    pick,
    whole,
)  # fmt: skip
from pipelines.extract.demo.sample.customers import CHANNELS, buyers_on, owner_of
from pipelines.extract.demo.sample.world import GOODS, PRODUCTS, campaign_on

PRICE = {product: Decimal(price) for product, _, _, _, price in PRODUCTS if price}
COST = {product: Decimal(cost) for product, _, _, cost, _ in PRODUCTS if cost}
IN_DOLLARS = "C03"
DOLLAR = Decimal(7)  # what a price list in dollars divides by, whatever the rate of the day
# How an instalment is paid: [(days after it was due, hundredths of it)]
PAID = [
    [(-3, 100)], [(0, 100)], [(1, 100)], [(-5, 40), (20, 60)], [(45, 100)], [(-40, 30), (10, 30)],
    [(30, 50), (60, 50)], [],
]  # fmt: skip


def build(company: Company) -> None:
    for month in months():
        for number in range(22):
            _order(company, month, number)
        _stock(company, month)
    for order in list(company["orders"]):
        _bill_order(company, order)
    for contract in company["contracts"]:
        if contract["approval"] == "approved":
            day = contract["signed_date"] + timedelta(days=5)
            invoice = _invoice(company, f"I{contract['contract_id']}", contract, day, contract["amount"], "issued")
            _due(company, invoice, [(30, Decimal("0.5")), (60, Decimal("0.5"))])
    for number, customer in enumerate(("C02", "C06", "C10"), start=1):  # paid before anything was due
        _pay(
            company,
            f"Y{number}",
            company["customers"][int(customer[1:]) - 1],
            {},
            date(2025, 3 * number, 10),
            Decimal(500),
            CURRENCY,
        )


def _order(company: Company, month: date, number: int) -> None:
    word = (f"{month:%y%m}", number)
    day = last_of_month(month) if number == 0 else month if number == 1 else day_in(month, "order", *word)
    customers = buyers_on(company, day)
    # Half of all orders come from the first ten customers.
    customer = pick(customers[:10] if chance(0.5, "again", *word) else customers, "buys", *word)
    order_id = f"O{word[0]}{number:02}"
    is_late = day > LAST_DAY - timedelta(days=6)
    status = "open" if is_late else pick(["delivered"] * 18 + ["cancelled", "returned"], "status", *word)
    delivered = None if status in ("open", "cancelled") else day + timedelta(days=whole(2, 8, "delivered", *word))
    owner = owner_of(customer, day, "order", *word)
    currency = "USD" if customer["customer_id"] == IN_DOLLARS else CURRENCY
    shared = {
        "order_date": day, "customer_id": customer["customer_id"], "owner_id": owner,
        "channel": pick([*CHANNELS, None], "by", *word),
        "campaign_id": campaign_on(day) if chance(0.3, "campaign", *word) else None, "status": status,
        "currency": currency,
    }  # fmt: skip
    off = pick([0, 0, 5, 10], "discount", *word)
    gross = net = Decimal(0)
    for line in range(1, whole(1, 3, "lines", *word) + 1):
        product = pick(GOODS[: 2 + (day.year - 2024) * 2], "product", *word, line)  # the range grows with the years
        price, cost = PRICE[product], COST.get(product)
        if currency != CURRENCY:
            price, cost = cents(price / DOLLAR), cents(cost / DOLLAR) if cost else None
        quantity = whole(1, 12, "quantity", *word, line)
        amount = cents(price * quantity * (100 - off) / 100)
        gross, net = gross + price * quantity, net + amount
        company.add(
            "order_lines", order_id=order_id, line_no=line, product_id=product, quantity=quantity, unit_price=price,
            amount_net=amount, unit_cost=cost, **shared,
        )  # fmt: skip
    company.add(
        "orders", order_id=order_id, **shared,
        partner_id=pick(["B1", "B2"], "through", *word) if number % 7 == 0 else None,
        promised_date=day + timedelta(days=5), delivered_date=delivered, amount_gross=gross, discount=gross - net,
        amount_net=net,
    )  # fmt: skip


def _bill_order(company: Company, order: Row) -> None:
    if order["status"] == "cancelled":
        return
    day = (order["delivered_date"] or order["order_date"]) + timedelta(days=1)
    status = pick(["issued"] * 9 + ["draft", "void"], "invoice", order["order_id"])
    invoice = _invoice(company, f"I{order['order_id'][1:]}", order, day, order["amount_net"], status)
    if status != "issued":
        return
    if order["status"] == "returned":
        _invoice(company, f"R{order['order_id'][1:]}", order, day + timedelta(days=10), -order["amount_net"], "issued")
    else:
        _due(company, invoice, [(30, Decimal(1))])


def _invoice(company: Company, invoice_id: str, of: Row, day: date, amount: Decimal, status: str) -> Row:
    return company.add(
        "invoices", invoice_id=invoice_id, kind="credit_note" if amount < 0 else "invoice", status=status,
        customer_id=of["customer_id"], order_id=of.get("order_id"), contract_id=of.get("contract_id"),
        owner_id=of["owner_id"], partner_id=of.get("partner_id"), invoice_date=day, amount_net=amount,
        tax=cents(amount * Decimal("0.13")), currency=of["currency"],
    )  # fmt: skip


def _due(company: Company, invoice: Row, parts: list[tuple[int, Decimal]]) -> None:
    """Instalments, and how each is paid; what is wholly paid by the business date makes the invoice a paid one."""
    left = invoice["amount_net"]
    customer = company["customers"][int(invoice["customer_id"][1:]) - 1]
    for number, (days, share) in enumerate(parts, start=1):
        amount = left if number == len(parts) else cents(invoice["amount_net"] * share)
        left -= amount
        due = invoice["invoice_date"] + timedelta(days=days)
        receivable = company.add(
            "receivables", receivable_id=f"{invoice['invoice_id']}.{number}", customer_id=invoice["customer_id"],
            contract_id=invoice["contract_id"], invoice_id=invoice["invoice_id"],
            owner_id=owner_of(customer, due, "due", invoice["invoice_id"]), due_date=due, amount_due=amount,
            currency=invoice["currency"],
        )  # fmt: skip
        way = pick(PAID, "paid", receivable["receivable_id"])
        for part, (after, hundredths) in enumerate(way, start=1):
            paid_date = due + timedelta(days=after)
            if paid_date <= LAST_DAY:
                paid = cents(amount * hundredths / 100)
                _pay(
                    company,
                    f"Y{receivable['receivable_id']}{part}",
                    customer,
                    receivable,
                    paid_date,
                    paid,
                    invoice["currency"],
                )
        if (
            number == len(parts)
            and way
            and sum(part for _, part in way) == 100
            and due + timedelta(days=way[-1][0]) <= LAST_DAY
        ):
            invoice["status"] = "paid"


def _pay(
    company: Company, payment_id: str, customer: Row, receivable: Row, day: date, amount: Decimal, currency: str
) -> None:
    company.add(
        "payments", payment_id=payment_id, customer_id=customer["customer_id"],
        receivable_id=receivable.get("receivable_id"), invoice_id=receivable.get("invoice_id"),
        contract_id=receivable.get("contract_id"), owner_id=owner_of(customer, day, payment_id), paid_date=day,
        amount=amount, currency=currency, status=pick(["approved"] * 14 + ["pending", "void"], "status", payment_id),
    )  # fmt: skip


def _stock(company: Company, month: date) -> None:
    """Counted three times a month in two places; what is of no known cost has no stock."""
    for day in days_of(month, 10, 20):
        for product, cost in COST.items():
            for place in ("north", "south"):
                quantity = whole(20, 90, "stock", day, product, place)
                company.add(
                    "stock_levels", product_id=product, place=place, day=day, quantity=quantity, value=quantity * cost,
                    currency=CURRENCY,
                )  # fmt: skip
