"""Checked expressions of definitions as plain SQL, without the project's macros.

Belongs here: what is written otherwise than people wrote it (division, days of instants). Does not: what is allowed
(expression.py), the SQL that is published (compiler/written.py). The two are written apart on purpose: MetricFlow holds
the published numbers against this text (tests/kpis/test_metricflow.py).
"""

from __future__ import annotations

from collections.abc import Collection

import sqlglot
from sqlglot import exp

from pipelines.model.entities import Entity
from pipelines.model.export.reasons import Unsaid
from pipelines.model.expression import RUN_NAMES, parsed
from pipelines.model.kpi import Measure

DIALECT = "duckdb"


def local_day(column: str, kind: str | None, zone: str) -> str:
    """A date column as the local day; an instant is UTC without a zone."""
    return f"cast(timezone('{zone}', timezone('UTC', {column})) as date)" if kind == "timestamp" else column


def plain(said: str, entity: Entity | None, zone: str, names: Collection[str] = ()) -> str:
    """An expression over the columns of `entity`, or over `names`. Raises Unsaid where it names the period."""
    own = {column.name for column in entity.columns} if entity else set(names)
    tree = parsed(said).copy()
    if any(node.name in RUN_NAMES and node.name not in own for node in tree.find_all(exp.Column)):
        raise Unsaid("names_period")
    return tree.transform(lambda node: _rewritten(node, entity, zone)).sql(DIALECT)


def row_value(measure: Measure, entity: Entity, zone: str, grain: str = "") -> str:
    """What one row gives to the aggregate: null where a filter does not hold."""
    what = "1" if measure.agg == "count" else plain(measure.expr or "", entity, zone)
    if measure.agg in ("median", "percentile"):  # of decimal(18,2) 1.00 and 1.01 DuckDB's median is 1.00
        what = f"cast({what} as double)"
    when = [f"({plain(measure.filter, entity, zone)})"] if measure.filter else []
    if grain and entity.is_periodic:
        when.append(f"grain = '{grain}'")
    return f"case when {' and '.join(when)} then {what} end" if when else what


def _rewritten(node: exp.Expr, entity: Entity | None, zone: str) -> exp.Expr:
    if isinstance(node, exp.Div):  # what is returned is not walked again, so its sides are rewritten here
        sides = (side.transform(lambda one: _rewritten(one, entity, zone)) for side in (node.this, node.expression))
        above, below = (exp.cast(side, "double") for side in sides)
        return exp.paren(exp.Div(this=above, expression=exp.Nullif(this=below, expression=exp.Literal.number(0))))
    if isinstance(node, exp.DateDiff):
        return _date_diff(node, entity, zone)
    return node


def _date_diff(node: exp.DateDiff, entity: Entity | None, zone: str) -> exp.Expr:
    """Days are calendar days of the company; hours and minutes are exact, not how many clocks struck between."""
    start, end = node.expression.name, node.this.name
    unit = node.unit.name.lower() if node.unit else ""
    if unit == "day":
        first, last = (local_day(one, entity.type_of(one) if entity else None, zone) for one in (start, end))
        return sqlglot.parse_one(f"date_diff('day', {first}, {last})", read=DIALECT)
    seconds = {"hour": 3600, "minute": 60}[unit]
    return sqlglot.parse_one(f"(cast(epoch_us({end}) - epoch_us({start}) as double) / {seconds}000000)", read=DIALECT)
