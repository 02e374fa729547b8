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
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from pipelines.errors import KpiError

CHUNK = 1 << 20
LONGEST_LINE = 2_000_000  # DuckDB's own limit
MARK = "\ufeff"
# gzip makes at most 1,032 times less of something; three years of the demo's tables come to 3 to 12 times less.
UNFOLDED_TIMES, UNFOLDED_FROM = 200, 100_000_000
ARCHIVES = {
    b"PK\3\4": "a zip archive or a workbook",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old or encrypted workbook",
    b"PAR1": "a Parquet file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"%PDF": "a PDF",
    b"\x28\xb5\x2f\xfd": "a zstd file",
}


class Mark(NamedTuple):
    """What an object store says of one version of an object: another content, another mark."""

    store: str  # its endpoint; "" is Amazon's
    address: str  # s3://bucket/key
    etag: str
    size: int
    modified: str  # ISO, with zone


class SourceFile(NamedTuple):
    """A file as a delivery; `name` is its path below the connection path, with forward slashes."""

    path: Path
    name: str

    @property
    def is_gzip(self) -> bool:
        return self.path.suffix.lower() == ".gz"

    @property
    def mark(self) -> Mark | None:
        """None: of a local file only its bytes say whether it is another one."""
        return None

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @contextmanager
    def fetched(self, place: Path, most: int | None = None) -> Iterator[SourceFile]:
        """Itself: a local file is read where it lies."""
        yield self


class ListedFile(Protocol):
    """A file that the source has, perhaps elsewhere: a SourceFile, or an object of a store (object_store.py)."""

    @property
    def name(self) -> str: ...

    @property
    def mark(self) -> Mark | None: ...

    @property
    def size(self) -> int: ...

    def fetched(self, place: Path, most: int | None = None) -> AbstractContextManager[SourceFile]:
        """The file as a local one for as long as the block, in `place` where it has to be copied."""
        ...


@contextmanager
def told_as(copy: Path, original: Path | str) -> Iterator[None]:
    """A KpiError of the block about a passing copy names what it is a copy of."""
    try:
        yield
    except KpiError as error:
        if error.file == copy:
            error.file = original
        raise


def sha256(path: Path) -> str:
    """Hash of the bytes as delivered (a gzip is not unfolded)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_bytes(source: SourceFile) -> Iterator[io.BufferedReader[Any]]:
    """The file's bytes, unfolded where it is gzip.

    Raises KpiError where the gzip is cut off, damaged or unfolds to a bomb, and where the bytes are no text at all.
    """
    try:
        with source.path.open("rb") as raw:
            file: io.BufferedReader[Any] = io.BufferedReader(_Unfolding(raw, source), CHUNK) if source.is_gzip else raw
            _refuse_archive(file.peek(4)[:4], source)
            yield file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise KpiError("the gzip file is damaged or cut off", file=source.path, next_step="deliver it again") from error


class _Unfolding(io.RawIOBase):
    """What a gzip file unfolds to, until it is more than an honest one would."""

    def __init__(self, raw: IO[bytes], source: SourceFile) -> None:
        self.file, self.source, self.taken = gzip.GzipFile(fileobj=raw), source, 0
        self.raw_file = raw
        if not source.path.stat().st_size:
            raise EOFError  # which Python takes for a gzip of nothing

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        self.taken += len(data)
        # Of what was taken, and not of the whole file: ten gigabytes of zeros are found out at 100 MB.
        if self.taken > UNFOLDED_FROM and self.taken > UNFOLDED_TIMES * self.raw_file.tell():
            raise KpiError(
                f"unfolds to more than {UNFOLDED_TIMES} times its size, which no honest file does",
                file=self.source.path,
                next_step="deliver it without gzip",
            )
        buffer[: len(data)] = data
        return len(data)


def refuse_bomb(source: SourceFile) -> None:
    """KpiError where the beginning of a gzip file unfolds to a bomb: before anything looks at its lines one by one."""
    if source.is_gzip:
        with open_bytes(source) as file:
            for _ in range(UNFOLDED_FROM // CHUNK + 2):
                if not file.read(CHUNK):
                    break


def _refuse_archive(start: bytes, source: SourceFile) -> None:
    for mark, name in ARCHIVES.items():
        if start.startswith(mark):
            raise KpiError(
                f"holds {name} where text is expected",
                file=source.path,
                next_step="unpack it, or correct from.format and the file's ending",
            )


@contextmanager
def open_text(source: SourceFile, encoding: str) -> Iterator[IO[str]]:
    """The file as text, decoded strictly, line ends kept, a byte order mark removed.

    Raises KpiError naming byte and line where the bytes are not of that encoding.
    """
    codec = codec_of(encoding)
    with open_bytes(source) as file:
        mark = "" if codec in ("utf-8-sig", "utf-16", "utf-32") else MARK  # those remove it themselves
        if mark and (marked := _encoded(mark, codec)) and file.peek(len(marked)).startswith(marked):
            file.read(len(marked))
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


def _encoded(mark: str, codec: str) -> bytes:
    try:
        return mark.encode(codec)
    except UnicodeEncodeError:  # latin-1 has none
        return b""


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
            except UnicodeError:  # UTF-16 without the mark that says which end comes first
                return 1, 1
            taken += len(chunk)
            if not chunk:
                return taken, line
