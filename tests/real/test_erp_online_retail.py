"""UCI Online Retail, 305 daily files: revenue to the penny, by contract and shipped definitions alone."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def retail(served):
    return served("erp_online_retail")


def test_every_line_of_305_files_is_loaded_once(retail, known):
    rows = known["erp_online_retail"]["rows"]
    assert retail.rows("select source_rows, loaded, quarantined, duplicates from published.load_status") == [
        (rows, rows, 0, 0)
    ]
    with duckdb.connect(str(retail.warehouse), read_only=True) as con:
        assert con.execute("select count(*) from loads.ledger").fetchone() == (305,)


def test_net_revenue_is_exact(retail, known):
    assert sum(retail.by_period("revenue", "month").values()) == Decimal(known["erp_online_retail"]["net_revenue"])


def test_every_month_is_as_counted_apart_from_us(retail, known_rows):
    ours = retail.by_period("revenue", "month")
    assert ours == {f"{row['month']}-01": Decimal(row["net"]) for row in known_rows("erp_online_retail_by_month")}


def test_average_order_leaves_cancelled_invoices_out(retail, known):
    value, orders = (
        sum(retail.by_period("avg_order_value", "month", half).values()) for half in ("numerator", "denominator")
    )
    assert value == Decimal(known["erp_online_retail"]["revenue_not_C"])
    assert orders == known["erp_online_retail"]["non_cancelled_invoices"]
    assert round(value / orders, 2) == Decimal("482.44")


def test_the_dirt_is_reported_and_not_lost(retail, known):
    figures = known["erp_online_retail"]
    failed = retail.failed("raw_erp.invoice_lines")
    assert failed["not_be_null(CustomerID)"] == figures["customer_null_rows"]
    assert failed["not_be_null(Description)"] == figures["description_null"]
    assert failed["be_between(Quantity)"] == figures["qty_le_0"]
    assert failed["be_between(UnitPrice)"] == figures["price_le_0"]
    assert failed["line_is_not_repeated"] == figures["exact_duplicate_rows"]


def test_repeated_lines_are_told_to_their_owner_and_change_no_figure_silently(retail, known):
    repeated = known["erp_online_retail"]["exact_duplicate_rows"]
    assert repeated == 5268
    told = retail.told("data_erp")["line_is_not_repeated"]
    assert "5,268 of 541,909 rows of raw_erp.invoice_lines break the rule line_is_not_repeated." in told
    assert "They are counted all the same." in told
    assert told in retail.notices("ERP data")
    own = {
        "active_customers", "aov_not_cancelled", "aov_of_all_invoices", "cancelled_share", "cancelled_value", "customers_known",
        "first_buyers", "gross_revenue", "gross_revenue_written", "invoice_count", "invoices_not_cancelled", "invoices_written",
        "line_count", "lines_repeated", "lines_without_customer", "lines_without_description", "lines_without_price",
        "lines_without_quantity", "lines_written", "net_revenue", "net_revenue_written", "repurchase_by_first_month",
        "repurchase_ever", "revenue_not_cancelled",
    }  # fmt: skip
    assert retail.qualities() == {key: {"warn"} for key in {"revenue", "avg_order_value"} | own}


def test_the_last_month_is_marked_as_a_part(retail):
    assert retail.one(
        "select is_partial from published.kpi_values where kpi_id = 'revenue' and grain = 'month' and level = 'company' and cut = 'none' "
        "and period_start = date '2011-12-01'"
    )
    whole = "select count(*) from published.kpi_values where grain = 'month' and is_partial and period_start < date '2011-12-01'"
    assert retail.one(whole) == 0
