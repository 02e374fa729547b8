"""`check` tries a source with its first records: what does not fit is counted and told with its next step."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.extract import check
from pipelines.extract.contract import SourceContract
from pipelines.extract.source import Finding, Records
from pipelines.settings import Settings
from tests.extract.conftest import Source

ROWS = "".join(f"{n},{n}.50,2026-03-{n % 28 + 1:02} 08:00:00\n" for n in range(1, 1001))


def only(source: Source) -> check.TableCheck:
    (found,) = check.check(source.contract, source.settings)
    return found


def test_a_table_that_fits_is_read_to_the_hundredth_record_and_nothing_is_kept(source: Source) -> None:
    source.write("deals_1.csv", "id,amount,changed\n" + ROWS)
    found = only(source)
    assert (found.fits, found.rows, found.columns, found.keys) == (True, 100, 3, "unique")
    assert found.newest == "2026-03-28 08:00:00"
    assert not source.settings.data.exists()


def test_what_cannot_be_typed_is_counted_by_column_without_a_value(source: Source) -> None:
    source.write("deals_1.csv", "id,amount,changed\nD1,secret,2026-03-01\nD2,x,13.03.2026\nD3,5,\n")
    found = only(source)
    assert found.untyped == {"amount": (2, "decimal(18,2)"), "changed": (1, "timestamp")}
    said = "\n".join(map(str, found.problems))
    assert "deals: 2 of 3 records have a amount that is not decimal(18,2). Next: correct type" in said
    assert "secret" not in said


def test_columns_that_came_or_went_are_told(source: Source) -> None:
    source.write("deals_1.csv", "id,amount,changed,colour\n1,2,2026-03-01,red\n")
    assert [(finding.kind, finding.column) for finding in only(source).findings] == [("added", "colour")]
    source.write("deals_2.csv", "id,changed\n1,2026-03-01\n")
    (problem,) = only(source).problems
    assert "missing amount" in problem.problem


def test_blank_and_repeated_keys_are_counted(source: Source) -> None:
    source.say(cursor=None).write("deals_1.csv", "id,amount,changed\n1,2,\n1,3,\n,4,\n")
    found = only(source)
    assert found.keys == "1 blank, 1 repeated"
    assert not found.fits


def test_only_the_head_of_a_large_file_is_read_and_a_quoted_line_end_is_not_cut(source: Source) -> None:
    text = '"a\nb",1.50,2026-03-01\n' * 400_000
    source.write("deals_1.csv", "id,amount,changed\n" + text, encoding="gb18030").stat()
    source.say(from_={"glob": "deals_*.csv", "encoding": "gb18030"})
    found = only(source)
    assert (found.rows, found.keys) == (100, "99 repeated")


def test_a_form_that_values_lack_is_counted(source: Source) -> None:
    source.say(
        columns=[
            {"name": "id"}, {"name": "amount", "personal": "hash", "form": "phone"}, {"name": "changed", "type": "timestamp"},
        ]
    )  # fmt: skip
    source.write("deals_1.csv", "id,amount,changed\n1,13912345678,\n2,12,\n")
    assert only(source).untyped == {"amount": (1, "phone")}


def test_no_folder_is_one_problem_with_its_next_step(source: Source) -> None:
    source.folder.rmdir()
    (problem,) = only(source).problems
    assert "no such folder" in problem.problem
    assert problem.next_step


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as con:
        con.execute("create table deals (id text, amount text, changed text)")
        con.executemany(
            "insert into deals values (?, '1.50', '2026-03-01 08:00:00')", [(f"D{n}",) for n in range(5000)]
        )
    return path


@pytest.mark.parametrize("place", [{"table": "deals"}, {"query": "select * from deals where amount > 0"}])
def test_a_database_is_asked_for_a_hundred_records_only(source: Source, database: Path, place: dict[str, str]) -> None:
    said = source.contract.model_dump(by_alias=True, exclude_none=True)
    said["tables"]["deals"]["from"] = {"database": place}
    contract = SourceContract.model_validate(
        said | {"kind": "database", "connection": {"url": f"sqlite:///{database}"}}
    )
    (found,) = check.check(contract, source.settings)
    assert (found.fits, found.rows, found.keys) == (True, 100, "unique")


def test_a_database_that_is_not_there_is_told_for_every_table_without_its_address(source: Source) -> None:
    said = source.contract.model_dump(by_alias=True, exclude_none=True)
    said["tables"]["deals"]["from"] = {"database": {"table": "deals"}}
    url = "postgresql://somebody:hidden@127.0.0.1:1/none"
    contract = SourceContract.model_validate(said | {"kind": "database", "connection": {"url": url}})
    (found,) = check.check(contract, source.settings)
    assert not found.fits
    assert "hidden" not in str(found.problems[0])


def test_anything_that_yields_batches_can_be_looked_at(source: Source) -> None:
    schema = pa.schema([(name, pa.string()) for name in ("id", "amount", "changed")])
    batch = pa.RecordBatch.from_pylist([{"id": str(n), "amount": "1", "changed": None} for n in range(80)], schema)
    finding = Finding("added", "more", "warn", "", "unexpected 'more'")
    records = Records(pa.RecordBatchReader.from_batches(schema, iter([batch, batch])), [finding])
    found = check.look(source.contract, "deals", "/deals", records, Settings())
    assert (found.rows, found.keys) == (100, "20 repeated")
    assert [problem.problem for problem in found.problems] == ["deals: unexpected 'more'"]
