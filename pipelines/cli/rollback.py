"""`kpi rollback`: which generations are kept, and serving one of them again."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.publish import generations
from pipelines.publish.rollback import refresh, roll_back
from pipelines.publish.served import current_generation
from pipelines.settings import Settings

ACT = "rollback"  # subject: the generation that is served again; detail: the one that was served before


def show(settings: Settings) -> None:
    """Prints the generations that are kept. Raises KpiError where nothing was published yet."""
    from rich import box
    from rich.table import Table

    kept = generations.kept(settings.serving)
    if not kept:
        raise KpiError("no generation is kept yet", file=settings.serving, next_step="kpi run")
    served = current_generation(settings.serving)
    table = Table(box=box.SIMPLE_HEAD, title="generations that are kept")
    for heading in ("generation", "as of", "published (UTC)", "rows", ""):
        table.add_column(heading, justify="right" if heading == "rows" else "left", no_wrap=True)
    for one in kept:
        mark = "[green]served[/green]" if one.number == served else ""
        table.add_row(
            str(one.number), str(one.as_of), one.published_at.strftime("%Y-%m-%d %H:%M"), f"{one.rows:,}", mark
        )
    console().print(table)
    console().print('[dim]kpi rollback --to GENERATION --reason "…" serves one of them again[/dim]')


def rollback(settings: Settings, number: int, reason: str) -> None:
    """Serves generation `number` again, with everything that is made of it.

    Raises KpiError where no reason is given, and as roll_back does.
    """
    if not reason.strip():
        raise KpiError(
            "a rollback needs a reason, which is kept with your name", next_step='add --reason "orders counted twice"'
        )
    generation, _ = generations.verified(settings.serving, number)
    acts.record(settings, ACT, str(number), reason, {"run_id": generation.run_id}, datetime.now(UTC))
    roll_back(settings, number)
    console().print(f"generation {number} is served again: {generation.rows:,} rows as of {generation.as_of}")
    refresh(settings, number, lambda text: console().print(f"    {text}"))
    console().print("[dim]the next `kpi run` publishes anew, under a new number: mend the cause before[/dim]")
