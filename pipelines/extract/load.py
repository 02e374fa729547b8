"""From a source to raw_<system>.<table>, each delivery exactly once.

Belongs here: the transaction around each delivery, and that no record is lost or doubled.
Does not: which deliveries are new (arrivals.py), what makes one unfit (deliveries.py), casting and merging
(transfer.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import KpiError
from pipelines.extract import arrivals, deliveries, findings, landing, ledger, personal, raw_tables, seen
from pipelines.extract.arrivals import Arrivals, Door
from pipelines.extract.contract import SourceContract
from pipelines.extract.deliveries import Delivery, Refused
from pipelines.extract.drift import Drifted
from pipelines.extract.findings import Found
from pipelines.extract.ledger import Counts, Entry
from pipelines.extract.raw_tables import Target
from pipelines.extract.source import NoSuchTable, Pulled
from pipelines.extract.transfer import transfer
from pipelines.resources import in_little_memory
from pipelines.settings import Settings

if TYPE_CHECKING:
    import duckdb


FEW = 1_000_000  # rows that fit into any memory


class TableLoad(NamedTuple):
    """What one pass did to a table: record counts of the deliveries it took, what it left alone, what it refused."""

    source_rows: int = 0
    loaded: int = 0
    quarantined: int = 0
    duplicates: int = 0
    skipped_files: int = 0
    changed: bool = False
    warnings: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    found: tuple[Found, ...] = ()

    @property
    def words(self) -> str:
        """The counts as a person reads them in the terminal."""
        if self.changed:
            said = f"{self.loaded:,} of {self.source_rows:,} records loaded"
        else:
            said = f"nothing new ({self.skipped_files} known)"
        told = {"set aside": self.quarantined, "duplicates": self.duplicates}
        if self.changed:
            told["known deliveries"] = self.skipped_files
        told["deliveries refused"] = len(self.refused)
        said += "".join(f", {count:,} {what}" for what, count in told.items() if count)
        return said + "".join(f"; {warning}" for warning in self.warnings)


def load_table(
    con: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    table_name: str,
    settings: Settings,
    run_id: str,
    now: dt.datetime,
    pulled: Pulled | None = None,
    accept: bool = False,
) -> TableLoad:
    """Brings raw up to date with the table's source; twice is the same as once. `now` is UTC without zone.

    append, upsert, snapshot: one transaction per delivery, in order of name. full, and any table whose contract has
    changed: all deliveries in one transaction that replaces the content. A kill at any point leaves whole deliveries
    or none. A delivery that is unfit or held back is refused alone, and told in `refused` and loads.findings; `accept`
    lets through what would be held back. `pulled` is the open connection of a database or an API.
    Raises KpiError, with raw and ledger as they were, where a source that never delivered is not there; an optional
    table of a database that is not there stays empty, and that is told.
    """
    table = contract.tables[table_name]
    hashed = any(column.personal == "hash" for column in table.columns)
    secret = personal.key(settings) if hashed else None
    target = raw_tables.target(contract, table_name, secret)
    place = landing.folder(settings, contract.system, table_name)
    landing.sweep(place)
    known = ledger.entries(con, target)
    as_said = raw_tables.exists_as_said(con, target)
    old_contract = any(entry.contract_hash != target.fingerprint for entry in known.values())
    is_stale = old_contract or as_said is False or (as_said is None and bool(known))
    seen_before = seen.read(con, target) if contract.kind == "files" else {}
    door = Door(contract, target, settings, secret, known, is_stale, seen_before)

    try:
        if contract.kind == "files":
            arrived = arrivals.of_files(door)
        else:
            assert pulled is not None
            arrived = arrivals.of_pull(door, pulled, ledger.watermark(con, target), now)
    except KpiError as error:
        if isinstance(error, NoSuchTable) and table.optional and not known:
            return _left_out(con, target, as_said, run_id, now)
        if not known:
            raise  # never delivered yet: what is wrong is the contract, or the place it names
        kind = "unfit" if isinstance(error, Drifted) else "unreachable"
        arrived = Arrivals([], [Refused(table_name, "", kind, error)], replace=False)
    raw_rows = raw_tables.rows(con, target) if pulled is not None and as_said else 0
    passed = known if is_stale else ()
    taken, held, warnings = deliveries.hold_back(
        target, arrived.taken, ledger.usual(con, target), raw_rows, passed, accept
    )
    if held and pulled is not None:
        taken = []  # made anew without what the source has now, raw would lose what no earlier read can give again
    replace = arrived.replace and bool(taken)
    # A merge by key sorts and joins, and may use what it is given; the rest goes through row by row.
    streams = not table.key and sum(delivery.rows for delivery in taken) > FEW
    with in_little_memory(con, settings) if streams else nullcontext():
        done, unfit = _take(con, target, taken, arrived, replace, run_id, now) if taken or not as_said else ([], [])
    if secret is not None:
        personal.forget_old(place, secret, {entry.batch_id for entry in ledger.entries(con, target).values()})
    held_already = [d for d in taken if not replace and d.file_hash in known.keys() - arrived.restored]
    refused = [*arrived.refused, *held, *unfit]
    found = [*findings.of_deliveries(taken), *findings.of_refused(con, target, refused, run_id)]
    with transaction(con):
        findings.record(con, target, found, run_id, now)
        if arrived.seen is not None:
            seen.record(con, target, seen_before, arrived.seen)
    return TableLoad(
        source_rows=sum(counts.source_rows for counts in done),
        loaded=sum(counts.loaded for counts in done),
        quarantined=sum(counts.quarantined for counts in done),
        duplicates=sum(counts.duplicates for counts in done),
        skipped_files=arrived.skipped + len(held_already),
        changed=bool(done) or replace,
        warnings=tuple(warnings),
        refused=tuple(refused),
        found=tuple(found),
    )


def _left_out(
    con: duckdb.DuckDBPyConnection, target: Target, as_said: bool | None, run_id: str, now: dt.datetime
) -> TableLoad:
    """What becomes of an optional table that this source does not have: an empty one, so that all after it can run."""
    found = findings.of_absent(target)
    with transaction(con):
        if not as_said:
            raw_tables.empty(con, target)
        findings.record(con, target, [found], run_id, now)
    return TableLoad(warnings=("this source does not have it, which the contract allows",), found=(found,))


def _take(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    taken: Sequence[Delivery],
    arrived: Arrivals,
    replace: bool,
    run_id: str,
    now: dt.datetime,
) -> tuple[list[Counts], list[Refused]]:
    """Loads what landed: as one replacement of all content, or delivery by delivery."""
    known = ledger.entries(con, target)
    if replace:
        with transaction(con):
            raw_tables.empty(con, target)
            ledger.forget(con, target)
            loaded = [_load(con, target, delivery, run_id, now) for delivery in taken]
            findings.add(con, target, findings.of_deliveries(taken), run_id, now)
            return [counts for counts in loaded if counts is not None], []
    done, refused = [], []
    with transaction(con):
        raw_tables.ensure(con, target)
    for delivery in taken:
        try:
            with transaction(con):
                if delivery.file_hash in arrived.restored:
                    ledger.forget_delivery(con, target, known[delivery.file_hash])
                counts = _load(con, target, delivery, run_id, now)
                findings.add(con, target, findings.of_deliveries([delivery]), run_id, now)
            if counts is not None:
                done.append(counts)
        except KpiError as error:
            refused.append(Refused(delivery.name, delivery.file_hash, "unfit", error))
    return done, refused


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
    con: duckdb.DuckDBPyConnection, target: Target, delivery: Delivery, run_id: str, now: dt.datetime
) -> Counts | None:
    """What became of the delivery's records; None where raw holds it already."""
    if ledger.has(con, target, "file_hash", delivery.file_hash):
        return None  # the same bytes under two names, or the same records read again
    landed = delivery.landed
    if ledger.has(con, target, "batch_id", landed.batch_id):
        counts = Counts(landed.rows, 0, 0, landed.rows)  # the same records in other bytes, say zipped again
    else:
        counts = transfer(con, target, landed, delivery.name, run_id, now, delivery.day)
    deliveries.conserve(target, delivery, counts)
    entry = Entry(delivery.file_hash, landed.batch_id, delivery.name, target.fingerprint)
    ledger.record(con, target, entry, counts, run_id, now)
    return counts
