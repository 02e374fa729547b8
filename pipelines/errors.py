"""The one kind of error that a person is meant to read.

Belongs here: how an error says where it is and what to do next.
Does not: the rules that raise it (they live beside what they check).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Self


class KpiError(Exception):
    """A mistake that somebody can mend: what is wrong, where, and the next step, on one line."""

    def __init__(
        self, problem: str, *, file: Path | str | None = None, line: int | None = None, next_step: str = ""
    ) -> None:
        self.problem = _one_line(problem)
        # An address (s3://bucket/key) is no path: as one it would lose a slash.
        self.file: Path | str | None = Path(file) if file is not None and "://" not in str(file) else file
        self.line = line
        self.next_step = next_step
        super().__init__(str(self))

    def alone(self) -> Self:
        """The same error without those behind it: a driver's own text quotes addresses with their passwords, and
        records. `from None` only hides it from Python's traceback; Dagster and loggers keep chains in files."""
        self.__cause__ = self.__context__ = None
        return self

    def __str__(self) -> str:
        place = "" if self.file is None else f"{_one_line(_short(self.file))}{f':{self.line}' if self.line else ''}: "
        if not self.next_step:
            return f"{place}{self.problem}"
        stop = "" if self.problem.endswith((".", "?", "!", "。")) else "."
        return f"{place}{self.problem}{stop} Next: {self.next_step}"


class KpiErrors(KpiError):
    """Several mistakes found in one pass, so that a person mends them in one go."""

    def __init__(self, errors: Sequence[KpiError]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(str(e) for e in errors))

    def alone(self) -> Self:
        for error in self.errors:
            error.alone()
        return super().alone()

    def __str__(self) -> str:
        return "\n".join(str(e) for e in self.errors)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """` (did you mean closed_at?)`, or nothing where no known word is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if not near:
        return ""
    # A line end or a byte order mark in a header: one line, and visible.
    return f" (did you mean {near[0] if near[0].isprintable() else repr(near[0])}?)"


# What DuckDB and dbt say of names and syntax quotes what people wrote; every other kind of error can quote a record.
_ABOUT_NAMES = {"Parser", "Binder", "Catalog", "Dependency", "Compilation", "Database", "Runtime", "Parsing", "Syntax"}
_NOT_SHOWN = "; its text may hold data and is not shown"


def without_data(message: str) -> str:
    """A database's message on one line, without what may be a value of somebody's data; twice is the same as once."""
    told = " ".join(message.split())
    kinds = re.findall(rf"\b([A-Z][a-z]+(?: [A-Z][a-z]+)*) Error\b(?!{_NOT_SHOWN})", told)
    if private := [kind for kind in kinds if kind not in _ABOUT_NAMES]:
        return f"{private[-1]} Error{_NOT_SHOWN}"
    return told


LONGEST = 4000  # what somebody pasted into a field is told by its beginning


def _one_line(text: str) -> str:
    """What is said on one line that a terminal shows as it is: a hand-written file can hold a sign that moves it."""
    shown = "".join(c if c.isprintable() or c in " \u3000" else repr(c)[1:-1] for c in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}…"


def _short(path: Path | str) -> str:
    """The path as the reader would type it: relative to where they stand, if it lies below."""
    if isinstance(path, str):
        return path
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
