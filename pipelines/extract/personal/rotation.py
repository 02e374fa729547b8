"""Landed pseudonyms after a new key: brought up to date from what was landed, since the source may be gone.

Belongs here: which landing file can follow, writing it anew, removing what old keys made. Does not: deciding that a
table is loaded again (a new key changes its fingerprint, raw_tables.py).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.extract import landing
from pipelines.extract.contract import TableContract
from pipelines.extract.landing import ROW_NUMBER, Landed
from pipelines.extract.personal import hiding, keys

if TYPE_CHECKING:
    import pyarrow as pa


def rekeyed(path: Path, table: TableContract, secret: bytes, day: dt.date | None = None) -> Landed | None:
    """The landed delivery under the keys of today: the file itself, or a new one beside it.

    Of a table that hides nothing it is the file itself. None where it cannot be: landed before the first of these keys
    or under another chain, with other columns hashed, or in another form. The values themselves are not needed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    said, wanted = marks(path), hiding.says(table, secret)
    if not said and not wanted["columns"]:
        return Landed(path, path.stem, pq.read_metadata(path).num_rows)
    known, today = said.get("keys", []), keys.marks(secret)
    if said.get("columns") != wanted["columns"] or not known or today[: len(known)] != known:
        return None
    if known == today:
        return Landed(path, path.stem, pq.read_metadata(path).num_rows)
    new = keys.chain(secret)[len(known) :]
    with pq.ParquetFile(path) as file:
        old = file.schema_arrow
        schema = pa.schema([field for field in old if field.name != ROW_NUMBER])
        schema = schema.with_metadata({hiding.MARKS: json.dumps(wanted, ensure_ascii=False)})

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in file.iter_batches(columns=schema.names):
                arrays = [
                    _sealed(batch.column(name), new) if name in said["columns"] else batch.column(name)
                    for name in schema.names
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

        return landing.write(pa.RecordBatchReader.from_batches(schema, batches()), path.parent, day)


def forget_old(place: Path, secret: bytes, loaded: Collection[str]) -> int:
    """Removes landing files that other keys than today's made and that raw does not hold (`loaded`: batch ids).

    Whoever has a key that leaked could guess what they hide. Returns how many were removed. Called after the
    transaction that loaded their successors, and on every load: a killed run's rest goes with the next.
    """
    today, removed = keys.marks(secret), 0
    for path in sorted(place.glob("*.parquet")):
        if path.stem not in loaded and (made := marks(path).get("keys")) and made != today:
            path.unlink()
            removed += 1
    return removed


def marks(path: Path) -> dict[str, list[str]]:
    """What a landing file says of its pseudonyms; empty where it holds none."""
    import pyarrow.parquet as pq

    found = (pq.read_schema(path).metadata or {}).get(hiding.MARKS)
    return dict(json.loads(found)) if found else {}


def _sealed(pseudonyms: pa.Array, new: list[bytes]) -> pa.Array:
    import pyarrow as pa

    coded = pseudonyms.dictionary_encode()
    made = [keys.seal(bytes.fromhex(one), new) for one in coded.dictionary.to_pylist()]
    return pa.array(made, pa.string()).take(coded.indices)
