"""The verbs of `kpi postgres` (app.py is as long as a module may be)."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir

postgres = typer.Typer(
    help="Serve what is published from a PostgreSQL too (KPI_POSTGRES_URL), each reader their own rows.",
    no_args_is_help=True,
)


@postgres.command("init")
def postgres_init(
    only_print: Annotated[
        bool, typer.Option("--print", help="only print the SQL, for an administrator to run")
    ] = False,
    database: Annotated[str, typer.Option(help="with --print: the database's name; default: kpi")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Make the roles and schemas, once; what is there stays."""
    from pipelines.cli.postgres import init

    init(configuration.load(config, data_dir), only_print, database)


@postgres.command("publish")
def postgres_publish(
    go_back: Annotated[
        bool, typer.Option("--go-back", help="also where PostgreSQL serves a newer one than the serving file holds")
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Serve what data/serving/kpi.duckdb holds, without a run."""
    from pipelines.cli.postgres import publish

    publish(configuration.load(config, data_dir), go_back)


@postgres.command("status")
def postgres_status(config: Config = None, data_dir: DataDir = None) -> None:
    """Say which version is served, which others lie there, and which log-ins may read."""
    from pipelines.cli.postgres import status

    status(configuration.load(config, data_dir))
