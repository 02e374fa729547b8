"""The numbers that Great Expectations' expectations rest on (its metrics), as SQL; and what it asks of columns.

Belongs here: which metrics we know, the arguments each depends on, and its SQL with exactly GX's treatment of NULLs and
of empty tables, where a sum is NULL (tests/gate/test_fused.py holds both equal). Does not: running it (fused.py), which
rows fail (rules.py, on purpose said a second time: the gate holds both counts against each other).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.gate.rules import literal, quoted

Arguments = Mapping[str, Any]
Key = tuple[str, tuple[Any, ...]]
Columns = list[dict[str, Any]]  # of the table in its order, each with name and type as GX tells them

# The types whose literal means the same as the value that GX binds.
_KNOWN_VALUES = (bool, int, float, Decimal, date, str)
_NOT_ORDERED = ("VARCHAR", "BOOLEAN")  # GX refuses bounds on these


class UnknownMetricError(Exception):
    """A metric that GX had better compute itself, be it only so that its own error text comes out."""


@dataclass(frozen=True)
class Metric:
    """One metric: `sql(arguments, types, table)` from the arguments in `keys` and the column types of the table.

    An aggregate over all rows of the table; where `alone`, a query that gives one number. Where it is `of_columns`, no
    row is read for it. `is_value`: it is a value of the data, which GX takes in the form that JSON has for it.
    """

    keys: tuple[str, ...]
    sql: Callable[[Arguments, Mapping[str, str], str], str] | None = None
    alone: bool = False
    is_value: bool = False
    of_columns: Callable[[Columns], Any] | None = None


def key_of(name: str, arguments: Arguments) -> Key:
    """What tells one number from another: the metric and the arguments it depends on. Raises UnknownMetricError."""
    if name not in METRICS:
        raise UnknownMetricError(name)
    return name, tuple(_frozen(arguments.get(key)) for key in METRICS[name].keys)


def _frozen(value: Any) -> Any:
    if value is None or value is False:  # an option that is off and one that is not named
        return None
    if isinstance(value, list | tuple):
        return tuple(_frozen(one) for one in value)
    return type(value).__name__, value  # 1, 1.0 and True are equal in Python and differ in SQL


def _row_count(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return "count(*)"


def _null(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return _sum(f"{_column(said, types)} is null")


def _in_set(said: Arguments, types: Mapping[str, str], table: str) -> str:
    column, values = _column(said, types), said["value_set"]
    if not values:
        raise UnknownMetricError("an empty set")
    return _broken(column, f"{column} in ({', '.join(_literal(value) for value in values)})")


def _between(said: Arguments, types: Mapping[str, str], table: str) -> str:
    column = _column(said, types)
    if types[said["column"]] in _NOT_ORDERED:
        raise UnknownMetricError("bounds on a column without order")
    return _broken(column, _bounds(column, said))


def _lengths(said: Arguments, types: Mapping[str, str], table: str) -> str:
    column = _column(said, types)
    return _broken(column, _bounds(f"length({column})", said))


def _regex(said: Arguments, types: Mapping[str, str], table: str) -> str:
    column = _column(said, types)
    return _broken(column, f"regexp_matches({column}, {_literal(said['regex'])})")


def _unique(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return _repeated([said["column"]], types, table)


def _compound(said: Arguments, types: Mapping[str, str], table: str) -> str:
    # GX joins the counts back on equality: a row with any NULL is never repeated, whatever ignore_row_if says.
    _kept(said, types, said["column_list"])  # it must mean something
    return _repeated(said["column_list"], types, table)


def _repeated(names: list[str], types: Mapping[str, str], table: str) -> str:
    # Counting distinct hashes first, to group only where some repeat, gained nothing.
    columns = [_column({"column": name}, types) for name in names]
    present = " and ".join(f"{column} is not null" for column in columns)
    groups = f"select count(*) as rows from {table} where {present} group by {', '.join(columns)} having count(*) > 1"
    return f"select coalesce(sum(rows), 0) from ({groups}) as repeated"


def _compound_rows(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return f"count(case when {_kept(said, types, said['column_list'])} then 1 end)"


def _pair(said: Arguments, types: Mapping[str, str], table: str) -> str:
    a, b = (_column({"column": said[name]}, types) for name in ("column_A", "column_B"))
    fine = f"{a} {'>=' if said.get('or_equal') else '>'} {b}"  # NULL where a side is missing: no failure either way
    kept = _kept(said, types, [said["column_A"], said["column_B"]])
    return f"coalesce({_sum(f'{kept} and not ({fine})')}, 0)"  # GX counts these by a query of their own: 0, not NULL


def _pair_rows(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return f"count(case when {_kept(said, types, [said['column_A'], said['column_B']])} then 1 end)"


def _max(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return f"max({_column(said, types)})"


def _query_rows(said: Arguments, types: Mapping[str, str], table: str) -> str:
    return f"select count(*) from ({query_of(said)}) as broken"


def rows_where(condition: str) -> str:
    """The number of rows a condition picks, as an aggregate: what a query with this condition counts."""
    return f"coalesce({_sum(condition)}, 0)"


def query_of(said: Arguments) -> str:
    """The query as it is run; engine.py hands it over with braces doubled and colons escaped."""
    query = str(said["unexpected_rows_query"])
    if re.search(r"(?<!\\):", query):
        raise UnknownMetricError("a bound parameter")
    try:
        text = query.format()
    except (LookupError, ValueError) as error:
        raise UnknownMetricError("a placeholder") from error
    return text.replace(r"\:", ":")


def _column(said: Arguments, types: Mapping[str, str]) -> str:
    if said["column"] not in types:
        raise UnknownMetricError("no such column")
    return quoted(said["column"])


def _literal(value: Any) -> str:
    if not isinstance(value, _KNOWN_VALUES):
        raise UnknownMetricError(f"a value of type {type(value).__name__}")
    return literal(value)


def _bounds(expression: str, said: Arguments) -> str:
    low, high = said.get("min_value"), said.get("max_value")
    if low is None and high is None:
        raise UnknownMetricError("no bound")
    try:
        if low is not None and high is not None and low > high:
            raise UnknownMetricError("bounds the wrong way round")
    except TypeError as error:
        raise UnknownMetricError("bounds of different kinds") from error
    conditions = []
    if low is not None:
        conditions.append(f"{expression} {'>' if said.get('strict_min') else '>='} {_literal(low)}")
    if high is not None:
        conditions.append(f"{expression} {'<' if said.get('strict_max') else '<='} {_literal(high)}")
    return " and ".join(conditions)


def _kept(said: Arguments, types: Mapping[str, str], columns: list[str]) -> str:
    """The rows that `ignore_row_if` leaves."""
    present = [f"{_column({'column': name}, types)} is not null" for name in columns]
    ignored = said.get("ignore_row_if")
    if ignored in ("both_values_are_missing", "all_values_are_missing"):
        return f"({' or '.join(present)})"
    if ignored in ("either_value_is_missing", "any_value_is_missing"):
        return f"({' and '.join(present)})"
    if ignored in ("neither", "never"):
        return "true"
    raise UnknownMetricError(f"ignore_row_if: {ignored}")


def _broken(column: str, fine: str) -> str:
    return _sum(f"{column} is not null and not ({fine})")


def _sum(condition: str) -> str:
    # 12 conditions over a million rows: 0.062 CPU s as a sum, 0.078 as count(*) filter (where …).
    return f"sum(case when {condition} then 1 else 0 end)"


QUERY_ROWS = "unexpected_rows_query.row_count"
_COLUMN, _PAIR, _LIST = ("column",), ("column_A", "column_B", "ignore_row_if"), ("column_list", "ignore_row_if")
_BOUNDS = ("column", "min_value", "max_value", "strict_min", "strict_max")
METRICS: dict[str, Metric] = {
    "table.row_count": Metric((), _row_count),
    "column_values.nonnull.unexpected_count": Metric(_COLUMN, _null),
    "column_values.in_set.unexpected_count": Metric(("column", "value_set"), _in_set),
    "column_values.between.unexpected_count": Metric(_BOUNDS, _between),
    "column_values.value_length.between.unexpected_count": Metric(_BOUNDS, _lengths),
    "column_values.match_regex.unexpected_count": Metric(("column", "regex"), _regex),
    "column_values.unique.unexpected_count": Metric(_COLUMN, _unique, alone=True),
    "compound_columns.unique.unexpected_count": Metric(_LIST, _compound, alone=True),
    "compound_columns.unique.filtered_row_count": Metric(_LIST, _compound_rows),
    "column_pair_values.a_greater_than_b.unexpected_count": Metric((*_PAIR, "or_equal"), _pair),
    "column_pair_values.a_greater_than_b.filtered_row_count": Metric(_PAIR, _pair_rows),
    "column.max": Metric(_COLUMN, _max, is_value=True),
    "table.columns": Metric((), of_columns=lambda columns: [column["name"] for column in columns]),
    "table.column_types": Metric((), of_columns=list),
    QUERY_ROWS: Metric(("unexpected_rows_query",), _query_rows, alone=True),
}

_OF_COLUMN = ("table.row_count", "column_values.nonnull.unexpected_count")
_COMPOUND, _GREATER = "compound_columns.unique", "column_pair_values.a_greater_than_b"
# The metrics that each expectation is judged by.
EXPECTATIONS: dict[str, tuple[str, ...]] = {
    "expect_column_values_to_not_be_null": _OF_COLUMN,
    "expect_column_values_to_be_in_set": (*_OF_COLUMN, "column_values.in_set.unexpected_count"),
    "expect_column_values_to_be_between": (*_OF_COLUMN, "column_values.between.unexpected_count"),
    "expect_column_values_to_match_regex": (*_OF_COLUMN, "column_values.match_regex.unexpected_count"),
    "expect_column_value_lengths_to_be_between": (*_OF_COLUMN, "column_values.value_length.between.unexpected_count"),
    "expect_column_values_to_be_unique": (*_OF_COLUMN, "column_values.unique.unexpected_count"),
    "expect_compound_columns_to_be_unique": (
        "table.row_count", f"{_COMPOUND}.unexpected_count", f"{_COMPOUND}.filtered_row_count",
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        "table.row_count", f"{_GREATER}.unexpected_count", f"{_GREATER}.filtered_row_count",
    ),
    "expect_table_row_count_to_be_between": ("table.row_count",),
    "expect_column_max_to_be_between": ("column.max",),
    "expect_table_columns_to_match_set": ("table.columns",),
    "expect_column_values_to_be_of_type": ("table.column_types",),
    "unexpected_rows_expectation": (QUERY_ROWS,),
}  # fmt: skip
