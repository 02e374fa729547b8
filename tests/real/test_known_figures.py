"""Every figure known apart from us is a published KPI: rows of published.kpi_values, by configurations alone.

Where the public gives two answers to one question, each is a KPI of its own, and both stand beside each other.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.real


class Kpi(NamedTuple):
    """Where one figure is published: the company's row of the one year that has data."""

    id: str
    column: str = "value"  # value, numerator, denominator; percent is 100 × numerator ÷ denominator
    cut: tuple[str, str] = ("none", "all")
    digits: int = 6  # as many decimals as the known figure is good for


def percent(kpi_id: str, cut: tuple[str, str] = ("none", "all")) -> Kpi:
    return Kpi(kpi_id, "percent", cut)


CONFIGS = {
    "crm_maven": "crm_maven",
    "crm_olist_funnel": "olist",
    "erp_olist": "olist",
    "erp_northwind": "three_erps",
    "erp_adventureworks": "three_erps",
    "erp_online_retail": "erp_online_retail",
    "desk_incident_log": "desk_incident_log",
    "survey_nps_bank": "small_samples",
    "members_telco_churn": "small_samples",
    "market_share_atliqo": "small_samples",
}

FIGURES: dict[str, dict[str, Kpi]] = {
    "crm_maven": {
        "opportunities": Kpi("deal_count"),
        "won": Kpi("deal_count", cut=("stage", "Won")),
        "lost": Kpi("deal_count", cut=("stage", "Lost")),
        "engaging": Kpi("deal_count", cut=("stage", "Engaging")),
        "prospecting": Kpi("deal_count", cut=("stage", "Prospecting")),
        "won_value": Kpi("won_amount"),
        "win_rate_pct_closed": percent("win_rate"),
        "won_over_all_pct_TRAP": percent("win_rate_of_all"),
        "avg_cycle_days_won": Kpi("sales_cycle_mean"),
        "median_cycle_days_won": Kpi("sales_cycle_days"),
        "avg_cycle_days_closed": Kpi("closing_days_mean"),
        "account_null": Kpi("deals_without_account"),
        "engage_date_null": Kpi("deals_without_engagement"),
        "avg_won_deal": Kpi("won_deal_value"),
    },
    "crm_olist_funnel": {
        "leads": Kpi("lead_count"),
        "won": Kpi("leads_converted", "numerator"),
        "lead_conversion_pct": percent("leads_converted"),
        "avg_days": Kpi("seller_cycle_mean"),
        "median_days": Kpi("seller_cycle_median"),
        "won_before_contact": Kpi("won_before_contact"),
        "origin_null": Kpi("leads_without_origin"),
    },
    "erp_olist": {
        "orders": Kpi("order_count"),
        "delivered": Kpi("order_count", cut=("x_order_status", "delivered")),
        "canceled": Kpi("order_count", cut=("x_order_status", "canceled")),
        "with_delivery_date": Kpi("on_time_by_minute", "denominator"),
        "on_time_ts": Kpi("on_time_by_minute", "numerator"),
        "on_time_date": Kpi("on_time_by_day", "numerator"),
        "reviews": Kpi("review_score", "denominator"),
        "avg_score": Kpi("review_score"),
        "csat_top2_pct": percent("reviews_content"),
        "duplicate_review_ids": Kpi("reviews_repeated"),
        "reviewed_orders": Kpi("reviewed_orders"),
        "item_revenue": Kpi("item_revenue"),
        "freight": Kpi("freight"),
        "paid": Kpi("paid_all"),
        "unique_customers": Kpi("buyers"),
    },
    "erp_northwind": {
        "orders": Kpi("order_count"),
        "lines": Kpi("order_line_count"),
        "customers_with_orders": Kpi("customers_who_bought"),
        "customers": Kpi("customers_known"),
        # Prices were kept in four-byte floats (9.80000019); they are of cents, and so are sums of them.
        "gross": Kpi("order_gross", digits=2),
        "net": Kpi("order_net", digits=2),
        "aov_net": Kpi("aov_of_all_orders", digits=2),
        "unshipped": Kpi("orders_unshipped"),
        "late": Kpi("orders_late"),
        "on_time": Kpi("on_time_of_shipped", "numerator"),
        "on_time_pct_of_shipped": percent("on_time_of_shipped"),
        "on_time_pct_of_all_TRAP": percent("on_time_of_all"),
        "avg_days_to_ship": Kpi("days_to_ship"),
    },
    "erp_adventureworks": {
        "purchase_orders": Kpi("purchase_orders"),
        "po_subtotal": Kpi("purchase_value"),
        "po_total_due": Kpi("purchase_total_due"),
        "vendors": Kpi("vendors_bought_from"),
        "po_lines": Kpi("purchase_on_time", "denominator"),
        "lines_shipped_by_due": Kpi("purchase_on_time", "numerator"),
        "on_time_pct": percent("purchase_on_time"),
        "rejected_pct": percent("purchase_rejected"),
        "quota_rows": Kpi("quota_count"),
        "reps": Kpi("reps_ever_with_quota"),
        "quota_total": Kpi("quota_total"),
        "inventory_units": Kpi("stock_units"),
        "inventory_products": Kpi("stock_products"),
    },
    "erp_online_retail": {
        "rows": Kpi("line_count"),
        "invoices": Kpi("invoice_count"),
        "cancelled_invoices": Kpi("cancelled_share", "numerator"),
        "non_cancelled_invoices": Kpi("invoices_not_cancelled"),
        "customers": Kpi("customers_known"),
        "net_revenue": Kpi("net_revenue"),
        "gross_revenue_pos": Kpi("gross_revenue"),
        "revenue_not_C": Kpi("revenue_not_cancelled"),
        "cancelled_value": Kpi("cancelled_value"),
        "customer_null_rows": Kpi("lines_without_customer"),
        "description_null": Kpi("lines_without_description"),
        "price_le_0": Kpi("lines_without_price"),
        "qty_le_0": Kpi("lines_without_quantity"),
        "exact_duplicate_rows": Kpi("lines_repeated"),
        "buyers_not_C": Kpi("repurchase_ever", "denominator"),
        "repeat_buyers": Kpi("repurchase_ever", "numerator"),
        "repurchase_rate_pct": percent("repurchase_ever"),
    },
    "desk_incident_log": {
        "events": Kpi("event_count"),
        "incidents": Kpi("incident_count"),
        "made_sla_last": Kpi("sla_of_all", "numerator"),
        "sla_pct_by_incident": percent("sla_of_all"),
        "sla_pct_by_event_row_TRAP": percent("sla_by_event_row"),
        "reopened": Kpi("reopened_of_all", "numerator"),
        "reopen_pct": percent("reopened_of_all"),
        "resolved_at_missing": Kpi("resolved_at_missing"),
        "median_hours_to_resolve": Kpi("hours_to_resolve_median"),
        "avg_hours_to_resolve": Kpi("hours_to_resolve_mean"),
        "median_days_to_close": Kpi("days_to_close_median"),
        "avg_days_to_close": Kpi("days_to_close_mean"),
    },
    "survey_nps_bank": {
        "n": Kpi("nps_answers"),
        "nps": Kpi("nps"),
        "promoters": Kpi("nps_promoters"),
        "detractors": Kpi("nps_detractors"),
    },
    "members_telco_churn": {
        "customers": Kpi("telco_customers"),
        "churned": Kpi("telco_churned", "numerator"),
        "churn_pct": percent("telco_churned"),
        "blank_total_charges": Kpi("telco_without_total"),
        "mrr": Kpi("telco_mrr"),
    },
    "market_share_atliqo": {
        "market_value": Kpi("market_value"),
        "atliqo_share_pct": percent("share_of_atliqo"),
        "pio_share_pct": percent("share_of_company", ("x_company", "PIO")),
        "revenue_crores": Kpi("revenue"),
        "active_user_months_lakhs": Kpi("user_months"),
        "unsub_lakhs": Kpi("users_lost"),
        "avg_arpu": Kpi("arpu_mean"),
    },
}
DATES = {"mn", "mx", "po_from", "po_to"}  # first and last day: a KPI is a number


def test_no_known_figure_is_left_out(known):
    assert {name: set(figures) - DATES for name, figures in known.items()} == {
        name: set(kpis) for name, kpis in FIGURES.items()
    }


@pytest.mark.parametrize(("data", "figure"), [(data, figure) for data in FIGURES for figure in FIGURES[data]])
def test_a_known_figure_is_published(served, known, data, figure):
    kpi = FIGURES[data][figure]
    assert year(served(CONFIGS[data]), kpi) == round(Decimal(str(known[data][figure])), kpi.digits)


def year(config, kpi: Kpi) -> Decimal:
    ((value, numerator, denominator),) = config.rows(
        """
        select value, numerator, denominator from published.kpi_values
        where kpi_id = ? and grain = 'year' and level = 'company' and cut = ? and cut_value = ? and state <> 'no_data'
        """,
        kpi.id,
        *kpi.cut,
    )
    if kpi.column == "percent":
        assert value == round(numerator / denominator, 6)
        return round(100 * numerator / denominator, kpi.digits)
    return round({"value": value, "numerator": numerator, "denominator": denominator}[kpi.column], kpi.digits)


# --- figures by month, by day, by agent, by priority --------------------------------------------------------------------


class Rows(NamedTuple):
    """How one csv of known figures is published: what a line is of, and the KPI of each of its columns."""

    config: str
    key: str
    columns: dict[str, Kpi]
    grain: str = "month"
    level: str = "company"
    cut: str = "none"


CSVS: dict[str, Rows] = {
    "crm_maven_by_month": Rows("crm_maven", "month", {
        "closed": Kpi("win_rate", "denominator"), "won": Kpi("win_rate", "numerator"), "won_value": Kpi("won_amount"),
        "win_rate_pct": Kpi("win_rate", "percent", digits=4),
    }),
    "crm_maven_by_agent": Rows("crm_maven", "sales_agent", {
        "opps": Kpi("deal_count"), "won": Kpi("win_rate", "numerator"), "won_value": Kpi("won_amount"),
    }, "year", "rep"),
    "crm_maven_new_customers_by_month": Rows("crm_maven", "month", {"new_customers": Kpi("new_customers")}),
    "crm_olist_funnel_by_lead_month": Rows("olist", "lead_month", {
        "leads": Kpi("lead_conversion_ever", "denominator"),
        "converted_ever": Kpi("lead_conversion_ever", "numerator"),
        "pct": Kpi("lead_conversion_ever", "percent", digits=4),
    }),
    "crm_olist_funnel_won_by_month": Rows("olist", "won_month", {"won": Kpi("sellers_won")}),
    "erp_olist_by_month": Rows("olist", "month", {"orders": Kpi("orders_placed"), "item_revenue": Kpi("revenue")}),
    "erp_northwind_by_month": Rows("three_erps", "month", {
        "orders": Kpi("orders_placed"), "net": Kpi("order_net_placed"), "customers": Kpi("buying_customers"),
    }),
    "erp_adventureworks_quota_by_quarter": Rows("three_erps", "quota_date", {
        "reps": Kpi("reps_with_quota"), "quota": Kpi("sales_quota"),
    }, "day"),
    "erp_online_retail_by_day": Rows("erp_online_retail", "dt", {
        "rows": Kpi("lines_written"), "net": Kpi("net_revenue_written"),
    }, "day"),
    "erp_online_retail_by_month": Rows("erp_online_retail", "month", {
        "net": Kpi("revenue"), "gross": Kpi("gross_revenue_written"), "active_customers": Kpi("active_customers"),
        "invoices": Kpi("invoices_written"), "new_customers": Kpi("first_buyers"),
    }),
    "desk_incident_backlog_month_end": Rows("desk_incident_log", "day", {"open_backlog": Kpi("backlog")}),
    "desk_incident_by_opened_month": Rows("desk_incident_log", "month", {
        "opened": Kpi("sla_by_opened_month", "denominator"), "made_sla": Kpi("sla_by_opened_month", "numerator"),
        "reopened": Kpi("reopened_share", "numerator"),
    }),
    "desk_incident_by_priority": Rows("desk_incident_log", "priority", {
        "incidents": Kpi("incident_count"), "made_sla": Kpi("sla_of_all", "numerator"),
        "median_hours": Kpi("hours_to_resolve_median"),
    }, "year", cut="priority"),
    "market_share_atliqo_by_period": Rows("small_samples", "period", {
        "atliqo_rev": Kpi("share_of_atliqo", "numerator"), "market": Kpi("share_of_atliqo", "denominator"),
        "share_pct": Kpi("share_of_atliqo", "percent"),
    }, "year", cut="x_phase"),
}  # fmt: skip
OF_UNITS = {"manager", "regional_office"}  # said by published.units, below
# Half a cent apart, where the floats of the source lean on it.
CENTS_APART = {("erp_northwind_by_month", "net"): Decimal("0.0051")}
BEFORE = {"desk_incident_backlog_month_end": {"2016-02-01"}}  # the log begins on 29 February, the known ends with March
COLUMNS = [(name, column) for name, rows in CSVS.items() for column in rows.columns]


def test_no_csv_of_known_figures_is_left_out(real_data, known_rows):
    assert {path.stem for path in (real_data / "known_figures").glob("*.csv")} == set(CSVS)
    for name, rows in CSVS.items():
        said = {rows.key, *rows.columns, *(OF_UNITS | {"lost"} if name == "crm_maven_by_agent" else ())}
        assert set(known_rows(name)[0]) == said


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_every_line_of_known_figures_is_published(served, known_rows, name, column):
    rows = CSVS[name]
    kpi = rows.columns[column]
    expected = {key_of(row, rows): round(Decimal(row[column] or 0), kpi.digits) for row in known_rows(name)}
    ours = lines(served(rows.config), kpi, rows)
    apart = CENTS_APART.get((name, column), Decimal(0))
    # No row and a 0 say the same, on either side.
    published = {key for key, value in ours.items() if value} - BEFORE.get(name, set())
    assert published == {key for key, value in expected.items() if value}
    assert {k: (ours[k], v) for k, v in expected.items() if v and abs(ours[k] - v) > apart} == {}


def key_of(row: dict[str, str], rows: Rows) -> str:
    said = row[rows.key]
    if rows.level != "company" or rows.cut != "none" or rows.grain == "day":
        return said
    return f"{said[:7]}-01"  # a month by its first day, a backlog by that of the month it ends


def lines(config, kpi: Kpi, rows: Rows) -> dict[str, Decimal]:
    key = "cut_value" if rows.cut != "none" else "unit_id" if rows.level != "company" else "period_start::varchar"
    found = config.rows(
        f"""
        select {key}, value, numerator, denominator from published.kpi_values
        where kpi_id = ? and grain = ? and level = ? and cut = ? and state <> 'no_data'
        """,
        kpi.id,
        rows.grain,
        rows.level,
        rows.cut,
    )
    assert len({name for name, *_ in found}) == len(found)
    pick: Callable[[Any, Any, Any], Any] = {
        "value": lambda value, _n, _d: value,
        "numerator": lambda _v, numerator, _d: numerator,
        "denominator": lambda _v, _n, denominator: denominator,
        "percent": lambda _v, numerator, denominator: 100 * numerator / denominator if denominator else None,
    }[kpi.column]
    return {name: round(value, kpi.digits) for name, *row in found if (value := pick(*row)) is not None}


def test_what_agents_lost_and_whose_they_are(served, known_rows):
    maven = served("crm_maven")
    lost = maven.rows(
        """
        select unit_id, denominator - numerator from published.kpi_values
        where kpi_id = 'win_rate' and grain = 'year' and level = 'rep' and cut = 'none' and denominator > 0
        """
    )
    known = known_rows("crm_maven_by_agent")
    assert dict(lost) == {row["sales_agent"]: Decimal(row["lost"]) for row in known if row["lost"]}
    units = dict(maven.rows("select unit_id, parent_id from published.units"))
    for row in known:
        assert (units[row["sales_agent"]], units[row["manager"]]) == (row["manager"], row["regional_office"])


# --- two definitions, two answers -----------------------------------------------------------------------------------------


def test_two_average_orders_of_one_shop(served, known):
    """The public gives 376.36 and 482.44: over all invoice numbers, or over those that are no cancellation."""
    shop, figures = served("erp_online_retail"), known["erp_online_retail"]
    all_of_them = Decimal(figures["net_revenue"]) / figures["invoices"]
    kept = Decimal(figures["revenue_not_C"]) / figures["non_cancelled_invoices"]
    assert year(shop, Kpi("aov_of_all_invoices")) == round(all_of_them, 6)
    assert year(shop, Kpi("aov_not_cancelled")) == round(kept, 6)
    assert (round(all_of_them, 2), round(kept, 2)) == (Decimal("376.36"), Decimal("482.44"))


def test_every_first_month_adds_up_to_who_bought_again(served, known):
    shop, figures = served("erp_online_retail"), known["erp_online_retail"]
    again, all_of_them = (
        sum(shop.by_period("repurchase_by_first_month", "month", half).values())
        for half in ("numerator", "denominator")
    )
    assert (again, all_of_them) == (figures["repeat_buyers"], figures["buyers_not_C"])


def test_shipped_definitions_give_the_same_answers_period_by_period(served, known):
    """What a KPI of the whole data says in one value, the shipped ones say of its months."""

    def whole(config: str, kpi_id: str) -> Decimal:
        months = [served(config).by_period(kpi_id, "month", half) for half in ("numerator", "denominator")]
        return sum(months[0].values()) / sum(months[1].values())

    desk, reviews, shop = known["desk_incident_log"], known["erp_olist"], known["erp_online_retail"]
    assert round(100 * whole("desk_incident_log", "resolution_sla"), 6) == Decimal(str(desk["sla_pct_by_incident"]))
    assert round(100 * whole("desk_incident_log", "reopened_share"), 6) == Decimal(str(desk["reopen_pct"]))
    mean = whole("desk_incident_log", "resolution_time_mean")  # a round-the-clock calendar: working hours are hours
    assert round(mean, 6) == Decimal(str(desk["avg_hours_to_resolve"]))
    assert round(whole("olist", "csat_score"), 6) == Decimal(str(reviews["avg_score"]))
    assert round(100 * whole("olist", "csat_pct"), 6) == Decimal(str(reviews["csat_top2_pct"]))
    average = whole("erp_online_retail", "avg_order_value")
    assert average == Decimal(shop["revenue_not_C"]) / shop["non_cancelled_invoices"]


def test_market_share_from_what_a_company_reports_and_from_shares(served, known):
    """3,187.36 crore reported, 3,187.41 by the shares of the market: the same share to a hundredth of a percent."""
    market, figures = served("small_samples"), known["market_share_atliqo"]
    reported = Decimal(str(figures["revenue_crores"])) / Decimal(str(figures["market_value"]))
    assert round(year(market, Kpi("market_share")), 5) == round(reported, 5)
    assert year(market, Kpi("net_promoter_score")) == Decimal(str(known["survey_nps_bank"]["nps"]))
