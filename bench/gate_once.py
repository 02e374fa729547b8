"""Every check of `bench.gate_tables` once, in a process of its own; prints seconds, scans and failed rows as JSON.

`fused` and `plain` are the gate with and without its fused statement, `hand` one query a table.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from bench.gate_tables import BY_HAND, TABLES, suites

AS_OF = date(2026, 3, 31)
# Without those by which GX looks whether a table is there: they have parameters and read one row.
LOGGED = """
select message from duckdb_logs where type = 'QueryLog' and message like '%raw_bench%' and message not like '%LIMIT $1'
"""


def by_hand(con: duckdb.DuckDBPyConnection) -> list[list[int]]:
    return [
        [int(number) for number in row]
        for table in TABLES
        for row in con.execute(BY_HAND.format(table=f"raw_bench.{table}")).fetchall()
    ]


def by_gate(con: duckdb.DuckDBPyConnection, fuse: bool) -> list[list[int]]:
    from pipelines.gate.engine import GreatExpectations

    with GreatExpectations(con, fuse=fuse) as gx:
        found = [gx.check(suite, AS_OF) for suite in suites()]
    return [[outcome.failed_rows or 0 for outcome in outcomes.values()] for outcomes in found]


def scanned(con: duckdb.DuckDBPyConnection, statements: list[str]) -> tuple[int, int]:
    """(rows, values) that the statements' scans read; a value is one column of a row."""
    rows = values = 0
    for statement in statements:
        found = con.execute(f"explain (analyze, format json) {statement}").fetchall()
        for scan in _scans(json.loads(found[0][1]).get("operator", [])):  # a bare count(*) has none: it reads no row
            columns = scan["extra_info"].get("Projections", [])
            rows += scan["rows_scanned"]
            values += scan["rows_scanned"] * (1 if isinstance(columns, str) else len(columns))
    return rows, values


def _scans(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in plan:
        if node["type"] == "TABLE_SCAN":
            yield node
        yield from _scans(node.get("children", []))


def main(side: str, file: str, count: bool) -> None:
    with duckdb.connect(file, config={"threads": 2, "memory_limit": "2GB"}) as con:
        if side != "hand":
            from pipelines.gate.shims import load

            load()
        if count:
            con.execute("call enable_logging('QueryLog')")
        wall, cpu = time.perf_counter(), time.process_time()
        failed = by_hand(con) if side == "hand" else by_gate(con, fuse=side == "fused")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        said: dict[str, Any] = {"wall": wall, "cpu": cpu, "failed": failed}
        if count:
            con.execute("call disable_logging()")
            statements = [text for (text,) in con.execute(LOGGED).fetchall()]
            said["rows"], said["values"] = scanned(con, statements)
        print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:] == ["count"])
