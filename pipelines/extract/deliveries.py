"""A delivery that has landed, and what makes one unfit to be loaded.

Belongs here: the rules that refuse or hold back a delivery (records lost on the way, empty, far too small, changed
after it was taken). Does not: landing one (arrivals.py), loading one (load.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipelines.errors import KpiError
from pipelines.extract.landing import Landed
from pipelines.extract.ledger import Counts, Entry, Usual
from pipelines.extract.raw_tables import Target
from pipelines.extract.source import Finding

LOST = "nothing of this delivery was loaded; look for stray quotes or line ends, or ask for it again"


class Delivery(NamedTuple):
    """Records that lie in landing, ready to be loaded; `rows` was counted by other means than reading them."""

    name: str
    file_hash: str  # of the bytes as delivered; of a pull, of the landed content
    landed: Landed
    rows: int
    day: dt.date | None = None  # the day a snapshot is of
    findings: tuple[Finding, ...] = ()
    is_part: bool = False  # what changed since the last read: however few is right
    left: int | None = None  # of a part: how many records the whole source has now


class Refused(NamedTuple):
    """A delivery of which nothing is loaded, and why. held: until somebody allows it; unfit: until it comes mended."""

    name: str
    file_hash: str
    kind: str  # unfit | held | unreachable
    error: KpiError


def conserve(target: Target, delivery: Delivery, counts: Counts) -> None:
    """Every record counted in the source must be loaded, set aside or a declared duplicate."""
    arrived = counts.loaded + counts.quarantined + counts.duplicates
    if not delivery.rows == counts.source_rows == arrived:
        raise KpiError(
            f"{target.address}: {delivery.rows:,} records counted in the source, {counts.source_rows:,} read,"
            f" {counts.loaded:,} loaded + {counts.quarantined:,} set aside + {counts.duplicates:,} duplicates",
            file=delivery.name,
            next_step=LOST,
        )


def all_read(target: Target, name: str, counted: int, landed: Landed) -> None:
    """What landed must be as many records as were counted in the source."""
    if counted != landed.rows:
        raise KpiError(
            f"{target.address}: {counted:,} records counted in the source, {landed.rows:,} read",
            file=name,
            next_step=LOST,
        )


def hold_back(
    target: Target,
    arrived: Sequence[Delivery],
    usual: Usual,
    raw_rows: int,
    passed: Collection[str] = (),
    accepted: bool = False,
) -> tuple[list[Delivery], list[Refused], list[str]]:
    """What may be loaded, what is held back until allowed, and a word for each empty one that the contract lets pass.

    Held back: a delivery without records where the contract says `empty: block`, or with less than `hold_below` of the
    usual records; an increment, however small, where the source itself has so little left of what raw holds
    (`raw_rows`). The files of a full table are one delivery together. `passed` are hashes that raw holds already and
    that are only loaded anew.
    """
    table = target.table
    whole = table.delivery == "full"
    groups = [list(arrived)] if whole and arrived else [[delivery] for delivery in arrived]
    taken: list[Delivery] = []
    held: list[Refused] = []
    words: list[str] = []
    for group in groups:
        rows = sum(delivery.rows for delivery in group)
        name = group[0].name
        if accepted or all(delivery.file_hash in passed for delivery in group):
            taken += group
        elif group[0].is_part:
            left = group[0].left
            if left is None or left >= table.hold_below * raw_rows:
                taken += group
            else:
                said = f"{target.address}: the source has {left:,} records left of {raw_rows:,}"
                held.append(_held(group, said, target))
        elif not rows and table.empty != "allow":
            said = f"{target.address}: {name} holds no records"
            if table.empty == "warn":
                words.append(said)
                taken += group
            else:
                held.append(_held(group, f"{said}, and the contract says empty: block", target))
        elif rows and usual.is_known(whole) and rows < table.hold_below * usual.rows:
            said = f"{target.address}: {name} holds {rows:,} records where {usual.rows:,.0f} are usual"
            held.append(_held(group, said, target))
        else:
            taken += group
    return taken, held, words


def _held(group: Sequence[Delivery], said: str, target: Target) -> Refused:
    error = KpiError(
        f"held back: {said}",
        file=group[0].name,
        next_step="ask for the delivery again; if it is right: kpi run --accept-empty"
        f" {target.system}.{target.table_name} --reason …",
    )
    return Refused(group[0].name, group[0].file_hash, "held", error)


def refuse_changed_append(target: Target, name: str, known: Collection[Entry]) -> None:
    # Adding it would double the old rows, replacing it would lose them where each day overwrites the same name.
    if target.table.delivery != "append" or target.table.key:
        return
    if any(entry.source_file == name for entry in known):
        raise KpiError(
            f"{target.address}: the file changed after it was loaded; without a key its new rows cannot be told",
            file=name,
            next_step="give the table a key, or delivery: full; or deliver new rows under a new file name",
        )
