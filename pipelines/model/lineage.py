"""What a raw table reaches: the way of a number, from the contract to the KPI.

Belongs here: quality of KPIs from verdicts of tables, entities of a blocked table. Does not: the verdicts (gate/).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.model import column_lineage, dbt
from pipelines.model.company import read_company
from pipelines.model.compiler import alone, inputs, parents
from pipelines.model.entities import read_entities
from pipelines.model.graph import Graph, kpis_by_raw_table
from pipelines.model.kpi import Kpi, entities_of, read_kpis

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from pipelines.extract.contract import SourceContract
    from pipelines.settings import Settings

QUALITY = {"pass": "ok", "warn": "warn", "block": "blocked"}
WORST = ["ok", "warn", "blocked"]


def kpis_by_table(settings: Settings) -> dict[str, list[str]]:
    """Per raw table (raw_crm.deals) the ids of the KPIs it reaches."""
    catalogue = read_company(settings.kpi_definitions).catalogue
    kpis = {kpi_id: file.kpi for kpi_id, file in read_kpis(settings.kpi_definitions, catalogue).items()}
    return reached_by(dbt.read_graph(settings), kpis)


def entities_by_kpi(kpis: dict[str, Kpi]) -> dict[str, set[str]]:
    """Per KPI the entities its numbers stand on; one that a column is only looked up in, where the KPI reads it."""
    entities = read_entities()
    looked_up = {
        kpi_id: {
            column.looked_up
            for name, fields in column_lineage.reads(kpi, entities).items()
            for column in entities[name].columns
            if column.looked_up and column.name in fields
        }
        for kpi_id, kpi in kpis.items()
    }
    return {
        kpi_id: entities_of(kpi, kpis).union(*(looked_up[name] for name in alone.with_what_they_read([kpi_id], kpis)))
        for kpi_id, kpi in kpis.items()
    }


def reached_by(graph: Graph, kpis: dict[str, Kpi]) -> dict[str, list[str]]:
    """Per raw table the KPIs it reaches: a list of customers that is blocked blocks no sum of contracts."""
    looked_up = {
        entity.name: {f"delivered_{column.looked_up}", column.looked_up}
        for entity in read_entities().values()
        for column in entity.columns
        if column.looked_up
    }
    return kpis_by_raw_table(graph, entities_by_kpi(kpis), looked_up)


def quality_of_kpis(
    kpis: dict[str, Kpi],
    graph: Graph,
    verdicts: dict[str, str],
    measured: Mapping[str, Mapping[str, Decimal]] = MappingProxyType({}),
) -> dict[str, str]:
    """Per KPI the worst of what its raw tables got; a table without a verdict counts as blocked (fails closed).

    `measured` are quarantined_share and stale_working_days by table, for what a KPI says of itself (quality.block_if).
    """
    found = dict.fromkeys(kpis, "ok")
    for address, reached in reached_by(graph, kpis).items():
        quality = QUALITY.get(verdicts.get(address, "block"), "blocked")
        figures = measured.get(address, {})
        for kpi_id in reached:
            limits = kpis[kpi_id].quality.limits
            own = "blocked" if any(figures.get(name, 0) > limit for name, limit in limits.items()) else quality
            found[kpi_id] = max(found[kpi_id], quality, own, key=WORST.index)
    return found


def read_measured(con: duckdb.DuckDBPyConnection, run_id: str, zone: str) -> dict[str, dict[str, Decimal]]:
    """Per raw table of this run: quarantined_share, and stale_working_days since its last delivery."""
    rows = con.execute(
        """
        with loaded as (
            select 'raw_' || system || '.' || table_name as address,
                cast(max(loaded_at at time zone 'UTC' at time zone ?) as date) as day
            from loads.ledger group by 1
        )
        select verdicts.table_name, any_value(verdicts.quarantined_share), count(days.day)
        from gate.verdicts as verdicts
        left join loaded on verdicts.table_name = loaded.address
        left join definitions.working_days as days on days.is_working and days.day > loaded.day
            and days.day <= (select as_of_date from definitions.run)
        where verdicts.run_id = ? group by 1
        """,
        [zone, run_id],
    ).fetchall()
    return {
        address: {"quarantined_share": Decimal(str(share or 0)), "stale_working_days": Decimal(days)}
        for address, share, days in rows
    }


def write_quality(con: duckdb.DuckDBPyConnection, qualities: dict[str, str]) -> None:
    """Replaces gate.kpi_quality: kpi_id, quality."""
    con.begin()
    con.execute("delete from gate.kpi_quality")
    if qualities:
        con.executemany("insert into gate.kpi_quality values (?, ?)", list(qualities.items()))
    con.commit()


def read_verdicts(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, str]:
    """Per raw table the verdict of this run."""
    return dict(con.execute("select table_name, verdict from gate.verdicts where run_id = ?", [run_id]).fetchall())


def block_children(con: duckdb.DuckDBPyConnection, contracts: list[SourceContract], models: Path | None) -> None:
    """Adds to gate.blocked_entities all that takes fields from a blocked one: their rows would come out torn."""
    blocked = {name for (name,) in con.execute("select entity from gate.blocked_entities").fetchall()}
    if not blocked:
        return
    fed = parents.attach(inputs.feeds(contracts, models), read_entities())
    if more := sorted(parents.children(fed, blocked) - blocked):
        con.executemany("insert into gate.blocked_entities values (?)", [[name] for name in more])


def kept_entities(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The entities of blocked tables that have last good rows: dbt leaves these as they are."""
    return [
        name
        for (name,) in con.execute(
            """
            select entity from gate.blocked_entities
            where entity in (select table_name from duckdb_tables() where schema_name = 'entities')
            order by entity
            """
        ).fetchall()
    ]
