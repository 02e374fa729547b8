"""Personal columns are hidden at the door, before anything is written.

Belongs here: the key, and what hash and drop do to a batch. Does not: which columns are personal (the contract says).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.extract.contract import Column, TableContract
from pipelines.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

SHORTEST_KEY = 16  # characters; a shorter key can be guessed from one known phone number


def key(settings: Settings) -> bytes:
    """The key of the HMAC: KPI_PSEUDONYM_KEY, else data/pseudonym.key, made once and readable by its owner only.

    Raises KpiError where the key is shorter than 16 characters.
    """
    if settings.pseudonym_key is not None:
        return _long_enough(settings.pseudonym_key.get_secret_value(), "KPI_PSEUDONYM_KEY")
    path = settings.data / "pseudonym.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        passing = path.with_name(f".{path.name}.{os.getpid()}")
        passing.unlink(missing_ok=True)
        handle = os.open(passing, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(passing, path)  # whole or not at all, and never over a key another process just made
        except FileExistsError:
            pass
        finally:
            passing.unlink(missing_ok=True)
    return _long_enough(path.read_text(), str(path))


def hide(reader: pa.RecordBatchReader, table: TableContract, secret: bytes) -> pa.RecordBatchReader:
    """The same records without the columns marked drop, and with 64 hex digits in those marked hash."""
    import pyarrow as pa

    kept = [column for column in table.columns if column.personal != "drop"]
    schema = pa.schema(
        [pa.field(c.name, pa.string()) if c.personal == "hash" else reader.schema.field(c.name) for c in kept]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            arrays = [
                _hash(batch.column(c.name), c, secret) if c.personal == "hash" else batch.column(c.name) for c in kept
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def pseudonym(value: str, secret: bytes) -> str | None:
    """Keyed HMAC-SHA256 of the value; equal persons give equal words in every system, whatever the width and case."""
    plain = unicodedata.normalize("NFKC", value).strip().lower()
    return hmac.digest(secret, plain.encode(), hashlib.sha256).hex() if plain else None


def _hash(values: pa.Array, column: Column, secret: bytes) -> pa.Array:
    import pyarrow as pa

    coded = values.cast(pa.string()).dictionary_encode()
    hidden = [
        None if value is None or value in column.nulls or value.strip() in column.nulls else pseudonym(value, secret)
        for value in coded.dictionary.to_pylist()
    ]
    return pa.array(hidden, pa.string()).take(coded.indices)


def _long_enough(text: str, where: str) -> bytes:
    if len(text.strip()) < SHORTEST_KEY:
        raise KpiError(
            f"{where} is shorter than {SHORTEST_KEY} characters",
            next_step="use 32 random bytes: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return text.strip().encode()
