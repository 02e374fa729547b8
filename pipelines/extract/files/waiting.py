"""A file that the source has and that nobody has looked at yet: fetched when its bytes are needed, and not before.

Belongs here: the hash that a file is known by, without fetching what was hashed before. Does not: fetching
(object_store.py), what follows from the hash (arrivals.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from pipelines.extract.files.source_file import ListedFile, Mark, SourceFile, sha256


class Waiting:
    """One listed file. As a block: what was fetched is removed behind it, and errors about the copy name the object."""

    def __init__(self, file: ListedFile, place: Path, seen: Mapping[Mark, str], by_name: bool = False) -> None:
        self.name, self.mark = file.name, file.mark
        self._file, self._place, self._by_name = file, place, by_name
        self._copies = ExitStack()
        self._copy: SourceFile | None = None
        self.content = seen.get(file.mark) if file.mark else None  # sha256 of the bytes, as far as it is known

    @property
    def digest(self) -> str:
        """What the ledger knows the file by; fetches it unless this very version was hashed before. Raises as local."""
        if self.content is None:
            self.content = sha256(self.local().path)
        return self._named(self.content)

    @property
    def known_digest(self) -> str | None:
        """The digest, where nothing has to be fetched for it."""
        return self._named(self.content) if self.content else None

    def _named(self, content: str) -> str:
        """The hash of the bytes; of a snapshot with its name, since two days may hold the same."""
        return hashlib.sha256(f"{content} {self.name}".encode()).hexdigest() if self._by_name else content

    def local(self) -> SourceFile:
        """The file, fetched. Raises NotFetched, or Unreachable where it is of no use to ask for the next one."""
        if self._copy is None:
            copy = self._copy = self._copies.enter_context(self._file.fetched(self._place))
            if self.mark and self.content:
                self.content = sha256(copy.path)  # what was fetched counts, not what is remembered of it
        return self._copy

    def close(self) -> None:
        self._copies.close()
        self._copy = None

    def __enter__(self) -> Waiting:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._copies.__exit__(kind, error, trace)
        self._copy = None
