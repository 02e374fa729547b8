"""Northwind, kept in four-byte floats: gross, net and average order as published, and who was served in time."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def northwind(served):
    return served("three_erps")


def test_gross_net_and_average_order_are_as_published(northwind, known):
    figures = known["erp_northwind"]
    (gross,), (net,), (average,) = (
        northwind.by_period(kpi_id, "year").values() for kpi_id in ("order_gross", "order_net", "aov_of_all_orders")
    )
    with northwind.inside() as con:
        (of_lines,) = con.execute(
            "select sum(amount_net) from entities.order_lines where source_system = 'northwind'"
        ).fetchone()
    assert of_lines == net
    assert (round(gross, 2), round(net, 2)) == (Decimal("1354458.59"), Decimal("1265793.04"))
    assert abs(float(net) - figures["net"]) < 0.001  # the floats of the source are worth a tenth of a cent
    assert round(average, 2) == Decimal("1525.05")


def test_every_month_is_as_counted_apart_from_us(northwind, known_rows):
    orders = northwind.by_period("avg_order_value", "month", "denominator")
    net = northwind.by_period("avg_order_value", "month", "numerator")
    known = {f"{row['month']}-01": row for row in known_rows("erp_northwind_by_month")}
    assert {month: int(count) for month, count in orders.items()} == {m: int(row["orders"]) for m, row in known.items()}
    # Half a cent apart where the floats of the source lean on it.
    assert all(abs(net[month] - Decimal(row["net"])) <= Decimal("0.0051") for month, row in known.items())


def test_late_and_unshipped_orders_are_told(northwind, known):
    failed = northwind.failed("raw_northwind.orders")
    assert failed["shipped_in_time"] == known["erp_northwind"]["late"]
    assert failed["not_be_null(shipped_date)"] == known["erp_northwind"]["unshipped"]


def test_people_do_not_reach_the_warehouse_in_the_clear(northwind):
    with northwind.inside() as con:
        names = con.execute("select distinct regexp_full_match(name, '[0-9a-f]{64}') from entities.contacts").fetchall()
        columns = con.execute(
            "select column_name from duckdb_columns() where schema_name = 'raw_northwind' and table_name = 'employees'"
        ).fetchall()
    assert names == [(True,)]
    assert not {"birth_date", "home_phone", "address", "notes"} & {name for (name,) in columns}
