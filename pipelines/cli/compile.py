"""`kpi compile`: contracts and definitions → dbt models and JSON Schemas."""

from __future__ import annotations

from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.settings import Settings


def compile_all(settings: Settings, only_check: bool) -> None:
    """Writes what changed and parses the dbt project; or (`only_check`) raises KpiError where something is stale."""
    from pipelines.dagster_home import write_home
    from pipelines.model import check, dbt, schemas
    from pipelines.model.compiler import folder

    definitions = check.read_definitions(settings)
    schema_files = schemas.compile_all()
    schema_folder = settings.kpi_definitions / "schema"
    if only_check:
        stale = folder.differences(definitions.compiled, settings.compiled)
        stale += folder.differences(schema_files, schema_folder) if settings.is_default else []
        if stale:
            raise KpiError(f"compiled files are stale: {', '.join(stale)}", next_step="run `kpi compile` and commit")
        console().print(f"{len(definitions.compiled)} compiled files are up to date")
        return
    changed = folder.write(definitions.compiled, settings.compiled)
    changed += folder.write(schema_files, schema_folder) if settings.is_default else []
    for path in changed:
        console().print(f"    {path}")
    dbt.parse(settings)
    write_home(settings.dagster_home)  # now `dagster dev` has all it needs
    total = len(definitions.compiled) + (len(schema_files) if settings.is_default else 0)
    console().print(f"compiled {len(definitions.kpis)} KPIs; {len(changed)} of {total} files changed")
