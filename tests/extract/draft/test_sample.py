"""The form of a sample is found: encoding, delimiter, quote, header; and the draft loads that very file."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from tests.extract.draft.conftest import Drafted

TEXT = "商机编号,客户名称,金额\nD1,上海蓝海仪器有限公司,12.50\nD2,北京华辰科技,7.00\nD3,广州远景,3.25\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"])
def test_the_encoding_of_chinese_is_found(drafted: Callable[..., Drafted], tmp_path: Path, encoding: str) -> None:
    made = drafted("deals.csv", TEXT.encode(encoding))
    found = made.table.from_.encoding
    assert TEXT.encode(encoding).decode(found).removeprefix("\ufeff") == TEXT
    assert made.load(tmp_path / "data").loaded == 3


def test_latin_letters_are_guessed_and_called_doubtful(drafted: Callable[..., Drafted], tmp_path: Path) -> None:
    rows = "".join(f"{n};Müller Straße Größe café;{n},5\n" for n in range(1, 60))
    made = drafted("kunden.csv", ("id;name;betrag\n" + rows).encode("cp1252"))
    assert "größe" in "Größe".encode("cp1252").decode(made.table.from_.encoding).lower()
    assert "# doubtful: encoding: guessed" in made.draft.text
    assert made.load(tmp_path / "data").loaded == 59


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_beside_others_in_quoted_text(
    drafted: Callable[..., Drafted], tmp_path: Path, delimiter: str
) -> None:
    rows = [["id", "note", "amount"], *([str(n), '"a,b;c|d\te\nsecond line"', "1.50"] for n in range(20))]
    made = drafted("notes.txt", "\n".join(delimiter.join(row) for row in rows) + "\n")
    assert made.table.from_.delimiter == delimiter
    assert made.load(tmp_path / "data").loaded == 20


def test_single_quotes_and_none_are_found(drafted: Callable[..., Drafted], tmp_path: Path) -> None:
    single = drafted("single.csv", "id,note\n" + "".join(f"{n},'a, b'\n" for n in range(9)))
    none = drafted("none.csv", "id,note\n" + "".join(f'{n},5" pipe "{n}\n' for n in range(9)))
    assert (single.table.from_.quote, none.table.from_.quote) == ("'", "")
    assert single.load(tmp_path / "a").loaded == none.load(tmp_path / "b").loaded == 9


def test_a_file_without_header_is_known_by_its_first_line(drafted: Callable[..., Drafted], tmp_path: Path) -> None:
    made = drafted("lines.csv", "7,Basel,2026-01-05\n8,Bern,2026-01-06\n")
    assert made.table.from_.header == "none"
    assert made.table.delivered_names == ["column_1", "column_2", "column_3"]
    assert made.load(tmp_path / "data").loaded == 2


def test_names_that_are_blank_or_alike_are_numbered_and_the_header_kept(
    drafted: Callable[..., Drafted], tmp_path: Path
) -> None:
    made = drafted("odd.csv", "id,Name,name,,_batch_id\n1,a,b,c,d\n2,e,f,g,h\n")
    assert made.table.from_.header == ["id", "Name", "name", "", "_batch_id"]
    assert made.table.delivered_names == ["id", "Name", "name_2", "column_4", "batch_id_2"]
    assert made.load(tmp_path / "data").loaded == 2


def test_gzip_json_lines_json_and_parquet_are_read(drafted: Callable[..., Drafted], tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "sample").mkdir()
    columns = {"id": pa.array([1, 2]), "amount": pa.array([1.25, 2.5]), "day": pa.array(["2026-01-05", "2026-02-30"])}
    pq.write_table(pa.table(columns), tmp_path / "sample" / "d.parquet")
    made = [
        drafted("a.csv.gz", gzip.compress(TEXT.encode())),
        drafted("b.jsonl", '{"id": "A", "n": 1.50}\n{"id": "B", "n": 2, "more": {"x": [1]}}\n'),
        drafted("c.json", '[{"id": "A", "n": 1.50},\n {"id": "B", "n": 2}]'),
        drafted("d.parquet"),
    ]
    assert [one.load(tmp_path / str(n)).loaded for n, one in enumerate(made)] == [3, 2, 2, 2]
    assert [made[1].column("n").type, made[3].column("amount").type] == ["decimal(18,2)", "decimal(18,4)"]
    assert made[3].column("day").type == "text"  # 30 February is no day


def test_a_workbook_is_read(drafted: Callable[..., Drafted], tmp_path: Path) -> None:
    import datetime as dt

    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["工单编号", "创建时间", "评分"],
        ["T1", dt.datetime(2026, 1, 5, 9, 30), 4],
        ["T2", dt.datetime(2026, 1, 6, 10), 5],
    ):
        book.active.append(row)
    (tmp_path / "sample").mkdir()
    book.save(tmp_path / "sample" / "tickets.xlsx")
    made = drafted("tickets.xlsx")
    assert made.column("创建时间").type == "timestamp"
    assert made.load(tmp_path / "data").loaded == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "holds no records"),
        ("a.csv", b"id,name\n", "holds no records"),
        ("a.csv", b"Report of March\nid,name,amount\n1,b,2\n3,d,4\n", "line 1 has 1 fields, most lines have 3"),
        ("a.csv", b"id,name\n1,b\n2,d,e\n" + b"3,f\n" * 300, ":3: cannot be read as CSV"),
        ("a.csv", b"\x00\x01\x02\x80PNG" * 50, "not a text file"),
        ("a.jsonl", b'{"id": 1}\n{"id": \n', "not valid JSON"),
        ("a.parquet", b"PAR1 not", "not a Parquet file"),
        ("a.xlsx", b"not a zip", "not an Excel workbook"),
    ],
)
def test_what_is_no_sample_is_refused_in_one_line(
    drafted: Callable[..., Drafted], name: str, content: bytes, said: str
) -> None:
    with pytest.raises(KpiError) as refused:
        drafted(name, content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
