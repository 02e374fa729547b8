"""The verbs that keep what is there, and remove what may go (app.py is as long as a module may be)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir

keep = typer.Typer()
Identity = Annotated[Path | None, typer.Option(metavar="FILE", help="what age-keygen wrote: opens a sealed backup")]


@keep.command()
def backup(
    what: Annotated[str, typer.Argument(metavar="[drill]", help="drill: also restore it, and compare")] = "",
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="default: backup.to of company.yml")] = None,
    age: Annotated[
        list[str] | None, typer.Option(metavar="RECIPIENT", help="seal it for age1…; can be repeated")
    ] = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="leave data/pseudonym.key out")] = False,
    serving: Annotated[
        bool, typer.Option("--serving", help="also what is served, which the next run makes again")
    ] = False,
    wait: Annotated[int, typer.Option(metavar="SECONDS", help="how long to wait for a run to end")] = 600,
    identity: Identity = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Copy everything that no run could make again, with a hash of each file; older backups go by rotation."""
    from pipelines.cli.backup import back_up, drill

    settings = configuration.load(config, data_dir)
    if what:
        drill(settings, what, to, age, wait, identity)
        return
    back_up(settings, to, age, without_key, serving, wait)


@keep.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="the folder of one backup")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="an empty folder, or one that is not there yet")],
    verify: Annotated[
        bool, typer.Option("--verify", help="compare every published table with the backup's manifest")
    ] = False,
    identity: Identity = None,
) -> None:
    """Bring a backup back into an empty folder, every file checked before and after."""
    from pipelines.cli.backup import restore as bring_back

    bring_back(backup, to, verify, identity)


@keep.command()
def clean(
    yes: Annotated[bool, typer.Option("--yes/--dry-run", help="remove it; without, only say what would go")] = False,
    reason: Annotated[str, typer.Option(help="why now; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Say what is older than company.yml keeps it (retention), and remove it with --yes."""
    from pipelines.cli.clean import clean as tidy

    tidy(configuration.load(config, data_dir), yes, reason)


@keep.command()
def forget(
    customer: Annotated[str, typer.Argument(help="the customer's key, as in the source")],
    yes: Annotated[
        bool, typer.Option("--yes/--dry-run", help="remove; without, only say where the values are")
    ] = False,
    reason: Annotated[str, typer.Option(help="who asked, and when; kept with your name")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Remove one person's data from everything a run keeps, and look into every file whether any is left."""
    from pipelines.cli.forget import forget as remove

    remove(configuration.load(config, data_dir), customer, yes, reason)
