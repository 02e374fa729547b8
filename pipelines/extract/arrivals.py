"""From the source to landing: which deliveries are new, each read and counted, nothing loaded yet.

Belongs here: what of files, a database or an API has to be loaded, and landing it. A delivery that cannot be read is
refused alone; the others go on. Does not: loading what landed (load.py), how a kind of source is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.errors import KpiError
from pipelines.extract import deliveries, drift, files, landing, personal
from pipelines.extract.contract import SourceContract, TableContract
from pipelines.extract.deliveries import Delivery, Refused
from pipelines.extract.files.object_failures import NotFetched, Unreachable
from pipelines.extract.files.source_file import Mark, sha256
from pipelines.extract.files.waiting import Waiting
from pipelines.extract.landing import Landed
from pipelines.extract.ledger import Entry
from pipelines.extract.raw_tables import Target
from pipelines.extract.source import Finding, Pulled, Records
from pipelines.settings import Settings

DEFAULT_OVERLAP = {"timestamp": "1 hour", "date": "1 day", "integer": "0"}  # rows committed late, clocks that differ


class Arrivals(NamedTuple):
    """What has landed, and what it means for raw."""

    taken: list[Delivery]
    refused: list[Refused]
    replace: bool  # raw is made anew from `taken`
    restored: frozenset[str] = frozenset()  # hashes that the ledger knows and that must be loaded again
    skipped: int = 0  # deliveries that raw holds already
    seen: Mapping[Mark, str] | None = None  # the objects the store has and the hash of each; None: nobody could say


class Door(NamedTuple):
    """Everything that reading a table needs."""

    contract: SourceContract
    target: Target
    settings: Settings
    secret: bytes | None
    known: dict[str, Entry]  # what raw holds, by hash, in the order it was loaded
    is_stale: bool  # raw was made by another contract, or is not there though the ledger knows deliveries
    seen: Mapping[Mark, str] = {}  # objects of a store hashed before

    @property
    def table(self) -> TableContract:
        return self.target.table

    @property
    def place(self) -> Path:
        return landing.folder(self.settings, self.contract.system, self.target.table_name)


def of_files(door: Door) -> Arrivals:
    """The table's new files, landed.

    Raises KpiError where the source is not there, or where raw has to be made anew and something that it holds can no
    longer be read.
    """
    whole = door.table.delivery == "full"
    newest = {entry.source_file: digest for digest, entry in door.known.items()}
    taken: list[Delivery] = []
    refused: list[Refused] = []
    restored: set[str] = set()
    found: set[str] = set()
    replace, skipped = door.is_stale, 0
    with ExitStack() as copies:
        listed = files.list_files(door.contract, door.table, door.settings)
        by_name = door.table.delivery == "snapshot"
        waiting = [Waiting(file, door.place, door.seen, by_name) for file in listed]
        for file in waiting:
            copies.callback(file.close)
        if whole and not (refused := _look_at_all(waiting)):
            replace = replace or {file.digest for file in waiting} != set(door.known)
        for file in [] if whole and refused else waiting:
            try:
                with file:
                    digest = file.digest
                    found.add(digest)
                    if door.table.key and digest in door.known and _is_back(door.known[digest], file.name, newest):
                        restored.add(digest)
                    elif not replace and digest in door.known:
                        skipped += 1
                        continue
                    if not replace:
                        deliveries.refuse_changed_append(door.target, file.name, door.known.values())
                    taken.append(_land_file(door, file))
            except KpiError as error:
                if replace and file.known_digest in door.known:
                    raise  # made anew without it, raw would lose what it holds of it
                refused.append(_refused(file, error))
                if isinstance(error, Unreachable):
                    break  # nor will the store give the next one; what came is whole, and the next run goes on
    if whole and refused:
        taken = []
    elif replace and not whole:
        gone = [entry for digest, entry in door.known.items() if digest not in found]
        # Before what is there now: the file that replaced one of the same name must come after it.
        taken = sorted([_landed_before(door, entry) for entry in gone] + taken, key=lambda delivery: delivery.name)
    seen = {file.mark: file.content for file in waiting if file.mark and file.content}
    return Arrivals(taken, refused, replace, frozenset(restored), skipped, seen)


def of_pull(door: Door, pulled: Pulled, watermark: str | None, now: dt.datetime) -> Arrivals:
    """What the database or the API has new, landed. Raises KpiError where it cannot be read whole.

    The name holds the time of reading, so that of two versions with equal cursors the one read later stays.
    """
    table, name = door.table, door.target.table_name
    whole = table.delivery in ("full", "snapshot") or door.is_stale or not table.cursor
    since = None if whole or watermark is None else begin(table, watermark)
    day = _local_day(now, door.contract.time_zone) if table.delivery == "snapshot" else None
    pull = pulled.pull(name, since)
    since = None if pull.is_whole else since
    read = f"on {day}" if day else f"read {now:%Y-%m-%d %H:%M:%S}"
    said = f"{pull.name} {read}{f' from {since}' if since else ''}"
    landed = _write(door, pull.records, day)
    deliveries.all_read(door.target, said, pull.count(), landed)
    findings = (*pull.records.findings, *_retyped(door, landed, said))
    left = None if since is None else pulled.records_now(name)
    delivery = Delivery(said, landed.batch_id, landed, landed.rows, day, findings, since is not None, left)
    newest = next(reversed(door.known.values()), None)
    is_news = newest is None or newest.batch_id != landed.batch_id
    replace = door.is_stale or (table.delivery == "full" and is_news)
    # Content that raw held before and that something else has replaced since: the source went back to it.
    restored = frozenset([landed.batch_id]) if is_news and landed.batch_id in door.known else frozenset()
    before = _readable_before(door, exclude=landed.batch_id) if door.is_stale and table.delivery != "full" else []
    return Arrivals([*before, delivery], [], replace, restored)


def begin(table: TableContract, watermark: str) -> str:
    """Where the next read begins: the highest cursor less the contract's overlap, written as the cursor is."""
    kind = table.column(table.cursor or "").type
    amount, _, unit = (table.overlap or DEFAULT_OVERLAP.get(kind, "0")).partition(" ")
    if not int(amount):
        return watermark
    if kind in ("timestamp", "date"):
        length = dt.timedelta(**{f"{unit.rstrip('s') or 'day'}s": int(amount)})
        moment = dt.datetime.fromisoformat(watermark) - length
        return moment.date().isoformat() if kind == "date" else moment.isoformat(sep=" ")
    return str(int(watermark) - int(amount)) if kind == "integer" else watermark


def _look_at_all(waiting: Sequence[Waiting]) -> list[Refused]:
    """Hashes every file of a full table, which are one delivery; gives those that cannot be had."""
    refused = []
    for file in waiting:
        try:
            file.digest  # noqa: B018  (it remembers what it finds)
        except KpiError as error:
            refused.append(_refused(file, error))
            if isinstance(error, Unreachable):
                break
    return refused


def _refused(file: Waiting, error: KpiError) -> Refused:
    kind = "unreachable" if isinstance(error, NotFetched) else "unfit"
    return Refused(file.name, file.known_digest or "", kind, error)


def _is_back(entry: Entry, name: str, newest: Mapping[str, str]) -> bool:
    """Whether a file holds again what it held before: loaded once, replaced under its name, now put back.

    The ledger knows it, but raw holds what came in between; skipping it would keep a mended fault for good.
    """
    return entry.source_file == name and newest[name] != entry.file_hash


def _land_file(door: Door, waiting: Waiting) -> Delivery:
    file = waiting.local()
    day = _day_of(file.name, door.table.from_.day) if door.table.delivery == "snapshot" else None
    counted = files.count_records(file, door.table)
    records = files.read(file, door.table, door.place)
    landed = _write(door, records, day)
    if sha256(file.path) != waiting.content:
        raise KpiError("the file changed while it was read", file=file.path, next_step="run again")
    if counted != landed.rows:
        files.explain(file, door.table)
    deliveries.all_read(door.target, file.name, counted, landed)
    typed = door.table.from_.file_format == "parquet"
    findings = [*records.findings, *(_retyped(door, landed, file.name) if typed else [])]
    return Delivery(file.name, waiting.digest, landed, counted, day, tuple(findings))


def _write(door: Door, records: Records, day: dt.date | None) -> Landed:
    reader = records.reader
    if door.secret is not None or len(door.table.loaded_columns) < len(door.table.columns):
        reader = personal.hide(reader, door.table, door.secret or b"")
    return landing.write(reader, door.place, day)


def _landed_before(door: Door, entry: Entry) -> Delivery:
    """The delivery that the source no longer has, for loading it again from what was landed of it."""
    import pyarrow.parquet as pq

    path = landing.landing_path(door.place, entry.batch_id)
    needed = {column.name for column in door.table.loaded_columns}
    serves = path.is_file() and needed <= set(pq.read_schema(path).names)
    day = _day_of(entry.source_file, door.table.from_.day) if door.table.delivery == "snapshot" else None
    landed = personal.rekeyed(path, door.table, door.secret or b"", day) if serves else None
    if landed is None:
        raise KpiError(
            f"{door.target.address}: its contract or the keys of its personal columns changed, but {entry.source_file}"
            " is no longer in the source folder and what was landed of it does not serve",
            file=path,
            next_step="put the file back and run again; or undo the change: a new key is added behind the old ones",
        )
    return Delivery(entry.source_file, entry.file_hash, landed, landed.rows, day)


def _readable_before(door: Door, exclude: str) -> list[Delivery]:
    """Earlier pulls that still serve: they may hold records that the source has deleted since."""
    found = []
    for entry in door.known.values():
        if entry.batch_id != exclude:
            try:
                found.append(_landed_before(door, entry))
            except KpiError:
                continue  # the whole read that follows has every record the source still has
    return found


def _retyped(door: Door, landed: Landed, name: str) -> list[Finding]:
    """Columns whose type is another than in the delivery before; KpiError where the contract refuses that."""
    import pyarrow.parquet as pq

    for entry in reversed(list(door.known.values())):
        path = landing.landing_path(door.place, entry.batch_id)
        if path.is_file() and entry.batch_id != landed.batch_id:
            return drift.retyped(pq.read_schema(path), pq.read_schema(landed.path), door.table, name)
    return []


def _day_of(name: str, form: str | None) -> dt.date:
    """The day in a snapshot's file name, written as `form` (strptime) says."""
    form = form or "%Y-%m-%d"
    parts = {"%Y": r"\d{4}", "%m": r"\d{2}", "%d": r"\d{2}", "%y": r"\d{2}"}
    pattern = re.sub(r"%[A-Za-z]", lambda match: parts.get(match[0], r"\w+"), re.escape(form).replace(r"\%", "%"))
    match = re.search(rf"(?<!\d){pattern}(?!\d)", PurePosixPath(name).name)
    try:
        return dt.datetime.strptime(match[0] if match else "", form).date()
    except ValueError as error:
        raise KpiError(
            f"no day written as {form} stands in the file's name",
            file=name,
            next_step="correct from.day in the contract, or name the file by its day",
        ) from error


def _local_day(now: dt.datetime, zone: str) -> dt.date:
    return now.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()
