"""Whether every record of every source is accounted for: loaded, quarantined or a declared duplicate."""

from __future__ import annotations

from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from pipelines.settings import Settings


def conserved_tables(settings: Settings, contracts: list[SourceContract]) -> dict[str, int]:
    """Per raw table (raw_crm.deals) the records unaccounted for, added up over its deliveries; 0 is right."""
    with open_warehouse(settings) as con:
        found = dict(
            con.execute(
                """
                select 'raw_' || system || '.' || table_name, sum(abs(source_rows - loaded - quarantined - duplicates))
                from loads.ledger group by all
                """
            ).fetchall()
        )
    addresses = [f"{contract.raw_schema}.{table}" for contract in contracts for table in contract.tables]
    return {address: int(found.get(address, 0)) for address in addresses}
