"""A file that the source has and that nobody has looked at yet: fetched when its bytes are needed, and not before.

Belongs here: the hash that a file is known by, without fetching what was hashed before. Does not: fetching
(object_store.py), what follows from the hash (arrivals.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from pipelines.extract.files.source_file import ListedFile, Mark, SourceFile, sha256


class Waiting:
    """One listed file. As a block: what was fetched is removed behind it, and errors about the copy name the object."""

    def __init__(self, file: ListedFile, place: Path, seen: Mapping[Mark, str]) -> None:
        self.name, self.mark = file.name, file.mark
        self._file, self._place = file, place
        self._copies = ExitStack()
        self._copy: SourceFile | None = None
        self.known_digest: str | None = seen.get(file.mark) if file.mark else None

    @property
    def digest(self) -> str:
        """The sha256 of the bytes; fetches them unless this very version was hashed before. Raises as local does."""
        if self.known_digest is None:
            self.known_digest = sha256(self.local().path)
        return self.known_digest

    def local(self) -> SourceFile:
        """The file, fetched. Raises NotFetched, or Unreachable where it is of no use to ask for the next one."""
        if self._copy is None:
            copy = self._copy = self._copies.enter_context(self._file.fetched(self._place))
            if self.mark and self.known_digest:
                self.known_digest = sha256(copy.path)  # what was fetched counts, not what is remembered of it
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
