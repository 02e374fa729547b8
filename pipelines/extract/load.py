"""From a source's files to raw_<system>.<table>, each delivery exactly once.

Belongs here: which deliveries are new, the transaction around each, and that no record is lost or doubled.
Does not: what makes a delivery unfit (deliveries.py), formats (files.py), casting and merging (transfer.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract import deliveries, files, landing, ledger, personal, raw_tables
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.deliveries import Delivery
from pipelines.extract.landing import Landed
from pipelines.extract.ledger import Counts, Entry
from pipelines.extract.raw_tables import Target
from pipelines.extract.source_file import SourceFile, sha256
from pipelines.extract.transfer import transfer
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


class TableLoad(NamedTuple):
    """What one pass did to a table: record counts of the deliveries it took, and what it left alone."""

    source_rows: int = 0
    loaded: int = 0
    quarantined: int = 0
    duplicates: int = 0
    skipped_files: int = 0
    changed: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The counts as a person reads them in the terminal."""
        if not self.changed:
            return f"nothing new ({self.skipped_files} files known)"
        told = {"set aside": self.quarantined, "duplicates": self.duplicates, "known files": self.skipped_files}
        extra = "".join(f", {count:,} {what}" for what, count in told.items() if count)
        return f"{self.loaded:,} of {self.source_rows:,} records loaded{extra}" + "".join(
            f"; {w}" for w in self.warnings
        )


def load_table(
    con: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    table_name: str,
    settings: Settings,
    run_id: str,
    now: dt.datetime,
) -> TableLoad:
    """Brings raw up to date with the table's files; twice is the same as once. `now` is UTC without zone.

    append, upsert: one transaction per new file, in order of name. full, and any table whose contract has changed:
    all files in one transaction that replaces the content. A kill at any point leaves whole deliveries or none.
    Raises KpiError, with raw and ledger as they were before the delivery: file or header wrong, records that were not
    counted again, an empty delivery where the contract says block, an append file without key that has changed.
    """
    table = contract.tables[table_name]
    if contract.kind != "files":
        raise KpiError(
            f"system {contract.system}: sources of kind {contract.kind} cannot be read yet",
            file=settings.sources / f"{contract.system}.yml",
            next_step="set enabled: false, or deliver the table as files",
        )
    hashed = any(column.personal == "hash" for column in table.columns)
    secret = personal.key(settings) if hashed else None
    target = raw_tables.target(contract, table_name, secret)
    place = landing.folder(settings, contract.system, table_name)
    landing.sweep(place)

    found = {file: sha256(file.path) for file in files.list_files(contract, table, settings)}
    known = ledger.entries(con, target)
    old_contract = any(entry.contract_hash != target.fingerprint for entry in known.values())
    as_said = raw_tables.exists_as_said(con, target)
    replace = old_contract or as_said is False or (as_said is None and bool(known))
    if table.delivery == "full" and set(found.values()) != set(known):
        replace = True
    restored = _restored(table, found, known)
    wanted = [(file, digest) for file, digest in found.items() if replace or digest not in known or digest in restored]
    if not wanted and as_said:
        return TableLoad(skipped_files=len(found))

    if not replace:
        deliveries.refuse_changed_append(target, wanted, known)
    taken = [Delivery(file.name, digest, files.count_records(file, table), file) for file, digest in wanted]
    warnings = deliveries.empty_deliveries(target, taken)
    if replace and table.delivery != "full":
        gone = [entry for digest, entry in known.items() if digest not in found.values()]
        # Before what is there now: the file that replaced one of the same name must come after it.
        taken = [deliveries.from_landing(target, entry, place) for entry in gone] + taken
        taken.sort(key=lambda delivery: delivery.name)

    def take(group: Sequence[Delivery], afresh: bool) -> list[Counts]:
        with transaction(con):
            (raw_tables.empty if afresh else raw_tables.ensure)(con, target)
            if afresh:
                ledger.forget(con, target)
            for delivery in group:
                if delivery.file_hash in restored and not afresh:
                    ledger.forget_delivery(con, target, known[delivery.file_hash])
            return [_load(con, target, d, place, secret, run_id, now) for d in group]

    groups = [taken] if replace else [[delivery] for delivery in taken]
    done = [counts for group in groups for counts in take(group, afresh=replace)]
    return TableLoad(
        source_rows=sum(counts.source_rows for counts in done),
        loaded=sum(counts.loaded for counts in done),
        quarantined=sum(counts.quarantined for counts in done),
        duplicates=sum(counts.duplicates for counts in done),
        skipped_files=len(found) - len(wanted),
        changed=True,
        warnings=tuple(warnings),
    )


def _restored(table: TableContract, found: Mapping[SourceFile, str], known: Mapping[str, Entry]) -> set[str]:
    """Hashes of files that hold again what they held before: loaded once, replaced under their name, now put back.

    The ledger knows them, but raw holds what came in between; skipping them would keep a mended fault for good.
    """
    if not table.key:
        return set()
    newest = {entry.source_file: digest for digest, entry in known.items()}
    return {
        digest
        for file, digest in found.items()
        if digest in known and known[digest].source_file == file.name and newest[file.name] != digest
    }


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing of what the block does."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def _load(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    delivery: Delivery,
    place: Path,
    secret: bytes | None,
    run_id: str,
    now: dt.datetime,
) -> Counts:
    if ledger.has(con, target, "file_hash", delivery.file_hash):
        return Counts(0, 0, 0, 0)  # the same bytes under two names
    landed = _land(delivery, target, place, secret)
    if ledger.has(con, target, "batch_id", landed.batch_id):
        counts = Counts(landed.rows, 0, 0, landed.rows)  # the same records in other bytes, say zipped again
    else:
        counts = transfer(con, target, landed, delivery.name, run_id, now)
    deliveries.conserve(target, delivery, counts)
    entry = Entry(delivery.file_hash, landed.batch_id, delivery.name, target.fingerprint)
    ledger.record(con, target, entry, counts, run_id, now)
    return counts


def _land(delivery: Delivery, target: Target, place: Path, secret: bytes | None) -> Landed:
    if delivery.source is None:
        return Landed(landing.landing_path(place, delivery.batch_id), delivery.batch_id, delivery.rows)
    reader = files.read(delivery.source, target.table, place)
    if secret is not None or len(target.table.loaded_columns) < len(target.table.columns):
        reader = personal.hide(reader, target.table, secret or b"")
    landed = landing.write(reader, place)
    if sha256(delivery.source.path) != delivery.file_hash:
        raise KpiError("the file changed while it was read", file=delivery.source.path, next_step="run again")
    return landed
