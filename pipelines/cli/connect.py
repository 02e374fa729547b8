"""`kpi connect`: how each BI tool opens the served file, so that its users read that and nothing else."""

from __future__ import annotations

from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.publish import read_only
from pipelines.publish.audience_files import folder_of
from pipelines.publish.served import FILE
from pipelines.settings import Settings


def connect(settings: Settings, audience: str) -> None:
    """Prints the settings of each tool for the whole file, or for that of an audience.

    Raises KpiError where nothing is published, or there is no such audience.
    """
    path = served_file(settings, audience)
    python = ", ".join(f"{name!r}: {value!r}" for name, value in read_only.SETTINGS.items())
    for tool, said in (
        ("Superset (pip install duckdb-engine)", read_only.sqlalchemy_url(path)),
        ("Tableau, DBeaver (DuckDB JDBC driver)", read_only.jdbc_url(path)),
        ("Power BI, Excel (DuckDB ODBC driver)", read_only.odbc_string(path)),
        ("Metabase (DuckDB driver): read-only on, and as Init SQL", read_only.init_sql()),
        ("Python", f"duckdb.connect({str(path)!r}, config={{{python}}})"),
    ):
        console().print(f"[bold]{tool}[/bold]")
        console().print(f"  {said.replace(chr(10), chr(10) + '  ')}", markup=False)
    console().print("[dim]why, and which tools were tried: docs/serving.md[/dim]")


def served_file(settings: Settings, audience: str) -> Path:
    """The whole file, or that of an audience. Raises KpiError where it is not there."""
    path = (folder_of(settings.serving, audience) if audience else settings.serving) / FILE
    if not (settings.serving / FILE).is_file():
        raise KpiError("nothing has been published yet", file=settings.serving / FILE, next_step="kpi run")
    if not path.is_file():
        there = sorted(found.parent.name for found in settings.serving.glob(f"*/{FILE}"))
        raise KpiError(
            f"no audience {audience}{did_you_mean(audience, there)}",
            next_step=f"there is {', '.join(there) or 'none'}; an audience is a unit of somebody in people.yml",
        )
    return path
