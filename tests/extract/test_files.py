"""What the readers promise: exactly what was delivered, or a refusal that says where."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import KpiError
from pipelines.extract.files import list_files

HEAD = "id,amount,changed\n"


def refused(source, name: str) -> str:
    with pytest.raises(KpiError) as error:
        source.read(name)
    return str(error.value)


def test_list_files_gives_them_sorted(source):
    for name in ("deals_b.csv", "deals_a.csv", "other.csv"):
        source.write(name, HEAD)
    found = list_files(source.contract, source.contract.tables["deals"], source.settings)
    assert [file.name for file in found] == ["deals_a.csv", "deals_b.csv"]


def test_list_files_names_folder_and_glob_where_nothing_matches(source):
    with pytest.raises(KpiError, match=r"delivered.*no file matches deals_\*\.csv"):
        list_files(source.contract, source.contract.tables["deals"], source.settings)


def test_list_files_names_a_missing_folder(source):
    source.folder.rmdir()
    with pytest.raises(KpiError, match="no such folder"):
        list_files(source.contract, source.contract.tables["deals"], source.settings)


def test_list_files_refuses_a_link_to_outside(source, tmp_path):
    (tmp_path / "secret.csv").write_text(HEAD)
    (source.folder / "deals_x.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(KpiError, match="link to outside"):
        list_files(source.contract, source.contract.tables["deals"], source.settings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "latin-1"])
def test_csv_is_decoded_exactly(source, encoding):
    word = "Ünïß" if encoding == "latin-1" else "赢单，€" if encoding == "gb18030" else "赢单"
    source.say(from_={"glob": "*.csv", "encoding": encoding.removesuffix("-sig")})
    source.write("deals_1.csv", f"{HEAD}{word},1,\n", encoding)
    assert source.read("deals_1.csv") == [(word, "1", None)]
    assert source.count("deals_1.csv") == 1


def test_csv_with_chinese_headers_in_gb18030(source):
    source.columns(商机编号="text", 金额="text").say(
        key=["商机编号"],
        cursor=None,
        from_={"glob": "*.csv", "encoding": "gb18030", "header": ["金额", "备注", "商机编号"]},
    )
    source.write("d.csv", "金额,备注,商机编号\n12.50,㐂𠮷,D1\n", "gb18030")
    assert source.read("d.csv") == [("D1", "12.50")]


def test_csv_of_another_encoding_is_refused_with_byte_and_line(source):
    source.say(from_={"glob": "*.csv", "encoding": "gb18030"})
    source.write("d.csv", HEAD.encode() + b"a,1,\n" + b"b\xff\xff,2,\n")
    assert "d.csv:3: byte 25 is not gb18030" in refused(source, "d.csv")


def test_csv_that_is_not_utf8_is_refused_with_line(source):
    source.write("d.csv", HEAD.encode() + b"a,1,\n\xb3\xb4,2,\n")
    assert "d.csv:3: " in refused(source, "d.csv")


def test_csv_in_gzip_and_with_another_delimiter(source):
    source.say(from_={"glob": "*", "format": "csv", "delimiter": "\t"})
    source.write("d.tsv.gz", gzip.compress(b"id\tamount\tchanged\n1\t2,5\t\n"))
    assert source.read("d.tsv.gz") == [("1", "2,5", None)]
    assert source.count("d.tsv.gz") == 1


def test_csv_whose_gzip_is_cut_off_is_refused(source):
    source.write("d.csv.gz", gzip.compress(HEAD.encode() + b"1,2,\n" * 5000)[:-20])
    with pytest.raises(KpiError, match="cut off"):
        source.count("d.csv.gz")


def test_csv_header_names_what_is_missing_and_unexpected(source):
    source.say(drift={"added": "refuse"})
    source.write("d.csv", "id,amout,changed,note\n1,2,,\n")
    said = refused(source, "d.csv")
    assert "d.csv:1: wrong header" in said
    assert "missing amount (did you mean amout?)" in said
    assert "unexpected 'note'" in said


@pytest.mark.parametrize("names", [None, ["id", "amount", "changed"]])
def test_csv_whose_header_is_missing_shows_no_value_of_its_first_record(source, names):
    source.say(from_={"glob": "*.csv", "names": names, "header": ["a", "b", "c"] if names else None})
    source.write("d.csv", "13912345678,王芳,13912345678\n")
    said = refused(source, "d.csv")
    assert "wrong header" in said
    assert "139" not in said
    assert "王芳" not in said


def test_csv_columns_may_come_in_another_order(source):
    source.write("d.csv", "changed,id,amount\n2026-01-01,x,1\n")
    assert source.read("d.csv") == [("x", "1", "2026-01-01")]


def test_csv_header_with_equal_names_needs_names_by_position(source):
    source.columns(id="text", category="text").say(key=["id"], cursor=None)
    source.write("d.csv", "id,category,category\n1,a,b\n")
    assert "repeats category" in refused(source, "d.csv")
    source.columns(id="text", subcategory="text").say(from_={"glob": "*", "names": ["id", "category", "subcategory"]})
    assert source.read("d.csv") == [("1", "b")]


def test_csv_without_header_takes_names_by_position(source):
    source.say(from_={"glob": "*.csv", "header": "none"})
    source.write("d.csv", "1,2,\n3,4,\n")
    assert source.read("d.csv") == [("1", "2", None), ("3", "4", None)]
    assert source.count("d.csv") == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1,2,\n3,4\n", "d.csv:3: cannot be read as CSV: 2 fields where 3 are expected"),
        ("1,2,\n3,4,5,6\n", "d.csv:3: cannot be read as CSV: 4 fields where 3 are expected"),
        ('1,2,\n3,"4,\n5,6,\n', "a quote is opened and not closed"),
        ('1,2,\n3,"4"x,\n', "a quote is opened and not closed"),
        ("1," + "x" * 3_000_000 + ",\n", "longer than 2,000,000"),
    ],
)
def test_csv_that_is_ragged_or_open_is_refused_whole(source, body, said):
    source.write("d.csv", HEAD + body)
    assert said in refused(source, "d.csv")


def test_csv_refusal_does_not_quote_the_line(source):
    source.write("d.csv", HEAD + "13912345678,2\n")
    assert "13912345678" not in refused(source, "d.csv")


@pytest.mark.parametrize("content", ["", "id,amount,changed", HEAD])
def test_csv_without_records_is_empty(source, content):
    source.write("d.csv", content)
    assert source.read("d.csv") == []
    assert source.count("d.csv") == 0


def test_csv_file_name_is_not_a_pattern(source):
    source.write("deals_[1].csv", HEAD + "a,1,\n")
    source.write("deals_1.csv", HEAD + "b,1,\n")
    assert source.read("deals_[1].csv") == [("a", "1", None)]


def test_csv_leaves_no_copy_behind(source):
    source.say(from_={"glob": "*.csv", "encoding": "gb18030"})
    source.write("d.csv", HEAD + "a,1,\n")
    source.read("d.csv")
    assert list((source.place / "scratch").iterdir()) == []


# A record that begins with a byte order mark is the sign of two joined files, which are refused (test_malformed_csv.py).
FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=20), st.booleans())
def test_csv_reader_and_counter_agree(sources, records, windows):
    source = sources()
    end = "\r\n" if windows else "\n"
    quoted = [",".join('"' + field.replace('"', '""') + '"' for field in record) for record in records]
    source.write("d.csv", (HEAD.strip() + end + "".join(line + end for line in quoted)).encode())
    assert source.read("d.csv") == [tuple(field or None for field in record) for record in records]
    assert source.count("d.csv") == len(records)


def workbook(source, rows, name="d.xlsx", sheet="Sheet", before=()):
    book = openpyxl.Workbook()
    for title in before:
        book.create_sheet(title, 0)
    for row in rows:
        book[sheet].append(row)
    book.save(source.folder / name)


def test_xlsx_numbers_dates_and_blank_rows(source):
    source.say(from_={"glob": "*.xlsx"})
    instant = dt.datetime(2026, 3, 2, 10, 30)
    workbook(
        source, [["id", "amount", "changed"], [17850, 0.1 + 0.2, instant], [], ["客户", 1e-7, dt.date(2026, 3, 2)]]
    )
    assert source.read("d.xlsx") == [
        ("17850", "0.3", "2026-03-02 10:30:00"),
        ("客户", "0.0000001", "2026-03-02"),
    ]
    assert source.count("d.xlsx") == 2


def test_xlsx_sheet_by_name(source):
    source.say(from_={"glob": "*.xlsx", "sheet": "Sheet"})
    workbook(source, [["id", "amount", "changed"], ["a", 1, None]], before=["notes"])
    assert source.read("d.xlsx") == [("a", "1", None)]
    assert source.count("d.xlsx") == 1
    source.say(from_={"glob": "*.xlsx", "sheet": "Shet"})
    assert "no sheet Shet (did you mean Sheet?)" in refused(source, "d.xlsx")


def test_xlsx_header_is_checked(source):
    source.say(from_={"glob": "*.xlsx"})
    workbook(source, [["id", "amount"], ["a", 1]])
    assert "missing changed" in refused(source, "d.xlsx")


def test_xlsx_value_beside_the_header_is_refused(source):
    source.say(from_={"glob": "*.xlsx"})
    workbook(source, [["id", "amount", "changed"], ["a", 1, None, "stray"]])
    assert "record 1 has values beside the last column" in refused(source, "d.xlsx")


def test_xlsx_bomb_is_refused_before_it_is_opened(source):
    source.say(from_={"glob": "*.xlsx"})
    with zipfile.ZipFile(source.folder / "d.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert "no honest workbook" in refused(source, "d.xlsx")


def test_xlsx_that_is_none_is_refused(source):
    source.say(from_={"glob": "*.xlsx"})
    source.write("d.xlsx", "id,amount\n")
    assert "not an Excel workbook" in refused(source, "d.xlsx")


def test_parquet_keeps_its_types(source):
    source.say(from_={"glob": "*.parquet"})
    table = pa.table({"changed": [dt.datetime(2026, 3, 2)], "id": ["a"], "amount": [Decimal("1.50")]})
    pq.write_table(table, source.folder / "d.parquet")
    assert source.read("d.parquet") == [("a", Decimal("1.50"), dt.datetime(2026, 3, 2))]
    assert source.count("d.parquet") == 1


def test_parquet_with_other_columns_or_none_at_all_is_refused(source):
    source.say(from_={"glob": "*.parquet"})
    pq.write_table(pa.table({"id": ["a"]}), source.folder / "d.parquet")
    assert "missing amount" in refused(source, "d.parquet")
    source.write("e.parquet", "id\n")
    assert "not a Parquet file" in refused(source, "e.parquet")


@pytest.mark.parametrize("kind", ["text", "integer", "decimal(18,2)", "double", "boolean", "date", "timestamp", "time"])
def test_parquet_column_that_is_null_throughout_is_loaded_as_null(source, kind):
    """As pandas writes one: of no type at all, which no cast and no dictionary takes."""
    source.columns(id="text", empty={"type": kind, "nulls": ["-"]}).say(cursor=None, from_={"glob": "*.parquet"})
    table = pa.table({"id": ["a", "b"], "empty": pa.nulls(2)})
    pq.write_table(table, source.folder / "d.parquet")
    assert source.load().loaded == 2
    assert source.column("empty") == [None, None]


def test_parquet_column_of_lists_is_loaded_as_text(source):
    source.columns(id="text", tags="text").say(cursor=None, from_={"glob": "*.parquet"})
    pq.write_table(pa.table({"id": ["a", "b"], "tags": [["x", "y"], None]}), source.folder / "d.parquet")
    assert source.load().loaded == 2
    assert source.column("tags") == ["[x, y]", None]
