"""Fault test 11: no two columns become one, whatever they are called.

Names that people see as one are refused by both names, in every format and database that can hold both, unless the
contract gives `names` by position; names that only look alike stay two columns with their own values. The pairs were
set down by hand. Chinese, rare characters beyond the BMP and emoji stand in names of tables, columns and in values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.errors import KpiError
from pipelines.extract.contract import SourceContract
from pipelines.resources import open_warehouse
from tests.extract.databases.conftest import serve
from tests.extract.rest.conftest import Open, source  # noqa: F401
from tests.extract.rest.server import Reply
from tests.faults import columns
from tests.faults.columns import DATABASES, FILES, Delivery, can_hold
from tests.faults.test_drift import Table

ONE = [
    ("ID", "id"), ("ID", "ＩＤ"), ("金额", " 金额"), ("金额", "金额\u3000"), ("金额", "\u00a0金额"), ("金额", "金额\t"),
    ("Deal Name", "Deal  Name"), ("Deal Name", "deal\u3000name"), ("金额(元)", "金额（元）"), ("カナ", "ｶﾅ"),
    ("Straße", "STRASSE"), ("é", "e\u0301"), ("É", "é"), ("ﬁrma", "Firma"), ("K", "\u212a"), ("Ω", "ω"),
    ("电话1", "电话１"), ("电话1", "电话①"), ("\u2f2d", "山"), ("😀 心情", "😀\u3000心情"), ("𠮷a", "𠮷Ａ"), ("Ⅳ", "iv"),
]  # fmt: skip
TWO = [
    ("金额", "金額"), ("𠮷", "吉"), ("𠮷", "𠮶"), ("é", "e"), ("A", "А"), ("O", "0"), ("😀", "😃"), ("👍", "👍🏽"), ("戶", "户"),
    ("a_b", "ab"), ("a-b", "a_b"), ("a.b", "a"), ("ı", "i"), ("名", "名2"), ("龘", "龖"), ("x", "х"), ("❤", "❤\ufe0f"),
]  # fmt: skip
BY_POSITION = ("csv", "xlsx", "parquet", "postgresql", "sqlite")


SHORT_AND_FULL = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.faults)], ids=["some pairs", "every pair"]
)


def some(pairs: list[tuple[str, str]], every: bool) -> list[tuple[str, str]]:
    return pairs if every else pairs[1::4]


@pytest.fixture(params=[*FILES, *DATABASES])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Table]:
    kind = request.param
    if kind in FILES:
        yield Table(kind, tmp_path / "t")
        return
    for server in serve(kind, tmp_path):
        yield Table(kind, tmp_path / "t", server)


def of(table: Table, listed: list[str], **said: Any) -> SourceContract:
    """A contract of these text columns, and nothing else."""
    place = columns.contract(table.kind, {})["from"] | said
    return table.contract({"from": place, "delivery": "full", "columns": [{"name": name} for name in listed]})


def deliver(table: Table, names: list[str]) -> list[tuple[str, ...]]:
    """Two records, each value naming its column by place; the records."""
    delivery = Delivery([(name, str(place)) for place, name in enumerate(names)], names)
    rows: list[columns.Row] = [{str(place): f"{place}·{n}·𠮷😀龘" for place in range(len(names))} for n in (1, 2)]
    table.deliver(1, rows, delivery)
    return [tuple(str(value) for value in row.values()) for row in rows]


def raw(con: Any, names: list[str]) -> list[tuple[str, ...]]:
    chosen = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    return con.execute(f"select {chosen} from raw_crm.t order by _row_number").fetchall()


def refusal(table: Table, con: Any, contract: SourceContract, run_id: str) -> str:
    """Why nothing was loaded: a database's table that never came is an error of the load itself."""
    try:
        ((refused),) = table.load(con, contract, run_id).refused
    except KpiError as error:
        return str(error)
    return str(refused.error)


@SHORT_AND_FULL
def test_names_that_fold_to_one_are_refused_by_both(table, every):
    tried = 0
    with open_warehouse(table.settings) as con:
        for pair in some(ONE, every):
            for one, other in (pair, pair[::-1]):
                if not can_hold(table.kind, ["n", one, other]):
                    continue
                tried += 1
                deliver(table, ["n", one, other])
                said = refusal(table, con, of(table, ["n", one]), f"r{tried}")
                assert repr(one) in said, (one, other)
                assert repr(other) in said, (one, other)
                assert con.execute("from loads.ledger").fetchall() == []
    print(f"{table.kind}: {tried} of {2 * len(ONE)} can be held, all refused by both names")
    expected = 2 * len(some(ONE, every))
    assert tried == expected if table.kind in (*FILES, "postgresql") else tried >= expected / 3


@SHORT_AND_FULL
def test_names_that_only_look_alike_stay_two(table, every):
    tried = 0
    with open_warehouse(table.settings) as con:
        for pair in some(TWO, every):
            if not can_hold(table.kind, list(pair)) or (table.kind == "mariadb" and pair == ("é", "e")):
                continue  # MariaDB compares names without accents
            tried += 1
            rows = deliver(table, ["n", *pair])
            loaded = table.load(con, of(table, ["n", *pair]), f"r{tried}")
            assert loaded.refused == (), f"{pair}: {loaded.refused}"
            assert loaded.found == (), pair
            assert raw(con, ["n", *pair]) == rows, pair
    assert tried >= len(some(TWO, every)) * 0.6


@SHORT_AND_FULL
def test_names_by_position_keep_columns_apart_that_fold_to_one(table, every):
    if table.kind not in BY_POSITION:
        pytest.skip("its names have no position, or it cannot hold such names")
    given, tried = ["n", "甲", "𠮷乙"], 0
    pairs = [*some(ONE, every), *(() if table.kind in DATABASES else [("金额", "金额"), ("", "")])]
    with open_warehouse(table.settings) as con:
        for pair in pairs:
            if not can_hold(table.kind, ["n", *pair]):
                continue
            tried += 1
            rows = deliver(table, ["n", *pair])
            said = {} if not all(pair) else {"header": ["n", *pair]}
            loaded = table.load(con, of(table, given, names=given, **said), f"r{tried}")
            assert loaded.refused == (), f"{pair}: {loaded.refused}"
            assert raw(con, given) == rows, pair
            loaded = table.load(con, of(table, [given[2], given[0]], names=given), f"r{tried}b")
            assert loaded.refused == (), f"{pair}: {loaded.refused}"
            assert raw(con, [given[2], given[0]]) == [(row[2], row[0]) for row in rows], f"{pair}: a part, turned round"
    print(f"{table.kind}: {tried} pairs kept apart by position")


@pytest.mark.parametrize("kind", DATABASES)
def test_chinese_and_rare_names_of_tables_and_values(kind, tmp_path):
    """MariaDB has no names beyond the BMP."""
    for server in serve(kind, tmp_path):
        mark = "`" if kind == "mariadb" else '"'
        encoded = " default charset utf8mb4" if kind == "mariadb" else ""
        for number, name in enumerate(["客户", "龘 客户", "客户·备份", *([] if kind == "mariadb" else ["𠮷😀"])]):
            column = "戶龘" if kind == "mariadb" else "𠮷😀戶"
            server.execute(
                f"create table {mark}{name}{mark} (id int, {mark}{column}{mark} varchar(50)){encoded}",
                f"insert into {mark}{name}{mark} values (1, '𠮷田😀龘𪚥'), (2, '{name}')",
            )
            columns_said = {"id": "integer", column: "text"}
            loaded = server.load(columns_said, f"r{number}", **{"from": {"database": {"table": name}}})
            assert (loaded.loaded, loaded.found) == (2, ())
            assert server.rows(f'select "{column}" from raw_erp.t order by id') == [("𠮷田😀龘𪚥",), (name,)]


def test_contract_with_names_that_fold_to_one_is_refused_unless_by_position(tmp_path):
    table = Table("csv", tmp_path)
    for one, other in ONE:
        with pytest.raises(ValidationError) as error:
            of(table, ["n", one, other])
        assert one in str(error.value), (one, other)
        assert other in str(error.value), (one, other)
    by_position = of(table, ["n", "ID", "ＩＤ"], names=["n", "ID", "ＩＤ"])
    assert [column.name for column in by_position.tables["t"].columns] == ["n", "ID", "ＩＤ"]
    with pytest.raises(ValidationError, match="ID and id differ only in case"):  # DuckDB would make them one
        of(table, ["n", "ID", "id"], names=["n", "ID", "id"])


def test_contract_with_another_name_that_folds_to_a_column_is_refused(tmp_path):
    said = columns.contract("csv", {})
    for column, also in (("Amount", "ＡＭＯＵＮＴ"), ("Sales Rep", "amount "), ("Straße", "MOOD")):
        said["columns"] = [
            one | ({"also": [also]} if one["name"] == column else {}) for one in columns.contract("csv", {})["columns"]
        ]
        if column == "Amount":  # its own other spelling: nothing to choose
            Table("csv", tmp_path).contract(said)
            continue
        with pytest.raises(ValidationError, match="names two columns"):
            Table("csv", tmp_path).contract(said)


TWICE = [
    '{"id": "1", "v": "a", "v": "b"}', '{"id": "1", "id": "2", "v": "a"}', '{"id": "1", "v": {"x": 1, "x": 2}}',
    '{"id": "1", "v": [{"x": 1, "x": 1}]}',
]  # fmt: skip


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_json_record_with_a_key_twice_is_refused(ending, tmp_path):
    """Python would keep the last value, other readers the first; nobody can say which was meant."""
    for number, record in enumerate(TWICE):
        table = Table(ending, tmp_path / str(number))
        lines = ['{"id": "0", "v": "x"}', record]
        content = "\n".join(lines) if ending == "jsonl" else f"[{','.join(lines)}]"
        (table.place / f"deals_1.{ending}").write_text(content, encoding="utf-8")
        with open_warehouse(table.settings) as con:
            ((refused),) = table.load(con, of(table, ["id", "v"]), "r1").refused
            assert "a key twice" in str(refused.error), record
            assert con.execute("from raw_crm.t").fetchall() == []


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_json_records_that_write_a_key_in_two_ways_are_refused(ending, tmp_path):
    table = Table(ending, tmp_path / "t")
    with open_warehouse(table.settings) as con:
        for one, other in ONE:
            records = [json.dumps({"n": 1, one: "a"}), json.dumps({"n": 2, other: "b"})]
            content = "\n".join(records) if ending == "jsonl" else f"[{','.join(records)}]"
            (table.place / f"deals_1.{ending}").write_text(content, encoding="utf-8")
            ((refused),) = table.load(con, of(table, ["n", one]), "r1").refused
            assert repr(one) in str(refused.error)
            assert repr(other) in str(refused.error)
            assert con.execute("from raw_crm.t").fetchall() == []


def test_api_record_with_a_key_twice_is_refused(source: Open):  # noqa: F811
    for record in TWICE:
        api = source(lambda asked, record=record: Reply(f"[{record}]".encode()))
        api.connection["attempts"] = 1
        api.table(columns=["id", "v"])
        with pytest.raises(KpiError, match="twice"):
            raise api.load().refused[0].error


def test_api_records_that_write_a_key_in_two_ways_are_refused(source: Open):  # noqa: F811
    for one, other in ONE[1:]:  # but the one that folds to the key
        api = source(lambda asked, one=one, other=other: Reply([{"n": 1, one: "a"}, {"n": 2, other: "b"}]))
        api.table(columns=["n", {"name": one}], key=["n"])
        with pytest.raises(KpiError) as error:
            raise api.load().refused[0].error
        assert repr(one) in str(error.value)
        assert repr(other) in str(error.value)
