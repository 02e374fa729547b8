"""The closed grammar of filters and expressions in definitions and contracts.

Belongs here: what an expression may hold, and the check of one text against the columns it may name.
Does not: where the text stands (the caller adds file and line), how it is written as SQL (compiler/written.py).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from functools import cache
from unicodedata import category

import sqlglot
from sqlglot import exp

from pipelines.errors import did_you_mean

# The functions a definition may call, in DuckDB's and Spark's common words.
FUNCTIONS = ("abs", "coalesce", "nullif", "greatest", "least", "round", "date_diff")
DATE_UNITS = ("day", "hour", "minute")  # days are local calendar days, hours and minutes lie between instants
MAX_LENGTH = 2000  # the longest one shipped has 60 characters; beyond, it is no formula that a person checks
MAX_DEPTH = 100  # of its tree: 1 + 1 + … of 1,000 terms is as deep as that, and would be written by recursion
LARGEST = Decimal(10) ** 26  # above, no decimal(38,12) holds it
# Names every filter may use beside the entity's columns.
# period_end is the business date while the period runs, full_period_end its last day even then.
RUN_NAMES = ("as_of", "period_start", "period_end", "full_period_end")

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
    if _is_too_deep(tree):
        return f"“{text[:40]}…” is nested too deep"
    for node in tree.walk():
        if isinstance(node, exp.Func) and not isinstance(node, allowed):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            return f"“{text}” calls {name.lower()}; allowed are {', '.join(FUNCTIONS)}"
        if not isinstance(node, allowed):
            return f"“{text}” holds {node.key.upper()}, which a definition may not"
        if wrong := _form_problem(node):
            return f"“{text}”: {wrong}"
        if isinstance(node, exp.Column):
            if node.table:
                return f"“{text}” names another table ({node.table}); a definition reads one entity"
            if node.name not in columns and node.name not in run_names:
                return f"unknown column {node.name}{did_you_mean(node.name, [*columns, *run_names])}"
    return None


def _is_too_deep(tree: exp.Expr) -> bool:
    level, depth = [tree], 0
    while level and depth <= MAX_DEPTH:
        level, depth = [child for node in level for child in node.iter_expressions()], depth + 1
    return depth > MAX_DEPTH


_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of a character, line and paragraph separators
# What a node may hold, where the parser knows more than the compiler writes: the rest would be dropped without a word.
_HELD: dict[type[exp.Expr], set[str]] = {
    exp.In: {"this", "expressions"},
    exp.Between: {"this", "low", "high"},
    exp.Round: {"this", "decimals"},
    exp.DateDiff: {"this", "expression", "unit", "date_part_boundary"},
}


def _form_problem(node: exp.Expr) -> str | None:
    """What is wrong with one node though its kind is allowed: every form accepted here is one the compiler writes."""
    if isinstance(node, exp.DateDiff) and (wrong := _date_diff_problem(node)):
        return wrong
    if isinstance(node, exp.In) and not node.expressions:
        return "in stands before a list, as in ('a', 'b')"
    if more := [name for name in node.args if node.args[name] and name not in _HELD.get(type(node), {name})]:
        return f"{node.key} has something more ({', '.join(more)}) than a definition may say"
    if isinstance(node, exp.Tuple):
        return "a list stands after in only"
    if isinstance(node, exp.And | exp.Or | exp.Not) and any(
        isinstance(n, exp.Literal) for n in node.iter_expressions()
    ):
        return f"{node.key} stands between conditions"
    if isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        return "write case when … then … else … end"
    if isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null | exp.Boolean):
        return "is stands before null, true or false"
    if isinstance(node, exp.Literal) and node.is_string and _UNSEEN & {category(sign) for sign in node.this}:
        return "a text holds a line break or another sign that cannot be seen"
    if isinstance(node, exp.Literal) and not node.is_string and Decimal(node.this) >= LARGEST:
        return f"{node.this} is too large a number"
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
