"""A draft as the text of a contract: one line a column, every doubt a comment on its line.

Belongs here: YAML. Written by hand, since no YAML library at hand keeps comments. Does not: deciding anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

PLAIN = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff ./*-]*(?<! )")


class Line(NamedTuple):
    """A key of the contract, what it says, and what is doubtful about it."""

    said: Any
    doubts: Sequence[str] = ()
    note: str = ""  # a hint rather than a doubt


def scalar(value: Any) -> str:
    """The value so that YAML reads it back as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if PLAIN.fullmatch(value) and yaml.safe_load(value) == value and ": " not in value and " #" not in value:
        return value
    # JSON leaves beside letters what YAML does not let stand in a text: C1 controls, line separators, byte order marks.
    quoted = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", quoted)


def flow(value: Any) -> str:
    """A value on one line: {name: 金额, type: "decimal(18,2)"}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def _key(key: Any) -> str:
    return '"*"' if key == "*" else scalar(key)


def comment(line: Line) -> str:
    """What stands behind a line; one line, whatever a name of the file holds."""
    said = [f"doubtful: {'; '.join(line.doubts)}"] if line.doubts else []
    said += [line.note] if line.note else []
    text = re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+", " ", "; ".join(said))
    return f"   # {text}" if text else ""


def contract(
    system: Mapping[str, Line], table_name: str, table: Mapping[str, Line], columns: Sequence[Line], head: str
) -> str:
    """The whole file."""
    lines = [f"# {text}" for text in head.splitlines()]
    lines += [f"{key}: {flow(line.said)}{comment(line)}" for key, line in system.items()]
    lines += ["tables:", f"  {scalar(table_name)}:"]
    lines += [f"    {key}: {flow(line.said)}{comment(line)}" for key, line in table.items()]
    lines += ["    columns:"]
    lines += [f"      - {flow(line.said)}{comment(line)}" for line in columns]
    return "\n".join(lines) + "\n"
