"""Reads back what a page has packed, in Python: what a browser draws from, held against the file it came from."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np


class Cell(NamedTuple):
    kpi: str
    grain: str
    start: str
    level: str
    unit: str
    value: float | None
    target: float | None
    reached: float | None
    change: float | None
    status: str
    quality: str


def head_and_columns(text: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The head of a page's payload, and its columns by name."""
    packed = re.search(r'<script type="text/plain" id="data"[^>]*>([^<]*)</script>', text)
    assert packed
    whole = zlib.decompress(base64.b64decode(packed.group(1)), 31)
    size = int.from_bytes(whole[:4], "little")
    head = json.loads(whole[4 : 4 + size])
    rest = np.frombuffer(whole[4 + size :], dtype="u1")
    columns = {}
    for name, (at, length, width) in head["columns"].items():
        planes = rest[at : at + length * width].reshape(width, length).astype(np.uint64)
        columns[name] = sum((planes[i] << np.uint64(8 * i) for i in range(width)), np.zeros(length, np.uint64))
    return head, columns


def cells(text: str) -> Iterator[Cell]:
    """Every figure of a page."""
    head, columns = head_and_columns(text)
    for grain, about in head["grains"].items():
        of = {name.split(".", 1)[1]: column for name, column in columns.items() if name.startswith(f"{grain}.")}
        goals = {int(place): i for i, place in enumerate(of["goals.i"])}
        at = 0
        for k, u, level in zip(of["series.k"], of["series.u"], of["series.l"], strict=True):
            kpi, width = head["kpis"][k], about["depth"][level]
            for place, period in zip(range(at, at + width), about["periods"][-width:], strict=True):
                if not of["cells.s"][place]:
                    continue
                size, goal = 10 ** kpi["digits"], goals.get(place)
                yield Cell(
                    kpi["id"], grain, period["start"], head["levels"][level]["id"], head["units"][u]["id"],
                    decoded(of["cells.v"][place], size),
                    None if goal is None else decoded(of["goals.t"][goal], size),
                    None if goal is None else decoded(of["goals.a"][goal], 10**6),
                    decoded(of["cells.c"][place], 10**6),
                    head["statuses"][int(of["cells.s"][place]) - 1]["id"],
                    head["qualities"][int(of["cells.q"][place]) - 1]["id"],
                )  # fmt: skip
            at += width


def decoded(number: np.uint64, size: int) -> float | None:
    n = int(number)
    return None if n == 0 else ((n - 1) // 2 if n % 2 else -n // 2) / size
