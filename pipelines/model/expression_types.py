"""Which kinds of values an expression puts side by side: told at validation, where the night's run would stop at a row.

Belongs here: the kinds of columns and literals, and what does not fit. Does not: what an expression may hold
(expression.py). DuckDB itself would take `status = 5`, and fail at the first row that holds a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlglot import exp

from pipelines.model.expression import RUN_NAMES, parsed

NUMBER, TEXT, DAY, TRUTH = "a number", "text", "a day", "true or false"

_OF_TYPE = {
    **dict.fromkeys(["int", "integer", "bigint", "double", "float", "decimal"], NUMBER),
    **dict.fromkeys(["date", "timestamp"], DAY),
    "string": TEXT, "boolean": TRUTH,
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?")
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_CONDITIONS = (*_COMPARISONS, exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Boolean)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs, exp.Round)
_ALIKE = (exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least)


def mismatch(text: str, types: Mapping[str, str], is_condition: bool) -> str | None:
    """What does not fit in a checked expression over columns of these types; None where all does.

    `is_condition` says that the whole must be true or false, as a filter is.
    """
    tree = parsed(text)
    for node in tree.walk():
        if wrong := _wrong(node, types):
            return f"“{text}”: {wrong}"
    if is_condition and _kind(tree, types) not in (TRUTH, None):
        return f"“{text}” is {_kind(tree, types)}; a filter is true or false"
    return None


def _wrong(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    inside = list(node.iter_expressions())
    if isinstance(node, (*_COMPARISONS, *_ALIKE, exp.In, exp.Between)):
        found = (_unlike(inside[0], one, types) for one in inside[1:])
    elif isinstance(node, _ARITHMETIC):
        found = (_no_number(one, types) for one in inside)
    elif isinstance(node, exp.And | exp.Or | exp.Not):
        found = (_no_truth(one, types) for one in inside)
    else:
        return None
    return next(filter(None, found), None)


def _no_number(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    kind = _kind(node, types)
    return f"{node.sql()} is {kind}, and there is arithmetic with it" if kind in (TEXT, TRUTH) else None


def _no_truth(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    kind = _kind(node, types)
    return None if kind in (TRUTH, None) else f"{node.sql()} is {kind}, and stands where a condition does"


def _unlike(one: exp.Expr, other: exp.Expr, types: Mapping[str, str]) -> str | None:
    kinds = _kind(one, types), _kind(other, types)
    if None in kinds or kinds[0] == kinds[1]:
        return None
    sides = dict(zip(kinds, (one, other), strict=True))
    written = sides.get(TEXT)
    if DAY in kinds and isinstance(written, exp.Literal):
        return None if _is_day(written.this) else f"{written.sql()} is no day; write it as '2026-03-31'"
    said = sides.get(NUMBER)
    hint = f"; write '{said.this}'" if written and isinstance(said, exp.Literal) else ""
    return f"{one.sql()} is {kinds[0]}, {other.sql()} is {kinds[1]}{hint}"


def _is_day(said: str) -> bool:
    if not _DAY.fullmatch(said):  # Python reads 20260331 too, which DuckDB does not
        return False
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return False
    return True


def _kind(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    """The kind of a value; None where it cannot be told, as of null."""
    if isinstance(node, exp.Paren):
        return _kind(node.this, types)
    if isinstance(node, exp.Column):
        kind = types.get(node.name, "date" if node.name in RUN_NAMES else "")
        return _OF_TYPE.get(kind.split("(")[0])
    if isinstance(node, exp.Literal):
        return TEXT if node.is_string else NUMBER
    if isinstance(node, _CONDITIONS):
        return TRUTH
    if isinstance(node, exp.Add | exp.Sub) and DAY in (_kind(node.this, types), _kind(node.expression, types)):
        return DAY
    if isinstance(node, (*_ARITHMETIC, exp.DateDiff)):
        return NUMBER
    if isinstance(node, _ALIKE):
        return next((found for one in node.iter_expressions() if (found := _kind(one, types))), None)
    return None
