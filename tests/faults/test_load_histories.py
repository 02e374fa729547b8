"""Whatever the history of deliveries, raw holds what one load of everything holds, and what plain Python says it must.

Histories are drawn: files arrive in any order, several before a load or one, again and again, with ties of the cursor,
empty cursors, keys that are empty or repeated, and amounts that are no numbers; files of full tables and of snapshots are
also replaced, taken away (full) and put back as they were. A failing history is shrunk and printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.extract.conftest import Source

HEAD = "id,amount,changed,file\n"
AMOUNTS = {"1": "1.00", "2.50": "2.50", "-3": "-3.00", "": None, "x": "not a number"}
DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "")

Row = tuple[str, str, str]
Held = list[tuple[str | None, ...]]

rows = st.lists(st.tuples(st.sampled_from("abc "), st.sampled_from(list(AMOUNTS)), st.sampled_from(DAYS)), max_size=5)


class Step(NamedTuple):
    """One file arrives (again); None instead of rows: it is taken away. Then there is a load, or not yet."""

    number: int
    rows: list[Row] | None
    loads: bool


def name_of(number: int) -> str:
    return f"deals_2026-01-0{number}.csv"


def text_of(number: int, said: list[Row]) -> str:
    # The name stands in every row: two files of the same bytes are one delivery, whatever they are called.
    return HEAD + "".join(f"{key.strip()},{amount},{changed},{name_of(number)}\n" for key, amount, changed in said)


def typable(files: dict[int, list[Row]], keyed: bool) -> list[tuple[str, int, int, Row]]:
    """(cursor, file, row number, row) of every record that raw can hold."""
    return [
        (row[2], number, place, row)
        for number, said in files.items()
        for place, row in enumerate(said)
        if AMOUNTS[row[1]] != "not a number" and not (keyed and not row[0].strip())
    ]


def expected(files: dict[int, list[Row]], delivery: str, keyed: bool) -> Held:
    """By plain Python: of each key the highest cursor (none is lowest), then the last name, then the last row."""
    found = sorted(typable(files, keyed))  # "" sorts before every day
    if keyed:
        newest = {(row[0], number if delivery == "snapshot" else 0): (number, row) for _, number, _, row in found}
        kept = list(newest.values())
    else:
        kept = [(number, row) for _, number, _, row in found]
    return sorted(
        (
            (key.strip() or None, AMOUNTS[amount], changed or None, name_of(number))
            for number, (key, amount, changed) in kept
        ),
        key=str,
    )


def held(source: Source) -> Held:
    records = source.rows("select id, amount::varchar, changed::date::varchar, file from raw_crm.deals")
    return sorted(records, key=str)


def said(source: Source, delivery: str, keyed: bool) -> Source:
    source.columns(id="text", amount="decimal(18,2)", changed="timestamp", file="text")
    return source.say(
        from_={"glob": "deals_*.csv", "day": "%Y-%m-%d"},
        delivery=delivery,
        key=["id"] if keyed else [],
        cursor="changed",
        hold_below=0,
        empty="allow",
    )


def equals_a_full_load(new: Callable[[], Source], delivery: str, keyed: bool, history: list[Step]) -> None:
    source, files, loads = said(new(), delivery, keyed), {}, 0
    for step in history:
        path = source.folder / name_of(step.number)
        if step.rows is None:
            if len(files) > 1 and files.pop(step.number, None) is not None:
                path.unlink()
        else:
            files[step.number] = step.rows
            source.write(path.name, text_of(step.number, step.rows))
        if step.loads and files:
            loads += 1
            source.load(f"r{loads}")
            assert held(source) == expected(files, delivery, keyed)
            assert conserved(source)
    if not files:
        return
    source.load("last")
    at_once = said(new(), delivery, keyed)
    for number, lines in files.items():
        at_once.write(name_of(number), text_of(number, lines))
    at_once.load()
    assert held(source) == held(at_once) == expected(files, delivery, keyed)
    assert not source.load("again").changed
    assert held(source) == held(at_once)


def conserved(source: Source) -> bool:
    (counts,) = source.rows("select sum(source_rows), sum(loaded + quarantined + duplicates) from loads.ledger")
    return counts[0] == counts[1]


def arrivals(order: list[int], lines: list[list[Row]], twice: list[int], loads: list[bool]) -> list[Step]:
    """Each file once in some order, and some of them again as they were."""
    first = [Step(number, lines[number - 1], load) for number, load in zip(order, loads, strict=False)]
    return first + [Step(number, lines[number - 1], True) for number in twice]


# Of an increment nothing may be taken back by leaving it out, so its files come as they are; of a full table and of a
# snapshot's day the file is all there is to say, so it may come changed, and a full table's file may go.
INCREMENTS = st.builds(
    arrivals,
    st.permutations([1, 2, 3, 4]),
    st.lists(rows, min_size=4, max_size=4),
    st.lists(st.integers(1, 4), max_size=2),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
REPLACED = st.lists(st.builds(Step, st.integers(1, 3), rows, st.booleans()), min_size=1, max_size=7)
REMOVED = st.lists(st.builds(Step, st.integers(1, 3), st.none() | rows, st.booleans()), min_size=1, max_size=7)
KINDS: dict[str, tuple[str, bool, st.SearchStrategy[list[Step]]]] = {
    "upsert": ("upsert", True, INCREMENTS),
    "append without key": ("append", False, INCREMENTS),
    "append with key": ("append", True, INCREMENTS),
    "full": ("full", True, REMOVED),
    "full without key": ("full", False, REMOVED),
    "snapshot": ("snapshot", True, REPLACED),
}


def places(folder: Path) -> Callable[[], Source]:
    """A new source, with a warehouse of its own, at each call."""
    numbers = itertools.count()
    return lambda: Source(folder / str(next(numbers)))


def holds(new: Callable[[], Source], kind: str, histories: int) -> None:
    delivery, keyed, drawn = KINDS[kind]

    @settings(max_examples=histories, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def property_of(history: list[Step]) -> None:
        equals_a_full_load(new, delivery, keyed, history)

    property_of()


@pytest.mark.parametrize("kind", KINDS)
def test_a_history_equals_a_full_load(tmp_path, kind):
    holds(places(tmp_path), kind, 3)


@pytest.mark.faults
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_histories_equal_a_full_load(tmp_path, kind):
    holds(places(tmp_path), kind, 100)
