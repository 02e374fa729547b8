"""How words of people become SQL text inside a dbt model: names, values, lists of columns.

Belongs here: quoting. Does not: what is quoted. dbt renders a model as Jinja before it is SQL, so both are kept out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pipelines.errors import KpiError

HEADER = "Compiled by `kpi compile` from {origin}; change that, not this."  # the second line of every compiled file


def name(column: str) -> str:
    """A source's own column name as the adapter quotes it ("金额" in DuckDB, `金额` in Spark)."""
    _refuse(column, '"`')
    return f"{{{{ adapter.quote({json.dumps(column, ensure_ascii=False)}) }}}}"


def value(literal: str | bool | int) -> str:
    """A constant as an SQL literal."""
    if isinstance(literal, bool):
        return "true" if literal else "false"
    if isinstance(literal, int):
        return str(literal)
    _refuse(literal, "\\")
    return "'" + literal.replace("'", "''") + "'"


def block(lines: Iterable[str], indent: int = 4, joiner: str = ",") -> str:
    """Lines one below the other, joined by `joiner` and indented by `indent` blanks."""
    return f"{joiner}\n{' ' * indent}".join(lines)


def no_rows(columns: Mapping[str, str]) -> str:
    """A model that has these columns (name: type) and not one row."""
    lines = [f"cast(null as {kind}) as {column}" for column, kind in columns.items()]
    return f"select\n    {block(lines)}\nwhere false\n"


def _refuse(text: str, also: str) -> None:
    if bad := [c for c in text if c in "{}" + also or ord(c) < 32]:
        raise KpiError(
            f"“{text}” holds {bad[0]!r}, which cannot stand in a compiled model",
            next_step="rename it at the source, or load it by position with from.names",
        )
