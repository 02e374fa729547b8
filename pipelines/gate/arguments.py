"""What is wrong with one argument of a rule, whatever the table: a bound that is no number, a share that is none.

Belongs here: the values of arguments. Does not: which arguments a rule takes (rules.py), columns and owners (suite.py).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from pipelines.gate import rules

TYPES = ("VARCHAR", "BIGINT", "BOOLEAN", "DOUBLE", "DATE", "TIMESTAMP", "DECIMAL")


def wrong(key: str, value: Any) -> str:
    """What is wrong with an argument's value, or nothing."""
    if key in ("column", "column_A", "column_B", "regex") and not isinstance(value, str):
        return "must be a text"
    if key in ("column_list", "column_set") and not _texts(value, 2 if key == "column_list" else 1):
        return f"must list {'two columns' if key == 'column_list' else 'one column'} or more"
    if key == "value_set" and not (isinstance(value, list) and value and not any(v is None for v in value)):
        return "must list one value or more, none of them empty (an empty field never fails this rule)"
    if key in ("min_value", "max_value") and not isinstance(value, int | float | Decimal | dt.date | None):
        return "must be a number or a date (without quotes)"
    if key == "mostly" and not (isinstance(value, int | float) and 0 < value <= 1):
        return "must lie between 0 and 1"
    if key in ("min_working_days_ago", "max_days_ahead") and not (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 366
    ):
        return "must be a whole number of days, 0 or more"
    if key in ("of_usual", "added_of_usual"):
        return _wrong_share(value)
    if key == "type_" and value not in TYPES:
        return f"must be one of {', '.join(TYPES)}"
    if key == "exact_match" and not isinstance(value, bool):
        return "must be true or false"
    return _wrong_query(value) if key == "unexpected_rows_query" else ""


def _texts(value: Any, at_least: int) -> bool:
    return isinstance(value, list) and len(value) >= at_least and all(isinstance(item, str) for item in value)


def _wrong_share(value: Any) -> str:
    """`{min: 0.5, max: 2}`: fractions of what is usual; one of them may be left out."""
    form = "must say min, max or both as shares of what is usual, such as {min: 0.5, max: 2}"
    if not (isinstance(value, dict) and value and value.keys() <= {"min", "max"}):
        return form
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v < 1e6 for v in value.values()):
        return form
    return "must have min below max" if value.get("min", 0) >= value.get("max", 1e6) else ""


def _wrong_query(query: Any) -> str:
    if not isinstance(query, str):
        return "must be a text"
    try:
        placeholders = rules.query_placeholders(query)
    except ValueError:
        placeholders = {""}
    if unknown := placeholders - {"batch", "as_of"}:
        spelled = sorted(unknown)[0]
        return f"has an unknown placeholder {{{spelled}}}; write {{batch}} and {{as_of}}, and {{{{ for a brace"
    if "batch" not in placeholders:
        return "must read {batch}, the table under test"
    return ""
