"""The verbs of `kpi audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir

audits = typer.Typer(help="Check a sample by hand: the error rate that no rule can find.", no_args_is_help=True)


@audits.command("draw")
def audit_draw(
    table: Annotated[str, typer.Option(help="as crm.customers")],
    n: Annotated[int, typer.Option("--n", min=1, max=10_000, help="how many records")] = 200,
    seed: Annotated[int, typer.Option(help="the same seed draws the same records")] = 1,
    accept: Annotated[str, typer.Option(help="share of wrong records that is still accepted")] = "5%",
    out: Annotated[Path | None, typer.Option(help="the worksheet; default: data/reports/audits/")] = None,
    reason: Annotated[str, typer.Option(help="kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Draw records at random into a worksheet to be filled in by hand."""
    from pipelines.cli.audit import draw

    draw(configuration.load(config, data_dir), table, n, seed, accept, out, reason)


@audits.command("record")
def audit_record(
    file: Annotated[Path, typer.Argument(help="the worksheet, filled in")],
    reason: Annotated[str, typer.Option(help="kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Take back what was found; the next run publishes the error rate with its bounds."""
    from pipelines.cli.audit import record

    record(configuration.load(config, data_dir), file, reason)
