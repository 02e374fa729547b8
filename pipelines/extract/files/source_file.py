"""One delivered file: where it is, its bytes and its text.

Belongs here: what every file format needs. Does not: any one format (csv_file.py, excel_file.py, …).
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

from pipelines.errors import KpiError

CHUNK = 1 << 20
LONGEST_LINE = 2_000_000  # DuckDB's own limit


class SourceFile(NamedTuple):
    """A file as a delivery; `name` is its path below the connection path, with forward slashes."""

    path: Path
    name: str

    @property
    def is_gzip(self) -> bool:
        return self.path.suffix.lower() == ".gz"


def sha256(path: Path) -> str:
    """Hash of the bytes as delivered (a gzip is not unfolded)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_bytes(source: SourceFile) -> Iterator[IO[bytes]]:
    """The file's bytes, unfolded where it is gzip.

    Raises KpiError where the gzip is cut off or damaged.
    """
    try:
        with source.path.open("rb") as raw:
            if source.is_gzip:
                with gzip.open(raw) as unfolded:
                    yield cast(IO[bytes], unfolded)
            else:
                yield raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise KpiError("the gzip file is damaged or cut off", file=source.path, next_step="deliver it again") from error


@contextmanager
def open_text(source: SourceFile, encoding: str) -> Iterator[IO[str]]:
    """The file as text, decoded strictly, line ends kept, a UTF-8 byte order mark removed.

    Raises KpiError naming byte and line where the bytes are not of that encoding.
    """
    codec = codec_of(encoding)
    with open_bytes(source) as file:
        text = io.TextIOWrapper(file, codec, errors="strict", newline="")
        try:
            yield text
        except UnicodeError as error:
            byte, line = _where_decoding_stops(source, codec)
            raise KpiError(
                f"byte {byte:,} is not {encoding}",
                file=source.path,
                line=line,
                next_step="correct from.encoding in the contract, or ask for the file again",
            ) from error


def codec_of(encoding: str) -> str:
    """Python's name of an encoding; UTF-8 with or without a byte order mark is one."""
    name = codecs.lookup(encoding).name
    return "utf-8-sig" if name == "utf-8" else name


def lines(text: IO[str], source: SourceFile) -> Iterator[str]:
    """The physical lines, with their ends.

    Raises KpiError for a line above LONGEST_LINE: an open quote or no text at all, and a danger to memory.
    """
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise KpiError(f"a line longer than {LONGEST_LINE:,} characters", file=source.path, line=number)
        if "\0" in line:
            raise nul_byte(source, number)
        yield line


def nul_byte(source: SourceFile, line: int) -> KpiError:
    """No text holds a NUL: the file is binary, in UTF-16 read as another encoding, or was torn while it was written."""
    return KpiError("a NUL byte", file=source.path, line=line, next_step="correct from.encoding, or ask for it again")


def _where_decoding_stops(source: SourceFile, codec: str) -> tuple[int, int]:
    decoder, taken, line = codecs.getincrementaldecoder(codec)("strict"), 0, 1
    with open_bytes(source) as file:
        while True:
            chunk = file.read(CHUNK)
            held = len(decoder.getstate()[0])  # bytes of a character that the last chunk cut in two
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return taken - held + error.start + 1, line + chunk[: max(error.start - held, 0)].count(b"\n")
            taken += len(chunk)
            if not chunk:
                return taken, line
