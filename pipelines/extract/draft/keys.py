"""Which columns identify a record, which says how new it is, and what delivery follows from both.

Belongs here: uniqueness over all records. Does not: names that mean a key (words.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipelines.extract.draft import words
from pipelines.extract.draft.sample import Sample
from pipelines.extract.draft.types import Typed

BLOCK = 50_000  # records that lie together; a key repeated in them is none, and most are struck out by them
TRIED = 12  # columns tried as parts of a key of two
OFTEN = 0.03  # share of records that may repeat a key and still be later states of the same


class Key(NamedTuple):
    """Places of the key's columns, and why they are doubtful; no places: every record stands for itself."""

    places: tuple[int, ...]
    why: str = ""


def unique(sample: Sample, typed: Sequence[Typed]) -> list[bool]:
    """Per column whether no value comes twice and none is missing."""
    full = [place for place, one in enumerate(typed) if one.filled == sample.rows]
    left = [p for p in full if _distinct(sample, (p,), BLOCK) == min(sample.rows, BLOCK)]
    found = {p for p in left if _distinct(sample, (p,)) == sample.rows}
    return [place in found for place in range(len(typed))]


def propose(
    sample: Sample,
    typed: Sequence[Typed],
    is_unique: Sequence[bool],
    meant: Sequence[int],
    cursor: int | None,
    hidden: Collection[int],
) -> Key:
    """The key: what the entity calls its key (`meant`) where that holds, else a unique column, else a pair.

    `hidden` are personal columns, which make no good key.
    """
    if len(meant) == 1 and is_unique[meant[0]]:
        return Key((meant[0],))
    if len(meant) > 1 and (key := _as_meant(sample, typed, tuple(meant))):
        return key
    if len(meant) == 1 and (key := _later_states(sample, typed, meant[0], cursor)):
        return key
    single = [place for place, yes in enumerate(is_unique) if yes and place not in hidden]
    named = [place for place in single if _is_key_name(sample.names[place])]
    if chosen := (named or [p for p in single if typed[p].type in ("text", "integer") and p < 3])[:1]:
        return Key((chosen[0],), "" if named else "unique in this file; is it in every one?")
    return _pair(sample, typed, meant, hidden)


def cursor(sample: Sample, typed: Sequence[Typed]) -> int | None:
    """The column of the last change, by its name; a date or a time with a value in nearly every record."""
    said = words.vocabulary()
    for several in (said["any"]["updated_at"], said["cursor"]):
        known = {words.compact(word) for word in several}
        for place, name in enumerate(sample.names):
            is_time = typed[place].type in ("date", "timestamp")
            if is_time and words.compact(name) in known and typed[place].filled >= 0.98 * sample.rows:
                return place
    return None


def _as_meant(sample: Sample, typed: Sequence[Typed], meant: tuple[int, ...]) -> Key | None:
    if any(typed[place].filled < 0.98 * sample.rows for place in meant):
        return None
    twice = sample.rows - _distinct(sample, meant)
    if twice > OFTEN * sample.rows:
        return None
    return Key(meant, f"{twice:,} records repeat it; the newest of each stays" if twice else "")


def _later_states(sample: Sample, typed: Sequence[Typed], place: int, newest: int | None) -> Key | None:
    """A key that a few records repeat, or lack: with a column of changes they are later states of the same."""
    lacking = sample.rows - typed[place].filled
    twice = typed[place].filled - _distinct(sample, (place,))
    if twice + lacking > OFTEN * sample.rows or (twice and newest is None):
        return None
    why = [f"{twice:,} records repeat it; the newest of each stays"] if twice else []
    why += [f"{lacking:,} records lack it and are set aside"] if lacking else []
    return Key((place,), ", ".join(why))


def _pair(sample: Sample, typed: Sequence[Typed], meant: Sequence[int], hidden: Collection[int]) -> Key:
    """Two columns that are unique together; those of key-like names first."""
    full = [p for p, t in enumerate(typed) if t.filled == sample.rows and p not in hidden and t.type != "boolean"]
    rank = {
        p: (p not in meant, not _is_key_name(sample.names[p]), typed[p].type.startswith(("decimal", "double")), p)
        for p in full
    }
    tried = sorted(full, key=lambda place: rank[place])[:TRIED]
    for pair in itertools.combinations(tried, 2):
        if _distinct(sample, pair, BLOCK) == min(sample.rows, BLOCK) and _distinct(sample, pair) == sample.rows:
            return Key(tuple(sorted(pair)), "no column is unique alone; are these two in every file?")
    return Key((), "no column, and no two, are unique")


def _is_key_name(name: str) -> bool:
    said = words.compact(name)
    return any(said.endswith(words.compact(word)) for word in words.vocabulary()["key"])


def _distinct(sample: Sample, places: tuple[int, ...], rows: int | None = None) -> int:
    chosen = f"c{places[0]}" if len(places) == 1 else f"({', '.join(f'c{place}' for place in places)})"
    lacks = " or ".join(f"c{place} is null" for place in places)
    limited = f"where rowid < {rows}" if rows else ""
    ((found,),) = sample.con.execute(
        f"select count(distinct hash({chosen})) filter (not ({lacks})) from sample {limited}"
    ).fetchall()
    return int(found)
