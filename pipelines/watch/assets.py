"""Step 5 as a Dagster asset: the sentences for owners; the run ends red here where a table was blocked."""

import dagster as dg

from pipelines.progress import say
from pipelines.publish.assets import PAGE
from pipelines.settings import Settings


def build(settings: Settings) -> list[dg.AssetsDefinition]:
    @dg.asset(
        key=["reports", "notices"],
        deps=[PAGE],
        group_name="reports",
        kinds={"markdown"},
        description="data/reports/notices.md: which rows break which rule, whose they are, and the next step.",
    )
    def notices(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from pipelines.errors import KpiError
        from pipelines.watch.run import tell

        told = tell(settings, context.run_id)
        say("watch", f"{len(told.notices)} notices for {len({notice.owner for notice in told.notices})} owners")
        if told.blocked:
            tables = ", ".join(f"{table} ({reason})" if reason else table for table, reason in told.blocked.items())
            raise KpiError(
                f"blocked: {tables}; its KPIs show their last good value",
                file=told.path,
                next_step="the owner named there mends the source, then run again",
            )
        return dg.MaterializeResult(metadata={"notices": len(told.notices), "path": dg.MetadataValue.path(told.path)})

    return [notices]
