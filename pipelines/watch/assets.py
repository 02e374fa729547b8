"""Step 5 as a Dagster asset: the sentences for owners, sent; the run ends red here where a table was blocked.

A run that stops before it never comes here: `stopped`, a hook of the job, tells owners in its place, in the process of
the run; for a run whose process died the sensor does (sensors.py).
"""

from datetime import UTC, datetime

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
        from pipelines.watch.alerts.run import after_run
        from pipelines.watch.run import tell

        told = tell(settings, context.run_id)
        say("watch", f"{len(told.notices)} notices for {len({notice.owner for notice in told.notices})} owners")
        for line in after_run(settings, context.run_id, told.seen, None, datetime.now(UTC)):
            say("watch", line)
        if told.blocked:
            tables = ", ".join(f"{table} ({reason})" if reason else table for table, reason in told.blocked.items())
            raise KpiError(
                f"blocked: {tables}; its KPIs show their last good value",
                file=told.path,
                next_step="the owner named there mends the source, then run again",
            )
        return dg.MaterializeResult(metadata={"notices": len(told.notices), "path": dg.MetadataValue.path(told.path)})

    return [notices]


def stopped(settings: Settings) -> dg.HookDefinition:
    """Tells owners at the end of a run that a failing step stopped."""

    @dg.failure_hook(name="alerts_of_a_stopped_run")
    def alerts_of_a_stopped_run(context: dg.HookContext) -> None:
        from pipelines.watch.run import end

        for line in end(settings, context.run_id, reason(context.op_exception), datetime.now(UTC)):
            say("watch", line)

    return alerts_of_a_stopped_run


def reason(error: BaseException | None) -> BaseException | str:
    """The mistake behind Dagster's wrapping, where it was one that somebody can mend; else the error itself."""
    from pipelines.errors import KpiError

    found, seen = error, set[int]()  # Dagster's chains of causes can run in a circle
    while found is not None and id(found) not in seen:
        if isinstance(found, KpiError):
            return found
        seen.add(id(found))
        found = found.__cause__ or found.__context__
    return error or "a step failed"
