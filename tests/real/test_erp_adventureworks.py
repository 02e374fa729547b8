"""AdventureWorks as SQL Server's bcp wrote it, without headers and quotes: purchases, quotas, stock and reviews."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def works(served):
    return served("three_erps")


def test_the_copy_of_the_quotas_says_the_same(works, known):
    with works.inside() as con:
        copy = con.execute(
            'select count(*), sum("SalesAmountQuota") from raw_adventureworks.dw_fact_sales_quota'
        ).fetchone()
    assert copy == (known["erp_adventureworks"]["quota_rows"], Decimal(known["erp_adventureworks"]["quota_total"]))


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
