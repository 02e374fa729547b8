"""Personal columns never pass the door in the clear."""

from __future__ import annotations

import random
import re
import stat

import pytest
from pydantic import SecretStr, ValidationError

from pipelines.errors import KpiError
from pipelines.extract import personal
from pipelines.extract.contract import Column
from pipelines.gate import suite as suites
from pipelines.yaml_file import read_as

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
    assert record == '{"id":"b","_phone_is_valid":null,"amount":"bad"}'
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("103.5, 0123456789abcdef", "KPI_PSEUDONYM_KEY is shorter than 16 characters, or one of its keys is"),
        (f"{KEY},{KEY}", "KPI_PSEUDONYM_KEY holds the same key twice"),
        (" , ", "KPI_PSEUDONYM_KEY is shorter than 16"),
    ],
)
def test_keys_that_are_no_chain_are_refused(source, text, found):
    source.settings.pseudonym_key = SecretStr(text)
    with pytest.raises(KpiError) as error:
        personal.key(source.settings)
    assert found in str(error.value)
    assert KEY not in str(error.value)


def test_a_key_added_to_the_file_stands_behind_the_first(source):
    first = personal.key(source.settings)
    with (source.settings.data / "pseudonym.key").open("a") as file:
        file.write(f"\n{KEY}\n")
    assert personal.key(source.settings) == first + b"\n" + KEY.encode()


SAME = {
    "phone": [
        "13912345678", "139 1234 5678", "+86 139-1234-5678", "0086-13912345678", "8613912345678", "86 13912345678",
        "(+86)13912345678", "１３９１２３４５６７８", "013912345678", "13912345678.0", "\u202d13912345678\u202c", "tel:13912345678",
    ],
    "email": ["ann.lee@Example.com", " ANN.LEE@EXAMPLE.COM ", "ａｎｎ．ｌｅｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "mailto:ann.lee@example.com"],
    "id_number": ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "110105491231002"],
    "credit_code": ["91350100M000100Y43", "91350100m000100y43", "9135 0100 M000 100Y 43"],
    "name": ["王芳", "王 芳", " 王　芳 "],
    "text": ["Ann  Lee", "ann lee", "ＡＮＮ　ＬＥＥ"],
}  # fmt: skip


@pytest.mark.parametrize("form", SAME)
def test_a_person_is_the_same_however_the_value_is_written(form):
    assert {personal.read(value, form) for value in SAME[form]} == {personal.read(SAME[form][0], form)}
    assert personal.read(SAME[form][0], form).is_valid
    assert {personal.pseudonym(value, KEY.encode(), form) for value in SAME[form]} == {
        personal.pseudonym(SAME[form][0], KEY.encode(), form)
    }


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("phone", "1391234567"), ("phone", "12345678901"), ("phone", "none"), ("phone", "+"), ("phone", "110"),
        ("email", "ann@"), ("email", "ann@example"), ("email", "a..b@example.com"), ("email", "a b@example.com"),
        ("email", "a@10.0.0.1"), ("email", "a@-x.com"), ("email", f"{'a' * 65}@example.com"),
        ("id_number", "110105194912310021"), ("id_number", "11010519491331002X"), ("id_number", "99010519491231002X"),
        ("id_number", "1101051949123100"),
        ("credit_code", "91350100M000100Y44"), ("credit_code", "91350100I000100Y43"),
        ("name", "x"), ("name", "13912345678"), ("name", "王1"),
    ],
)  # fmt: skip
def test_a_value_without_its_form_is_told(form, value):
    assert personal.read(value, form).is_valid is False


@pytest.mark.parametrize("form", SAME)
@pytest.mark.parametrize("blank", ["", "  ", "　"])
def test_a_blank_is_no_value_in_any_form(form, blank):
    assert personal.read(blank, form) is None


def test_extensions_of_one_switchboard_are_two_persons():
    one, other = personal.read("021-62770334转801", "phone"), personal.read("021-62770334 ext. 802", "phone")
    assert one == ("+862162770334x801", True)
    assert other == ("+862162770334x802", True)


def test_numbers_without_a_code_are_of_the_country_the_contract_names():
    assert personal.read("650 253 0000", "phone", "US") == personal.read("+1 650-253-0000", "phone", "CN")
    assert personal.read("13912345678", "phone", "GB") != personal.read("13912345678", "phone", "CN")


def test_mobile_numbers_are_read_as_phonenumbers_reads_them():
    import phonenumbers

    rng = random.Random(20260302)
    numbers = [f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}" for _ in range(3_000)]
    valid = 0
    for number in numbers:
        oracle = phonenumbers.parse(number, "CN")
        is_valid = phonenumbers.is_valid_number(oracle)
        found = personal.read(rng.choice(["", "+86 ", "0086", "86"]) + number, "phone")
        assert found.is_valid == is_valid, number
        if is_valid:
            assert found.text == phonenumbers.format_number(oracle, phonenumbers.PhoneNumberFormat.E164)
        valid += is_valid
    assert 1_000 < valid < 2_900, "both outcomes were met"


def test_check_digits_find_every_wrong_digit_and_every_swap_of_neighbours():
    # ISO 7064 MOD 11-2 promises both for identity numbers; 31 is a prime, so GB 32100 finds them too.
    for form, right in (("id_number", "11010519491231002X"), ("credit_code", "91350100M000100Y43")):
        digits = "0123456789" if form == "id_number" else "0123456789ABCDEFGHJKLMNPQRTUWXY"
        wrong = {right[:i] + d + right[i + 1 :] for i in range(18) for d in digits}
        wrong |= {right[:i] + right[i + 1] + right[i] + right[i + 2 :] for i in range(17)}
        assert not any(personal.read(value, form).is_valid for value in wrong - {right})


def hashed(**more):
    return {"type": "text", "personal": "hash", **more}


def test_raw_carries_right_after_the_column_whether_its_values_had_their_form(source):
    source.settings.pseudonym_key = SecretStr(KEY)
    source.columns(id="text", phone=hashed(form="phone", nulls=["无"]), mail=hashed(form="email"), amount="integer")
    source.say(cursor=None).write(
        "deals_1.csv", f"id,phone,mail,amount\na,{PHONE},a@x.org,1\nb,123,nobody,2\nc,无,,3\nd, ,a@x.org,4\n"
    )
    assert source.load().loaded == 4
    names = [n for (n,) in source.rows("select column_name from (describe raw_crm.deals)")]
    assert names[:6] == ["id", "phone", "_phone_is_valid", "mail", "_mail_is_valid", "amount"]
    assert source.column("_phone_is_valid") == [True, False, None, None]
    assert source.column("_mail_is_valid") == [True, False, None, True]
    assert [value is None for value in source.column("phone")] == [False, False, True, True]


def test_numbers_of_a_typed_source_are_hidden_as_their_text_is(source):
    import pyarrow as pa

    table = source.columns(phone=hashed(form="phone")).say(key=[], cursor=None, delivery="append").contract
    for values in (pa.array([13912345678, None]), pa.array([13912345678.0, None]), pa.array([PHONE, None])):
        reader = pa.table({"phone": values}).to_reader()
        found = personal.hide(reader, table.tables["deals"], KEY.encode()).read_all().to_pylist()
        expected = personal.pseudonym(PHONE, KEY.encode(), "phone")
        assert found == [
            {"phone": expected, "_phone_is_valid": True},
            {"phone": None, "_phone_is_valid": None},
        ]


def test_another_form_or_country_loads_the_table_again(source):
    source.settings.pseudonym_key = SecretStr(KEY)
    source.columns(id="text", phone=hashed()).say(cursor=None).write("deals_1.csv", f"id,phone\na,+86 {PHONE}\n")
    source.load()
    source.columns(id="text", phone=hashed(form="phone"))
    assert source.load().loaded == 1
    assert source.column("phone") == [personal.pseudonym(PHONE, KEY.encode(), "phone")]


def test_a_suite_may_name_the_result_and_no_other_made_name(source, tmp_path):
    source.columns(id="text", phone=hashed(form="phone")).say(cursor=None)
    place = tmp_path / "expectations" / "raw_crm" / "deals.yml"
    place.parent.mkdir(parents=True)
    rule = "- {type: expect_column_values_to_be_in_set, column: %s, value_set: [true], level: row, severity: warning, why: x}"
    place.write_text("expectations:\n" + "\n".join(rule % n for n in ("_phone_is_valid", "_id_is_valid")))
    said, file = read_as(place, suites.SuiteFile)
    found = suites.validate(
        {"raw_crm.deals": suites.Suite("raw_crm.deals", None, said.expectations, file)}, [source.contract], []
    )
    assert [re.search(r"unknown column (\w+)", str(error)).group(1) for error in found] == ["_id_is_valid"]


def test_a_form_is_of_a_hashed_column_and_its_name_is_the_loads(source):
    with pytest.raises(ValidationError, match="is for a column marked personal: hash"):
        Column(name="phone", form="phone", personal="keep")
    source.columns(id="text", phone=hashed(), _Phone_is_valid="boolean").say(cursor=None)
    with pytest.raises(ValidationError, match="_Phone_is_valid: the load makes this name itself"):
        _ = source.contract
