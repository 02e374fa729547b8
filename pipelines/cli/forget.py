"""`kpi forget`: one person's data out of everything a run keeps, and where none of it is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.extract.contract import read_contracts
from pipelines.keep import acts
from pipelines.keep.backup import make, manifest
from pipelines.keep.forget import person, proof, remove
from pipelines.keep.forget.proof import Left
from pipelines.model.company import read_company
from pipelines.resources import open_warehouse
from pipelines.settings import Settings

ACT = "forget"  # subject: the customer's key, which leads to nobody any more; detail: how many rows of what


def forget(settings: Settings, customer: str, yes: bool, reason: str) -> None:
    """Without `yes` says where the person's values are; with it removes them, looks again, and says what is left where.

    Raises KpiError where a run holds the working file, nobody has this key, or no reason is given.
    """
    found = person.places(settings, read_contracts(settings))
    with open_warehouse(settings, read_only=True) as con:
        values = person.values(con, found, customer)
    if not values:
        raise KpiError(
            f"no personal row of customer {customer} holds a value that is its alone", next_step="is the key right?"
        )
    console().print(f"{len(values)} values are this person's alone, in {len(found)} tables that hold persons")
    if not yes:
        _tell(settings, *proof.look(settings, values))
        console().print('[dim]nothing is removed yet: kpi forget KEY --yes --reason "…" does it[/dim]')
        return
    if not reason.strip():
        raise KpiError("a removal needs a reason, which is kept with your name", next_step='add --reason "asked on …"')
    acts.record(settings, ACT, customer, reason, {"values": len(values), "tables": len(found)}, datetime.now(UTC))
    with open_warehouse(settings) as con:
        removed = remove.from_warehouse(con, found, customer, values)
    remove.rewrite(settings)
    removed += [one for place in found for one in remove.from_landing(place, customer)]
    removed += remove.from_reports(settings, values, customer)
    for one in removed:
        console().print(f"    {one.where}: {one.number:,} removed", markup=False)
    _tell(settings, *proof.look(settings, values))
    console().print(
        "[dim]clear the source as well, or its next changed file brings the person back; then kpi run[/dim]"
    )


def _tell(settings: Settings, files: int, left: Sequence[Left]) -> None:
    """Prints where the values still are and until when; or that they are nowhere."""
    backups = make.folder_of(settings, read_company(settings.kpi_definitions).backup.to)
    by_kind: dict[str, int] = {}
    for one in left:
        kind = _kind(settings, backups, one.path)
        by_kind[kind] = by_kind.get(kind, 0) + 1
    console().print(f"{files:,} files below {settings.data.name}/ were looked into: values in {len(left)} places")
    for kind, count in sorted(by_kind.items()):
        console().print(f"    {kind}: {count}", markup=False)
    for place in make.existing(backups):
        console().print(f"    backup {place.name} may hold them until {_until(settings, place)}", markup=False)


def _kind(settings: Settings, backups: Path, path: Path) -> str:
    if path.is_relative_to(backups):
        return "backups"
    if path.is_relative_to(settings.serving):
        keep = read_company(settings.kpi_definitions).retention.generations
        return f"serving (what is served until the next run; generations until {keep} more runs)"
    name = path.relative_to(settings.data).parts[0]
    return {"demo": "demo (the source: clear it there)", "acts.sqlite": "acts.sqlite (never changed)"}.get(name, name)


def _until(settings: Settings, place: Path) -> str:
    """The month in which rotation removes the last one of that month, if it is that."""
    try:
        made = datetime.fromisoformat(manifest.read(place).made_at)
    except KpiError:
        return "somebody removes it: it is no whole backup"
    month = made.year * 12 + made.month - 1 + max(read_company(settings.kpi_definitions).backup.monthly, 1)
    return f"{month // 12}-{month % 12 + 1:02} at the latest, with a backup every month"
