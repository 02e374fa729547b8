"""Text as SQL Server's bcp writes it: a record is its number of fields, whatever line breaks those hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.errors import KpiError
from pipelines.extract.files import bcp_file

BCP = {"glob": "*.csv", "format": "bcp", "header": "none", "delimiter": "\t"}


@pytest.fixture
def bcp(source):
    return source.columns(id="integer", comment="text", changed="date").say(
        from_=BCP, key=[], cursor=None, delivery="full"
    )


def test_a_line_break_inside_a_field_is_text(bcp):
    bcp.write("deals_1.csv", '1\ttwo "lines\r\n\nand a third\t2026-03-01\n2\t\t2026-03-02\n')
    assert bcp.read("deals_1.csv") == [
        ("1", 'two "lines\r\n\nand a third', "2026-03-01"),
        ("2", None, "2026-03-02"),
    ]
    assert bcp.count("deals_1.csv") == 2
    assert bcp.load().loaded == 2


def test_the_last_record_needs_no_end_and_blank_lines_behind_it_are_none(bcp):
    for name, end in (("deals_1.csv", ""), ("deals_2.csv", "\r\n"), ("deals_3.csv", "\n\n")):
        bcp.write(name, f"1\ta\t2026-03-01\r\n2\tb\t2026-03-02{end}")
        assert [row[2] for row in bcp.read(name)] == ["2026-03-01", "2026-03-02"]
        assert bcp.count(name) == 2


def test_the_empty_text_of_bcp_is_no_null(bcp):
    bcp.write("deals_1.csv", "1\t\0\t2026-03-01\n")
    assert bcp.read("deals_1.csv") == [("1", "", "2026-03-01")]


def test_ends_of_fields_and_records_may_be_several_characters(bcp):
    # As AdventureWorks writes its Store and Person tables, in UTF-16 with a byte order mark.
    bcp.say(from_=BCP | {"delimiter": "+|", "record_end": "&|\n", "encoding": "utf-16"})
    bcp.write("deals_1.csv", "1+|a+b|c\n&|d+|2026-03-01&|\n2+|赢单+|2026-03-02&|\n", "utf-16")
    assert bcp.read("deals_1.csv") == [("1", "a+b|c\n&|d", "2026-03-01"), ("2", "赢单", "2026-03-02")]
    assert bcp.count("deals_1.csv") == 2


def test_a_record_that_breaks_off_is_refused(bcp):
    bcp.write("deals_1.csv", "1\ta\t2026-03-01\n2\tb")
    with pytest.raises(KpiError, match="3 delimiters where each record of 3 columns has 2"):
        bcp.count("deals_1.csv")
    with pytest.raises(KpiError, match="record 2 breaks off: 2 fields where 3 are expected"):
        bcp.read("deals_1.csv")
    refused = bcp.try_load().refused
    assert [one.kind for one in refused] == ["unfit"]
    assert bcp.rows("select count(*) from raw_crm.deals") == [(0,)]


def test_a_field_without_end_is_refused_before_it_fills_memory(bcp):
    bcp.write("deals_1.csv", "1\t" + "x" * 3_200_000)
    with pytest.raises(KpiError, match="record 1: a field longer than 2,000,000 characters"):
        bcp.read("deals_1.csv")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"header": None}, "needs a delimiter and header: none"),
        ({"delimiter": ""}, "needs a delimiter and header: none"),
        ({"format": "csv", "record_end": "&|"}, "record_end is for format: bcp"),
    ],
)
def test_contract_refuses_what_bcp_never_writes(bcp, said, why):
    bcp.say(from_=BCP | said)
    with pytest.raises(ValidationError, match=why):
        bcp.contract  # noqa: B018


FIELD = st.text(st.sampled_from('ab"\n+|&,'), max_size=6)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(FIELD, FIELD, FIELD.filter(lambda f: "\n" not in f)), max_size=8), chunk=st.integers(1, 9)
)
def test_reading_gives_back_what_was_written_wherever_chunks_end(sources, rows, chunk):
    source = sources().columns(a="text", b="text", c="text").say(from_=BCP, key=[], cursor=None, delivery="full")
    source.write("deals_1.csv", "".join("\t".join(row) + "\n" for row in rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bcp_file, "CHUNK", chunk)
        assert source.read("deals_1.csv") == [tuple(field or None for field in row) for row in rows]
        assert source.count("deals_1.csv") == len(rows)
