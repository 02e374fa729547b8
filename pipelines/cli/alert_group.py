"""The verbs of `kpi alert`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir

alert = typer.Typer(help="What owners were told of bad data; say that you see to it.", no_args_is_help=True)


@alert.command("list")
def alert_list(
    everything: Annotated[bool, typer.Option("--all", help="those that are mended as well")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """List the open alerts: whose, since when, who was told; and channels that are down."""
    from pipelines.cli.alert import list_alerts

    list_alerts(configuration.load(config, data_dir), everything)


@alert.command("ack")
def alert_ack(
    name: Annotated[str, typer.Argument(metavar="ALERT", help="its name, as A17")],
    reason: Annotated[str, typer.Option(help="what is being done; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say that you see to an alert: it is neither repeated nor passed on to the deputy."""
    from pipelines.cli.alert import acknowledge

    acknowledge(configuration.load(config, data_dir), name, reason)


@alert.command("test")
def alert_test(
    channel: Annotated[str, typer.Argument(help="a name of channels.yml, as mail")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Send a trial message to yourself (KPI_USER), and say why it did not go through."""
    from pipelines.cli.alert import test

    test(configuration.load(config, data_dir), channel)


@alert.command("send")
def alert_send(config: Config = None, data_dir: DataDir = None) -> None:
    """Send what is due: held back by quiet hours, failed before, passed on; look for runs that died."""
    from pipelines.cli.alert import send

    send(configuration.load(config, data_dir))
