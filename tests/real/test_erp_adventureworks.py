"""AdventureWorks as SQL Server's bcp wrote it, without headers and quotes: purchases, quotas, stock and reviews."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def works(served):
    return served("three_erps")


def test_purchase_orders_are_exact(works, known):
    figures = known["erp_adventureworks"]
    with works.inside() as con:
        orders = con.execute(
            """
            select count(*), sum("SubTotal"), sum("TotalDue"), count(distinct "VendorID")
            from raw_adventureworks.purchase_order_header
            """
        ).fetchone()
        lines = con.execute(
            """
            select count(*), count(*) filter (header."ShipDate" <= line."DueDate"), sum("RejectedQty"), sum("ReceivedQty")
            from raw_adventureworks.purchase_order_detail as line
            inner join raw_adventureworks.purchase_order_header as header using ("PurchaseOrderID")
            """
        ).fetchone()
    assert orders == (
        figures["purchase_orders"],
        Decimal(figures["po_subtotal"]),
        Decimal(figures["po_total_due"]),
        figures["vendors"],
    )
    assert lines[:2] == (figures["po_lines"], figures["lines_shipped_by_due"])
    assert round(100 * float(lines[2]) / float(lines[3]), 6) == figures["rejected_pct"]


def test_quotas_by_quarter_are_as_counted_apart_from_us(works, known, known_rows):
    with works.inside() as con:
        quarters = con.execute(
            """
            select strftime("QuotaDate", '%Y-%m-%d'), count(distinct "BusinessEntityID"), sum("SalesQuota")
            from raw_adventureworks.sales_person_quota_history group by 1
            """
        ).fetchall()
        copy = con.execute(
            'select count(*), sum("SalesAmountQuota") from raw_adventureworks.dw_fact_sales_quota'
        ).fetchone()
    assert {day: (reps, quota) for day, reps, quota in quarters} == {
        row["quota_date"]: (int(row["reps"]), Decimal(row["quota"]))
        for row in known_rows("erp_adventureworks_quota_by_quarter")
    }
    assert copy == (known["erp_adventureworks"]["quota_rows"], Decimal(known["erp_adventureworks"]["quota_total"]))


def test_stock_is_every_unit_in_every_place(works, known):
    with works.inside() as con:
        found = con.execute("select sum(quantity), count(distinct product_id) from entities.stock_levels").fetchone()
    assert found == (known["erp_adventureworks"]["inventory_units"], known["erp_adventureworks"]["inventory_products"])


def test_reps_hold_their_territories_from_day_to_day(works, known):
    with works.inside() as con:
        reps, spells = con.execute(
            "select count(distinct employee_id), count(*) from entities.employees where source_system = 'adventureworks'"
        ).fetchone()
        moved = con.execute(
            """
            select unit_id, cast(valid_from as varchar), cast(valid_to as varchar)
            from entities.employees where employee_id = '275' order by valid_from
            """
        ).fetchall()
    assert (reps, spells) == (known["erp_adventureworks"]["reps"], 20)  # 17 stays of 14 reps, and 3 reps who have none
    assert moved == [("Northeast", "2022-05-30", "2023-11-29"), ("Central", "2023-11-30", None)]


def test_reviews_are_four_whatever_line_breaks_they_hold(works):
    with works.inside() as con:
        scores = con.execute(
            "select score from entities.surveys where source_system = 'adventureworks' order by survey_id"
        ).fetchall()
        columns = con.execute(
            "select column_name from duckdb_columns() where schema_name = 'raw_adventureworks'"
            " and table_name = 'product_review' and not starts_with(column_name, '_')"
        ).fetchall()
        valid = con.execute(
            'select distinct "_EmailAddress_is_valid" from raw_adventureworks.product_review'
        ).fetchall()
    assert [int(score) for (score,) in scores] == [5, 4, 2, 5]
    assert ("Comments",) not in columns  # what people wrote of themselves is dropped at the door
    assert valid == [(True,)]
