"""Maven's CRM opportunities: the figures published of them, by contract and shipped definitions alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def maven(served):
    return served("crm_maven")


def total(maven, kpi_id: str, column: str) -> Decimal:
    return sum(maven.by_period(kpi_id, "month", column).values())


def test_every_opportunity_is_loaded_and_none_twice(maven, known):
    row = maven.rows(
        "select source_rows, loaded, quarantined, duplicates from published.load_status where \"table\" = 'sales_pipeline'"
    )
    assert row == [(known["crm_maven"]["opportunities"], known["crm_maven"]["opportunities"], 0, 0)]


def test_won_value_is_exact(maven, known):
    assert total(maven, "won_amount", "value") == Decimal(known["crm_maven"]["won_value"])


def test_win_rate_divides_by_closed_deals_only(maven, known):
    won, closed = total(maven, "win_rate", "numerator"), total(maven, "win_rate", "denominator")
    assert (won, closed) == (known["crm_maven"]["won"], known["crm_maven"]["won"] + known["crm_maven"]["lost"])
    assert round(100 * won / closed, 4) == Decimal("63.1501")


def test_won_value_by_quarter(maven):
    assert maven.by_period("won_amount", "quarter") == {
        "2017-01-01": Decimal(1134672),
        "2017-04-01": Decimal(3086111),
        "2017-07-01": Decimal(2982255),
        "2017-10-01": Decimal(2802496),
    }


def test_every_month_is_as_counted_apart_from_us(maven, known_rows):
    won, rate = maven.by_period("won_amount", "month"), maven.by_period("win_rate", "month")
    for row in known_rows("crm_maven_by_month"):
        month = f"{row['month']}-01"
        assert won[month] == Decimal(row["won_value"])
        assert round(100 * rate[month], 4) == Decimal(row["win_rate_pct"])


def test_every_agent_is_as_counted_apart_from_us(maven, known_rows):
    ours = {
        agent: (won_value, won, closed)
        for agent, won_value, won, closed in maven.rows(
            """
            select unit_id,
                sum(value) filter (kpi_id = 'won_amount'),
                sum(numerator) filter (kpi_id = 'win_rate'),
                sum(denominator) filter (kpi_id = 'win_rate')
            from published.kpi_values where level = 'rep' and grain = 'quarter' and cut = 'none' group by unit_id
            """
        )
        if closed
    }
    known = {
        row["sales_agent"]: (Decimal(row["won_value"]), Decimal(row["won"]), Decimal(row["won"]) + Decimal(row["lost"]))
        for row in known_rows("crm_maven_by_agent")
        if row["won_value"]
    }
    assert ours == known
    assert len(ours) == 30  # five of the 35 agents have no deal


def test_new_customers_come_when_their_first_deal_was_won(maven, known_rows):
    known = {
        f"{row['month']}-01": Decimal(row["new_customers"]) for row in known_rows("crm_maven_new_customers_by_month")
    }
    assert maven.by_period("new_customers", "month") == known


def test_the_dirt_is_reported_and_not_lost(maven, known):
    failed = maven.failed("raw_crm.sales_pipeline")
    assert failed["product_is_known"] == 1480  # GTXPro in deals, GTX Pro in products
    assert failed["not_be_null(account)"] == known["crm_maven"]["account_null"]
    assert failed["not_be_null(engage_date)"] == known["crm_maven"]["engage_date_null"]
    assert maven.one("select verdict from published.verdicts where \"table\" = 'raw_crm.sales_pipeline'") == "warn"


def test_orphan_products_are_told_to_sales_and_change_no_figure_silently(maven):
    told = maven.told("sales_ops")
    assert "1,480 of 8,800 rows of raw_crm.sales_pipeline break the rule product_is_known." in told["product_is_known"]
    assert "GTXPro should read GTX Pro" in told["product_is_known"]
    assert "KPIs touched: " in told["product_is_known"]
    assert told["product_is_known"] in maven.notices("Sales operations")
    shipped = {"won_amount", "new_customers", "win_rate", "sales_cycle_days"}
    own = {
        "deal_count", "win_rate_of_all", "sales_cycle_mean", "closing_days_mean", "won_deal_value", "deals_without_account",
        "deals_without_engagement",
    }  # fmt: skip
    assert maven.qualities() == {key: {"warn"} for key in shipped | own}


def test_children_add_up_to_the_company(maven):
    assert (
        maven.rows(
            """
        select period_start, level, sum(value) from published.kpi_values
        where kpi_id = 'won_amount' and grain = 'quarter' and cut = 'none' group by period_start, level
        qualify sum(value) <> max(sum(value)) over (partition by period_start)
        """
        )
        == []
    )
