"""Parquet and CSV say what the served file says, and no spreadsheet computes a text of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.errors import KpiError
from pipelines.publish import flat_files
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from .conftest import AS_OF, NOW, RUN

Change = Callable[..., None]
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", 'say "hi", <b>\n客户', "'quoted", ""]


def table(path: Path, name: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(f"from published.{name}").fetchall()


def test_every_table_is_there_in_both_formats_row_by_row(settings: Settings) -> None:
    served = publish(settings, RUN, AS_OF, NOW, "abc").path
    flat_files.write(settings, served)
    with duckdb.connect(str(served), read_only=True) as con:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
    for kind in ("parquet", "csv"):
        assert {path.name for path in (settings.serving / kind).iterdir()} == {f"{name}.{kind}" for name in names}
    for name in names:
        rows = table(served, name)
        read = pq.read_table(settings.serving / "parquet" / f"{name}.parquet")
        assert [tuple(row.values()) for row in read.to_pylist()] == rows
        with (settings.serving / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            header, *lines = list(csv.reader(file))
        assert header == read.column_names
        assert len(lines) == len(rows)


def test_csv_begins_with_the_mark_that_excel_reads_as_utf_8(settings: Settings) -> None:
    flat_files.write(settings, publish(settings, RUN, AS_OF, NOW, "abc").path)
    body = (settings.serving / "csv" / "units.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbfunit_id,")
    assert body.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_a_csv_is_a_formula(settings: Settings, change: Change, text: str) -> None:
    change(f"update published.units set label_en = '{text.replace(chr(39), chr(39) * 2)}' where unit_id = 'e001'")
    flat_files.write(settings, publish(settings, RUN, AS_OF, NOW, "abc").path)
    with (settings.serving / "csv" / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        label = next(row["label_en"] for row in csv.DictReader(file) if row["unit_id"] == "e001")
    assert label.removeprefix("'") == text.removeprefix("'")
    assert label[:1] not in tuple("=+-@\t\r＝＋－＠")


def test_numbers_below_zero_stay_numbers(settings: Settings, change: Change) -> None:
    change("update published.kpi_values set value = -12.5 where kpi_id = 'won_amount'")
    flat_files.write(settings, publish(settings, RUN, AS_OF, NOW, "abc").path)
    with (settings.serving / "csv" / "kpi_values.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {float(row["value"]) for row in csv.DictReader(file) if row["kpi_id"] == "won_amount"} == {-12.5}


def test_a_table_that_is_no_longer_published_leaves_no_file(settings: Settings) -> None:
    served = publish(settings, RUN, AS_OF, NOW, "abc").path
    (settings.serving / "csv").mkdir()
    (settings.serving / "csv" / "gone.csv").write_text("old")
    flat_files.write(settings, served)
    assert not (settings.serving / "csv" / "gone.csv").exists()


def test_a_disk_that_refuses_is_told(settings: Settings) -> None:
    served = publish(settings, RUN, AS_OF, NOW, "abc").path
    (settings.serving / "parquet").write_text("in the way")
    with pytest.raises(KpiError, match="Parquet and CSV were not written"):
        flat_files.write(settings, served)
