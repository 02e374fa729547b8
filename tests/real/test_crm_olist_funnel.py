"""Olist's seller funnel: 8,000 leads, 842 won; dates of day, month and year in that order."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def funnel(served):
    return served("olist")


def test_leads_and_what_became_of_them(funnel, known, known_rows):
    with funnel.inside() as con:
        leads, won = con.execute("select count(*), count(converted_at) from entities.leads").fetchone()
        months = con.execute(
            """
            select strftime(timezone('America/Sao_Paulo', timezone('UTC', created_at)), '%Y-%m'), count(*), count(converted_at)
            from entities.leads group by 1
            """
        ).fetchall()
    assert (leads, won) == (known["crm_olist_funnel"]["leads"], known["crm_olist_funnel"]["won"])
    assert {month: counts for month, *counts in months} == {
        row["lead_month"]: [int(row["leads"]), int(row["converted_ever"])]
        for row in known_rows("crm_olist_funnel_by_lead_month")
    }


def test_sellers_won_by_month(funnel, known_rows):
    won = funnel.by_period("win_rate", "month", "numerator")
    assert won == {f"{row['won_month']}-01": Decimal(row["won"]) for row in known_rows("crm_olist_funnel_won_by_month")}


def test_days_from_first_contact_to_won(funnel, known):
    with funnel.inside() as con:
        mean, median = con.execute("select avg(cycle_days), median(cycle_days) from entities.deals").fetchone()
    assert round(mean, 6) == known["crm_olist_funnel"]["avg_days"]
    assert median == known["crm_olist_funnel"]["median_days"]


def test_the_dirt_is_reported_and_not_lost(funnel, known):
    leads, deals = funnel.failed("raw_crm.leads"), funnel.failed("raw_crm.closed_deals")
    assert (leads["not_be_null(origin)"], leads["origin_is_known"]) == (known["crm_olist_funnel"]["origin_null"], 1099)
    assert (deals["not_be_null(has_company)"], deals["declares_revenue"]) == (779, 797)
    assert deals["won_after_first_contact"] == known["crm_olist_funnel"]["won_before_contact"]
