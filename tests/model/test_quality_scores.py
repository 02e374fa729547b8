"""A score says how good the records are: of each table, system, owner and employee, from what the gate counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.model.check import Definitions
from pipelines.model.render import Renderer
from tests.model.systems import AS_OF, warehouse

COLUMNS = (
    "day, table_name, system, data_owner, owner_id, rows, required, filled, checked, valid, duplicate, entered_on_time,"
    " activities"
)


def test_scores_are_shares_of_what_was_counted_and_what_is_unknown_does_not_count(shipped: Definitions) -> None:
    con = warehouse(shipped, [], {}, [])
    yesterday = date(2026, 3, 9)
    con.executemany(
        f"insert into gate.quality_counts ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (AS_OF, "raw_crm.deals", "crm", "sales_ops", "E1", 10, 20, 15, 40, 30, 1, 0, 0),
            (AS_OF, "raw_crm.calls", "crm", "sales_ops", "E1", 10, 10, 10, 0, 0, 0, 3, 4),
            (AS_OF, "raw_erp.orders", "erp", "finance_ops", "E2", 80, 0, 0, 0, 0, 0, 0, 0),
            (yesterday, "raw_crm.deals", "crm", "sales_ops", "E1", 10, 20, 20, 40, 40, 0, 0, 0),
        ],
    )
    for name, sql in Renderer(shipped.compiled).in_order("quality_scores", set()).items():
        con.execute(f'create table "{name}" as {sql}')
    rows = con.execute(
        "select scope, scope_id, completeness, validity, uniqueness, timeliness, score, rows from quality_scores"
        " where day = ?", [AS_OF]
    ).fetchall()  # fmt: skip
    scores = {row[:2]: [None if value is None else Decimal(value).normalize() for value in row[2:6]] for row in rows}
    deals = [Decimal("0.75"), Decimal("0.75"), Decimal("0.9"), None]
    calls = [Decimal(1), None, Decimal(1), Decimal("0.75")]
    crm = [Decimal("0.833333"), Decimal("0.75"), Decimal("0.95"), Decimal("0.75")]
    orders = [None, None, Decimal(1), None]
    assert scores == {
        ("table", "raw_crm.deals"): deals, ("table", "raw_crm.calls"): calls, ("table", "raw_erp.orders"): orders,
        ("system", "crm"): crm, ("owner", "sales_ops"): crm, ("rep", "E1"): crm,
        ("system", "erp"): orders, ("owner", "finance_ops"): orders, ("rep", "E2"): orders,
        ("company", "company"): [*crm[:2], Decimal("0.99"), crm[3]],
    }  # fmt: skip
    total = {row[:2]: row[6] for row in rows}
    assert total["table", "raw_crm.deals"] == Decimal("0.8")  # the mean of the three that are known
    assert total["table", "raw_erp.orders"] == 1
    assert {row[7] for row in rows if row[0] == "company"} == {100}
    over_time = con.execute(
        "select day, score from quality_scores where scope = 'table' and scope_id = 'raw_crm.deals' order by 1"
    ).fetchall()
    assert over_time == [(yesterday, 1), (AS_OF, Decimal("0.8"))]
