"""What is held back does to each KPI: its numbers computed once more, with the rows that rules set aside let in.

Belongs here: that second computation, for the company as a whole, and filling published.quarantine_effect. Does not:
which rows are held (gate/quarantine.py).

The models are the very ones that dbt builds, rendered without it, with an empty quarantine; only what stands on a table
with held rows is computed anew. It comes after the build, whose numbers it compares with. Where nothing that they stand
on has changed since the last run, what that one found is kept: at 5.4 million raw rows it was a sixth of such a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipelines.gate import fingerprint, quarantine
from pipelines.gate.quarantine import Held
from pipelines.model.compiler import alone
from pipelines.model.graph import Graph
from pipelines.model.kpi import LONG_GRAINS, Kpi
from pipelines.model.lineage import entities_by_kpi, reached_by
from pipelines.model.render import RELATIONS, Renderer, built

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from pipelines.model.check import Definitions

EFFECT = "gate.quarantine_effect"
# What the numbers stand on beside quarantine and the project's models: the deliveries in raw, and what people wrote.
STANDS_ON = (
    "select system, table_name, batch_id, file_hash, contract_hash, loaded, loaded_at from loads.ledger",
    "select * from definitions.company",
    "select * from definitions.working_days",
    "select * from definitions.audit_samples",
    "select kpi_id, definition_hash, holds_from, holds_until from definitions.kpis",
    "select * from gate.quality_counts",
)
NOTHING_HELD = "(select cast(null as varchar) as _batch_id, cast(null as bigint) as _row_number where false)"


class Touched(NamedTuple):
    """A KPI that held or unread rows touch: how many, and in which tables."""

    kpi: Kpi
    held: int
    unread: int
    tables: tuple[str, ...]


def write(
    con: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    graph: Graph,
    models: Path | None,
    project: str,
    run_id: str,
    kept: Sequence[str] = (),
) -> int:
    """Rewrites gate.quarantine_effect and fills published.quarantine_effect from it; returns the rows.

    `project` is the hash of dbt's files (dbt.fingerprint). `kept` are the entities that were left as they were, because
    a table is blocked: their KPIs show last good values, with which nothing of today can be compared, and stand out.
    """
    held = _held(con, definitions)
    touched = _touched(definitions, graph, held, kept)
    mark = _mark(con, [*held], project, kept)
    narrowed: dict[str, str] = {}
    if not (is_known := fingerprint.is_last(con, EFFECT, mark)):
        narrowed = _narrowed(definitions, touched)
    renderer = Renderer(
        definitions.compiled | {f"{name}.sql": text for name, text in narrowed.items()}, models, _source
    )
    con.execute("begin")
    try:
        if is_known:
            con.execute("update gate.quarantine_effect set run_id = ?", [run_id])
        else:
            con.execute("delete from gate.quarantine_effect")
            if touched:
                changed = {address for address, some in held.items() if some.rule}
                _compute(con, renderer, graph, changed, set(narrowed), kept)
                _insert(con, renderer, touched, run_id)
        fingerprint.remember(con, EFFECT, mark, run_id)
        ((rows,),) = con.execute("select count(*) from gate.quarantine_effect").fetchall()
        con.execute("delete from published.quarantine_effect")
        con.execute(f"insert into published.quarantine_effect by name {renderer.render('quarantine_effect')[0]}")
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return int(rows)


def _mark(con: duckdb.DuckDBPyConnection, held: Sequence[str], project: str, kept: Sequence[str]) -> str:
    """The hash of all that the effect is computed from."""
    quarantined = [quarantine.rows_of(address) for address in held]
    digest = hashlib.sha256(repr((project, sorted(kept), sorted(held))).encode())
    for query in ("select as_of_date from definitions.run", *STANDS_ON, *quarantined):
        found = con.execute(f"select count(*), sum(cast(hash(said) as hugeint)) from ({query}) as said").fetchone()
        digest.update(repr((query, found)).encode())
    return digest.hexdigest()


def _held(con: duckdb.DuckDBPyConnection, definitions: Definitions) -> dict[str, Held]:
    """Per raw table what is in its quarantine, tables without any left out."""
    addresses = [f"{contract.raw_schema}.{name}" for contract in definitions.contracts for name in contract.tables]
    return {address: found for address in addresses if (found := quarantine.held(con, address)).rows}


def _touched(
    definitions: Definitions, graph: Graph, held: Mapping[str, Held], kept: Sequence[str]
) -> dict[str, Touched]:
    # What stands on targets is computed after the goals are, which are not computed once more.
    kpis = {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items() if not file.kpi.reads_goals}
    tables: dict[str, list[str]] = {}
    for address, reached in reached_by(graph, kpis).items():
        for kpi_id in set(reached) & definitions.computed if address in held else ():
            tables.setdefault(kpi_id, []).append(address)
    blocked = {kpi_id for kpi_id, entities in entities_by_kpi(kpis).items() if entities & set(kept)}
    return {
        kpi_id: Touched(
            kpis[kpi_id], sum(held[a].rule for a in some), sum(held[a].load for a in some), tuple(sorted(some))
        )
        for kpi_id, some in sorted(tables.items())
        if kpi_id not in blocked and set(kpis[kpi_id].grains) & set(LONG_GRAINS) and "company" in kpis[kpi_id].levels
    }


def _narrowed(definitions: Definitions, touched: Mapping[str, Touched]) -> dict[str, str]:
    """The measures and numbers of the touched KPIs as SQL by model, for the company and long periods only."""
    if not touched:
        return {}
    kpis = {kpi_id: file.kpi for kpi_id, file in definitions.kpis.items()}
    return alone.compile_some(
        list(touched), kpis, definitions.measured, definitions.company.time_zone, ["company"], LONG_GRAINS, cuts=False
    )


def _source(schema: str, table: str) -> str:
    return NOTHING_HELD if schema.startswith("quarantine_") else f"{schema}.{table}"


def _compute(
    con: duckdb.DuckDBPyConnection,
    renderer: Renderer,
    graph: Graph,
    changed: set[str],
    narrowed: set[str],
    kept: Sequence[str],
) -> None:
    """Makes the temporary table `kpi_numbers`, and what it is made of, with nothing in quarantine.

    What no changed table reaches is read as the build left it, by its plain name, which the search path finds; but for
    the `narrowed` models, which must be there even where all that is held are records that could not be read.
    """
    there = built(con)
    named = {node["name"]: node for node in graph.models.values()}
    same = {name for name in there & set(named) if name in kept or not graph.raw_tables(name) & changed}
    same -= narrowed  # as the build left them they hold every level and grain
    con.execute(f"set search_path = '{','.join(RELATIONS)}'")
    try:
        for name, sql in renderer.in_order("kpi_numbers", same).items():
            # Ephemeral models and views are read once or twice; a table may be read by every measure.
            kind = "table" if named.get(name, {}).get("materialized") == "table" else "view"
            con.execute(f'create or replace temp {kind} "{name}" as {sql}')
    finally:
        con.execute("reset search_path")


def _insert(con: duckdb.DuckDBPyConnection, renderer: Renderer, touched: Mapping[str, Touched], run_id: str) -> None:
    """Compares with what is published: the periods that differ, and the current one of each KPI and grain."""
    renderer.texts["_effect"] = _EFFECT
    con.execute("create or replace temp table touched (kpi_id varchar, held bigint, unread bigint, tables varchar)")
    con.executemany(
        "insert into touched values (?, ?, ?, ?)",
        [[kpi_id, some.held, some.unread, ",".join(some.tables)] for kpi_id, some in touched.items()],
    )
    con.execute(f"insert into gate.quarantine_effect by name {renderer.render('_effect')[0]}", [run_id])


_EFFECT = """
with numbers as (
    select
        kpi_id, grain, period_start, {{ half_up('value') }} as value_with_held
    from temp.kpi_numbers
    where not is_to_date
),

published as (
    select kpi_id, grain, period_start, value_now as value
    from published.kpi_values
    where level = 'company' and cut = 'none' and grain in ('month', 'quarter', 'year')
),

current_periods as (
    select grain, max(period_start) as period_start from kpis.periods group by grain
)

select
    ? as run_id, touched.kpi_id, grain, period_start, published.value, numbers.value_with_held,
    touched.held as held_rows, touched.unread as unread_rows, touched.tables
from published
full join numbers using (kpi_id, grain, period_start)
inner join touched using (kpi_id)
left join current_periods using (grain, period_start)
where published.value is distinct from numbers.value_with_held or current_periods.grain is not null
"""
