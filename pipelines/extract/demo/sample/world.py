"""What the sample company has and what is around it: products, campaigns, partners, costs, markets, rates, targets.

Belongs here: what is there before anything is sold. Does not: customers (selling.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.extract.demo.sample.base import CURRENCY, FIRST_DAY, LAST_DAY, Company, last_of_month, money, months, u

# product, name, category, cost, price
PRODUCTS = [
    ("P1", "桌灯 Desk lamp", "lamps", 60, 120),
    ("P2", "落地灯 Floor lamp", "lamps", 150, 280),
    ("P3", "书桌 Desk", "desks", 700, 1200),
    ("P4", "升降桌 Standing desk", "desks", 1500, 2600),
    ("P5", "椅子 Chair", "chairs", 300, 520),
    ("P6", "礼品卡 Gift card", None, None, 100),  # of no category, at no known cost
    ("F1", "储蓄 Savings", "savings", None, None),
    ("F2", "基金 Fund", "funds", None, None),
    ("F3", "贷款 Loan", "loans", None, None),
]
GOODS = ["P1", "P2", "P3", "P4", "P5", "P6"]

# campaign, name, channel, first and last day
CAMPAIGNS = [
    ("K1", "春季 Spring 24", "web", date(2024, 4, 1), date(2024, 7, 31)),
    ("K2", "秋季 Autumn 24", "store", date(2024, 8, 1), date(2024, 12, 31)),
    ("K3", "新年 New Year 25", "mail", date(2025, 1, 1), date(2025, 3, 31)),
    ("K4", "春季 Spring 25", "web", date(2025, 4, 1), date(2025, 8, 31)),
    ("K5", "秋季 Autumn 25", "store", date(2025, 9, 1), date(2025, 12, 31)),
    ("K6", "会员 Members", "mail", date(2026, 1, 1), None),
]

PARTNERS = [
    ("B1", "北方经销 Northern resale", "reseller", "region_north"),
    ("B2", "南方服务 Southern service", "service", "region_south"),
]
TIERS = ["A", "B", "C"]
RATES_STOP = (date(2025, 8, 5), date(2025, 9, 1))  # the bank's feed stops: longer than a rate holds


def campaign_on(day: date) -> str:
    return next(name for name, _, _, first, last in CAMPAIGNS if first <= day <= (last or LAST_DAY))


def build(company: Company) -> None:
    for product, name, category, cost, price in PRODUCTS:
        company.add(
            "products", product_id=product, name=name, category=category, unit_cost=cost, list_price=price,
            currency=CURRENCY, is_active=product != "P2",
        )  # fmt: skip
    for campaign, name, channel, first, last in CAMPAIGNS:
        company.add("campaigns", campaign_id=campaign, name=name, channel=channel, starts_date=first, ends_date=last)
    for partner, name, kind, region in PARTNERS:
        company.add("partners", partner_id=partner, name=name, kind=kind, region_id=region, started_date=FIRST_DAY)
    _costs(company)
    _markets(company)
    _rates(company)
    for month in months():
        for kpi, target in (("revenue", 90_000), ("won_amount", 120_000)):
            company.add(
                "goal_figures", kpi_id=kpi, level="company", unit_id="company", period_start=month, target=target
            )


def _costs(company: Company) -> None:
    for month in months():
        booked = [
            ("sales", "region_north", None, 4000, 5000), ("sales", "region_south", None, 3000, 4000),
            ("service", "dept_service", None, 1500, 2500), ("marketing", None, None, 200, 400),
            ("campaign", "region_north", campaign_on(month), 800, 1500),
            ("campaign", None, campaign_on(month), 100, 300),
        ]  # fmt: skip
        for number, (kind, unit, campaign, low, high) in enumerate(booked, start=1):
            company.add(
                "costs", cost_id=f"X{month:%y%m}{number}", period_start=month, period_end=last_of_month(month),
                unit_id=unit, campaign_id=campaign, kind=kind, amount=money(low, high, "cost", month, number),
                currency=CURRENCY,
            )  # fmt: skip


def _markets(company: Company) -> None:
    """A market is a region's customers of one tier; its size is known by the quarter, and grows."""
    for number, start in enumerate(month for month in months() if month.month in (1, 4, 7, 10)):
        for region in ("region_north", "region_south"):
            for tier in TIERS:
                size = Decimal(400_000 + 8_000 * number + 1_000 * int(50 * u("market", region, tier)))
                company.add(
                    "market_sizes", market_id=f"{region}_{tier}", period_start=start,
                    period_end=last_of_month(date(start.year, start.month + 2, 1)), region_id=region, segment=tier,
                    size_amount=size, potential_customers=40 + number, currency=CURRENCY,
                )  # fmt: skip


def _rates(company: Company) -> None:
    day = FIRST_DAY - timedelta(days=4)
    while day <= LAST_DAY:
        if not RATES_STOP[0] <= day < RATES_STOP[1]:
            rate = Decimal("7.1") + Decimal(int(100 * u("rate", day))) / 1000
            company.add("exchange_rates", currency="USD", day=day, rate=rate)
        day += timedelta(days=7)
