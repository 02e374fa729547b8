"""A landing file is whole or absent, and named by what it holds."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.extract import landing


def reader(*values: str | None) -> pa.RecordBatchReader:
    table = pa.table({"id": pa.array(values, pa.string())})
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=2))


def test_landing_numbers_the_records_across_batches(tmp_path):
    landed = landing.write(reader("a", None, "c"), tmp_path / "crm" / "deals")
    assert landed.rows == 3
    assert pq.read_table(landed.path).to_pydict() == {"id": ["a", None, "c"], "_row_number": [1, 2, 3]}


def test_landing_same_records_same_name(tmp_path):
    first, again, other = (landing.write(reader(*v), tmp_path) for v in ("ab", "ab", "ac"))
    assert first == again
    assert first.batch_id != other.batch_id
    assert sorted(p.stem for p in tmp_path.iterdir()) == sorted([first.batch_id, other.batch_id])


def test_landing_holds_an_empty_delivery(tmp_path):
    assert landing.write(reader(), tmp_path).rows == 0


def test_landing_that_breaks_off_leaves_no_file_of_a_final_name(tmp_path):
    def broken():
        yield from reader("a", "b")
        raise RuntimeError("source gone")

    with pytest.raises(RuntimeError, match="source gone"):
        landing.write(pa.RecordBatchReader.from_batches(reader().schema, broken()), tmp_path)
    assert list(tmp_path.glob("*.parquet")) == [p for p in tmp_path.iterdir() if p.name.startswith(".tmp-")]
    landing.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_landing_sweep_leaves_whole_files(tmp_path):
    landed = landing.write(reader("a"), tmp_path)
    (tmp_path / ".tmp-folder").mkdir()
    landing.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [landed.path]
