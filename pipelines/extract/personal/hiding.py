"""What hash and drop do to the records of a source, before anything of them is written.

Belongs here: batches. Does not: the forms of values (forms.py), keys (keys.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.extract.contract import Column, TableContract
from pipelines.extract.personal import forms, keys

if TYPE_CHECKING:
    import pyarrow as pa

MARKS = b"kpi.pseudonyms"  # in the metadata of a landing file: {"keys": [mark, …], "columns": {name: form}}


def hide(reader: pa.RecordBatchReader, table: TableContract, secret: bytes) -> pa.RecordBatchReader:
    """The same records in table.loaded_columns: without those marked drop, 64 hex digits in those marked hash.

    After each hashed column stands the boolean `_<column>_is_valid`: whether the value had its form; null where there
    was no value (blank, or one of `nulls`).
    """
    import pyarrow as pa

    kept = [column for column in table.columns if column.personal != "drop"]
    fields: list[pa.Field] = []
    for column in kept:
        if column.personal == "hash":
            fields += [pa.field(column.name, pa.string()), pa.field(column.validity.name, pa.bool_())]
        else:
            fields.append(reader.schema.field(column.name))
    schema = pa.schema(fields, metadata={MARKS: json.dumps(says(table, secret), ensure_ascii=False)} if secret else {})

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            arrays: list[pa.Array] = []
            for column in kept:
                values = batch.column(column.name)
                arrays += _hidden(values, column, secret) if column.personal == "hash" else [values]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def says(table: TableContract, secret: bytes) -> dict[str, object]:
    """What a landing file says of its pseudonyms: under which keys, of which form, column by column."""
    hashed = [column for column in table.columns if column.personal == "hash"]
    return {"keys": keys.marks(secret), "columns": {c.name: _form(c) for c in hashed}}


def _form(column: Column) -> str:
    return f"{column.form} {column.country}" if column.form == "phone" else column.form


def _hidden(values: pa.Array, column: Column, secret: bytes) -> list[pa.Array]:
    import pyarrow as pa

    if pa.types.is_floating(values.type):  # 13912345678.0 of a spreadsheet, which Arrow writes 1.3912345678e+10
        coded = values.dictionary_encode()
        words = [None if v is None else str(int(v)) if v.is_integer() else str(v) for v in coded.dictionary.to_pylist()]
    else:
        coded = values.cast(pa.string()).dictionary_encode()
        words = coded.dictionary.to_pylist()
    chain = keys.chain(secret)
    hidden: list[str | None] = []
    is_valid: list[bool | None] = []
    for value in words:
        said = None
        if value is not None and value not in column.nulls and value.strip() not in column.nulls:
            said = forms.read(value, column.form, column.country)
        hidden.append(keys.seal(said.text.encode(), chain) if said else None)
        is_valid.append(said.is_valid if said else None)
    return [pa.array(hidden, pa.string()).take(coded.indices), pa.array(is_valid, pa.bool_()).take(coded.indices)]
