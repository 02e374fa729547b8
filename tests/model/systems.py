"""Source systems as small as a test wants them: contracts in a line, rows straight in raw, entities by the real models.

Belongs here: a DuckDB database in which the compiled and hand-written models were computed. Does not: what must come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import duckdb

from pipelines.base_tables import BASE_TABLES
from pipelines.extract import raw_tables
from pipelines.extract.contract import SourceContract
from pipelines.model import tables
from pipelines.model.check import Definitions
from pipelines.model.compiler import folder
from pipelines.model.matching import Matching
from pipelines.model.reconciliation import Reconciliation
from pipelines.model.render import Renderer

AS_OF = date(2026, 3, 10)


def table(columns: str, **said: Any) -> dict[str, Any]:
    """A table contract; `columns` lists fields, each as `name` or `name:type`, the first of them the key."""
    day = {"day": "a_%Y-%m-%d.csv"} if said.get("delivery") == "snapshot" else {}
    listed = []
    for word in columns.split():
        name, _, kind = word.partition(":")
        listed.append({"name": name, "as": name, "type": kind or "text"})
    return {"from": {"glob": "a.csv"} | day, "delivery": "full", "key": [listed[0]["name"]], "columns": listed} | said


def system(name: str, **of_tables: dict[str, Any]) -> SourceContract:
    """An enabled system; a table that says no entities feeds the one it is called after."""
    return SourceContract.model_validate(
        {
            "system": name, "kind": "files", "label": {"zh": "系统", "en": "System"}, "owner": "o",
            "time_zone": "Asia/Shanghai", "connection": {"path": "x"},
            "tables": {key: {"entities": [key]} | said for key, said in of_tables.items()},
        }
    )  # fmt: skip


def compiled(
    shipped: Definitions,
    contracts: list[SourceContract],
    matching: Matching | None = None,
    checks: Sequence[Reconciliation] = (),
) -> dict[str, str]:
    return folder.compile_all(
        contracts, None, shipped.kpis, shipped.company, shipped.entities, matching=matching, reconciliations=checks
    )


def warehouse(
    shipped: Definitions,
    contracts: list[SourceContract],
    rows: dict[str, list[tuple[Any, ...]]],
    wanted: list[str],
    matching: Matching | None = None,
    checks: Sequence[Reconciliation] = (),
) -> duckdb.DuckDBPyConnection:
    """A database with the models `wanted`, and all they are made of, over `rows` by address (raw_crm.customers).

    The rows of a table delivered as snapshots begin with their day.
    """
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(BASE_TABLES)
    tables.write(con, shipped._replace(reconciliations=list(checks)), "a test", AS_OF, datetime(2026, 3, 11))
    for contract in contracts:
        for name, said in contract.tables.items():
            target = raw_tables.target(contract, name, b"only a test")
            raw_tables.ensure(con, target)
            for number, row in enumerate(rows.get(f"{contract.raw_schema}.{name}", []), start=1):
                values = [*row[1:], row[0]] if said.delivery == "snapshot" else list(row)
                loaded = [f"batch {values[-1]}", number, datetime(2026, 3, 11), "a.csv"]
                marks = ", ".join("?" * (len(values) + len(loaded)))
                con.execute(f"insert into {target.raw} values ({marks})", [*values, *loaded])
    build(con, compiled(shipped, contracts, matching, checks), wanted)
    return con


def build(con: duckdb.DuckDBPyConnection, files: dict[str, str], wanted: list[str]) -> None:
    """Computes models as tables, each once."""
    there: set[str] = set()
    renderer = Renderer(files)
    for model in wanted:
        for name, sql in renderer.in_order(model, there).items():
            con.execute(f'create table "{name}" as {sql}')
            there.add(name)
