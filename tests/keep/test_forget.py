"""One person's data is gone from everything a run keeps; the others' stays, and no delivery is loaded again."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.extract import load, personal
from pipelines.keep.forget import person, proof, remove
from pipelines.resources import open_warehouse
from tests.extract.conftest import Source

AT = dt.datetime(2026, 3, 2, 8)
HEAD = "contact,customer,name,phone,city,changed\n"
FIRST = (
    "p1,c1,王小明,13812345678,Xi'an,2026-01-01 08:00:00\n"
    "p2,c2,李华强,13912345678,Xi'an,2026-01-01 08:00:00\n"
    "p3,c1,王大明,13712345678,Xi'an,2026-01-01 08:00:00\n"
    ",c1,王无号,13612345678,Xi'an,2026-01-01 08:00:00\n"
)
SECOND = "p1,c1,王小明,13512345678,Xi'an,2026-02-01 08:00:00\np4,,赵无主,13412345678,Xi'an,2026-02-01 08:00:00\n"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Contacts of two customers: one changed later, one set aside for want of its key, one of nobody."""
    made = Source(tmp_path).say(key=["contact"])
    made.said["columns"] = [
        {"name": "contact", "type": "text", "as": "contact_id"},
        {"name": "customer", "type": "text", "as": "customer_id"},
        {"name": "name", "type": "text", "as": "name", "personal": "keep"},
        {"name": "phone", "type": "text", "as": "phone", "personal": "hash", "form": "phone"},
        {"name": "city", "type": "text", "as": "city"},
        {"name": "changed", "type": "timestamp"},
    ]
    made.write("deals_1.csv", HEAD + FIRST)
    made.write("deals_2.csv", HEAD + SECOND)
    deliver(made)
    with open_warehouse(made.settings) as con:
        con.execute("insert into gate.fingerprints values ('gate.quarantine_effect', 'f', 'r')")
        con.execute("create schema entities")
        con.execute("create table entities.contacts as select contact, name from raw_crm.deals")
    return made


def deliver(source: Source) -> load.TableLoad:
    with open_warehouse(source.settings) as con:
        return load.load_table(con, source.contract, "deals", source.settings, "run", AT)


def values(source: Source, customer: str = "c1") -> list[str]:
    with open_warehouse(source.settings, read_only=True) as con:
        return person.values(con, person.places(source.settings, [source.contract]), customer)


def forget(source: Source, customer: str = "c1") -> dict[str, int]:
    found, said = person.places(source.settings, [source.contract]), values(source, customer)
    with open_warehouse(source.settings) as con:
        removed = remove.from_warehouse(con, found, customer, said)
    remove.rewrite(source.settings)
    removed += [one for place in found for one in remove.from_landing(place, customer)]
    removed += remove.from_reports(source.settings, said, customer)
    return {one.where.partition(".parquet")[0]: one.number for one in removed}


def test_what_tells_who_it_is_is_known_also_of_earlier_deliveries_and_rows_set_aside(source: Source) -> None:
    key = personal.key(source.settings)
    hidden = {personal.pseudonym(number, key, "phone") for number in ("13812345678", "13512345678", "13712345678")}
    found = set(values(source))
    assert hidden <= found  # the number before the last as well: it is in landing alone
    assert personal.pseudonym("13612345678", key, "phone") in found  # of the row that was set aside
    assert not {"Xi'an", "c1", personal.pseudonym("13912345678", key, "phone")} & found


def test_none_of_the_persons_values_is_left_and_the_others_keep_theirs(source: Source) -> None:
    lists = source.settings.reports / "fix_lists"
    lists.mkdir(parents=True)
    (lists / "one.csv").write_text(f"phone\n{values(source)[0]}\n")
    (lists / "other.csv").write_text("phone\nof nobody\n")
    said, others = values(source), values(source, "c2")
    assert {left.path.suffix for left in proof.look(source.settings, said)[1]} == {".duckdb", ".parquet", ".csv"}
    removed = forget(source)
    assert {where: count for where, count in removed.items() if not where.startswith("landing")} == {
        "raw_crm.deals": 2, "quarantine_crm.deals": 1, "reports/fix_lists/one.csv": 1,
    }  # fmt: skip
    assert sorted(count for where, count in removed.items() if where.startswith("landing")) == [1, 3]
    assert source.rows("select * from gate.fingerprints") == []  # the next run checks and compares anew
    files, left = proof.look(source.settings, said)
    assert (files > 3, left) == (True, [])
    assert source.rows("select contact, customer from raw_crm.deals order by all") == [("p2", "c2"), ("p4", None)]
    assert {left.path.suffix for left in proof.look(source.settings, others)[1]} >= {".duckdb", ".parquet"}
    assert (lists / "other.csv").is_file()


def test_no_delivery_is_loaded_again_and_a_rebuild_from_landing_does_not_bring_the_person_back(source: Source) -> None:
    ledger = source.rows("select * from loads.ledger order by all")
    forget(source)
    assert source.rows("select * from loads.ledger order by all") == ledger
    again = deliver(source)
    assert (again.loaded, again.skipped_files, again.refused) == (0, 2, ())
    for path in source.folder.glob("*.csv"):
        path.unlink()  # the source was cleared; a changed contract loads from landing
    source.write("deals_3.csv", f"{HEAD}p5,c2,周新来,13312345678,Xi'an,2026-03-01 08:00:00\n")
    source.said["columns"][4] = {"name": "city", "type": "text"} | {"nulls": ["nowhere"]}
    rebuilt = deliver(source)
    assert rebuilt.refused == ()
    assert source.rows("select contact from raw_crm.deals order by all") == [("p2",), ("p4",), ("p5",)]
    assert source.rows(
        "select sum(abs(source_rows - loaded - quarantined - duplicates)) from loads.ledger"
    ) == [(0,)]  # fmt: skip


def test_a_kill_between_the_steps_leaves_what_the_next_time_finishes(source: Source) -> None:
    said = values(source)
    with open_warehouse(source.settings) as con:
        remove.from_warehouse(con, person.places(source.settings, [source.contract]), "c1", said)
    assert set(values(source)) == set(said)  # from landing
    forget(source)
    assert proof.look(source.settings, said)[1] == []
    assert values(source) == []


def test_the_proof_finds_a_planted_value_in_whatever_form_it_lies(source: Source) -> None:
    data = source.settings.data
    said = "孙悟空空空"
    plants = {
        "a.txt": said.encode(), "b.csv": f"x,{said}".encode("gb18030"), "c.bin": b"\0" + said.encode("utf-16-le"),
    }  # fmt: skip
    for name, body in plants.items():
        (data / name).write_bytes(body)
    with duckdb.connect(str(data / "d.duckdb")) as con:
        con.execute(f"create table t as select '{said}' as v from range(5000)")
        con.execute(f"copy t to '{data / 'e.parquet'}' (compression zstd)")
    found = {left.path.name for left in proof.look(source.settings, [said])[1]}
    assert found == {*plants, "d.duckdb", "e.parquet"}


def test_rewriting_the_working_file_changes_nothing_of_what_it_says(source: Source, tmp_path: Path) -> None:
    tables = "select schema_name, table_name from duckdb_tables() order by all"
    before = {name: source.rows(f"select * from {'.'.join(name)} order by all") for name in source.rows(tables)}
    shutil.copy(source.settings.warehouse, tmp_path / "old")
    remove.rewrite(source.settings)
    assert {name: source.rows(f"select * from {'.'.join(name)} order by all") for name in source.rows(tables)} == before


def test_nobody_is_asked_for_again_as_a_key_that_is_none(source: Source) -> None:
    from pipelines.cli.forget import forget as verb

    assert values(source, "c9") == []
    with pytest.raises(KpiError):
        verb(source.settings, "c9", True, "asked")
