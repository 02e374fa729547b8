"""Values of JSON as text, digit for digit, whoever delivers it: a file or an API.

Belongs here: decoding without floats, and a value as the text raw keeps. Does not: finding the records (files/, rest/).
"""

from __future__ import annotations

import json
from typing import Any


class Number(str):
    """A number as the text it was written in."""

    __slots__ = ()


class KeyTwice(ValueError):
    """An object holds a key twice: Python would keep the last value, other readers the first."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, for a decoder's object_pairs_hook. Raises KeyTwice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise KeyTwice
    return found


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


# A float on the way would turn 12345678901234567.89 into 12345678901234568.
decoder = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=_refuse_constant, object_pairs_hook=unique
)
decode = decoder.decode


def as_text(value: Any) -> str | None:
    """A decoded value as raw keeps it: text as it is, a number as written, an object or a list as its JSON text."""
    return value if value is None or isinstance(value, str) else written(value)


def written(value: Any) -> str:
    """A value as JSON again, its numbers as they were written."""
    if isinstance(value, Number):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
