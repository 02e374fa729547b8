"""`kpi clean`: what is older than company.yml keeps it; shown, and removed where --yes says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipelines.cli.console import console
from pipelines.cli.run import dagster_instance
from pipelines.extract.contract import read_contracts
from pipelines.keep.clean import plan
from pipelines.keep.clean.cut import Cut
from pipelines.model.company import read_company
from pipelines.settings import Settings


def clean(settings: Settings, yes: bool, reason: str) -> None:
    """Prints what may go and what stays though it is old; with `yes` removes it, which is an act."""
    keep, now = read_company(settings.kpi_definitions).retention, datetime.now(UTC)
    with dagster_instance(settings) as instance:
        found = plan.find(settings, read_contracts(settings), keep, now, instance)
        _print(found)
        if not any(cut.number for cut in found):
            console().print("nothing is older than retention of company.yml keeps it")
        elif yes:
            plan.carry_out(settings, found, reason or "retention of company.yml", now, instance)
            console().print("removed; the ledger stays, so no delivery is loaded again")
        else:
            console().print("[dim]nothing is removed yet: kpi clean --yes does it[/dim]")


def _print(found: Sequence[Cut]) -> None:
    from rich import box
    from rich.table import Table

    if not found:
        return
    shown = Table(box=box.SIMPLE_HEAD)
    for heading in ("what", "where", "how many", "since (UTC)", "MB", "stays, and why"):
        shown.add_column(heading, justify="right" if heading in ("how many", "MB") else "left", overflow="fold")
    for cut in found:
        size = f"{cut.bytes / 1e6:,.1f}" if cut.bytes else ""
        shown.add_row(
            cut.what, cut.where, f"{cut.number:,}", f"{cut.since:%Y-%m-%d}" if cut.since else "", size, cut.kept
        )
    console().print(shown)
    for cut in found:
        if cut.after:
            console().print(f"    {cut.after}", markup=False)
