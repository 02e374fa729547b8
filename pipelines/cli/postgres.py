"""`kpi postgres`: set up the second copy of what is published, look at it, publish without a run."""

from __future__ import annotations

from pipelines.cli.console import console
from pipelines.settings import Settings


def init(settings: Settings, only_print: bool, database: str) -> None:
    """Makes roles and schemas, or prints the statements. Raises KpiError where the log-in may not make them."""
    from pipelines.publish.postgres import setup
    from pipelines.publish.postgres.names import Names

    if only_print:
        print(setup.script(Names(settings.postgres_prefix), database or "kpi"))
        return
    done = setup.init(settings)
    prefix = settings.postgres_prefix
    console().print(
        f"database {done}: roles {prefix}_reader, {prefix}_manager, {prefix}_loader; schemas {prefix}, {prefix}_views"
    )
    console().print(f"people are log-ins named as in people.yml: create role sales_east login in role {prefix}_manager")


def publish(settings: Settings, go_back: bool) -> None:
    """Serves what the serving file holds. Raises KpiError; what was served before is served still."""
    from pipelines.model.company import read_people
    from pipelines.publish.postgres.serve import publish as serve

    people = read_people(settings.kpi_definitions)
    done = serve(settings, people, lambda text: console().print(f"    {text}"), go_back=go_back)
    loaded = f"{sum(done.rows.values()):,} rows loaded" if done.rows else "which lay there already"
    console().print(f"PostgreSQL serves generation {done.generation}, {loaded}")


def status(settings: Settings) -> None:
    """Prints what is served, which versions lie there, and who may read. Raises KpiError where there is no way in."""
    from pipelines.model.company import read_people
    from pipelines.publish.postgres import setup

    found, people = setup.state(settings), read_people(settings.kpi_definitions)
    console().print(f"PostgreSQL {found.server}, database {found.database}, schema {settings.postgres_prefix}")
    for one in found.versions:
        served = ", served" if one.is_served else ""
        console().print(f"generation {one.generation} of {one.published_at:%Y-%m-%d %H:%M} UTC in {one.schema}{served}")
    if not found.versions:
        console().print("nothing is published yet: `kpi run` or `kpi postgres publish`")
    console().print(f"log-ins that read: {', '.join(found.logins) or 'none yet'}")
    if strangers := [login for login in found.logins if login not in people]:
        console().print(f"of these nobody in people.yml, and so without a unit: {', '.join(strangers)}")
    if found.above_policies:
        console().print(
            f"[red]not held to their rows[/red] (bypassrls), so they see everything: {', '.join(found.above_policies)}"
        )
