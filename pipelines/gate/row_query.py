"""A rule's query that only asks rows of its own table a question, as that question: it needs no scan of its own.

Belongs here: `select … from {batch} where …` and nothing else in it. Does not: queries with other tables, groups or
limits, which stay queries. DuckDB's own parser says which is which; what it does not say beyond doubt stays a query.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

PLAIN: dict[str, Any] = {
    "modifiers": [], "cte_map": {"map": []}, "group_expressions": [], "group_sets": [],
    "aggregate_handling": "STANDARD_HANDLING", "having": None, "sample": None, "qualify": None,
}  # fmt: skip
PLAIN_TABLE: dict[str, Any] = {"sample": None, "column_name_alias": [], "catalog_name": "", "at_clause": None}


def condition(
    con: duckdb.DuckDBPyConnection, query: str, address: tuple[str, str], columns: Collection[str]
) -> str | None:
    """The condition by which `query` picks rows of the table at `address` (schema, name); None where it does more."""
    outer = _parsed(con, f"select 1 from ({query}) as broken")  # as Great Expectations runs it
    inner = outer["from_table"].get("subquery") if outer else None
    node = inner["node"] if inner else {}
    where, table = node.get("where_clause"), node.get("from_table") or {}
    if (
        not where
        or node.get("type") != "SELECT_NODE"
        or any(node.get(key) != value for key, value in PLAIN.items())
        or table.get("type") != "BASE_TABLE"
        or any(table.get(key) != value for key, value in PLAIN_TABLE.items())
        or (table["schema_name"], table["table_name"]) != address
    ):
        return None
    names = [[table["alias"]]] if table["alias"] else [[address[1]], list(address)]
    for shown in node["select_list"]:
        if shown["class"] == "STAR" and not any(shown.get(key) for key in ("exclude_list", "replace_list", "expr")):
            continue
        if shown["class"] != "COLUMN_REF" or _bare(shown["column_names"], names)[-1] not in columns:
            return None  # an expression could be faulty, and then GX must say so
    parts = list(_parts(where))
    if any(part["class"] in ("SUBQUERY", "WINDOW", "STAR", "LAMBDA", "PARAMETER") for part in parts):
        return None
    for part in parts:
        if part["class"] == "COLUMN_REF":
            part["column_names"] = _bare(part["column_names"], names)
            if len(part["column_names"]) > 1 or part["column_names"][0] not in columns:
                return None
    return _text(con, node, where)


def _text(con: duckdb.DuckDBPyConnection, node: dict[str, Any], where: dict[str, Any]) -> str | None:
    """A condition as SQL, if parsing that gives the same condition again."""
    node = node | {"select_list": [where | {"alias": ""}], "where_clause": None}
    node["from_table"] = node["from_table"] | {"alias": ""}
    ((sql,),) = con.execute(
        "select json_deserialize_sql(?::json)", [json.dumps({"error": False, "statements": [{"node": node}]})]
    ).fetchall()
    text = str(sql).removeprefix("SELECT ").rpartition(" FROM ")[0]
    again = _parsed(con, f"select {text} from t")
    return text if again and _placeless(again["select_list"]) == _placeless([where]) else None


def _parsed(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any] | None:
    ((found,),) = con.execute("select json_serialize_sql(?)", [query]).fetchall()
    statements = json.loads(found).get("statements", [])
    return statements[0]["node"] if len(statements) == 1 else None


def _bare(column: list[str], names: list[list[str]]) -> list[str]:
    """A column's name without its table's."""
    return next((column[len(name) :] for name in names if column[: len(name)] == name and column != name), column)


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "class" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _parts(one)


def _placeless(node: Any) -> Any:
    """A parsed expression without where it stood."""
    if isinstance(node, dict):
        return {key: _placeless(value) for key, value in node.items() if not key.startswith("query_location")}
    return [_placeless(one) for one in node] if isinstance(node, list) else node
