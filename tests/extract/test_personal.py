"""Personal columns never pass the door in the clear."""

from __future__ import annotations

import stat

import pytest
from pydantic import SecretStr

from pipelines.errors import KpiError
from pipelines.extract import personal

KEY = "0123456789abcdef0123456789abcdef"
PHONE = "13912345678"


def personal_source(source):
    source.settings.pseudonym_key = SecretStr(KEY)
    return source.columns(
        id="text",
        phone={"type": "text", "personal": "hash", "nulls": ["?"]},
        mail={"type": "text", "personal": "drop"},
        rep={"type": "text", "personal": "keep"},
        amount="integer",
    ).say(cursor=None)


def test_hash_is_equal_for_equal_persons_whatever_width_case_and_blanks():
    secret = KEY.encode()
    one = personal.pseudonym("ann@Example.com", secret)
    assert one == personal.pseudonym(" ＡＮＮ@example.com ", secret)
    assert one != personal.pseudonym("bob@example.com", secret)
    assert one is not None
    assert len(one) == 64


def test_hash_depends_on_the_key_and_keeps_blank_null():
    assert personal.pseudonym(PHONE, b"k" * 16) != personal.pseudonym(PHONE, b"l" * 16)
    assert personal.pseudonym("  ", b"k" * 16) is None


def test_load_hides_personal_columns_in_raw_landing_and_quarantine(source):
    personal_source(source).write(
        "deals_1.csv", f"id,phone,mail,rep,amount\na,{PHONE},x@y.z,Ann,1\nb,?,,Bo,bad\nc,,,,2\n"
    )
    source.load()
    assert source.column("phone") == [personal.pseudonym(PHONE, KEY.encode()), None]
    assert (
        source.rows("select column_name from duckdb_columns() where table_name = 'deals' and column_name = 'mail'")
        == []
    )
    ((record,),) = source.rows("select record from quarantine_crm.deals")
    assert record == '{"id":"b","amount":"bad"}'
    source.write("deals_2.csv", f"id,phone,mail,rep,amount\nd,{PHONE},x@y.z,Ann,bad\n")
    source.load()
    for path in source.settings.data.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert PHONE.encode() not in held
            assert b"x@y.z" not in held


def test_new_key_loads_the_table_again_so_that_all_rows_match(source):
    personal_source(source).write("deals_1.csv", f"id,phone,mail,rep,amount\na,{PHONE},,,1\n")
    source.load()
    source.settings.pseudonym_key = SecretStr("another key of some length")
    source.write("deals_2.csv", f"id,phone,mail,rep,amount\nb,{PHONE},,,1\n")
    assert source.load().loaded == 2
    assert len(set(source.column("phone"))) == 1


def test_key_is_made_once_and_readable_by_its_owner_only(source):
    made = personal.key(source.settings)
    path = source.settings.data / "pseudonym.key"
    assert personal.key(source.settings) == made
    assert len(made) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in source.settings.data.iterdir()] == ["pseudonym.key"]


def test_key_that_is_short_is_refused_without_being_shown(source):
    source.settings.pseudonym_key = SecretStr("hunter2")
    with pytest.raises(KpiError) as error:
        personal.key(source.settings)
    assert "KPI_PSEUDONYM_KEY is shorter than 16" in str(error.value)
    assert "hunter2" not in str(error.value)
