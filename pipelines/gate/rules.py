"""The rules a suite may use: their arguments, and for each the SQL condition of a row that breaks it.

Belongs here: which expectation types we support and which rows fail them, with exactly the NULL semantics of Great
Expectations (tests/gate/test_rules.py holds both counts equal). Does not: running GX (engine.py), what follows.

Why our own SQL beside GX: in the database GX hands over at most 20 failing keys, and quarantine needs every one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

QUERY = "unexpected_rows_expectation"
ROW_COUNT = "expect_table_row_count_to_be_between"
NEWEST = "expect_column_max_to_be_between"
OF_TYPE = "expect_column_values_to_be_of_type"
COLUMNS = "expect_table_columns_to_match_set"
Kwargs = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """One expectation type: which arguments it takes, where columns stand among them, and who fails.

    `failing(kwargs, table)` is the SQL condition of a failing row of `table`; None where the rule is about the table.
    `one_of`: arguments of which one is needed. `text_only`, `no_text`: the column types it works on.
    `wording` is (zh, en) of a reason, with {columns} to fill in.
    """

    failing: Callable[[Kwargs, str], str] | None
    wording: tuple[str, str]
    required: tuple[str, ...] = ("column",)
    optional: tuple[str, ...] = ("mostly",)
    one_of: tuple[str, ...] = ()
    text_only: bool = False
    no_text: bool = False


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def qualified(address: str) -> str:
    """`raw_crm.deals` as SQL."""
    return ".".join(quoted(part) for part in address.split(".", 1))


def literal(value: Any) -> str:
    """A YAML value as an SQL literal of the type that GX binds for it (a float is a double there, not a decimal)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"cast({value!r} as double)"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def columns_of(kwargs: Kwargs) -> list[str]:
    """The columns a rule names, in the order of its arguments."""
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return named + list(kwargs.get("column_list", []))


def named_columns(kwargs: Kwargs) -> list[tuple[str, str]]:
    """(argument, column) of every column a rule names, those it only asks to be there included."""
    keys = ("column", "column_A", "column_B", "column_list", "column_set")
    said = [(key, kwargs[key]) for key in keys if key in kwargs]
    return [(key, name) for key, value in said for name in (value if isinstance(value, list) else [value])]


def query_text(kwargs: Kwargs, table: str, as_of: date) -> str:
    """The query of an `unexpected_rows_expectation` with {batch} and {as_of} filled in ({{ and }} stand for braces).

    Raises ValueError or LookupError for a brace or a placeholder that means nothing.
    """
    query = str(kwargs["unexpected_rows_query"]).rstrip("; \n\t")
    return query.format(batch=table, as_of=literal(as_of))


def query_placeholders(query: str) -> set[str]:
    """The placeholders a query uses. Raises ValueError for an unpaired brace."""
    return {field for _, field, _, _ in Formatter().parse(query) if field is not None}


def failing_rows(kind: str, kwargs: Kwargs, address: str, as_of: date) -> str:
    """SQL that gives (_batch_id, _row_number) of every row of `address` that breaks the rule, each once."""
    table = qualified(address)
    if kind == QUERY:
        query = query_text(kwargs, table, as_of)
        return f"select distinct _batch_id, _row_number from ({query}) as broken"
    condition = RULES[kind].failing
    assert condition is not None, f"{kind} is about a whole table"
    return f"select _batch_id, _row_number from {table} where {condition(kwargs, table)}"


def holds(kind: str, kwargs: Kwargs) -> str:
    """SQL over a whole table, true where it keeps a rule whose bounds move (ROW_COUNT, NEWEST; plain bounds only)."""
    if kind == ROW_COUNT:
        return _bounds("count(*)", kwargs)
    column = quoted(kwargs["column"])
    # A table without rows has no newest one: that it has none, another rule says.
    return f"count(*) = 0 or coalesce({_bounds(f'max({column})', kwargs)}, false)"


def mentioned_tables(kwargs: Kwargs) -> set[str]:
    """Addresses of other raw tables that a query reads (`raw_crm.products`)."""
    found = re.findall(r'"?\b(raw_\w+)"?\s*\.\s*(?:"([^"]+)"|(\w+))', str(kwargs.get("unexpected_rows_query", "")))
    return {f"{schema}.{spelled or plain}" for schema, spelled, plain in found}


def _not_null(kwargs: Kwargs, table: str) -> str:
    return f"{quoted(kwargs['column'])} is null"


def _in_set(kwargs: Kwargs, table: str) -> str:
    column = quoted(kwargs["column"])
    return f"{column} is not null and {column} not in ({', '.join(literal(value) for value in kwargs['value_set'])})"


def _between(kwargs: Kwargs, table: str) -> str:
    column = quoted(kwargs["column"])
    return f"{column} is not null and not ({_bounds(column, kwargs)})"


def _lengths(kwargs: Kwargs, table: str) -> str:
    column = quoted(kwargs["column"])
    return f"{column} is not null and not ({_bounds(f'length({column})', kwargs)})"


def _bounds(expression: str, kwargs: Kwargs) -> str:
    conditions = []
    if kwargs.get("min_value") is not None:
        conditions.append(f"{expression} {'>' if kwargs.get('strict_min') else '>='} {literal(kwargs['min_value'])}")
    if kwargs.get("max_value") is not None:
        conditions.append(f"{expression} {'<' if kwargs.get('strict_max') else '<='} {literal(kwargs['max_value'])}")
    return " and ".join(conditions)


def _regex(kwargs: Kwargs, table: str) -> str:
    column = quoted(kwargs["column"])
    return f"{column} is not null and not regexp_matches({column}, {literal(kwargs['regex'])})"


def _unique(kwargs: Kwargs, table: str) -> str:
    column = quoted(kwargs["column"])
    return f"{column} in (select {column} from {table} where {column} is not null group by 1 having count(*) > 1)"


def _compound(kwargs: Kwargs, table: str) -> str:
    # GX joins the counts back on equality, so a row with any NULL among the columns never counts as a duplicate,
    # whatever ignore_row_if says.
    columns = ", ".join(quoted(name) for name in kwargs["column_list"])
    present = " and ".join(f"{quoted(name)} is not null" for name in kwargs["column_list"])
    return f"({columns}) in (select ({columns}) from {table} where {present} group by all having count(*) > 1)"


def _greater(kwargs: Kwargs, table: str) -> str:
    # A NULL on one side makes the comparison NULL, which GX counts as kept, whatever ignore_row_if says.
    sign = "<" if kwargs.get("or_equal") else "<="
    return f"{quoted(kwargs['column_A'])} {sign} {quoted(kwargs['column_B'])}"


_RANGE = ("min_value", "max_value")
_STRICT = ("strict_min", "strict_max", "mostly")
RULES: dict[str, Rule] = {
    "expect_column_values_to_not_be_null": Rule(_not_null, ("{columns} 为空", "{columns} is empty")),
    "expect_column_values_to_be_in_set": Rule(
        _in_set, ("{columns} 不在允许的取值中", "{columns} is not one of the allowed values"), ("column", "value_set")
    ),
    "expect_column_values_to_be_between": Rule(
        _between, ("{columns} 超出范围", "{columns} is out of range"), optional=_STRICT, one_of=_RANGE, no_text=True
    ),
    "expect_column_values_to_match_regex": Rule(
        _regex, ("{columns} 格式不符", "{columns} has the wrong format"), ("column", "regex"), text_only=True
    ),
    "expect_column_value_lengths_to_be_between": Rule(
        _lengths, ("{columns} 长度不符", "{columns} has the wrong length"),
        optional=_STRICT, one_of=_RANGE, text_only=True,
    ),
    "expect_column_values_to_be_unique": Rule(_unique, ("{columns} 重复", "{columns} is not unique")),
    "expect_compound_columns_to_be_unique": Rule(
        _compound, ("{columns} 的组合重复", "the combination of {columns} is not unique"), ("column_list",),
        ("mostly", "ignore_row_if"),
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": Rule(
        _greater, ("{columns} 先后或大小不符", "{columns} are in the wrong order"), ("column_A", "column_B"),
        ("mostly", "or_equal", "ignore_row_if"),
    ),
    ROW_COUNT: Rule(
        None, ("行数超出范围", "the number of rows is out of range"), (), (),
        one_of=(*_RANGE, "of_usual", "added_of_usual"),
    ),
    NEWEST: Rule(
        None, ("{columns} 的最新值超出范围", "the newest {columns} is out of range"), optional=_STRICT[:2],
        one_of=(*_RANGE, "min_working_days_ago", "max_days_ahead"), no_text=True,
    ),
    COLUMNS: Rule(
        None, ("表中缺少约定的列", "the table lacks a column"), ("column_set", "exact_match"), ()
    ),
    OF_TYPE: Rule(
        None, ("{columns} 的类型不符", "{columns} is of another type"), ("column", "type_"), ()
    ),
    QUERY: Rule(
        lambda kwargs, table: "", ("违反规则", "the record breaks a rule"), ("unexpected_rows_query",), ()
    ),
}  # fmt: skip
