"""The tables of an API: what is asked for each, its pages kept, its records as Arrow batches.

Belongs here: one table's read from the request to the batches. Does not: requests (client.py), pages (pages.py).
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from pipelines import progress
from pipelines.errors import KpiError
from pipelines.extract import json_values
from pipelines.extract.contract import Column, SourceContract, TableContract
from pipelines.extract.contract.rest import FromRest
from pipelines.extract.drift import settle
from pipelines.extract.rest import records as found
from pipelines.extract.rest import since as changed
from pipelines.extract.rest.client import Client, Gone
from pipelines.extract.rest.pages import Request, Totals, pages
from pipelines.extract.rest.records import MISSING, Record
from pipelines.extract.rest.spool import Spool
from pipelines.extract.source import Pull, Records
from pipelines.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
TEXTS = (str, json_values.Number, type(None))
TOLD_EVERY = 50  # pages between two words on progress


@contextmanager
def passing_folder(place: Path) -> Iterator[Path]:
    """A folder for pages, gone at the end; what a killed run leaves, landing.sweep removes."""
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".tmp-pages-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Read(NamedTuple):
    """The pages of one request, and how many records the API says they hold."""

    spool: Spool
    totals: Totals
    is_whole: bool  # nothing in the request asked for changes only


class Resources:
    """An API that is open; see source.Pulled. Two tables that ask the same see the same answer, asked once.

    With `most`, reading stops at the page that brings so many records: enough to see whether a contract fits.
    """

    def __init__(
        self, client: Client, contract: SourceContract, settings: Settings, folder: Path, most: int | None = None
    ) -> None:
        self.client, self.contract, self.settings, self.folder, self.most = client, contract, settings, folder, most
        self.done: dict[str, Read] = {}
        self.whole: dict[str, int] = {}  # how many records of a table the API has, where all of them were asked for

    def pull(self, table_name: str, since: str | None) -> Pull:
        import pyarrow as pa

        table = self.contract.tables[table_name]
        said = _resource(table)
        name = f"GET {said.path}" + (f" {said.items}" if said.items else "")
        seen = Seen(table, said, name)
        read = self._read(table_name, since, seen)
        names = seen.names
        settled = settle(names, table, name, what="keys")
        own = {column.name: _path(column) for column in table.columns}
        paths = [None if place is None else own.get(names[place], names[place]) for place in settled.places]
        schema = pa.schema([(column.name, pa.string()) for column in table.columns])
        batches = _batches(_records(read.spool, said, name), paths, said, schema, name)
        records = Records(pa.RecordBatchReader.from_batches(schema, batches), list(settled.findings))
        if read.is_whole:
            self.whole[table_name] = seen.records
        return Pull(name, records, lambda: _counted(read, said, name))

    def records_now(self, table_name: str) -> int | None:
        """Known where the API cannot be asked for changes, and gave all it has."""
        return self.whole.get(table_name)

    def _read(self, table_name: str, since: str | None, seen: Seen) -> Read:
        """The pages, asked for or had already; `seen` has then looked at each."""
        table = self.contract.tables[table_name]
        said = _resource(table)
        request = self._request(said, table, since)
        # A child that cannot be asked for changes is asked for the parents that changed.
        outer_since = since if said.each and (not table.cursor or not said.since) else None
        asked = repr((said.path, request, said.records, said.paging, said.each, outer_since))
        if asked in self.done:
            for raw, outer in self.done[asked].spool:
                seen.look(json.loads(raw), outer)
        else:
            self.done[asked] = self._fetch(said, request, outer_since, seen)
        return self.done[asked]

    def _asks_for_changes(self, said: FromRest, since: str | None) -> bool:
        return since is not None and said.each is not None and _resource(self._outer(said)).since is not None

    def _outer(self, said: FromRest) -> TableContract:
        assert said.each
        return self.contract.tables[said.each.table]

    def _request(self, said: FromRest, table: TableContract, since: str | None) -> Request:
        params = {name: self._expanded(value) for name, value in said.params.items()}
        if said.since is None:
            return Request(f"GET {said.path}", self.settings.expand(said.path), params, {}, {})
        kind = table.column(table.cursor).type if table.cursor else "text"
        value = changed.asked(said.since, since, kind, self.contract.time_zone)
        as_header = {said.since.header: value} if said.since.header and value is not None else {}
        as_param = {said.since.param: value} if said.since.param and value is not None else {}
        return Request(f"GET {said.path}", self.settings.expand(said.path), params, as_param, as_header)

    def _expanded(self, value: str | int | bool) -> str | int | bool:
        return self.settings.expand(value) if isinstance(value, str) else value

    def _fetch(self, said: FromRest, request: Request, outer_since: str | None, seen: Seen) -> Read:
        is_whole = not (request.since_params or request.headers or self._asks_for_changes(said, outer_since))
        read = Read(Spool(self.folder / f"{len(self.done)}.pages"), Totals(), is_whole)
        try:
            if said.each is None:
                self._keep(read, said, request, None, seen)
                return read
            outer = self._outer_values(said, outer_since)
            gone = 0
            for value in outer:
                if self.most is not None and seen.records >= self.most:
                    break
                try:
                    self._keep(read, said, _of_one(request, said.placeholder, value), value, seen)
                except Gone as error:
                    gone += 1
                    if gone == len(outer):
                        raise KpiError(error.problem, next_step=error.next_step) from None
            return read
        finally:
            read.spool.close()

    def _keep(self, read: Read, said: FromRest, request: Request, outer: Any, seen: Seen) -> None:
        for answer in pages(self.client, said, request, read.totals):
            read.spool.add(answer.raw, outer)
            seen.look(answer.body, outer)
            if (number := len(read.spool.pages)) % TOLD_EVERY == 0:
                progress.say("extract", f"{self.contract.system}: {seen.what}, {number:,} pages read")
            if self.most is not None and seen.records >= self.most:
                return

    def _outer_values(self, said: FromRest, since: str | None) -> list[str]:
        """The field of every record of the other table, each once, as text."""
        assert said.each
        table = self._outer(said)
        other = _resource(table)
        read = self._read(said.each.table, since, Seen(table, other, f"GET {other.path}"))
        values: dict[str, None] = {}
        for record in _records(read.spool, other, f"GET {other.path}"):
            value = found.at(record.own, said.each.field)
            if value is not MISSING and value is not None:
                values[json_values.as_text(value) or ""] = None
        return list(values)


def _resource(table: TableContract) -> FromRest:
    assert table.from_.rest
    return table.from_.rest


def _of_one(request: Request, placeholder: str, value: str) -> Request:
    """The request for one record of the other table: its value in place of {field}, and never more than one step."""
    if value in ("", ".", ".."):  # would name another resource
        raise KpiError(f"{request.name}: a value that is no path", next_step="correct from.rest.each in the contract")
    path = request.path.replace(placeholder, quote(value, safe=""))
    params = {k: v.replace(placeholder, value) if isinstance(v, str) else v for k, v in request.params.items()}
    return request._replace(path=path, params=params)


def _records(spool: Spool, said: FromRest, what: str) -> Iterator[Record]:
    for raw, outer in spool:
        body = json_values.decode_again(raw.decode("utf-8-sig"))
        yield from found.records(body, said.records, said.items, outer, what)


class Seen:
    """Under which names a table's columns came, over all records of a read."""

    def __init__(self, table: TableContract, said: FromRest, what: str) -> None:
        self.said, self.what = said, what
        self.wanted = {column.name: _path(column) for column in table.columns}
        self.waiting, self.here, self.keys = dict(self.wanted), list[str](), set[str]()
        self.records = 0

    def look(self, body: Any, outer: Any) -> None:
        for record in found.records(body, self.said.records, self.said.items, outer, self.what):
            self.records += 1
            self.keys.update(record.own)
            if self.waiting:
                came = [
                    n for n, path in self.waiting.items() if _value(record, path, self.said, self.what) is not MISSING
                ]
                self.here += came
                self.waiting = {n: path for n, path in self.waiting.items() if n not in came} if came else self.waiting

    @property
    def names(self) -> list[str]:
        """Columns of the contract that any record has, then unknown keys; where no record came, nothing is odd."""
        if not self.records:
            return list(self.wanted)
        heads = {path.split(".")[0] for path in self.wanted.values()} | set(self.wanted.values()) | set(self.wanted)
        return [*self.here, *sorted(self.keys - heads)]


def _path(column: Column) -> str:
    return column.at or column.name


def _value(record: Record, path: str, said: FromRest, what: str) -> Any:
    if not path.startswith("^"):
        return found.part_of(record.own, path, what)
    return found.part_of(record.outer, path[1:], what) if said.items else record.outer


def _counted(read: Read, said: FromRest, name: str) -> int:
    """Records by another reader of JSON. Raises KpiError where the API itself says another number."""
    whole = read.spool.count(said.records)
    for told, of_what in ((read.totals.of_all, "altogether"), (read.totals.of_pages, "in its pages")):
        if told is not None and told != whole:
            raise KpiError(
                f"{name}: the API says {told:,} records {of_what}, {whole:,} came",
                next_step="run again; if it stays so, correct from.rest.paging or total in the contract",
            )
    return read.spool.count(said.records, said.items) if said.items else whole


def _batches(
    records: Iterator[Record], paths: list[str | None], said: FromRest, schema: pa.Schema, name: str
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    while piece := list(itertools.islice(records, BATCH)):
        try:
            columns = [pa.array(_column(piece, path, said, name), pa.string()) for path in paths]
        except (UnicodeEncodeError, RecursionError):  # "\ud83d" is half a character
            raise KpiError(
                f"{name}: a record holds half a character, or is nested too deeply for a column",
                next_step="ask the API's owner to mend it; nothing of this read was loaded",
            ) from None
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(piece: list[Record], path: str | None, said: FromRest, name: str) -> list[str | None]:
    """The values at one path as text; a plain key, which most are, without a call a record."""
    if path is None:
        return [None] * len(piece)
    if "." in path or path.startswith("^"):
        values = [None if (value := _value(record, path, said, name)) is MISSING else value for record in piece]
    else:
        values = [record.own.get(path) for record in piece]
    return [value if value.__class__ in TEXTS else json_values.as_text(value) for value in values]
