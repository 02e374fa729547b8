"""The draft of a file whose contract is known agrees with it: entity, fields, types, key, cursor, persons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.extract import demo
from pipelines.extract.contract import Column, SourceContract, TableContract, read_contract
from pipelines.extract.draft import words, write
from pipelines.model.entities import FOLDER, read_entities
from pipelines.settings import Settings
from tests.extract.draft.conftest import Drafted

SHIPPED = {system: read_contract(Settings().sources / f"{system}.yml") for system in ("crm", "erp", "desk")}
TABLES = [(system, name) for system, contract in SHIPPED.items() for name in contract.tables]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's files: GB18030 with Chinese headers, Parquet, a workbook, JSON lines."""
    folder = tmp_path_factory.mktemp("demo")
    demo.generate(folder, scale=0.05)
    return folder


def says(column: Column) -> tuple[str, bool]:
    """What a column is: an ISO form said or left out is one, a flag by words or by type is one, any decimal is one."""
    flags = column.values and all(isinstance(value, bool) for value in column.values.values())
    kind = "boolean" if flags else column.type.split("(")[0]
    is_iso = column.format in (None, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ")
    return kind, is_iso


@pytest.mark.parametrize(("system", "name"), TABLES, ids=[f"{system}.{name}" for system, name in TABLES])
def test_the_draft_of_a_demo_file_agrees_with_the_shipped_contract(
    drafted: Callable[..., Drafted], delivered: Path, tmp_path: Path, system: str, name: str
) -> None:
    shipped: TableContract = SHIPPED[system].tables[name]
    file = sorted((delivered / system).glob(shipped.from_.glob or ""))[0]
    made = drafted(file)
    assert made.draft.entity == shipped.entities[0].entity
    assert (made.table.from_.encoding, made.table.from_.delimiter) == (shipped.from_.encoding, shipped.from_.delimiter)
    assert made.table.key == shipped.key
    for column in shipped.columns:
        found = made.column(column.name)
        assert says(found) == says(column), column.name
        if column.as_ and column.as_ != "updated_at":
            assert found.as_ == column.as_, column.name
        dropped = column.personal == "drop"
        assert found.as_ in (column.as_, "updated_at") or column.values or found.as_ is None or dropped, column.name
        if column.personal in ("hash", "drop"):
            assert found.personal in ("hash", "drop"), column.name
    if shipped.cursor:
        assert (made.table.cursor, made.table.delivery) == (shipped.cursor, "upsert")
    loaded = made.load(tmp_path / "data")
    assert loaded.loaded + loaded.duplicates + loaded.quarantined == made.draft.rows
    assert not loaded.refused


def test_words_of_states_become_those_of_the_house(drafted: Callable[..., Drafted], delivered: Path) -> None:
    stage = drafted(delivered / "crm" / "deals_2025.csv").column("阶段")
    assert stage.values
    assert {word: stage.values[word] for word in ("赢单", "输单", "作废", "*")} == {
        "赢单": {"status": "won"}, "输单": {"status": "lost"}, "作废": {"status": "void"}, "*": {"status": "open"},
    }  # fmt: skip
    approval = drafted(delivered / "crm" / "contracts.csv").column("审批状态")
    assert approval.values == SHIPPED["crm"].tables["contracts"].column("审批状态").values


def test_a_word_nobody_knows_is_named_and_doubtful(drafted: Callable[..., Drafted]) -> None:
    text = "deal id,stage\n" + "D1,Closed Won\nD2,Closed Lost\nD3,Zwischenstand\n"
    made = drafted("deals.csv", text, entity="deals")
    assert "unknown words are taken as open: Zwischenstand" in made.line("stage")


def test_a_header_as_crms_write_it_is_matched_and_doubt_is_told(drafted: Callable[..., Drafted]) -> None:
    header = "Opportunity ID,Account Name,Opportunity Owner,Stage,Close Date,Amount,CreatedDate,Lead Source"
    rows = "".join(
        f"006{n:04},Acme {n},u{n % 5},Closed Won,2026-03-{n % 28 + 1:02},{n}.50,2026-01-01,Web\n" for n in range(40)
    )
    made = drafted("opportunities.csv", f"{header}\n{rows}")
    fields = {column.name: column.as_ for column in made.table.columns}
    assert fields == {
        "Opportunity ID": "deal_id", "Account Name": "customer_id", "Opportunity Owner": "owner_id", "Stage": "stage",
        "Close Date": "closed_at", "Amount": "amount", "CreatedDate": "created_at", "Lead Source": None,
    }  # fmt: skip
    assert "doubtful: Close Date may be closed_at or something else" in made.line("Close Date")
    assert "doubtful" not in made.line("Amount")


def test_persons_are_found_by_name_and_by_content_and_none_stands_in_the_draft(drafted: Callable[..., Drafted]) -> None:
    check = "10X98765432"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    bare = [f"1101011990030{n:04}" for n in range(1000, 1030)]
    ids = [text + check[sum(int(d) * w for d, w in zip(text, weights, strict=True)) % 11] for text in bare]
    people = ["王芳", "李娜", "张伟", "刘洋", "陈静"]
    rows = "".join(
        f"K{n},{people[n % 5]},1381234{n:04},{ids[n]},u{n}@example.com,请联系 1391234{n:04},{n}\n" for n in range(30)
    )
    made = drafted("kunden.csv", f"编号,对接,字段1,字段2,字段3,备注,数量\n{rows}", entity="customers")
    marks = {column.name: (column.personal, column.form) for column in made.table.columns}
    assert marks["字段1"] == ("hash", "phone")
    assert marks["字段2"] == ("hash", "id_number")
    assert marks["字段3"] == ("hash", "email")
    assert marks["备注"] == ("hash", "text")
    assert marks["数量"] == (None, "text")
    shown = [*people, *ids, "1381234", "1391234", "example.com", "请联系"]
    assert [value for value in shown if value in made.draft.text] == []


def test_numbers_without_a_check_digit_are_no_identity(drafted: Callable[..., Drafted]) -> None:
    rows = "".join(f"K{n},11010119900307{n:03}0\n" for n in range(30))
    assert drafted("a.csv", f"编号,流水\n{rows}").column("流水").personal is None


def test_a_key_of_two_where_none_is_unique_alone(drafted: Callable[..., Drafted]) -> None:
    made = drafted("lines.csv", "订单编号,行号,数量\n" + "".join(f"O{n // 3},{n % 3 + 1},{n % 7}\n" for n in range(60)))
    assert made.draft.entity == "order_lines"
    assert made.table.key == ["订单编号", "行号"]
    none = drafted("none.csv", "a,b\n" + "x,y\n" * 10)
    assert (none.table.key, none.table.delivery) == ([], "full")


def test_every_field_has_its_label_among_the_words() -> None:
    for name, entity in read_entities().items():
        if entity.is_derived:
            continue
        (model,) = [m for m in yaml.safe_load((FOLDER / f"{name}.yml").read_text())["models"] if m["name"] == name]
        labels = {c["name"]: c["config"]["meta"]["label"]["zh"] for c in model["columns"]}
        for field, known in words.words_of(name).items():
            assert words.compact(labels[field]) in known, f"{name}.{field}: {labels[field]}"


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(st.text(max_size=20) | st.booleans(), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    st.text(max_size=30),
)
def test_any_text_is_read_back_as_it_was_written(value: object, why: str) -> None:
    line = f"{write.flow({'name': value})}{write.comment(write.Line('', [why]))}"
    assert yaml.safe_load(line) == {"name": value}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), min_size=2, max_size=6))
def test_a_header_of_any_names_becomes_a_contract(drafted: Callable[..., Drafted], header: list[str]) -> None:
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in header)
    made = drafted("any.csv", f"{quoted}\n" + "".join(f"a{n}{',1' * (len(header) - 1)}\n" for n in range(3)))
    assert isinstance(made.contract, SourceContract)
    assert len(made.table.columns) == len(header)
