"""Names as people give them: Chinese, characters beyond the BMP, emoji, signs that SQL and JSON use; and two names that
are one to a person.

Invariants: every value under its own column, digit for digit; two names that fold to one are refused naming both, unless
the contract gives names by position; 0 merged columns.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.errors import KpiError
from pipelines.extract.contract.table import TableContract
from tests.faults.named import FILES, FORMS, Delivering, delivering

# 𠮷 𪚥 𰻞 lie beyond the BMP; 👨‍👩‍👧 is five code points, é two; the rest are signs of SQL, JSON, paths and formats.
ODD = [
    "金额（元）", "𠮷野家", "𪚥𰻞龘", "👨‍👩‍👧", "🙂", "é", "select", "a b", 'say "x"', "it's", "x.y", "a[0]", "$.id", "c0",
    "-- x", "100%", "{id}", "\\d", "null", "_row", "t0", "1", "名\u200b",
]  # fmt: skip
VALUES = [
    "𠮷野家",
    "龘𪚥𰻞",
    "🙂🚀👨‍👩‍👧",
    "王芳",
    "é",
    "Ａ１",
    "　全角　",
    'say "x"',
    "it's",
    "\\N",
    "null",
    "{}",
    "-- x",
]
# Two names that are one to whoever reads them, and in which forms they can stand side by side.
COLLISIONS: dict[str, tuple[str, str]] = {
    "case": ("Amount", "AMOUNT"),
    "width": ("ＩＤ编号", "ID编号"),
    "a blank behind": ("客户", "客户 "),
    "a full-width blank before": ("客户", "\u3000客户"),
    "doubled blanks": ("销售 额", "销售  额"),
    "blank and full-width blank": ("销售 额", "销售\u3000额"),
    "case, width and blank": ("区域 a", " 区域　Ａ"),
    "beyond the BMP": ("𠮷a", "𠮷A "),
    "emoji": ("🙂x", "🙂X"),
    "one sign": ("面积㎡", "面积m2"),
}
# These only look alike: two columns, each with its own values.
ALIKE = [
    ("金额", "金額"), ("𠮷", "吉"), ("𠮷", "𠮶"), ("é", "e"), ("B", "В"), ("O", "0"), ("😀", "😃"), ("👍", "👍🏽"), ("戶", "户"),
    ("a_b", "ab"), ("a.b", "a"), ("ı", "i"), ("龘", "龖"), ("x", "х"), ("❤", "❤\ufe0f"),
]  # fmt: skip


def possible(form: str, first: str, second: str) -> bool:
    """SQLite itself knows no two columns that differ in case alone."""
    return form != "sqlite" or first.casefold() != second.casefold()


def text(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


def raw(delivery: Delivering, names: list[str]) -> set[tuple[Any, ...]]:
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    return set(delivery.rows(f"select {columns} from {{raw}}"))


@pytest.mark.parametrize("form", FORMS)
def test_odd_names_and_values_arrive_as_they_are(tmp_path, form):
    names = ["id", *(name for name in ODD)]
    rng = random.Random(3)
    rows = [[f"键{n}𠮷", *(rng.choice(VALUES) for _ in ODD)] for n in range(20)]
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        delivery.deliver(1, names, rows)
        load = delivery.load(text(*names))
        assert (load.source_rows, load.loaded, load.found) == (20, 20, ())
        assert raw(delivery, names) == {tuple(row) for row in rows}


@pytest.mark.parametrize("form", FORMS)
def test_names_that_only_look_alike_stay_two_columns(tmp_path, form):
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        names = ["键", *dict.fromkeys(name for pair in ALIKE for name in pair)]
        rows = [[f"{n}·{place}" for place in range(len(names))] for n in range(3)]
        delivery.deliver(1, names, rows)
        load = delivery.load(text(*names), key=["键"])
        assert (load.loaded, load.found) == (3, ())
        assert raw(delivery, names) == {tuple(row) for row in rows}
        load = delivery.load(text("键", "a", "金額"), "r2", key=["键"], drift={"added": "take"})
        assert load.refused == ()
        wanted = [names.index(name) for name in ("键", "a", "金額")]
        assert raw(delivery, ["键", "a", "金額"]) == {tuple(row[place] for place in wanted) for row in rows}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_set_aside_is_known_again_by_a_key_of_any_name(tmp_path, form):
    """What was wrong with it came mended; the two belong together by the value at the key's name."""
    key, amount = 'odd "键" 𠮷.x', "金额"
    columns = [{"name": key}, {"name": amount, "type": "integer"}]
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        for day, value in enumerate(["N/A", "5"], 1):
            delivery.deliver(day, [key, amount], [["𪚥1", value], ["🙂2", "1"]])
            load = delivery.load(columns, f"r{day}", key=[key])
            assert load.loaded + load.quarantined + load.duplicates == 2
            assert delivery.rows("select count(*) from {quarantine}") == [(2 - day,)]
        assert raw(delivery, [key, amount]) == {("𪚥1", 5), ("🙂2", 1)}


def refused(delivery: Delivering, names: list[str], known: list[str], **table: Any) -> str:
    """What is said of a delivery with these names, after a good one under the names known; nothing of it is loaded."""
    delivery.deliver(1, known, [[f"1.{n}" for n in range(len(known))]])
    delivery.load(text(*known), "r1", key=known[:1])
    delivery.deliver(2, names, [[f"2.{n}" for n in range(len(names))]])
    load = delivery.load(text(*known), "r2", key=known[:1], **table)
    ((one),) = load.refused
    assert delivery.findings("r2") == {("unfit", "", "refuse")}
    assert raw(delivery, known) == {tuple(f"1.{n}" for n in range(len(known)))}
    return str(one.error)


@pytest.mark.parametrize("form", FORMS)
def test_two_names_that_fold_to_one_are_refused_naming_both(tmp_path, form):
    """Whether the contract knows one of them or neither; in the ordinary run half of the kinds, in the long form all."""
    with delivering(form, tmp_path) as opened:
        for number, (first, second) in enumerate(COLLISIONS.values()):
            if possible(form, first, second) and number % 4 == FORMS.index(form) % 4:
                collide(opened(str(number)), first, second, is_known=number % 2 == 0)


@pytest.mark.faults
@pytest.mark.parametrize("form", FORMS)
def test_two_names_of_every_kind_that_fold_to_one_are_refused(tmp_path, form):
    with delivering(form, tmp_path) as opened:
        for number, (first, second) in enumerate(COLLISIONS.values()):
            for is_known in (True, False) if possible(form, first, second) else ():
                collide(opened(f"{number} {is_known}"), first, second, is_known)
                collide(opened(f"{number} {is_known} turned"), second, first, is_known)


def collide(delivery: Delivering, first: str, second: str, is_known: bool) -> None:
    known = ["键", first, "值"] if is_known else ["键", "值"]
    said = refused(delivery, ["键", first, "值", second], known)
    assert repr(first) in said, f"{delivery.form}: {said}"
    assert repr(second) in said, f"{delivery.form}: {said}"


@pytest.mark.parametrize("form", FORMS)
def test_a_name_and_its_other_name_side_by_side_are_refused_naming_both(tmp_path, form):
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        columns = [{"name": "键"}, {"name": "客户𠮷", "also": ["客户"]}]
        delivery.deliver(1, ["键", "客户", "客户𠮷"], [["1", "a", "b"]])
        try:
            load = delivery.load(columns, key=["键"])
            said = str(load.refused[0].error)
        except KpiError as error:
            said = str(error)
        assert "'客户'" in said
        assert "'客户𠮷'" in said


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("json", "jsonl")])
def test_names_by_position_tell_two_names_apart_that_fold_to_one(tmp_path, form):
    """0 merged columns: what stood under each of the two stands under its own new name."""
    header = ["键", "ＩＤ", "ID", "客户", "客户 "]
    names = ["键", "id_wide", "id", "客户", "客户_2"]
    rows = [[f"{n}", f"wide {n}", f"narrow {n}", f"one {n}", f"other {n}"] for n in range(5)]
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        delivery.deliver(1, header, rows)
        place = {"names": names, "header": header}
        said = {"from_": place} if form in FILES else {"from": {"database": {"table": "销售订单𠮷🙂"}} | place}
        load = delivery.load(text(*names), key=["键"], **said)
        assert (load.loaded, load.found) == (5, ())
        assert raw(delivery, names) == {tuple(row) for row in rows}


@pytest.mark.parametrize("form", FILES)
def test_one_name_twice_is_refused_or_told_apart_by_position(tmp_path, form):
    """In JSON too, where most readers keep the last of two equal keys and say nothing."""
    with delivering(form, tmp_path) as opened:
        said = refused(opened("named"), ["键", "金额", "值", "金额"], ["键", "金额", "值"])
        assert "金额" in said
        assert "repeat" in said
        if form in ("json", "jsonl"):
            return
        delivery = opened("by position")
        delivery.deliver(1, ["键", "金额", "金额"], [["1", "a", "b"]])
        load = delivery.load(text("键", "含税", "未税"), key=["键"], from_={"names": ["键", "含税", "未税"]})
        assert load.refused == (), str(load.refused)
        assert raw(delivery, ["键", "含税", "未税"]) == {("1", "a", "b")}


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_names_by_position_stand_for_columns_without_a_name(tmp_path, form):
    """The last columns of a workbook as well, whose blank cells are no part of its header otherwise."""
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        delivery.deliver(1, ["键", "", ""], [["1", "a", "b"]])
        load = delivery.load(text("键", "含税", "未税"), key=["键"], from_={"names": ["键", "含税", "未税"]})
        assert load.refused == (), str(load.refused)
        assert raw(delivery, ["键", "含税", "未税"]) == {("1", "a", "b")}


def test_json_has_no_names_by_position():
    for ending in ("json", "jsonl"):
        said = {"from": {"glob": f"*.{ending}", "names": ["a", "b"]}, "delivery": "append", "columns": text("a", "b")}
        with pytest.raises(ValidationError, match="names: JSON has no columns by position"):
            TableContract.model_validate(said)


def test_a_query_that_gives_one_name_twice_is_refused(tmp_path):
    with delivering("postgresql", tmp_path) as opened:
        delivery = opened("source")
        delivery.deliver(1, ["id"], [["1"]])
        query = {"query": "select id, 'a' as 金额, 'b' as 金额 from \"销售订单𠮷🙂\""}
        with pytest.raises(KpiError, match="it repeats 金额"):
            delivery.load(text("id", "金额"), **{"from": {"database": query}})


def test_columns_of_a_contract_that_differ_only_in_case_are_refused():
    said = {"from": {"glob": "*.csv"}, "delivery": "append", "columns": text("金额A", "金额a")}
    with pytest.raises(ValidationError, match="金额A and 金额a differ only in case"):
        TableContract.model_validate(json.loads(json.dumps(said)))


def columns_of(columns: list[dict[str, Any]], **place: Any) -> TableContract:
    return TableContract.model_validate({"from": {"glob": "*.csv"} | place, "delivery": "append", "columns": columns})


@pytest.mark.parametrize("kind", COLLISIONS)
def test_columns_of_a_contract_that_fold_to_one_are_refused_naming_both_unless_by_position(kind):
    """A delivery with but one of the two would go to either, and nobody would be told."""
    first, second = COLLISIONS[kind]
    with pytest.raises(ValidationError) as error:
        columns_of(text(first, second))
    assert first in str(error.value)
    assert second in str(error.value)
    if first.casefold() != second.casefold():
        assert columns_of(text(first, second), names=[first, second]).columns[1].name == second


@pytest.mark.parametrize(
    ("other", "is_refused"), [("客户 ", True), ("ＫＵＮＤＥ", True), ("金额 ", False), ("Betrag", False)]
)
def test_another_name_that_folds_to_a_second_column_is_refused(other, is_refused):
    said = [{"name": "金额", "also": [other]}, {"name": "客户", "also": ["Kunde"]}]
    if not is_refused:
        assert columns_of(said).columns[0].also == [other]
        return
    with pytest.raises(ValidationError, match=r"names two columns: (金额 and 客户|客户 and 金额)"):
        columns_of(said)


@pytest.mark.faults
@pytest.mark.parametrize("form", FORMS)
def test_random_names_arrive_or_are_refused_naming_both(tmp_path, form):
    """Twenty draws a form, 140 in all; in half of them two names are made one."""
    letters = [*"金额客户区域abcXYZ019_-./$%'\"[]{}", "𠮷", "𪚥", "🙂", "é", "ß", "İ", "Ａ", "１", "㎡", " "]
    with delivering(form, tmp_path) as opened:
        for seed in range(20):
            rng = random.Random(f"names {form} {seed}")
            drawn = {"".join(rng.choices(letters, k=rng.randint(1, 8))).strip() for _ in range(8)}
            names = ["键", *sorted({name_of(n): n for n in drawn if n}.values())]
            twin = rng.choice(names[1:])
            other = rng.choice([f" {twin}", f"{twin}\u3000", twin.swapcase()])
            print(f"seed 'names {form} {seed}': {names}, {other!r}")
            delivery = opened(str(seed))
            if seed % 2 and name_of(other) == name_of(twin) and other != twin and possible(form, twin, other):
                said = refused(delivery, [*names, other], names)
                assert repr(twin) in said, said
                assert repr(other) in said, said
                continue
            rows = [[f"{n}", *(rng.choice(VALUES) for _ in names[1:])] for n in range(5)]
            delivery.deliver(1, names, rows)
            load = delivery.load(text(*names), key=["键"])
            assert (load.loaded, load.found) == (5, ())
            assert raw(delivery, names) == {tuple(row) for row in rows}


def name_of(name: str) -> str:
    """What a person reads, by rules of this test's own: no difference of case, width or blanks."""
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", name.replace("\u3000", " ")).split()).casefold()
