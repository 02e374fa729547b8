"""Columns that came otherwise than the contract says: each has the outcome the contract declares, is written down, and
no record is lost.

What every mutation means is set down here by hand (Mutated) and not asked of the code; so are the records.
Invariants: outcome and finding as declared; loaded + set aside + duplicates = records; every value under its own column.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from tests.faults.named import FORMS, TYPED, Delivering, delivering

COLUMNS: list[dict[str, Any]] = [
    {"name": "id"},
    {"name": "金额", "type": "decimal(18,2)"},
    {"name": "客户𠮷野", "also": ["客户", "Kunde"]},
    {"name": "Region Code", "also": ["大区"]},
    {"name": "件数", "type": "integer"},
    {"name": "备注🙂"},
]
NAMES = [column["name"] for column in COLUMNS]
KINDS = ["text", "text", "text", "text", "int64", "text"]
OUTCOMES = ("take", "warn", "refuse")
KINDS_OF_CHANGE = ("added", "dropped", "renamed", "recased", "retyped")
# The same name to a person: case, width, stray and doubled blanks, half and full.
RECASED = {
    "id": ["ID", "ｉｄ", " id", "id\u3000", "Ｉd"],
    "金额": [" 金额", "金额\u3000", "\u00a0金额 "],
    "客户𠮷野": ["客户𠮷野 ", "\u3000客户𠮷野"],
    "Region Code": ["REGION CODE", "region  code", "Ｒｅｇｉｏｎ　Ｃｏｄｅ", "Region\u3000Code", " rEGION cODE"],
    "件数": ["件数 ", "\u2003件数"],
    "备注🙂": ["备注🙂 ", " 备注🙂\u3000"],
}
NEW = [
    "新列",
    "extra",
    "𪚥龘",
    "🚀",
    "Regio",
    "金额2",
    "客 户",
    'a"b',
    "it's",
    "x.y",
    "$.id",
    "id[0]",
    "null",
    "select",
]
CUSTOMERS = ["王芳", "𠮷野家", "龘𪚥", "🙂🚀", "O'Brien", 'say "x"', "ＡＢ", " padded ", "a,b;c", "é"]


class Mutated(NamedTuple):
    """A header, and what a person would say of it."""

    names: list[str]  # as delivered
    held: list[str | None]  # the contract's column behind each; None: nobody knows it
    kinds: list[str]
    odd: set[tuple[str, str]]  # (kind, column as findings call it)


def records(rng: random.Random, day: int, count: int) -> list[dict[str, Any]]:
    """Keys of their own each day, some twice; some amounts are none, and those records are set aside."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        amount = f"{rng.randint(-999, 999)}.{rng.randint(0, 99):02}"
        row = {
            "id": f"{day}-{rng.choice([number, number, 0])}",
            "金额": rng.choice([amount] * 9 + ["N/A", "１２"]),
            "客户𠮷野": rng.choice(CUSTOMERS),
            "Region Code": rng.choice(["华东", "North", "𠮷"]),
            "件数": str(rng.randint(0, 50)),
            "备注🙂": rng.choice(CUSTOMERS),
        }
        made.append(row)
    return made


def mutate(rng: random.Random, wanted: list[str]) -> Mutated:
    """The contract's header with one change of each kind wanted, its columns in any order."""
    names, held, kinds = list(NAMES), [*NAMES], list(KINDS)
    odd: set[tuple[str, str]] = set()
    free = list(NAMES)
    for kind in wanted:
        if kind == "added":
            name = rng.choice([new for new in NEW if new not in names])
            place = rng.randint(0, len(names))
            names.insert(place, name), held.insert(place, None), kinds.insert(place, "text")
            odd.add(("added", name))
            continue
        fit = {"renamed": ["客户𠮷野", "Region Code"], "retyped": ["件数"], "dropped": NAMES[1:]}.get(kind, NAMES)
        column = rng.choice([name for name in fit if name in free] or [""])
        if not column:
            continue
        free.remove(column)
        place = held.index(column)
        odd.add((kind, column))
        if kind == "dropped":
            del names[place], held[place], kinds[place]
        elif kind == "retyped":
            kinds[place] = rng.choice(["text", "int32"])
        elif kind == "renamed":
            names[place] = rng.choice(next(c["also"] for c in COLUMNS if c["name"] == column))
        else:
            names[place] = rng.choice(RECASED[column])
    order = list(range(len(names)))
    rng.shuffle(order)
    pick = lambda items: [items[place] for place in order]  # noqa: E731
    return Mutated(pick(names), pick(held), pick(kinds), odd)


def rows_of(said: list[dict[str, Any]], mutated: Mutated) -> list[list[str]]:
    return [[row[column] if column else f"new {number}" for column in mutated.held] for number, row in enumerate(said)]


def plain() -> Mutated:
    return Mutated(NAMES, [*NAMES], KINDS, set())


def expected(said: list[dict[str, Any]], held: list[str | None]) -> tuple[set[tuple[Any, ...]], int, int]:
    """(what raw must hold of them, records set aside, duplicates): of a key's rows the last that can be typed."""
    rows: dict[str, tuple[Any, ...]] = {}
    good = 0
    for row in said:
        values = {name: row[name] if name in held else None for name in NAMES}
        amount = values["金额"]
        if amount is not None and not amount.lstrip("-").replace(".", "").isascii():
            continue
        if amount == "N/A":
            continue
        good += 1
        typed = {"金额": amount and Decimal(amount), "件数": values["件数"] and int(values["件数"])}
        rows[values["id"] or ""] = tuple({**values, **typed}.values())
    return set(rows.values()), len(said) - good, good - len(rows)


def drifts(delivery: Delivering, rng: random.Random, wanted: list[str], policy: dict[str, str]) -> None:
    """One plain delivery, then one with the changes wanted; everything the issue promises of the second."""
    told = f"{delivery.form}, {wanted}, {policy}"
    first, second = records(rng, 1, 12), records(rng, 2, 15)
    mutated = mutate(rng, wanted)
    delivery.deliver(1, NAMES, rows_of(first, plain()), KINDS)
    delivery.load(COLUMNS, "r1", drift=policy)
    before = set(delivery.rows("select * exclude (_batch_id, _row_number, _loaded_at, _source_file) from {raw}"))
    assert before == expected(first, [*NAMES])[0], told
    delivery.deliver(2, mutated.names, rows_of(second, mutated), mutated.kinds)
    load = delivery.load(COLUMNS, "r2", drift=policy)
    after = set(delivery.rows("select * exclude (_batch_id, _row_number, _loaded_at, _source_file) from {raw}"))
    told = f"{told}, {mutated.names}"
    if refusing := {(kind, column) for kind, column in mutated.odd if policy[kind] == "refuse"}:
        assert after == before, f"{told}: nothing of a refused delivery is loaded"
        ((refused),) = load.refused
        # Types are looked at where the columns fit.
        for _, column in {one for one in refusing if one[0] != "retyped"} or refusing:
            assert column in str(refused.error), f"{told}: it names the column"
        assert delivery.findings("r2") == {("unfit", "", "refuse")}, told
        assert load.loaded == 0
        return
    assert not load.refused, f"{told}: {load.refused}"
    content, aside, duplicates = expected(second, mutated.held)
    assert after == before | content, told
    counts = (load.source_rows, load.loaded, load.quarantined, load.duplicates)
    assert counts == (len(second), len(content), aside, duplicates), told
    assert delivery.findings("r2") == {(kind, column, policy[kind]) for kind, column in mutated.odd}, told
    assert len({(found.finding.kind, found.finding.column) for found in load.found}) == len(load.found), told


def changes(form: str) -> list[str]:
    return [kind for kind in KINDS_OF_CHANGE if kind != "retyped" or form in TYPED]


def decides(delivery: Delivering, kind: str, outcome: str) -> None:
    # All else is taken, so that only this decides.
    policy = dict.fromkeys(KINDS_OF_CHANGE, "take") | {kind: outcome}
    drifts(delivery, random.Random(f"{delivery.form} {kind} {outcome}"), [kind], policy)


@pytest.mark.parametrize("form", FORMS)
def test_each_change_has_the_outcome_that_the_contract_declares(tmp_path, form):
    """Every form with every change, every change with every outcome; all of it together is the long form."""
    with delivering(form, tmp_path) as opened:
        for number, kind in enumerate(changes(form)):
            decides(opened(kind), kind, OUTCOMES[(FORMS.index(form) + number) % 3])


@pytest.mark.faults
@pytest.mark.parametrize("form", FORMS)
def test_each_change_has_each_outcome(tmp_path, form):
    with delivering(form, tmp_path) as opened:
        for kind in changes(form):
            for outcome in OUTCOMES:
                decides(opened(f"{kind} {outcome}"), kind, outcome)


@pytest.mark.parametrize("form", TYPED)
def test_a_column_that_was_dropped_and_comes_back_is_not_of_another_type(tmp_path, form):
    rng = random.Random(5)
    policy = {"dropped": "take", "retyped": "refuse"}
    without = Mutated(NAMES[:4] + NAMES[5:], [*NAMES[:4], *NAMES[5:]], KINDS[:4] + KINDS[5:], {("dropped", "件数")})
    with delivering(form, tmp_path) as opened:
        delivery = opened("source")
        for day, shape in enumerate([plain(), without, plain()], 1):
            delivery.deliver(day, shape.names, rows_of(records(rng, day, 5), shape), shape.kinds)
            assert delivery.load(COLUMNS, f"r{day}", drift=policy).refused == ()
            assert delivery.findings(f"r{day}") == {(kind, column, "take") for kind, column in shape.odd}
            delivery.judge(f"r{day}")


@pytest.mark.faults
@pytest.mark.parametrize("form", FORMS)
def test_random_headers_have_the_outcome_that_the_contract_declares(tmp_path, form):
    """Thirty draws a form, 210 in all: one to four changes together, outcomes at random."""
    with delivering(form, tmp_path) as opened:
        for seed in range(30):
            rng = random.Random(f"{form} {seed}")
            wanted = rng.sample([*changes(form), "added", "recased"], rng.randint(1, 4))
            policy = {kind: rng.choice([*OUTCOMES, "take", "warn"]) for kind in KINDS_OF_CHANGE}
            print(f"seed '{form} {seed}': {wanted} under {policy}")
            drifts(opened(str(seed)), rng, wanted, policy)
