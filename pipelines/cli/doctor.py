"""`kpi doctor`: is this machine and this folder fit for a run, and if not, what to mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.settings import Settings

# What was tested together; another version may work, and then this table is what changes first.
TESTED = {
    "dagster": "1.13.",
    "dbt-core": "1.11.",
    "dbt-duckdb": "1.11.",
    "duckdb": "2.0.",
    "great-expectations": "1.24.1",
    "sqlalchemy": "2.1.9",
    "duckdb-engine": "0.17.0",
    "pandas": "3.1.",
    "apprise": "2.3.",  # alerts/sender.py mends two of its faults
}
FREE_BYTES = 2_000_000_000


def doctor(settings: Settings) -> None:
    """Prints one line a finding. Raises KpiError where one of them would stop a run."""
    failed = 0
    for what, examine in _examinations(settings):
        try:
            console().print(f"[green]ok[/green]    {what}: {examine()}")
        except KpiError as error:
            failed += 1
            console().print(f"[red]mend[/red]  {what}: {error}")
    if failed:
        raise KpiError(f"{failed} of these would stop a run", next_step="mend them and run `kpi doctor` again")


def _examinations(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "python", _python
    yield "packages", _packages
    yield "definitions", lambda: _definitions(settings)
    yield "compiled SQL", lambda: _compiled(settings)
    yield "data folder", lambda: _folder(settings)
    yield "warehouse", lambda: _warehouse(settings)
    yield "published", lambda: _published(settings)
    if settings.postgres_url is not None:
        yield "PostgreSQL", lambda: _postgres(settings)


def _python() -> str:
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise KpiError(f"Python {sys.version.split()[0]} is not tested", next_step="use 3.11, 3.12 or 3.13")
    return sys.version.split()[0]


def _packages() -> str:
    wrong = []
    for name, wanted in TESTED.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if not found.startswith(wanted):
            wrong.append(f"{name} {found} (tested: {wanted.rstrip('.')})")
    if wrong:
        raise KpiError("; ".join(wrong), next_step="make setup")
    return ", ".join(f"{name} {version(name)}" for name in ("dagster", "dbt-core", "duckdb", "great-expectations"))


def _definitions(settings: Settings) -> str:
    from pipelines.model import check

    found = check.read_definitions(settings)
    return f"{len(found.contracts)} sources, {len(found.kpis)} KPIs, {len(found.goals)} goals"


def _compiled(settings: Settings) -> str:
    from pipelines.model import check
    from pipelines.model.compiler import folder

    stale = folder.differences(check.read_definitions(settings).compiled, settings.compiled)
    return "up to date" if not stale else f"{len(stale)} files to compile; the next run does it"


def _folder(settings: Settings) -> str:
    settings.data.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data, os.W_OK):
        raise KpiError("cannot be written", file=settings.data, next_step="give this user the right to write there")
    free = shutil.disk_usage(settings.data).free
    if free < FREE_BYTES:
        raise KpiError(f"only {free / 1e9:.1f} GB free", file=settings.data, next_step="free some, 2 GB at least")
    return f"{settings.data}, {free / 1e9:.0f} GB free"


def _warehouse(settings: Settings) -> str:
    from pipelines.resources import open_warehouse

    if not settings.warehouse.is_file():
        return "none yet; `kpi run` makes it"
    with open_warehouse(settings, read_only=True) as con:
        rows = con.execute("select count(*), max(loaded_at) from loads.ledger").fetchone()
    assert rows
    return f"{rows[0]} deliveries, the last loaded {rows[1]:%Y-%m-%d %H:%M} UTC"


def _published(settings: Settings) -> str:
    from pipelines.cli.served import open_served

    if not (settings.serving / "kpi.duckdb").is_file():
        return "nothing yet; `kpi run` publishes"
    with open_served(settings) as con:
        row = con.execute("select generation, as_of_date, published_at from published.publication").fetchone()
    assert row
    return f"generation {row[0]}, as of {row[1]}, published {row[2]:%Y-%m-%d %H:%M} UTC"


def _postgres(settings: Settings) -> str:
    from pipelines.publish.postgres import setup

    found = setup.state(settings)
    if found.above_policies:
        raise KpiError(
            f"{', '.join(found.above_policies)} see every row, whatever people.yml says",
            next_step="alter role … nobypassrls",
        )
    served = next(
        (f"generation {one.generation} served" for one in found.versions if one.is_served), "nothing served yet"
    )
    return f"{found.server}, database {found.database}, {served}, {len(found.logins)} log-ins that read"
