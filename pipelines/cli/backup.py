"""`kpi backup` and `kpi restore`: copies of what no run could make again, and having them back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.keep.backup import drill as drills
from pipelines.keep.backup import make, manifest, rotation
from pipelines.keep.backup import restore as restoring
from pipelines.model.company import read_company
from pipelines.resources import Held
from pipelines.settings import Settings

T = TypeVar("T")
TOLD = {
    "file": "[yellow]it holds the key of pseudonyms: who has this folder can undo them. --without-key leaves it out[/]",
    "left out": "[yellow]without the key of pseudonyms: keep data/pseudonym.key elsewhere, nothing replaces it[/]",
    "environment": "the key of pseudonyms is in the environment (KPI_PSEUDONYM_KEY) and not in it: keep it elsewhere",
    "none": "there is no key of pseudonyms",
}


def back_up(
    settings: Settings,
    to: Path | None = None,
    age: Sequence[str] | None = None,
    without_key: bool = False,
    serving: bool = False,
    wait: int = 0,
) -> None:
    """Makes a backup and says what it holds; then removes those that rotation has no place for."""
    said = read_company(settings.kpi_definitions).backup
    folder, started = make.folder_of(settings, said.to, to), time.monotonic()
    place = waiting(
        wait,
        lambda: make.back_up(
            settings, folder, datetime.now(UTC), recipients=age or said.age, with_key=not without_key,
            with_serving=serving,
        ),
    )  # fmt: skip
    made = manifest.read(place)
    sealed = f", sealed for {len(made.recipients)}" if made.recipients else ""
    console().print(
        f"{place}: {len(made.files):,} files, {made.bytes / 1e6:,.1f} MB{sealed}, in {time.monotonic() - started:.1f} s"
    )
    console().print(f"    {made.acts:,} acts, {made.ledger_rows:,} deliveries, {len(made.published)} published tables")
    console().print(f"    {TOLD[made.key]}")
    if folder.stat().st_dev == settings.data.stat().st_dev:
        console().print("    [yellow]on the same disk as the data: backup.to of company.yml, or --to, names another[/]")
    for gone in rotation.rotate(folder, said):
        console().print(f"    rotation removed {gone.name}")


def drill(
    settings: Settings, what: str, to: Path | None, age: Sequence[str] | None, wait: int, identity: Path | None
) -> None:
    """Makes a backup, restores it into an empty folder and compares; the result is an act."""
    if what != "drill":
        raise KpiError(f"kpi backup {what}: there is no such thing", next_step="kpi backup, or kpi backup drill")
    said = read_company(settings.kpi_definitions).backup
    folder = make.folder_of(settings, said.to, to)
    found = waiting(
        wait,
        lambda: drills.drill(
            settings, folder, datetime.now(UTC), time.monotonic, age or said.age, identity or settings.age_identity
        ),
    )
    console().print(
        f"{found.backup}: {found.note}; {found.bytes / 1e6:,.1f} MB backed up in {found.backup_seconds} s,"
        f" restored and compared in {found.restore_seconds} s"
    )
    for gone in rotation.rotate(folder, said):
        console().print(f"    rotation removed {gone.name}")


def restore(backup: Path, to: Path, verify: bool, identity: Path | None) -> None:
    """Restores a backup, and says how to go on from it."""
    started = time.monotonic()
    backup, to = backup.expanduser().absolute(), to.expanduser().absolute()
    settings = Settings()
    made = restoring.restore(backup, to, identity or settings.age_identity)
    console().print(f"{to}: {len(made.files):,} files of {made.made_at}, in {time.monotonic() - started:.1f} s")
    if verify:
        restoring.verify(to, made, settings)
        console().print(
            f"    {len(made.published)} published tables, {made.ledger_rows:,} deliveries and {made.acts:,} acts are"
            f" what they were, after {time.monotonic() - started:.1f} s"
        )
    if made.key in ("left out", "environment"):
        console().print(f"    {TOLD[made.key]}")
    console().print(f"[dim]kpi run --config {to} goes on from here; what is served is made anew by it[/dim]")


def waiting(seconds: int, work: Callable[[], T]) -> T:
    """Does `work`; where a run holds the working file, again and again for so long, then the error that names it."""
    from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

    def say(_: object) -> None:
        console().print("a run has the working file; waiting for it to end")

    attempts = Retrying(
        retry=retry_if_exception_type(Held), stop=stop_after_delay(seconds), wait=wait_fixed(2), reraise=True
    )
    attempts.before_sleep = lambda state: say(state) if state.attempt_number == 1 else None
    return attempts(work)
