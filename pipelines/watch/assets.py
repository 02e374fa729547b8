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
        from pipelines.model.company import read_people
        from pipelines.resources import open_warehouse
        from pipelines.watch import notices as watch

        people = read_people(settings.kpi_definitions)
        with open_warehouse(settings) as con:
            found = watch.notices(con, people, context.run_id)
            blocked = con.execute(
                "select table_name from gate.verdicts where run_id = ? and verdict = 'block' order by 1",
                [context.run_id],
            ).fetchall()
        path = watch.write(found, people, settings.reports, context.run_id)
        say("watch", f"{len(found)} notices for {len({notice.owner for notice in found})} owners")
        if blocked:
            raise KpiError(
                f"blocked: {', '.join(name for (name,) in blocked)}; its KPIs show their last good value",
                file=path,
                next_step="the owner named there mends the source, then run again",
            )
        return dg.MaterializeResult(metadata={"notices": len(found), "path": dg.MetadataValue.path(path)})

    return [notices]
