"""Olist's seller funnel: 8,000 leads, 842 won; dates of day, month and year in that order."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def funnel(served):
    return served("olist")


def test_leads_of_all_months_and_what_became_of_them(funnel, known):
    won, leads = (
        sum(funnel.by_period("lead_conversion_ever", "month", half).values()) for half in ("numerator", "denominator")
    )
    assert (leads, won) == (known["crm_olist_funnel"]["leads"], known["crm_olist_funnel"]["won"])


def test_sellers_won_by_month(funnel, known_rows):
    won = funnel.by_period("win_rate", "month", "numerator")
    assert won == {f"{row['won_month']}-01": Decimal(row["won"]) for row in known_rows("crm_olist_funnel_won_by_month")}


def test_the_dirt_is_reported_and_not_lost(funnel, known):
    leads, deals = funnel.failed("raw_crm.leads"), funnel.failed("raw_crm.closed_deals")
    assert (leads["not_be_null(origin)"], leads["origin_is_known"]) == (known["crm_olist_funnel"]["origin_null"], 1099)
    assert (deals["not_be_null(has_company)"], deals["declares_revenue"]) == (779, 797)
    assert deals["won_after_first_contact"] == known["crm_olist_funnel"]["won_before_contact"]
