"""A delivery, and what makes it unfit to be loaded.

Belongs here: the rules that refuse one (empty, changed, gone, records lost on the way). Does not: loading it (load.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import KpiError
from pipelines.extract import landing
from pipelines.extract.ledger import Counts, Entry
from pipelines.extract.raw_tables import Target
from pipelines.extract.source_file import SourceFile


class Delivery(NamedTuple):
    """A delivery to load: a source file and its record count; or, source None, the landing file of one that is gone."""

    name: str
    file_hash: str
    rows: int = 0
    source: SourceFile | None = None
    batch_id: str = ""


def conserve(target: Target, delivery: Delivery, counts: Counts) -> None:
    """Every record counted in the source must be loaded, set aside or a declared duplicate."""
    arrived = counts.loaded + counts.quarantined + counts.duplicates
    if not delivery.rows == counts.source_rows == arrived:
        raise KpiError(
            f"{target.address}: {delivery.rows:,} records counted in the file, {counts.source_rows:,} read,"
            f" {counts.loaded:,} loaded + {counts.quarantined:,} set aside + {counts.duplicates:,} duplicates",
            file=delivery.source.path if delivery.source else delivery.name,
            next_step="nothing of this file was loaded; look for stray quotes or line ends, or ask for it again",
        )


def empty_deliveries(target: Target, deliveries: Sequence[Delivery]) -> list[str]:
    """A word for each delivery without records; KpiError where the contract says block.

    The files of a full table are one delivery together.
    """
    if target.table.delivery == "full":
        hollow = [] if sum(delivery.rows for delivery in deliveries) else list(deliveries)
    else:
        hollow = [delivery for delivery in deliveries if not delivery.rows]
    if not hollow or target.table.empty == "allow":
        return []
    said = f"{target.address}: {', '.join(delivery.name for delivery in hollow[:3])} holds no records"
    if target.table.empty == "block":
        file = hollow[0].source
        raise KpiError(
            f"{said}, and the contract says empty: block",
            file=file.path if file else None,
            next_step="ask for the file again; if no rows are right, set empty: allow in the contract",
        )
    return [said]


def refuse_changed_append(target: Target, wanted: Sequence[tuple[SourceFile, str]], known: dict[str, Entry]) -> None:
    # Adding it would double the old rows, replacing it would lose them where each day overwrites the same name.
    if target.table.delivery != "append" or target.table.key:
        return
    loaded = {entry.source_file for entry in known.values()}
    for file, _ in wanted:
        if file.name in loaded:
            raise KpiError(
                f"{target.address}: the file changed after it was loaded; without a key its new rows cannot be told",
                file=file.path,
                next_step="give the table a key, or delivery: full; or deliver new rows under a new file name",
            )


def from_landing(target: Target, entry: Entry, place: Path) -> Delivery:
    """The delivery of a file that the source no longer has, for loading it again from what was landed."""
    import pyarrow.parquet as pq

    path = landing.landing_path(place, entry.batch_id)
    needed = {column.name for column in target.table.loaded_columns}
    hashed = any(column.personal == "hash" for column in target.table.columns)
    # A landed pseudonym cannot be made anew under another key, nor a clear value be told from one.
    if not path.is_file() or hashed or not needed <= set(pq.read_schema(path).names):
        raise KpiError(
            f"{target.address}: its contract changed, but {entry.source_file} is no longer in the source folder"
            " and what was landed of it does not serve",
            file=path,
            next_step="put the file back and run again, or undo the change of the contract",
        )
    return Delivery(entry.source_file, entry.file_hash, pq.read_metadata(path).num_rows, None, entry.batch_id)
