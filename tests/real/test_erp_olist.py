"""Olist's marketplace, nine tables: what was sold, paid, delivered and said of it, by contract and shipped definitions."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def olist(served):
    return served("olist")


def test_revenue_of_every_month_is_as_counted_apart_from_us(olist, known, known_rows):
    months = {
        f"{row['month']}-01": Decimal(row["item_revenue"])
        for row in known_rows("erp_olist_by_month")
        if row["item_revenue"]
    }
    assert olist.by_period("revenue", "month") == months
    assert sum(months.values()) == Decimal(known["erp_olist"]["item_revenue"])


def test_a_buyer_is_one_customer_however_many_numbers_orders_carry(olist, known):
    with olist.inside() as con:
        buyers = con.execute("select count(*), count(distinct customer_id) from entities.customers").fetchone()
    assert buyers == (known["erp_olist"]["unique_customers"],) * 2


def test_average_order_leaves_cancelled_orders_out(olist):
    orders = sum(olist.by_period("avg_order_value", "month", "denominator").values())
    assert orders == 8135 - 625 - 609  # canceled and unavailable


def test_cash_collected_leaves_out_what_was_never_approved(olist, known):
    with olist.inside() as con:
        (approved,) = con.execute("select sum(amount) from entities.payments where status = 'approved'").fetchone()
    assert sum(olist.by_period("cash_collected", "month").values()) == approved < Decimal(known["erp_olist"]["paid"])


def test_delivery_in_time_is_one_figure_by_the_minute_and_another_by_the_day(olist, known):
    figures = known["erp_olist"]

    def halves(kpi_id: str) -> tuple[Decimal, Decimal]:
        (both,) = zip(
            *(olist.by_period(kpi_id, "year", half).values() for half in ("numerator", "denominator")), strict=True
        )
        return both

    assert halves("on_time_by_minute") == (figures["on_time_ts"], figures["with_delivery_date"])
    assert halves("on_time_by_day") == (figures["on_time_date"], figures["with_delivery_date"])


def test_satisfaction_is_of_every_review(olist, known):
    figures = known["erp_olist"]
    content, answers = (
        sum(olist.by_period("csat_pct", "month", half).values()) for half in ("numerator", "denominator")
    )
    assert answers == figures["reviews"]
    assert round(100 * content / answers, 6) == Decimal(str(figures["csat_top2_pct"]))


def test_line_breaks_inside_quotes_stay_in_the_review(olist):
    with olist.inside() as con:
        (broken,) = con.execute(
            "select count(*) from raw_erp.reviews where contains(review_comment_message, chr(10))"
        ).fetchone()
    assert broken > 100


def test_the_dirt_is_reported_and_not_lost(olist, known):
    orders = olist.failed("raw_erp.orders")
    assert orders["has_items"] == 775
    assert orders["carrier_after_approval"] == 77
    assert orders["delivered_after_carrier"] == 3
    assert orders["delivered_has_its_date"] == 8
    assert orders["a_date_means_delivered"] == 6
    assert olist.failed("raw_erp.reviews")["review_is_not_repeated"] == known["erp_olist"]["duplicate_review_ids"]
    assert olist.failed("raw_erp.products")["not_be_null(product_category_name)"] == 111
    keys = olist.failed("raw_erp.order_items")
    assert (keys["product_is_known"], keys["seller_is_known"], keys["order_is_known"]) == (0, 0, 0)
