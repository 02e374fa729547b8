"""Files made to fill memory, disk or time: refused in under 2 s and 512 MB, or read right; nothing is written outside.

Each runs in a process of its own, which measures itself; what that process imports is no part of the seconds.
"""

from __future__ import annotations

import gzip
import io
import itertools
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import KpiError
from tests.extract.conftest import Source
from tests.faults import workbooks
from tests.faults.corpus import deliver, measured
from tests.faults.workbooks import DATE, book, claiming, number, parts, row, sheet, text, zipped

MOST_MEMORY, MOST_SECONDS = 512_000_000, 2
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEAD = b"id,amount,changed\n"


def big_zip(members: dict[str, str | bytes], name: str, start: bytes, piece: bytes, times: int, end: bytes) -> bytes:
    """A workbook in which one part is huge; zipfile streams it in."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            if member != name:
                archive.writestr(member, content)
        with archive.open(name, "w", force_zip64=True) as part:
            part.write(start)
            for _ in range(times):
                part.write(piece)
            part.write(end)
    return out.getvalue()


ROWS = row(2, number("A2", "1")).encode() * 50_000  # 1.9 MB


def large_sheet(times: int) -> bytes:
    start, end = sheet("§").encode().split("§".encode())
    return big_zip(parts(""), SHEET, start, ROWS, times, end)


def large_strings(times: int) -> bytes:
    start, end = workbooks.STRINGS.replace("changed", "changed§").encode().split("§".encode())
    return big_zip(parts(sheet("")), STRINGS, start, b"x" * 2_000_000, times, end)


def one_inner_file_listed_many_times() -> bytes:
    """Entries that overlap: the same megabyte unfolds 5,000 times."""
    inner = zipped(parts(sheet("")) | {"xl/media/image1.bin": bytes(1_000_000)})
    archive = zipfile.ZipFile(io.BytesIO(inner))
    entry = archive.getinfo("xl/media/image1.bin")
    for n in range(5000):
        archive.filelist.append(copied(entry, f"xl/media/image{n + 2}.bin"))
    return with_directory(inner, archive)


def copied(entry: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, entry.date_time)
    for field in ("compress_type", "header_offset", "CRC", "compress_size", "file_size"):
        setattr(made, field, getattr(entry, field))
    return made


def with_directory(archive: bytes, said: zipfile.ZipFile) -> bytes:
    out = io.BytesIO(archive)
    made = zipfile.ZipFile(out, "a")
    made.filelist = said.filelist
    made._didModify = True  # type: ignore[attr-defined]
    made.close()
    return out.getvalue()


def many_parts() -> bytes:
    return zipped(parts(sheet("")) | {f"xl/media/{n}": b"" for n in range(20_000)})


def billion_laughs() -> bytes:
    names = "abcdefghij"
    said = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise(names))
    return book("", strings=f'<!DOCTYPE x [<!ENTITY a "ha">{said}]>' + workbooks.STRINGS.replace("changed", "&j;"))


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet that unfolds": (lambda: large_sheet(40), "no honest workbook"),
    "shared strings that unfold": (lambda: large_strings(40), "no honest workbook"),
    "a sheet larger than it says": (lambda: claiming(large_sheet(40), SHEET, 10_000), "another size"),
    "shared strings larger than they say": (lambda: claiming(large_strings(40), STRINGS, 500), "another size"),
    "a part smaller than it says": (
        lambda: claiming(book(row(2, text("A2", "a"))), SHEET, 40_000_000),
        "another size than the workbook says",
    ),
    "parts that overlap": (one_inner_file_listed_many_times, "no honest workbook"),
    "20,000 parts": (many_parts, "more parts than any workbook"),
    "a cell in the last column and row": (
        lambda: book(row(2, text("A2", "a")) + row(1_048_576, number("XFD1048576", "1"))),
        "stands so far out",
    ),
    "a cell beyond the last column": (lambda: book(row(2, text("ZZZZZZ2", "a"))), "stands so far out"),
    "a billion laughs": (billion_laughs, "not an Excel workbook"),
    "a zip in a zip": (lambda: zipped({"d.xlsx": zipped({"d.xlsx": book("")})}), "not an Excel workbook"),
    "an encrypted workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "protected by a password"),
    "compressed as nobody does": (lambda: zipped(parts(sheet("")), zipfile.ZIP_LZMA), "another size"),
}


LARGE_BOMBS = {
    "a sheet of gigabytes": (lambda: large_sheet(1100), "no honest workbook"),
    "shared strings of gigabytes": (lambda: large_strings(1100), "no honest workbook"),
    "a sheet of gigabytes that says it is small": (lambda: claiming(large_sheet(1100), SHEET, 10_000), "another size"),
}


def gzip_of(start: bytes, piece: bytes, megabytes: int) -> bytes:
    """A gzip file of several members: what it unfolds to is start, then piece again and again."""
    member = gzip.compress(piece * (10_000_000 // len(piece)))
    return gzip.compress(start) + member * (megabytes // 10)


GZIP_BOMBS = {
    "zeros as CSV": ("d.csv.gz", b"", bytes(1000), "unfolds"),
    "records as CSV": ("d.csv.gz", HEAD, b"a,1,\n", "unfolds to more than 200 times its size"),
    "one field as CSV": ("d.csv.gz", HEAD, b"x", "unfolds"),
    "blanks as JSON": ("d.json.gz", b"", b" ", "unfolds"),
    "a text as JSON": ("d.json.gz", b'[{"id": "', b"x", "unfolds"),
    "JSON lines": ("d.jsonl.gz", b"", b'{"id": "a"}\n', "unfolds"),
    "one JSON line": ("d.jsonl.gz", b'{"id": "', b"x", "unfolds"),
}


def refused_for_little(place: Path, made: dict[str, tuple[str, bytes, str]]) -> None:
    """Each file is refused for its reason; all in one process, so that the memory is that of the worst."""
    for kind, (name, content, _) in made.items():
        folder = place / kind / "delivered"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(content)
    costs, peak = measured(*((place / kind, name, {}) for kind, (name, _, _) in made.items()))
    for (kind, (_, content, reason)), cost in zip(made.items(), costs, strict=True):
        print(f"{kind}, {len(content):,} bytes: {cost.seconds:.2f} s")
        assert cost.outcome.rows is None, kind
        assert reason in cost.outcome.reason, kind
        assert cost.seconds < MOST_SECONDS, kind
    print(f"all of them: {peak / 1e6:.0f} MB")
    assert peak < MOST_MEMORY


def test_workbook_bombs_are_refused_in_little_memory_and_time(tmp_path):
    refused_for_little(tmp_path, {kind: ("d.xlsx", make(), reason) for kind, (make, reason) in BOMBS.items()})


def test_gzip_bombs_are_refused_in_little_memory_and_time(tmp_path):
    made = {k: (name, gzip_of(start, piece, 300), why) for k, (name, start, piece, why) in GZIP_BOMBS.items()}
    refused_for_little(tmp_path, made)


@pytest.mark.faults
def test_workbook_bombs_of_gigabytes_are_refused_in_little_memory_and_time(tmp_path):
    refused_for_little(tmp_path, {kind: ("d.xlsx", make(), reason) for kind, (make, reason) in LARGE_BOMBS.items()})


@pytest.mark.faults
def test_gzip_bombs_of_ten_gigabytes_are_refused_in_little_memory_and_time(tmp_path):
    made = {k: (name, gzip_of(start, piece, 10_000), why) for k, (name, start, piece, why) in GZIP_BOMBS.items()}
    refused_for_little(tmp_path, made)


def test_honest_files_that_fold_well_are_taken_in_little_memory(tmp_path):
    lines = b"".join(b"2026-01-%02d,CN-%d,open\n" % (n % 28 + 1, n // 1000) for n in range(400_000))
    rows = "".join(row(n, text(f"A{n}", "a"), number(f"B{n}", "1")) for n in range(2, 30_000))
    start, end = workbooks.STRINGS.replace("</sst>", "<si><t>§</t></si></sst>").encode().split("§".encode())
    long = big_zip(parts(sheet(row(2, text("A2", "a")))), STRINGS, start, b"x" * 1_000_000, 45, end)
    made = {"d.csv.gz": gzip.compress(HEAD + lines), "d.xlsx": book(rows), "e.xlsx": long}
    for name, content in made.items():
        (tmp_path / name / "delivered").mkdir(parents=True)
        (tmp_path / name / "delivered" / name).write_bytes(content)
    (zipped_csv, workbook, strings), peak = measured(*((tmp_path / name, name, {}) for name in made))
    assert zipped_csv.outcome.rows == [(f"2026-01-{n + 1:02}", "CN-0", "open") for n in range(10)]
    assert workbook.outcome.rows == [("a", "1", None)] * 10
    assert strings.outcome.rows == [("a", None, None)]
    assert peak < MOST_MEMORY


# --- members and links that lead outside ----------------------------------------------------------------------------


def test_members_that_lead_outside_are_written_nowhere(tmp_path):
    members = dict.fromkeys(["../../evil.txt", "/evil.txt", "..\\evil.txt", "xl/../../evil.txt"], b"evil")
    home = tmp_path / "a" / "b" / "c"
    outcome = deliver(home, "d.xlsx", zipped(parts(sheet(row(2, text("A2", "a")))) | members))
    assert outcome.rows == [("a", None, None)]
    assert list(tmp_path.rglob("*evil*")) == []
    assert not Path("/evil.txt").exists()


def test_relation_that_leads_outside_reads_nothing_outside(tmp_path):
    (tmp_path / "sheet1.xml").write_text(sheet(row(2, text("A2", "secret"))))
    members = parts(sheet(""))
    target = f"../../../../../../../../..{tmp_path}/sheet1.xml"
    key = "xl/_rels/workbook.xml.rels"
    members[key] = str(members[key]).replace("worksheets/sheet1.xml", target)
    outcome = deliver(tmp_path / "in", "d.xlsx", zipped(members))
    assert outcome.rows is None
    assert "not an Excel workbook" in outcome.reason


@pytest.mark.parametrize("kind", ["file", "folder", "nothing", "itself"])
def test_link_out_of_the_folder_is_refused(tmp_path, kind):
    source = Source(tmp_path / "in")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "deals_2.csv").write_bytes(HEAD + b"secret,1,\n")
    source.say(from_={"glob": "**/deals_*.csv"})
    link = source.folder / ("sub" if kind == "folder" else "deals_2.csv")
    targets = {"file": outside / "deals_2.csv", "folder": outside, "nothing": outside / "gone", "itself": link}
    link.symlink_to(targets[kind])
    source.write("deals_1.csv", HEAD + b"a,1,\n")
    if kind == "folder":  # which is not entered at all
        source.load()
        assert source.column("id") == ["a"]
    else:
        with pytest.raises(KpiError, match="link"):
            source.load()


def test_what_is_no_file_is_no_delivery(tmp_path):
    source = Source(tmp_path)
    source.write("deals_1.csv", HEAD + b"a,1,\n")
    os.mkfifo(source.folder / "deals_2.csv")
    (source.folder / "deals_3.csv").mkdir()
    assert source.load().loaded == 1


# --- what a workbook may hold besides values ------------------------------------------------------------------------


def test_macros_are_not_looked_at(tmp_path):
    members = parts(sheet(row(2, text("A2", "a")))) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500)}
    assert deliver(tmp_path, "d.xlsm", zipped(members)).rows == [("a", None, None)]


def test_value_that_a_formula_stored_counts(tmp_path):
    rows = row(2, text("A2", "a"), '<c r="B2"><f>1+1</f><v>2</v></c>', '<c r="C2" t="str"><f>""</f><v></v></c>')
    assert deliver(tmp_path, "d.xlsx", book(rows)).rows == [("a", "2", None)]


@pytest.mark.parametrize("formula", ["<f>1+1</f>", '<f t="shared" si="0"/>', "<f/>"])
def test_formula_that_was_never_computed_refuses_the_file(tmp_path, formula):
    outcome = deliver(tmp_path, "d.xlsx", book(row(2, text("A2", "a"), f'<c r="B2">{formula}</c>')))
    assert "d.xlsx:2: the cell in row 2, column 2 holds a formula whose value was never stored" in outcome.reason


def test_error_values_are_what_they_say_and_no_empty_cells(tmp_path):
    words = ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!"]
    rows = "".join(row(n, text(f"A{n}", "a"), number(f"B{n}", word, 't="e"')) for n, word in enumerate(words, 2))
    assert deliver(tmp_path / "text", "d.xlsx", book(rows)).rows == [("a", word, None) for word in words]
    typed = {"id": "text", "amount": "decimal(18,2)", "changed": "text"}
    outcome = deliver(tmp_path / "typed", "d.xlsx", book(rows), typed)
    assert (outcome.rows, outcome.aside) == ([], len(words))
    nulls = typed | {"amount": {"type": "decimal(18,2)", "nulls": words}}
    assert deliver(tmp_path / "nulls", "d.xlsx", book(rows), nulls).rows == [("a", None, None)] * len(words)


def test_whole_numbers_keep_every_digit(tmp_path):
    words = ["12345678901234567", "12345678901234568", "-9007199254740993", "100000000000000000000", "999999999999999"]
    rows = "".join(row(n, number(f"A{n}", word)) for n, word in enumerate(words, 2))
    assert deliver(tmp_path, "d.xlsx", book(rows)).rows == [(word, None, None) for word in words]


def test_merged_cells_hold_their_value_once(tmp_path):
    rows = row(2, text("A2", "a"), number("B2", "1")) + row(3, number("B3", "2"))
    worksheet = sheet(rows).replace("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>')
    assert deliver(tmp_path, "d.xlsx", zipped(parts(worksheet))).rows == [("a", "1", None), (None, "2", None)]


@pytest.mark.parametrize(
    ("properties", "days"),
    [
        (
            "",
            {"1": "1900-01-01", "59": "1900-02-28", "61": "1900-03-01", "46083": "2026-03-02", "2958465": "9999-12-31"},
        ),
        ('<workbookPr date1904="1"/>', {"1": "1904-01-02", "44621": "2026-03-02"}),
        ('<workbookPr date1904="true"/>', {"44621": "2026-03-02"}),
        ('<workbookPr date1904="0"/>', {"46083": "2026-03-02"}),
    ],
)
def test_days_are_of_the_system_that_the_workbook_says(tmp_path, properties, days):
    rows = "".join(row(n, text(f"A{n}", "a"), number(f"C{n}", serial, DATE)) for n, serial in enumerate(days, 2))
    found = deliver(tmp_path, "d.xlsx", book(rows, properties=properties)).rows
    assert found == [("a", None, day) for day in days.values()]


@pytest.mark.parametrize("serial", ["-5", "99999999", "0.5"])
def test_number_that_is_no_day_is_set_aside(tmp_path, serial):
    columns = {"id": "text", "amount": "text", "changed": "date"}
    outcome = deliver(tmp_path, "d.xlsx", book(row(2, text("A2", "a"), number("C2", serial, DATE))), columns)
    assert (outcome.rows, outcome.aside) == ([], 1)


ODD = {
    "places left out": (sheet('<row><c t="str"><v>a</v></c><c><v>1</v></c></row>'), [("a", "1", None)]),
    "rows out of order": (sheet(row(3, text("A3", "b")) + row(2, text("A2", "a"))), [("a", None, None), ("b", None, None)]),
    "a size that is not true": (
        sheet(row(2, text("A2", "a")), before='<dimension ref="A1:XFD1048576"/>'),
        [("a", None, None)],
    ),
    "another prefix": (
        sheet(row(2, text("A2", "a"))).replace("xmlns=", "xmlns:x=").replace("</", "§/").replace("<", "<x:").replace("§/", "</x:"),
        [("a", None, None)],
    ),
    "empty texts": (sheet(row(2, text("A2", ""), text("B2", "")) + row(3, text("A3", "a"))), [("a", None, None)]),
    "a row twice": (sheet(row(2, text("A2", "a")) + row(2, text("A2", "b"))), None),
    "a string that is not there": (sheet(row(2, number("A2", "99", 't="s"'))), None),
    "a place that is none": (sheet(row(2, text("1A", "a"))), None),
    "cut off": (sheet(row(2, text("A2", "a")))[:-30], None),
    "no XML": ("id,amount,changed\n", None),
    "values beside the header": (sheet(row(2, text("A2", "a"), text("D2", "x"))), None),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_odd_worksheet_is_read_right_or_refused(tmp_path, kind):
    worksheet, rows = ODD[kind]
    assert deliver(tmp_path, "d.xlsx", zipped(parts(worksheet))).rows == rows


def test_damaged_workbook_is_read_right_or_refused(tmp_path):
    good = book("".join(row(n, text(f"A{n}", f"k{n}"), number(f"B{n}", str(n))) for n in range(2, 50)))
    rows = [(f"k{n}", str(n), None) for n in range(2, 50)]
    refused = 0
    for at in range(0, len(good), len(good) // 20):
        changed = good[:at] + bytes([good[at] ^ 0x5A]) + good[at + 1 :]
        outcome = deliver(tmp_path / f"flip {at}", "d.xlsx", changed)
        assert outcome.rows in (None, rows), f"byte {at}"
        cut = deliver(tmp_path / f"cut {at}", "d.xlsx", good[:at])
        assert cut.rows is None
        refused += outcome.rows is None
    assert refused > 10


@pytest.mark.parametrize("name", ["d.xls", "d.parquet"])
def test_damaged_file_of_another_format_is_refused(tmp_path, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({n: [f"{n}{i}" for i in range(3000)] for n in ("id", "amount", "changed")}), out)
    good = out.getvalue() if name == "d.parquet" else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(6000)
    for number_, at in enumerate(range(8, len(good), len(good) // 6)):
        torn = deliver(tmp_path / f"zeros {number_}", name, good[:at] + bytes(200) + good[at + 200 :])
        assert torn.rows is None or len(torn.rows) == 3000
        assert deliver(tmp_path / f"cut {number_}", name, good[:at]).rows is None
