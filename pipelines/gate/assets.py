"""Step 2 as Dagster checks: one suite and one conservation check a raw table, in one op for all of them.

Suites do not block: the verdict table decides, and one dbt build serves good and bad tables alike. Conservation does.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.errors import KpiError, KpiErrors
from pipelines.extract.contract import SourceContract
from pipelines.progress import say
from pipelines.schedules import BusinessDate
from pipelines.settings import Settings

SEVERITY = {
    "pass": dg.AssetCheckSeverity.WARN,
    "warn": dg.AssetCheckSeverity.WARN,
    "block": dg.AssetCheckSeverity.ERROR,
}


def build(settings: Settings, contracts: list[SourceContract]) -> list[dg.AssetChecksDefinition]:
    tables = [(contract, table) for contract in contracts for table in contract.tables]
    specs = [
        spec
        for contract, table in tables
        for spec in (
            dg.AssetCheckSpec(
                "suite",
                asset=[contract.raw_schema, table],
                description=f"expectations/{contract.raw_schema}/{table}.yml holds; critical row rules set rows aside.",
            ),
            dg.AssetCheckSpec(
                "conservation",
                asset=[contract.raw_schema, table],
                blocking=True,
                description="loaded + quarantined + declared duplicates = records in the source, per delivery.",
            ),
        )
    ]

    @dg.multi_asset_check(name="gate", specs=specs)
    def gate(context: dg.AssetCheckExecutionContext, business_date: BusinessDate) -> Iterator[dg.AssetCheckResult]:
        from pipelines.gate.conservation import conserved_tables
        from pipelines.gate.run import check_raw
        from pipelines.gate.suite import read_suites
        from pipelines.model.lineage import kpis_by_table

        verdicts = check_raw(
            settings,
            contracts,
            read_suites(settings),
            run_id=context.run.run_id,
            as_of=business_date.of(settings),
            kpis_by_table=kpis_by_table(settings),
            progress=lambda text: say("gate", text),
        )
        for verdict in verdicts:
            yield dg.AssetCheckResult(
                check_name="suite",
                asset_key=verdict.table_name.split("."),
                passed=verdict.verdict == "pass",
                severity=SEVERITY[verdict.verdict],
                metadata={
                    "verdict": verdict.verdict,
                    "failed_rules": verdict.failed_rules,
                    "quarantined_rows": verdict.quarantined_rows,
                    "kpis_affected": ", ".join(verdict.kpis_affected),
                },
            )
        lost = conserved_tables(settings, contracts)
        for address, difference in lost.items():
            yield dg.AssetCheckResult(
                check_name="conservation",
                asset_key=address.split("."),
                passed=difference == 0,
                metadata={"records_unaccounted_for": difference},
            )
        # Said here in our words: Dagster's own error for a blocking check has no next step and no number.
        if errors := [_unaccounted(address, difference) for address, difference in lost.items() if difference]:
            raise KpiErrors(errors)

    return [gate]


def _unaccounted(address: str, records: int) -> KpiError:
    return KpiError(
        f"not published: {address}: {records} records of the source are neither loaded, quarantined nor duplicates",
        next_step="yesterday's published file stays; deliver the file again under its name",
    )
