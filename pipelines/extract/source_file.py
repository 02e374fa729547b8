"""One delivered file: where it is, its bytes, its text and its header.

Belongs here: what every file format needs. Does not: any one format (csv_file.py, excel_file.py, …).
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.contract import TableContract

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
        yield line


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


def check_header(source: SourceFile, found: Sequence[str], table: TableContract, line: int | None = 1) -> list[str]:
    """The columns' names by position, after comparing the header found with the contract.

    Raises KpiError naming missing and unexpected columns, each with the nearest name of the other kind.
    """
    said = table.from_.header if isinstance(table.from_.header, list) else None
    if table.from_.names:
        if len(found) != len(table.from_.names) or (said and list(found) != said):
            expected = said or table.from_.names
            raise KpiError(
                f"the header has {len(found)} columns ({_some(found)}), the contract says {len(expected)}"
                f" ({_some(expected)})",
                file=source.path,
                line=line,
                next_step="correct from.header and from.names in the contract, or ask for the file as agreed",
            )
        return table.from_.names
    expected = table.delivered_names
    repeated = sorted(name for name, times in Counter(found).items() if times > 1)
    missing = [name for name in expected if name not in found]
    unexpected = [name for name in found if name not in expected]
    problems = [f"the header repeats {_some(repeated)}"] if repeated else []
    problems += [f"missing {name}{did_you_mean(name, unexpected)}" for name in missing]
    problems += [f"unexpected {name!r}{did_you_mean(name, missing)}" for name in unexpected]
    if problems:
        raise KpiError(
            f"wrong header: {'; '.join(problems)}",
            file=source.path,
            line=line,
            next_step="give from.names by position in the contract"
            if repeated
            else "correct the contract's columns or from.header, or ask for the file as agreed",
        )
    return list(found)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
