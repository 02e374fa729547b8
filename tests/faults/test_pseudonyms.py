"""A new key keeps every join; without the key nobody finds a person among 10,000; no byte holds a value in the clear.

Invariants: joins before and after a rotation are equal; hits of a dictionary 0 of 10,000; canaries found 0.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.errors import KpiError
from pipelines.extract import personal
from pipelines.extract.personal import keys
from pipelines.resources import open_warehouse
from tests.extract.conftest import Source

OLD, NEW, NEWEST = "the first key 1 of 3", "the second key 2 of 3", "the third key 3 of 3"
OTHER = "somebody else's key"
PHONES = [f"139{number:08d}" for number in range(10_000)]
HIDDEN = {"type": "text", "personal": "hash", "form": "phone"}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def contacts(source: Source, *used: str) -> Source:
    source.settings.pseudonym_key = SecretStr(",".join(used))
    return source.columns(id="text", phone=HIDDEN, amount="integer").say(cursor=None, hold_below=0)


def persons(source: Source) -> dict[str, str]:
    """Record → pseudonym."""
    return dict(source.rows("select id, phone from raw_crm.deals"))


def groups(found: dict[str, str]) -> set[frozenset[str]]:
    """Which records are of one person: what every join and count of persons rests on."""
    return {frozenset(k for k, v in found.items() if v == one) for one in set(found.values())}


def test_a_new_key_keeps_joins_of_files_that_are_gone_with_files_that_come(source):
    seed = 37
    rng = random.Random(seed)
    truth: dict[str, str] = {}

    def deliver(number: int) -> None:
        some = {f"{number}.{i}": rng.choice(PHONES[:60]) for i in range(100)}
        truth.update(some)
        ways = ["{}", "+86 {}", "0086-{}", "86{}"]
        lines = [f"{key},{rng.choice(ways).format(phone)},1" for key, phone in some.items()]
        source.write(f"deals_{number}.csv", "id,phone,amount\n" + "\n".join(lines) + "\n")

    expected = lambda: {frozenset(k for k, v in truth.items() if v == one) for one in set(truth.values())}  # noqa: E731
    made = []
    for number, used in enumerate([(OLD,), (OLD, NEW), (OLD, NEW, NEWEST)], start=1):
        contacts(source, *used)
        deliver(number)
        source.load()
        found = persons(source)
        assert len(found) == 100 * number
        assert groups(found) == expected()
        made.append(set(found.values()))
        (source.folder / f"deals_{number}.csv").unlink()  # from now on only landing has it
    assert not made[0] & made[1]
    assert not made[1] & made[2]
    chain = "\n".join((OLD, NEW, NEWEST)).encode()
    assert found == {key: personal.pseudonym(phone, chain, "phone") for key, phone in truth.items()}
    print(f"seed {seed}: {len(truth)} records of {len(expected())} persons joined alike after 2 rotations")


def test_a_rotation_leaves_no_landing_file_under_the_old_key(source):
    contacts(source, OLD).write("deals_1.csv", f"id,phone,amount\na,{PHONES[1]},1\n")
    source.load()
    (before,) = source.settings.landing.rglob("*.parquet")
    contacts(source, OLD, NEW)
    source.load()
    (after,) = source.settings.landing.rglob("*.parquet")
    assert before != after
    assert personal.forget_old(after.parent, f"{OLD}\n{NEW}".encode(), []) == 0
    assert source.load().skipped_files == 1, "and nothing is loaded again"


def test_what_a_killed_rotation_left_goes_with_the_next_load(source, monkeypatch):
    contacts(source, OLD).write("deals_1.csv", f"id,phone,amount\na,{PHONES[1]},1\n")
    source.load()
    contacts(source, OLD, NEW)
    with monkeypatch.context() as patched:  # killed between the commit and the removal
        patched.setattr(personal, "forget_old", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            source.load()
    assert len(list(source.settings.landing.rglob("*.parquet"))) == 2
    source.load()
    (left,) = source.settings.landing.rglob("*.parquet")
    assert [(left.stem,)] == source.rows("select batch_id from loads.ledger")


def test_a_key_put_in_place_of_the_old_is_refused_where_the_file_is_gone(source):
    contacts(source, OLD).write("deals_1.csv", f"id,phone,amount\na,{PHONES[1]},1\n")
    source.load()
    before = persons(source)
    (source.folder / "deals_1.csv").unlink()
    contacts(source, NEW).write("deals_2.csv", f"id,phone,amount\nb,{PHONES[1]},1\n")
    loaded = source.try_load()
    assert "a new key is added behind the old ones" in str(loaded.refused[0].error)
    assert NEW not in str(loaded.refused[0].error)
    assert persons(source) == before


def test_a_column_that_was_hidden_is_never_taken_as_clear(source):
    contacts(source, OLD).write("deals_1.csv", f"id,phone,amount\na,{PHONES[1]},1\n")
    source.load()
    (source.folder / "deals_1.csv").unlink()
    source.write("deals_2.csv", f"id,phone,amount\nb,{PHONES[1]},1\n")
    source.columns(id="text", phone={"type": "text", "personal": "keep"}, amount="integer")
    with pytest.raises(KpiError, match="what was landed of it does not serve"):
        source.load()


def test_the_same_person_in_two_systems_is_one(tmp_path):
    one, other = (contacts(Source(tmp_path / name), OLD) for name in ("crm", "erp"))
    one.write("deals_1.csv", f"id,phone,amount\na,{PHONES[7]},1\n")
    other.write("deals_1.csv", f"id,phone,amount\nx,0086 {PHONES[7][:3]}-{PHONES[7][3:]},1\n")
    one.load()
    other.load()
    assert one.column("phone") == other.column("phone") != [None]


def test_a_dictionary_without_the_key_finds_nobody_among_ten_thousand(source):
    contacts(source, OLD, NEW)
    source.write("deals_1.csv", "id,phone,amount\n" + "".join(f"{i},{p},1\n" for i, p in enumerate(PHONES)))
    source.load()
    held = set(persons(source).values())
    assert len(held) == len(PHONES)
    written = [form.format(phone) for phone in PHONES for form in ("{}", "+86{}", "86{}")]
    guesses = {
        "hashes": {hashlib.new(kind, word.encode()).hexdigest() for word in written for kind in ("sha256", "sha3_256")},
        "the empty key": {hmac.digest(b"", word.encode(), "sha256").hex() for word in written},
        "another key": {str(personal.pseudonym(phone, OTHER.encode(), "phone")) for phone in PHONES},
        "the old key, which leaked": {str(personal.pseudonym(phone, OLD.encode(), "phone")) for phone in PHONES},
        "the new key alone": {str(personal.pseudonym(phone, NEW.encode(), "phone")) for phone in PHONES},
    }
    marks = keys.marks(f"{OLD}\n{NEW}".encode())  # they lie in landing: they must not help either
    guesses["marks as keys"] = {str(personal.pseudonym(p, m.encode(), "phone")) for p in PHONES for m in marks}
    assert {how: len(some & held) for how, some in guesses.items()} == dict.fromkeys(guesses, 0)
    with_keys = {personal.pseudonym(phone, f"{OLD}\n{NEW}".encode(), "phone") for phone in PHONES}
    assert with_keys == held, "the attack itself works: with all keys it finds everybody"
    print(f"0 of {len(PHONES)} found by each of {len(guesses)} dictionaries")


def test_no_byte_below_the_data_folder_holds_a_hidden_value(source, capfd, caplog):
    """Planted where loads go right, and where they go wrong: bad types, blank keys, duplicates, a refused file."""
    phone, mail, secret_note = "13987654321", "canary.person@example.org", "canary-only-dropped"
    clear = "canary-kept-in-the-clear"
    contacts(source, OLD).columns(
        id="text",
        phone=HIDDEN,
        mail={"type": "text", "personal": "hash", "form": "email"},
        note={"type": "text", "personal": "drop"},
        rep={"type": "text", "personal": "keep"},
        amount="integer",
    )
    head = "id,phone,mail,note,rep,amount\n"
    tail = f"{phone},{mail},{secret_note},{clear}"
    source.write("deals_1.csv", head + f"a,{tail},1\nb,{tail},bad\n,{tail},1\na,{tail},2\nc,x{phone},{mail}@,,,3\n")
    source.write("deals_2.csv", head + f"d,{tail},1,{phone}\n")  # a field too many: the whole file is refused
    source.write("deals_3.csv", head + f'e,{tail},"1\n')  # a quote that never ends
    said = [source.try_load(), source.try_load()]
    contacts_of = source.settings.pseudonym_key
    assert contacts_of is not None
    source.settings.pseudonym_key = SecretStr(f"{contacts_of.get_secret_value()},{NEW}")
    said.append(source.try_load())
    assert said[0].quarantined == 2
    assert len(said[0].refused) == 2
    with open_warehouse(source.settings) as con:
        con.execute("checkpoint")
    spoken = repr(said) + "".join(str(refused.error) for one in said for refused in one.refused)
    spoken += "".join(capfd.readouterr()) + caplog.text
    hidden = [phone, phone[:3] + "-" + phone[3:], mail, mail.upper(), secret_note, OLD, NEW]
    files = [path for path in source.settings.data.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".duckdb", ".parquet"}
    places = {str(path): path.read_bytes() for path in files}
    places |= {f"{p} unpacked": unpacked(p) for p in map(str, files) if p.endswith(".parquet")}
    places |= {"warehouse unpacked": warehouse_text(source), "errors, results, logs": spoken.encode()}
    found = [(place, word) for place, held in places.items() for word in hidden if word.encode() in held]
    assert found == []
    assert clear.encode() in places["warehouse unpacked"], "the search itself finds what is kept"
    print(f"0 of {len(hidden)} canaries in {len(places)} places, {sum(map(len, places.values())):,} bytes")


def unpacked(path: str) -> bytes:
    """The values of a Parquet file: its pages are compressed."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return repr((table.to_pylist(), table.schema.metadata)).encode()


def warehouse_text(source: Source) -> bytes:
    """Every value of every table of the working file: its blocks are compressed."""
    tables = source.rows("select schema_name, table_name from duckdb_tables() where not internal")
    assert {name for _, name in tables} >= {"deals", "ledger"}
    assert all(re.fullmatch(r"\w+", part) for address in tables for part in address)
    return repr([source.rows(f"select * from {schema}.{name}") for schema, name in tables]).encode()
