"""Parquet files, whose columns keep the types they were written with.

Belongs here: the contract's columns as batches, and the count of the file's own footer.
Does not: checking that a type fits the contract; load.py casts each column explicitly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import KpiError
from pipelines.extract.contract import TableContract
from pipelines.extract.drift import settle
from pipelines.extract.files.source_file import SourceFile
from pipelines.extract.source import Records

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BATCH = 122_880


def read(source: SourceFile, table: TableContract, scratch: Path) -> Records:
    """The contract's columns, typed. Raises KpiError: not a Parquet file, wrong columns."""
    import pyarrow as pa

    file = _open(source)
    wanted = [column.name for column in table.columns]
    settled = settle(file.schema_arrow.names, table, source.path)
    delivered = [None if place is None else file.schema_arrow.field(place) for place in settled.places]
    schema = pa.schema(
        [pa.field(name, field.type if field else pa.null()) for name, field in zip(wanted, delivered, strict=True)]
    )
    # Where names repeat, only their places tell columns apart: all are read, and each is taken from its place.
    names = file.schema_arrow.names
    repeat = len(set(names)) < len(names)
    chosen = None if repeat else [field.name for field in delivered if field]
    wanted_at = [place if repeat or place is None else names[place] for place in settled.places]

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for batch in file.iter_batches(BATCH, columns=chosen):
                columns = [pa.nulls(batch.num_rows) if at is None else batch.column(at) for at in wanted_at]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)
        except (pa.ArrowException, OSError) as error:  # a footer that is whole over pages that are not
            raise _damaged(source) from error

    return Records(pa.RecordBatchReader.from_batches(schema, batches()), list(settled.findings))


def count(source: SourceFile, table: TableContract) -> int:
    """Rows as the footer says."""
    return int(_open(source).metadata.num_rows)


def _open(source: SourceFile) -> pq.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(source.path)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(source) from error


def _damaged(source: SourceFile) -> KpiError:
    return KpiError("not a Parquet file, or damaged", file=source.path, next_step="ask for it again")
