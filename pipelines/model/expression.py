"""The closed grammar of filters and expressions in definitions and contracts.

Belongs here: what an expression may hold, and the check of one text against the columns it may name.
Does not: where the text stands (the caller adds file and line), how it is written as SQL (compiler/written.py).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import sqlglot
from sqlglot import exp

from pipelines.errors import did_you_mean

# The functions a definition may call, in DuckDB's and Spark's common words.
FUNCTIONS = ("abs", "coalesce", "nullif", "greatest", "least", "round", "date_diff")
DATE_UNITS = ("day", "hour", "minute")  # days are local calendar days, hours and minutes lie between instants
MAX_LENGTH = 2000  # the longest one shipped has 60 characters; beyond, it is no formula that a person checks
# Names every filter may use beside the entity's columns.
RUN_NAMES = ("as_of", "period_start", "period_end")

_ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple, exp.Var,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Case, exp.If,
    exp.Abs, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Round, exp.DateDiff,
)  # fmt: skip


def problem(
    text: str, columns: Collection[str], run_names: Collection[str] = RUN_NAMES, casts: bool = False
) -> str | None:
    """Why `text` is not allowed, in words a KPI owner reads; None where it is.

    `casts` allows `cast(… as …)`: contracts need it, because a source's types are not ours.
    """
    allowed = (*_ALLOWED, exp.Cast, exp.DataType) if casts else _ALLOWED
    if len(text) > MAX_LENGTH:
        return f"“{text[:40]}…” is longer than {MAX_LENGTH} characters"
    if any(token in text for token in ("--", "/*", ";", "{", "}", "\\", "\x00")):
        return f"“{text}” holds a comment, a brace, a backslash or a semicolon"
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        return f"“{text}” is not an expression: {str(error).splitlines()[0]}"
    except RecursionError:
        return f"“{text[:40]}…” is nested too deep"
    for node in tree.walk():
        if isinstance(node, exp.Func) and not isinstance(node, allowed):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            return f"“{text}” calls {name.lower()}; allowed are {', '.join(FUNCTIONS)}"
        if not isinstance(node, allowed):
            return f"“{text}” holds {node.key.upper()}, which a definition may not"
        if isinstance(node, exp.DateDiff) and (wrong := _date_diff_problem(node)):
            return f"“{text}”: {wrong}"
        if isinstance(node, exp.Column):
            if node.table:
                return f"“{text}” names another table ({node.table}); a definition reads one entity"
            if node.name not in columns and node.name not in run_names:
                return f"unknown column {node.name}{did_you_mean(node.name, [*columns, *run_names])}"
    return None


def _date_diff_problem(node: exp.DateDiff) -> str | None:
    unit = node.unit.name.lower() if node.unit else ""
    if unit not in DATE_UNITS:
        return f"date_diff counts {' or '.join(DATE_UNITS)}s, not {unit or 'that'}"
    if not all(isinstance(side, exp.Column) for side in (node.this, node.expression)):
        return "date_diff stands between two columns"
    return None


@cache
def parsed(text: str) -> exp.Expr:
    """The tree of a (checked) expression; parsing all of the catalogue twice would take a quarter of the compile."""
    return sqlglot.parse_one(text, read="duckdb")


def columns_of(text: str) -> set[str]:
    """The columns a (checked) expression reads."""
    return {node.name for node in parsed(text).find_all(exp.Column)}
