"""Step 1 as Dagster assets: one asset a raw table, one op a system."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from pipelines.extract.contract import SourceContract
from pipelines.progress import say
from pipelines.settings import Settings

KINDS = {"files": "csv", "database": "postgres", "rest": "json"}


def build(settings: Settings, contracts: list[SourceContract]) -> list[dg.AssetsDefinition]:
    return [_system(settings, contract) for contract in contracts]


def _system(settings: Settings, contract: SourceContract) -> dg.AssetsDefinition:
    specs = [
        dg.AssetSpec(
            key=[contract.raw_schema, table_name],
            group_name=contract.raw_schema,
            description=f"{contract.label.en} ({contract.label.zh}): {table_name} as delivered, typed.",
            owners=[f"team:{contract.owner}"],
            kinds={"duckdb", table.from_.file_format if contract.kind == "files" else KINDS[contract.kind]},
            metadata={"delivery": table.delivery, "key": ", ".join(table.key) or "none"},
        )
        for table_name, table in contract.tables.items()
    ]

    @dg.multi_asset(
        name=f"extract_{contract.system}", specs=specs, can_subset=True, required_resource_keys={"one_writer"}
    )
    def extract(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        from pipelines.extract.system import accepted_tables, load_system
        from pipelines.resources import open_warehouse

        now = datetime.now(UTC).replace(tzinfo=None)
        wanted = [t for t in contract.tables if dg.AssetKey([contract.raw_schema, t]) in context.selected_asset_keys]
        accepted = accepted_tables(settings, context.run_id)
        with open_warehouse(settings) as con:
            for table_name, load in load_system(con, contract, wanted, settings, context.run_id, now, accepted):
                say("extract", f"{contract.raw_schema}.{table_name}: {load.words}")
                for refused in load.refused:
                    say("extract", f"{contract.raw_schema}.{table_name}: {refused.error}")
                yield dg.MaterializeResult(
                    asset_key=[contract.raw_schema, table_name],
                    metadata={
                        "source_rows": load.source_rows,
                        "dagster/row_count": load.loaded,
                        "quarantined": load.quarantined,
                        "duplicates": load.duplicates,
                        "changed": load.changed,
                    },
                )

    return extract
