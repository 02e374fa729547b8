"""`kpi audit`: draw records to be checked by hand, and take back what was found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.gate import audit, audit_sheet
from pipelines.gate.audit import Sample
from pipelines.settings import Settings


def draw(settings: Settings, table: str, number: int, seed: int, limit: str, out: Path | None, reason: str) -> None:
    """Writes the worksheet of a sample and keeps what was drawn.

    Raises KpiError: an unknown table, a share that is none, a sample drawn before, a file that is there already.
    """
    from pipelines.extract.contract import read_contracts
    from pipelines.resources import open_warehouse

    share, now = _share(limit), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    contract, table_name = audit.table_of({one.system: one for one in read_contracts(settings)}, table)
    with open_warehouse(settings, read_only=True) as con:
        drawn = audit.draw(con, contract, table_name, number, seed)
    sample_id = audit.name(table, seed, number, now.date())
    path = out or settings.reports / "audits" / f"{sample_id}.xlsx"
    if path.exists():
        raise KpiError("is there already", file=path, next_step="check that one, or draw with another --seed")
    sample = Sample(sample_id, table, seed, share, now, {one.record_id: one.owner_id for one in drawn})
    audit_sheet.write(path, sample, drawn)
    try:
        audit.keep_draw(settings, sample, reason)
    except KpiError:
        path.unlink()
        raise
    console().print(f"{path}: {len(drawn):,} of the records of {table}; fill it in, then kpi audit record {path}")


def record(settings: Settings, file: Path, reason: str) -> None:
    """Keeps what was found; the next run publishes the error rate with its bounds.

    Raises KpiError as audit_sheet.read does, and for a sample or a record that was never drawn.
    """
    sample_id, found, open_ = audit_sheet.read(file)
    known = audit.samples(settings)
    if sample_id not in known:
        raise KpiError(
            f"sample {sample_id} was never drawn here{did_you_mean(sample_id, list(known))}", file=file,
            next_step="draw it on this machine, or bring acts.sqlite along",
        )  # fmt: skip
    sample = known[sample_id]
    if strange := sorted({*found, *open_} - set(sample.owners)):
        raise KpiError(f"{strange[0]} was not drawn", file=file, next_step="take the row out; others do not count")
    if not found:
        raise KpiError("nothing is filled in", file=file, next_step="say yes or no for each record")
    audit.keep_result(settings, sample, list(found.values()), reason, datetime.now(UTC))
    wrong = sum(one.is_wrong for one in found.values())
    left = len(sample.owners) - len(found)
    console().print(
        f"{len(found):,} checked, {wrong:,} wrong{f', {left:,} not checked and not counted' if left else ''};"
        " the next run publishes the rate"
    )


def _share(said: str) -> float:
    try:
        share = float(said.rstrip("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise KpiError(f"--accept {said} is no share", next_step="write it as 5% or 0.05")
    return share
