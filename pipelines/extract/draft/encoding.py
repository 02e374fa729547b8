"""The encoding of a text file: its byte order mark, else strict UTF-8, else GB18030, else what looks best.

Belongs here: the guess and how sure it is. Does not: decoding for good; the readers do that strictly.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from pipelines.errors import KpiError
from pipelines.extract.files.source_file import CHUNK, SourceFile, open_bytes

MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
HEAD = 1 << 18  # bytes shown to the search for delimiter and header
PLAIN_HANZI = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")  # GB 2312, where nearly all Chinese text lies
SINGLE_BYTE = ["cp1252", "iso8859_15", "cp1250", "cp1251", "cp1253", "cp1254"]
DOUBLE_BYTE = ["big5", "cp932", "shift_jis", "euc_jp", "cp949", "euc_kr"]


class Guess(NamedTuple):
    """An encoding, the beginning of the file in it, and why it is doubtful (empty: it is not)."""

    name: str
    head: str
    why: str


def guess(source: SourceFile) -> Guess:
    """Reads the whole file once. Raises KpiError where it is binary or a damaged gzip."""
    with open_bytes(source) as file:
        head = file.read(HEAD)
        mark = next((name for mark, name in MARKS if head.startswith(mark)), None) or _unmarked_utf16(head)
        odd = None if mark else _not_utf8(head, file.read)
    if mark:
        return _decoded(source, head, mark, "")
    if odd is None:
        return _decoded(source, head, "utf-8", "")
    name, why = _of_bytes(odd)
    return _decoded(source, head, name, why)


def _unmarked_utf16(head: bytes) -> str | None:
    """Every other byte of Latin text in UTF-16 is NUL, and no other text holds one."""
    if head.count(0) < len(head) * 0.2:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _not_utf8(head: bytes, read) -> bytes | None:  # type: ignore[no-untyped-def]
    """The piece of the file where UTF-8 ends, or None where all of it is UTF-8."""
    decoder, piece = codecs.getincrementaldecoder("utf-8")("strict"), head
    try:
        while piece:
            decoder.decode(piece)
            piece = read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return piece
    return None


def _of_bytes(piece: bytes) -> tuple[str, str]:
    odd = re.findall(rb"[\x80-\xff]+", piece)
    try:
        codecs.getincrementaldecoder("gb18030")("strict").decode(piece)
        told = sum(len(run) for run in odd)
        plain = sum(2 * len(PLAIN_HANZI.findall(run)) for run in odd)
        # An umlaut stands alone among letters; a Chinese character is two bytes, and seldom alone.
        if plain >= told * 0.9 and sum(len(run) % 2 == 0 for run in odd) >= len(odd) * 0.9:
            return "gb18030", ""
    except UnicodeDecodeError:
        pass
    import charset_normalizer

    shown = b"\n".join(line for line in piece.splitlines() if re.search(rb"[\x80-\xff]", line))[:50_000]
    best = charset_normalizer.from_bytes(shown, cp_isolation=["gb18030", *DOUBLE_BYTE, *SINGLE_BYTE]).best()
    name = best.encoding if best else "cp1252"
    if name in SINGLE_BYTE and shown.decode(name, "replace") == shown.decode("cp1252", "replace"):
        name = "cp1252"  # of two that say the same, the one of Western Europe
    others = [n for n in SINGLE_BYTE if n != name] if name in SINGLE_BYTE else []
    return name, "guessed from its letters; look at names with accents" + (f", or try {others[0]}" if others else "")


def _decoded(source: SourceFile, head: bytes, name: str, why: str) -> Guess:
    try:
        text = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)("strict").decode(head)
    except UnicodeDecodeError:
        text, why = head.decode(name, "replace"), why or "some bytes are of no known encoding"
    if "\0" in text:
        raise KpiError("not a text file", file=source.path, next_step="name a CSV, Excel, JSON or Parquet file")
    return Guess(name, text, why)
