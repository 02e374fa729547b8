"""What stands where in an answer: its records, the items inside them, and a value by its dotted path.

Belongs here: finding. Does not: asking for an answer (client.py), types (cast.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pipelines.errors import KpiError

MISSING = object()


class Record(NamedTuple):
    """One record, and the one around it: the record an item lies in, or the value it was asked for."""

    own: dict[str, Any]
    outer: Any


def at(value: Any, path: str) -> Any:
    """The value at a dotted path, or MISSING; a key that itself holds a dot is found first. A null has null parts."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def part_of(record: dict[str, Any], path: str, what: str) -> Any:
    """As `at`, of a record. Raises KpiError where a text, a number or a list stands where an object is meant."""
    value = at(record, path)
    if value is not MISSING or path in record:
        return value
    *heads, _ = path.split(".")
    for number in range(1, len(heads) + 1):
        head = ".".join(heads[:number])
        found = at(record, head)
        if found is not MISSING and found is not None and not isinstance(found, dict):
            raise KpiError(
                f"{what}: column {path}: {head} holds no parts in every record",
                next_step="ask for it as a whole (name: …), as its JSON text",
            )
    return MISSING


def outer_records(body: Any, path: str | None, what: str) -> list[Any]:
    """The list of records of an answer. Raises KpiError where there is none at that place."""
    found = body if path is None else at(body, path)
    if found is None and body is not None:
        return []
    if not isinstance(found, list):
        where = f"no list at {path}" if path else "no list"
        raise KpiError(f"{what}: the answer holds {where}", next_step="correct from.rest.records in the contract")
    return found


def records(body: Any, path: str | None, items: str | None, asked_for: Any, what: str) -> Iterator[Record]:
    """The records of an answer, or the items inside them, each with what is around it."""
    for number, outer in enumerate(outer_records(body, path, what), 1):
        if not isinstance(outer, dict):
            raise KpiError(f"{what}: record {number} of a page is not an object")
        if items is None:
            yield Record(outer, asked_for)
            continue
        found = at(outer, items)
        if not (found is MISSING or found is None or isinstance(found, list)):
            raise KpiError(f"{what}: {items} is no list in every record", next_step="correct from.rest.items")
        for item in found if isinstance(found, list) else []:
            if not isinstance(item, dict):
                raise KpiError(f"{what}: an item at {items} is not an object")
            yield Record(item, outer)
