"""Columns of whole numbers and a head of JSON as one compressed text that stands in a page; page_unpack.js reads it.

Belongs here: the form. Does not: what the columns mean (payload.py).

gzip of: four bytes for the length of the head, the head, the columns. Of a column first stand the lowest bytes of all
its numbers, then the next ones, as many as its largest number has: high bytes are alike and shrink to nothing.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_GZIP = 31  # zlib's word for a gzip header without a time: the same page twice is the same bytes


class Columns:
    """Gathers columns; `described` says of each where it stands, how long and how wide it is."""

    def __init__(self) -> None:
        self.described: dict[str, list[int]] = {}
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, name: str, numbers: np.ndarray) -> None:
        width = max(1, (int(numbers.max()).bit_length() + 7) // 8) if len(numbers) else 1
        part = numbers.astype("<u8").view("u1").reshape(-1, 8).T[:width].tobytes()
        self.described[name] = [self._size, len(numbers), width]
        self._parts.append(part)
        self._size += len(part)

    def packed(self, head: dict[str, Any]) -> str:
        text = json.dumps(head | {"columns": self.described}, ensure_ascii=False, separators=(",", ":")).encode()
        squeezed = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
        whole = b"".join([len(text).to_bytes(4, "little"), text, *self._parts])
        return base64.b64encode(squeezed.compress(whole) + squeezed.flush()).decode()
