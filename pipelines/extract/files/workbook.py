"""What an .xlsx holds before anybody reads it: one pass over its XML, in bounded memory.

Belongs here: refusing what unfolds to a bomb or lies about its size, counting the rows that hold a value, and finding
what calamine would hand over as something else (error values, long numbers, formulas never computed).
Does not: the cells' values; excel_file.py reads them.
"""

from __future__ import annotations

import functools
import os
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from pipelines.errors import KpiError, did_you_mean
from pipelines.extract.files.source_file import CHUNK, SourceFile
from pipelines.extract.files.worksheet import Cells, Strings, local, parser

# A 307 KB workbook unfolded to 1.4 GB; honest ones unfold to 5–20 times their size.
MOST_TIMES, FROM_BYTES, MOST_BYTES = 100, 50_000_000, 1_000_000_000
AS_CSV = "deliver the table as CSV"
OLE = b"\xd0\xcf\x11\xe0"  # the container of old and of encrypted workbooks
MOST_DIRECTORY = 1_000_000  # bytes of the list of members: some 15,000; a workbook has dozens


class Sheet(NamedTuple):
    """One worksheet: how many rows hold a value, and cells that calamine hands over as something else."""

    name: str
    rows: int
    texts: dict[tuple[int, int], str]  # (row, column), both from 0: #N/A, and numbers of more than 15 digits


def look(source: SourceFile, wanted: str | None) -> Sheet:
    """The worksheet `wanted`, or the first.

    Raises KpiError: not a workbook, a bomb, sizes that are not true, no such sheet, a formula without its value.
    """
    state = source.path.stat()
    return _look(source, wanted, state.st_size, state.st_mtime_ns)


def refuse_strange(path: Path) -> None:
    """Raises KpiError where a file is no workbook, or one that unfolds to more than an honest one does.

    No part is parsed: for who reads the cells by another library, which tells damage by itself.
    """
    source = SourceFile(path, path.name)
    with _damage_told(source), path.open("rb") as file, _opened(source, file, path.stat().st_size):
        pass


def damaged(source: SourceFile) -> KpiError:
    return KpiError("not an Excel workbook, or damaged", file=source.path, next_step="save it again as .xlsx")


@functools.lru_cache(maxsize=1)  # counting and reading both look
def _look(source: SourceFile, wanted: str | None, size: int, changed: int) -> Sheet:
    with _damage_told(source), source.path.open("rb") as file, _opened(source, file, size) as archive:
        return _sheet(archive, wanted, source)


@contextmanager
def _opened(source: SourceFile, file: IO[bytes], size: int) -> Iterator[zipfile.ZipFile]:
    _refuse_what_is_no_small_zip(file, source)
    with zipfile.ZipFile(file) as archive:
        _refuse_bomb(archive, file, source, size)
        yield archive


@contextmanager
def _damage_told(source: SourceFile) -> Iterator[None]:
    try:
        yield
    # What is damaged leads to wrong names, places, numbers and checksums as well.
    except (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, OSError) as error:
        raise damaged(source) from error
    except (ValueError, LookupError, StopIteration, RuntimeError) as error:
        raise damaged(source) from error


def _sheet(archive: zipfile.ZipFile, wanted: str | None, source: SourceFile) -> Sheet:
    sheets, shared = _parts(archive)
    name = wanted or next(iter(sheets))
    if name not in sheets:
        raise no_sheet(name, list(sheets), source)
    strings = Strings()
    if shared in archive.namelist():
        _parse(archive, shared, strings.parser)
    cells = Cells(strings.empty, source.path)
    _parse(archive, sheets[name], cells.parser)
    return Sheet(name, cells.rows, cells.texts)


def no_sheet(name: str, names: list[str], source: SourceFile) -> KpiError:
    """There is no such worksheet; the next step names those there are."""
    return KpiError(
        f"no sheet {name}{did_you_mean(name, names)}",
        file=source.path,
        next_step=f"the workbook has {', '.join(names)}; correct from.sheet",
    )


def _refuse_what_is_no_small_zip(file: IO[bytes], source: SourceFile) -> None:
    # Python reads the whole list of members first: a million of them take 500 MB.
    if file.read(4) == OLE:
        raise KpiError(
            "is protected by a password, or an old .xls under another name",
            file=source.path,
            next_step="save it as .xlsx without a password",
        )
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - 65_557, 0))
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0:
        raise damaged(source)
    (length,) = struct.unpack("<L", tail[place + 12 : place + 16])
    if length > MOST_DIRECTORY:
        raise KpiError("holds more parts than any workbook does", file=source.path, next_step=AS_CSV)


def _refuse_bomb(archive: zipfile.ZipFile, file: IO[bytes], source: SourceFile, packed: int) -> None:
    unfolded = sum(part.file_size for part in archive.infolist())
    if unfolded > MOST_BYTES or (unfolded > FROM_BYTES and unfolded > packed * MOST_TIMES):
        raise KpiError(
            f"unfolds from {packed:,} to {unfolded:,} bytes, which no honest workbook does",
            file=source.path,
            next_step=AS_CSV,
        )
    for part in archive.infolist():
        if not _is_true(part, file):
            raise KpiError("a part unfolds to another size than the workbook says", file=source.path, next_step=AS_CSV)


def _is_true(part: zipfile.ZipInfo, file: IO[bytes]) -> bool:
    """Whether the part has the size it claims; found without keeping it, and no further than the claim."""
    file.seek(part.header_offset)
    head = file.read(30)
    file.seek(sum(struct.unpack("<HH", head[26:30])), os.SEEK_CUR)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size == part.file_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        return False
    unfold, left, total = zlib.decompressobj(-15), part.compress_size, 0
    while not unfold.eof and total <= part.file_size:
        data = unfold.unconsumed_tail or file.read(min(CHUNK, left))
        left -= 0 if unfold.unconsumed_tail else len(data)
        unfolded = unfold.decompress(data, CHUNK)
        if not data and not unfolded:
            return False  # cut off
        total += len(unfolded)
    return total == part.file_size


def _parse(archive: zipfile.ZipFile, part: str, made: expat.XMLParserType) -> None:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            made.Parse(chunk)
    made.Parse(b"", True)


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], str]:
    """The part of each worksheet by name in the workbook's order, and that of its strings."""
    main = next(target for _, kind, target in _relations(archive, "_rels/.rels", "") if kind == "officeDocument")
    folder, file = posixpath.split(main)
    related = list(_relations(archive, posixpath.join(folder, "_rels", f"{file}.rels"), folder))
    parts = {key: target for key, kind, target in related if kind == "worksheet"}
    sheets = {
        said["name"]: parts[said["id"]]
        for tag, said in _elements(archive, main)
        if tag == "sheet" and said.get("id") in parts
    }
    return sheets, next((target for _, kind, target in related if kind == "sharedStrings"), "")


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> Iterator[tuple[str, str, str]]:
    """Id, kind and target of what a part refers to."""
    for tag, said in _elements(archive, part):
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, said["Target"])).lstrip("/")
            yield said["Id"], said["Type"].rpartition("/")[2], target


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Tag and attributes of each element, in order; for small parts."""
    found: list[tuple[str, dict[str, str]]] = []
    made = parser()

    def start(name: str, said: dict[str, str]) -> None:
        found.append((local(name), {local(key): value for key, value in said.items()}))

    made.StartElementHandler = start
    _parse(archive, part, made)
    return found
