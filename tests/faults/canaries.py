"""Words that must turn up nowhere, and the search for them in every byte and every error.

Belongs here: the forms a word can hide in, what an error holds besides its text, the contents of packed files.
Does not: any way in which a word could get somewhere.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import sqlite3
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

# A password with every sign that means something in an address; each part is looked for too, since an address that is
# read wrongly breaks at such a sign, and its pieces end up in words like "unknown host vogel9/…".
SECRET = "Kanari7@Vogel9/Zeisig8:Stieglitz5#Fink%6+"
PARTS = ("Kanari7", "Vogel9", "Zeisig8", "Stieglitz5", "Fink%6")
IN_A_HEADER = "Kanari7.Zeisig8-Stieglitz5"  # a token as APIs give them
PHONE, MAIL, ID_NUMBER, NAME = "13987654321", "stieglitz.kanari@zeisig.example", "11010519491231002X", "欧阳𠮷娜"
PERSONAL = (PHONE, MAIL, ID_NUMBER, NAME)


def forms(word: str) -> set[bytes]:
    """The word as it may be written: encodings, URL, JSON, Python, base64 wherever it begins; all in small letters."""
    texts = {word, quote(word, safe=""), quote(word), quote_plus(word), json.dumps(word)[1:-1], repr(word)[1:-1]}
    found = {text.lower().encode() for text in texts}
    found |= {word.lower().encode("utf-16-le"), word.encode("gb18030").lower(), word.encode().hex().encode()}
    return {form for form in found if len(form) > 4}


def coded(word: str) -> set[bytes]:
    """Base64 of any text that holds the word: of each of three places where it may begin, what does not change."""
    found = set()
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + word.encode())
        start = -(-shift * 8 // 6)
        whole = (shift + len(word.encode())) * 8 // 6
        found |= {code[start:whole], code[start:whole].replace(b"+", b"-").replace(b"/", b"_")}
    return {code for code in found if len(code) > 7}


def hits(words: Iterable[str], held: bytes) -> list[str]:
    """Which of the words stand in the bytes, in whatever form and in small or capital letters."""
    small = held.lower()
    return [
        word
        for word in words
        if any(form in small for form in forms(word)) or any(code in held for code in coded(word))
    ]


def told(error: BaseException | None, seen: set[int] | None = None) -> Iterator[str]:
    """Everything an error says or holds, and all errors behind it, also those that `from None` only hides."""
    seen = set() if seen is None else seen
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)), *traceback.format_exception(error))
    yield repr([getattr(error, name, "") for name in ("object", "doc", "statement", "params", "request", "response")])
    for other in (error.__cause__, error.__context__, getattr(error, "orig", None), *getattr(error, "errors", ())):
        if isinstance(other, BaseException):
            yield from told(other, seen)


def below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's bytes, and what is packed inside: values of Parquet, DuckDB and SQLite, gzip unfolded."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name, held = str(path.relative_to(folder)), path.read_bytes()
        yield name, name.encode() + held
        if path.suffix == ".parquet":
            yield f"{name} unpacked", _parquet(path)
        elif path.suffix == ".duckdb":
            yield f"{name} unpacked", _duckdb(path)
        elif held[:16] == b"SQLite format 3\0":
            yield f"{name} unpacked", _sqlite(path)
        elif held[:2] == b"\x1f\x8b":
            yield f"{name} unpacked", gzip.decompress(held)


def _parquet(path: Path) -> bytes:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return repr((table.to_pylist(), table.schema.metadata)).encode()


def _duckdb(path: Path) -> bytes:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        return repr([con.execute(f'select * from "{s}"."{t}"').fetchall() for s, t in tables]).encode()


def _sqlite(path: Path) -> bytes:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as con:
        names = [name for (name,) in con.execute("select name from sqlite_master where type = 'table'")]
        return repr([con.execute(f'select * from "{name}"').fetchall() for name in names]).encode()


def search(words: Iterable[str], folder: Path, *spoken: str, allowed: str = "(?!)") -> tuple[list[str], int, int]:
    """(hits as `place: word`, places looked at, bytes looked at) of a data folder and of what was said.

    `allowed` is a pattern of the places below the folder where the words may stand.
    """
    words = list(words)
    places: list[tuple[str, bytes]] = [*below(folder), *(("said", text.encode(errors="replace")) for text in spoken)]
    places = [(name, held) for name, held in places if not re.search(allowed, name)]
    found = [f"{name}: {word}" for name, held in places for word in hits(words, held)]
    return found, len(places), sum(len(held) for _, held in places)


def said_of(*things: Any) -> str:
    """What loads, checks and errors say, as one text."""
    parts: list[str] = []
    for thing in things:
        if isinstance(thing, BaseException):
            parts += told(thing)
            continue
        parts.append(repr(thing))
        for one in (*getattr(thing, "refused", ()), *getattr(thing, "problems", ())):
            parts += told(one if isinstance(one, BaseException) else one.error)
    return "\n".join(parts)
