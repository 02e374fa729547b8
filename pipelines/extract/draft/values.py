"""Words of status-like columns in the words of the house: 赢单 and Closed Won are won.

Belongs here: value maps of the fields words.yml knows. Does not: free texts, which stay as they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.extract.draft import words
from pipelines.extract.draft.sample import Sample

MOST, LONGEST = 30, 40  # different words, and letters of one: beyond, it is no list of states
SAYS = {"stage": "status"}  # of deals, the stage says the status


class Map(NamedTuple):
    """`values` of a column; the words nothing is known of, and what "*" takes them for."""

    values: dict[str, str | dict[str, str]]
    unknown: tuple[str, ...]
    other: str | None


def propose(
    sample: Sample, place: int, field: str, entity: str, mapped: set[str], nulls: tuple[str, ...]
) -> Map | None:
    """The map of a column matched to `field`; None where the field takes any word, or the column has too many.

    `mapped` are the fields other columns fill: a stage says the status only where no column does.
    """
    said = words.vocabulary()["values"].get(entity, {})
    target = field
    if field not in said:
        target = SAYS.get(field, "")
        if target not in said or target in mapped:
            return None
    found = _words(sample, place, nulls)
    if not found:
        return None
    house = {words.compact(word) or word: value for value, several in said[target].items() for word in several}
    house |= {words.compact(value): value for value in said[target]}
    known = {word: house[_folded(word)] for word in found if _folded(word) in house}
    if not known:
        return None
    if target == field and all(word == value for word, value in known.items()) and len(known) == len(found):
        return None  # it speaks the words of the house
    unknown = tuple(word for word in found if word not in known)
    other = "open" if "open" in said[target] and target == "status" else None
    values: dict[str, str | dict[str, str]] = {}
    for word in found:
        if (value := known.get(word, other)) is not None and not (target != field and value == other):
            values[word] = value if target == field else {target: value}
    if target != field and other:
        values["*"] = {target: other}
    return Map(values, unknown, other)


def _folded(word: str) -> str:
    return words.compact(re.sub(r"^\s*\d+\s*[-.、)]\s*", "", word)) or word  # 3 - Closed Won


def _words(sample: Sample, place: int, nulls: tuple[str, ...]) -> list[str]:
    rows = sample.con.execute(
        f"select trim(cast(c{place} as varchar)) as word, count(*) from sample where c{place} is not null"
        f" group by word order by 2 desc, 1 limit {MOST + 1}"
    ).fetchall()
    found = [word for word, _ in rows if word and word not in nulls]
    return [] if len(rows) > MOST or any(len(word) > LONGEST for word in found) else found
