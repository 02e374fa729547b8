"""A checked expression of a definition, written as SQL that DuckDB and Spark read alike.

Belongs here: qualifying names, division that never truncates, days of instants. Does not: what is allowed
(expression.py), any statement.

Only the closed grammar is written, node by node; a finished SQL text is never translated from one dialect to another
(that changed a percentile without a word).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlglot import exp

from pipelines.model.compiler import text
from pipelines.model.expression import parsed


class Names(NamedTuple):
    """What a name in an expression stands for."""

    columns: Mapping[str, str]  # column: its type
    table: str  # which the columns are of; empty: they stand alone
    zone: str  # of the company: in which an instant has its day
    run: Mapping[str, str]  # as_of, period_start, period_end: what they are here; always dates


def write(said: str, names: Names) -> str:
    """The SQL of a checked expression."""
    return _node(parsed(said), names)


def local_day(column: str, kind: str | None, zone: str) -> str:
    """A column as a local date."""
    return f"{{{{ {_local_date(column, zone)} }}}}" if kind == "timestamp" else column


def days_after(column: str, kind: str | None, zone: str, days: int) -> str:
    """The local date so many days after a column's."""
    return f"{{{{ add_days({_argument(column, kind, zone)}, {days}) }}}}"


def _local_date(column: str, zone: str) -> str:
    return f"local_date('{column}', \"{text.value(zone)}\")"


def _argument(column: str, kind: str | None, zone: str) -> str:
    """A column's local date as an argument of a macro: a call where it is an instant, else its name."""
    return _local_date(column, zone) if kind == "timestamp" else f"'{column}'"


_BINARY: dict[type[exp.Expr], str] = {
    exp.And: "and", exp.Or: "or", exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Is: "is",
}  # fmt: skip
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_CALLS: dict[type[exp.Expr], str] = {
    exp.Abs: "abs", exp.Coalesce: "coalesce", exp.Nullif: "nullif", exp.Greatest: "greatest", exp.Least: "least",
    exp.Round: "round",
}  # fmt: skip


def _node(node: exp.Expr, names: Names) -> str:
    kind = type(node)
    if isinstance(node, exp.Mul):
        return " * ".join(_factor(side, names) for side in (node.this, node.expression))
    if kind in _BINARY:
        return f"{_side(node.this, node.expression, names)} {_BINARY[kind]} {_side(node.expression, node.this, names)}"
    if kind in _CALLS:
        return f"{_CALLS[kind]}({', '.join(_node(one, names) for one in _arguments(node))})"
    return _WRITERS[kind](node, names)


def _factor(node: exp.Expr, names: Names) -> str:
    """One side of a product: of two decimals of 18 digits DuckDB makes one of 18, and 1,000 × 0.5 overflows."""
    written = _node(node, names)
    kind = names.columns.get(node.name, "") if isinstance(node, exp.Column) else ""
    if not kind.startswith("decimal(18"):
        return written
    return f"cast({written} as decimal(38{kind.removeprefix('decimal(18')})"


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    more = node.args.get("expressions") or [node.args.get("expression") or node.args.get("decimals")]
    return [one for one in (node.this, *more) if one is not None]


def _side(node: exp.Expr, other: exp.Expr, names: Names) -> str:
    """One side of a comparison: an instant beside a date of the run is its local day."""
    written = _node(node, names)
    if not isinstance(node.parent, _COMPARISONS) or not _is_instant(node, names) or not _is_run_date(other, names):
        return written
    return local_day(written, "timestamp", names.zone)


def _is_instant(node: exp.Expr, names: Names) -> bool:
    return isinstance(node, exp.Column) and names.columns.get(node.name) == "timestamp"


def _is_run_date(node: exp.Expr, names: Names) -> bool:
    return isinstance(node, exp.Column) and node.name not in names.columns and node.name in names.run


def _column(node: exp.Expr, names: Names) -> str:
    if node.name in names.columns:
        return f"{names.table}.{node.name}" if names.table else node.name
    return names.run[node.name]


def _literal(node: exp.Expr, _: Names) -> str:
    assert isinstance(node, exp.Literal)
    return text.value(node.this) if node.is_string else str(node.this)


def _divided(node: exp.Expr, names: Names) -> str:
    """By doubles: DuckDB's decimal ÷ decimal is one anyway, and integer ÷ integer truncates in other engines."""
    above, below = _node(node.this, names), _node(node.expression, names)
    return f"(cast({above} as double) / nullif(cast({below} as double), 0))"


def _date_diff(node: exp.Expr, names: Names) -> str:
    assert isinstance(node, exp.DateDiff)
    unit = str(node.unit).lower()
    start, end = node.expression, node.this
    if unit == "day":
        first, last = (_argument(_node(one, names), _kind(one, names), names.zone) for one in (start, end))
        return f"{{{{ days_between({first}, {last}) }}}}"
    return f"{{{{ {unit}s_between('{_node(start, names)}', '{_node(end, names)}') }}}}"


def _kind(node: exp.Expr, names: Names) -> str | None:
    return names.columns.get(node.name)


def _case(node: exp.Expr, names: Names) -> str:
    subject = f" {_node(node.this, names)}" if node.this else ""
    whens = " ".join(f"when {_node(one.this, names)} then {_node(one.args['true'], names)}" for one in node.args["ifs"])
    otherwise = f" else {_node(node.args['default'], names)}" if node.args.get("default") else ""
    return f"case{subject} {whens}{otherwise} end"


def _between(node: exp.Expr, names: Names) -> str:
    low, high = node.args["low"], node.args["high"]
    this = _node(node.this, names)
    if _is_instant(node.this, names) and (_is_run_date(low, names) or _is_run_date(high, names)):
        this = local_day(this, "timestamp", names.zone)
    return f"{this} between {_node(low, names)} and {_node(high, names)}"


def _in(node: exp.Expr, names: Names) -> str:
    return f"{_node(node.this, names)} in ({', '.join(_node(one, names) for one in node.expressions)})"


def _not(node: exp.Expr, names: Names) -> str:
    inner = node.this
    if isinstance(inner, exp.Is):
        return f"{_node(inner.this, names)} is not {_node(inner.expression, names)}"
    if isinstance(inner, exp.In | exp.Between):
        written = _node(inner, names)
        word = " in (" if isinstance(inner, exp.In) else " between "
        return written.replace(word, f" not{word}", 1) if written.count(word) == 1 else f"not ({written})"
    return f"not {_node(inner, names)}"


_WRITERS: dict[type[exp.Expr], Callable[[exp.Expr, Names], str]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda node, _: "true" if node.this else "false",
    exp.Null: lambda *_: "null",
    exp.Paren: lambda node, names: f"({_node(node.this, names)})",
    exp.Tuple: lambda node, names: f"({', '.join(_node(one, names) for one in node.expressions)})",
    exp.Neg: lambda node, names: f"-{' ' * isinstance(node.this, exp.Neg)}{_node(node.this, names)}",  # -- is a comment
    exp.Not: _not,
    exp.Div: _divided,
    exp.DateDiff: _date_diff,
    exp.Case: _case,
    exp.Between: _between,
    exp.In: _in,
}
