"""Deliveries whose columns are not those agreed, and what a contract must make of each, set down by hand.

Belongs here: drawing headers and records, writing them in each format, and the outcome by the rule that made them.
No code of the load is asked what a name means: whoever changes a header here says what the change is.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEY, AMOUNT = "商机编号", "Amount"
# Beyond the BMP (𠮷, 😀), letters whose case folds to two (ß), blanks inside: each column once more under `also`.
COLUMNS = [KEY, AMOUNT, "Sales Rep", "𠮷田部門", "😀心情", "Straße"]
OF_MARIADB = [KEY, AMOUNT, "Sales Rep", "龘田部門", "☺心情", "Straße"]  # whose names end with the BMP
ALSO = {
    AMOUNT: "合同金额", "Sales Rep": "负责人", "𠮷田部門": "𠮷田部门", "😀心情": "mood", "Straße": "街道",
    "龘田部門": "龘田部门", "☺心情": "mood",
}  # fmt: skip
NEW = ["备注", "𡈽地", "🙂🙂", "折扣 %", "Größe", "a.b", 'say "so"', "x'); drop table t; --", "id 2", "ÄÖÜ"]
UNUSED = "闲置列"  # in the contract's header, and in no column of it
RARE = ["𠮷", "😀", "龘", "𪚥", "é", "e\u0301", "", " ", "null", "ﬁ", "\u3000x", "٣"]
FILES = ("csv", "xlsx", "json", "jsonl", "parquet")
DATABASES = ("postgresql", "mariadb", "sqlite")
BLANKS = [" ", "\u3000", "\u00a0", "\t"]

Row = dict[str, str | None]


@dataclass
class Delivery:
    """Delivered names in order, each with the column it means, or None; and what has to follow."""

    items: list[tuple[str, str | None]]
    agreed: list[str]
    findings: set[tuple[str, str, str]] = field(default_factory=set)  # kind, what it is about, outcome
    refused: list[str] = field(default_factory=list)  # what the refusal has to name; then nothing is loaded
    retyped: bool = False
    changes: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.items]

    @property
    def delivered(self) -> dict[str, str]:
        """Column → the name it came under."""
        return {column: name for name, column in self.items if column}

    def place(self, column: str) -> int:
        return next(i for i, (_, meant) in enumerate(self.items) if meant == column)

    def told(self, kind: str, about: str, outcome: str) -> None:
        self.findings.add((kind, about, outcome))
        if outcome == "refuse":
            self.refused.append(about)


def full_width(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in name)


def restyled(name: str, rng: random.Random) -> str:
    """The name as somebody would not see that it is another: case, width, blanks around and doubled inside."""
    ways: list[Callable[[], str]] = [
        lambda: rng.choice(BLANKS) + name,
        lambda: name + rng.choice(BLANKS),
        lambda: rng.choice(BLANKS) + full_width(name.swapcase()) + rng.choice(BLANKS),
    ]
    if name.isascii():
        ways += [name.upper, name.lower, name.swapcase, lambda: full_width(name)]
    if " " in name:
        ways += [lambda: name.replace(" ", "  "), lambda: name.replace(" ", "\u3000")]
    if name == "Straße":
        ways += [lambda: "STRASSE", lambda: "strasse"]
    made = [written for way in ways if (written := way()) != name]
    return rng.choice(made)


class Changes:
    """One change of a delivery each; True where it could be made."""

    def __init__(self, rng: random.Random, kind: str, drift: dict[str, str]) -> None:
        self.rng, self.kind, self.drift = rng, kind, drift
        self.touched: set[str] = set()

    def added(self, delivery: Delivery) -> bool:
        name = self.rng.choice([name for name in NEW if name not in delivery.names])
        delivery.items.insert(self.rng.randrange(len(delivery.items) + 1), (name, None))
        delivery.told("added", name, self.drift["added"])
        return True

    def dropped(self, delivery: Delivery) -> bool:
        column = self._column(delivery, but_key=True)
        del delivery.items[delivery.place(column)]
        delivery.told("dropped", column, self.drift["dropped"])
        return True

    def key_dropped(self, delivery: Delivery) -> bool:
        if KEY in self.touched:
            return False
        self.touched.add(KEY)
        del delivery.items[delivery.place(KEY)]
        delivery.told("dropped", KEY, "refuse")
        return True

    def renamed(self, delivery: Delivery) -> bool:
        column = self._column(delivery, but_key=True)
        delivery.items[delivery.place(column)] = (ALSO[column], column)
        delivery.told("renamed", column, self.drift["renamed"])
        return True

    def recased(self, delivery: Delivery) -> bool:
        column = self._column(delivery)
        delivery.items[delivery.place(column)] = (restyled(column, self.rng), column)
        delivery.told("recased", column, self.drift["recased"])
        return True

    def retyped(self, delivery: Delivery) -> bool:
        """Only formats that have types can tell."""
        if self.kind not in ("parquet", "postgresql") or AMOUNT in self.touched:
            return False
        self.touched.add(AMOUNT)
        delivery.retyped = True
        delivery.findings.add(("retyped", AMOUNT, self.drift["retyped"]))
        return True

    def collision(self, delivery: Delivery) -> bool:
        """A second name that folds to one; the same name twice where a format can say it."""
        column = self._column(delivery)
        twice = self.kind in ("csv", "xlsx", "parquet") and self.rng.random() < 0.3
        name = column if twice else restyled(column, self.rng)
        delivery.items.insert(self.rng.randrange(len(delivery.items) + 1), (name, None))
        delivery.refused = [column, name]
        return True

    def both_names(self, delivery: Delivery) -> bool:
        """A column under its own name and under its other one."""
        column = self._column(delivery, but_key=True)
        delivery.items.insert(self.rng.randrange(len(delivery.items) + 1), (ALSO[column], None))
        delivery.refused = [column, ALSO[column]]
        return True

    def _column(self, delivery: Delivery, but_key: bool = False) -> str:
        column = self.rng.choice([c for c in delivery.agreed if c not in self.touched and not (but_key and c == KEY)])
        self.touched.add(column)
        return column


def as_agreed(kind: str, with_unused: bool = False) -> Delivery:
    """The columns of the contract under their own names."""
    names = OF_MARIADB if kind == "mariadb" else COLUMNS
    return Delivery([*((name, name) for name in names), *([(UNUSED, None)] if with_unused else [])], names)


PASSING = ["added", "dropped", "renamed", "recased", "retyped"]
KINDS = [*PASSING, "key_dropped", "collision", "both_names"]


def draw(rng: random.Random, kind: str, drift: dict[str, str], with_unused: bool) -> Delivery:
    """A delivery with one to three changes; a collision comes alone or last, since it is what is told first."""
    while True:
        delivery = as_agreed(kind, with_unused)
        changes = Changes(rng, kind, drift)
        wanted = [*rng.sample(PASSING, rng.randint(0, 2)), rng.choice(KINDS)]
        for name in wanted:
            if getattr(changes, name)(delivery):
                delivery.changes.append(name)
        if with_unused and rng.random() < 0.3:
            delivery.items = [item for item in delivery.items if item[0] != UNUSED]
            delivery.findings.add(("dropped", UNUSED, "take"))
        rng.shuffle(delivery.items)
        if ("retyped", AMOUNT, "refuse") in delivery.findings and not delivery.refused:
            delivery.refused = [AMOUNT]  # names are looked at first
        if delivery.changes and can_hold(kind, delivery.names):
            return delivery


def can_hold(kind: str, names: list[str]) -> bool:
    """Whether a table (an object) of that kind can have these names at all, as its documentation says."""
    if kind == "mariadb":  # no names beyond the BMP, none that end in a blank, none that differ in case only
        lower = [name.casefold() for name in names]
        return len(set(lower)) == len(lower) and all(max(n) < "\U00010000" and n == n.rstrip() for n in names)
    if kind == "sqlite":  # case of ASCII is no difference
        lower = ["".join(c.lower() if c.isascii() else c for c in name) for name in names]
        return len(set(lower)) == len(lower)
    return kind in ("csv", "xlsx", "parquet") or len(set(names)) == len(names)


def records(rng: random.Random, number: int, delivery: Delivery) -> list[Row]:
    """Records by column, with keys of their own for each delivery; some repeat a key, lack it, or hold no amount."""
    made = []
    for i in range(rng.randint(3, 12)):
        key: str | None = f"{number}-{i if rng.random() < 0.9 else 0}"
        row: Row = {column: f"{column}·{i}·{rng.choice(RARE)}" for column in delivery.agreed}
        amount = str(i) if delivery.retyped or rng.random() < 0.9 else "bad"
        made.append(row | {KEY: key if rng.random() < 0.95 else None, AMOUNT: amount})
    return made


def held(rows: list[Row], delivery: Delivery) -> tuple[dict[str, Row], int, int]:
    """By key what raw must hold, and how many records are set aside and doubled: by plain Python."""
    found: dict[str, Row] = {}
    aside = 0
    for row in rows:
        if row[KEY] is None or (row[AMOUNT] == "bad" and AMOUNT in delivery.delivered):
            aside += 1
        else:
            found[str(row[KEY])] = {
                column: row[column] if column in delivery.delivered else None for column in delivery.agreed
            }
    return found, aside, len(rows) - aside - len(found)


def cells(rows: list[Row], delivery: Delivery) -> list[list[str | None]]:
    """The records as they are delivered; what belongs to no column says so."""
    return [[row[c] if c else f"of no column {i}" for _, c in delivery.items] for i, row in enumerate(rows)]


def as_csv(rows: list[Row], delivery: Delivery, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([delivery.names, *([cell or "" for cell in row] for row in cells(rows, delivery))])
    return text.getvalue().encode(encoding)


def as_json(rows: list[Row], delivery: Delivery) -> bytes:
    return json.dumps([dict(zip(delivery.names, row, strict=True)) for row in cells(rows, delivery)]).encode()


def as_jsonl(rows: list[Row], delivery: Delivery) -> bytes:
    objects = (dict(zip(delivery.names, row, strict=True)) for row in cells(rows, delivery))
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects).encode()


def as_xlsx(rows: list[Row], delivery: Delivery) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [delivery.names, *cells(rows, delivery)]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(rows: list[Row], delivery: Delivery) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = []
    for (_, column), values in zip(delivery.items, zip(*cells(rows, delivery), strict=True), strict=True):
        array = pa.array(values, pa.string())
        arrays.append(array.cast(pa.int64()) if delivery.retyped and column == AMOUNT else array)
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=delivery.names), out)
    return out.getvalue()


WRITERS: dict[str, Callable[..., bytes]] = {
    "csv": as_csv, "json": as_json, "jsonl": as_jsonl, "xlsx": as_xlsx, "parquet": as_parquet,
}  # fmt: skip


def statements(rows: list[Row], delivery: Delivery, mark: str = '"') -> list[str]:
    """A table t of a database made anew with these records."""

    def quoted(name: str) -> str:
        return mark + name.replace(mark, mark * 2) + mark

    def literal(value: str | None) -> str:
        return "null" if value is None else "'" + value.replace("'", "''") + "'"

    types = ["bigint" if delivery.retyped and c == AMOUNT else "varchar(200)" for _, c in delivery.items]
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in zip(delivery.names, types, strict=True))
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in cells(rows, delivery))
    encoded = " default charset utf8mb4" if mark == "`" else ""
    return ["drop table if exists t", f"create table t ({columns}){encoded}", f"insert into t values {values}"]


def contract(kind: str, drift: dict[str, str], **said: Any) -> dict[str, Any]:
    """One table of the agreed columns; `said` goes into `from`."""
    return {
        "from": {"glob": f"deals_*.{kind}", **said} if kind in FILES else {"database": {"table": "t"}, **said},
        "delivery": "upsert",
        "key": [KEY],
        "hold_below": 0,
        "block_above": 1,
        "drift": drift,
        "columns": [
            {
                "name": name,
                "type": "decimal(18,2)" if name == AMOUNT else "text",
                "also": [ALSO[name]] if name in ALSO else [],
            }
            for name in as_agreed(kind).agreed
        ],
    }
