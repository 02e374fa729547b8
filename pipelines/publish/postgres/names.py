"""How things are called in PostgreSQL, all from one prefix: roles belong to the whole server, not to a database.

Belongs here: names and their quoting. Does not: statements.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Names(NamedTuple):
    """`kpi`: schemas kpi, kpi_views, kpi_g<generation>; roles kpi_reader, kpi_manager, kpi_loader."""

    prefix: str = "kpi"

    @property
    def schema(self) -> str:
        """Where the views lie that people and tools name; it stays."""
        return self.prefix

    @property
    def own_views(self) -> str:
        """Where managers may keep views of their own."""
        return f"{self.prefix}_views"

    @property
    def reader(self) -> str:
        return f"{self.prefix}_reader"

    @property
    def manager(self) -> str:
        return f"{self.prefix}_manager"

    @property
    def loader(self) -> str:
        return f"{self.prefix}_loader"

    @property
    def readers(self) -> str:
        """The address of the table that says which login sees which units."""
        return f"{quoted(self.schema)}.reader_units"

    def view(self, table: str) -> str:
        return f"{quoted(self.schema)}.{quoted(table)}"

    def version(self, generation: int, taken: set[str]) -> str:
        """A schema for a version that nobody has; the second of a number (after a rollback) is kpi_g7_2."""
        first = f"{self.prefix}_g{generation}"
        return next(name for name in (first, *(f"{first}_{i}" for i in range(2, 10_000))) if name not in taken)

    @property
    def is_version(self) -> str:
        """A regular expression for the schemas of versions."""
        return rf"^{re.escape(self.prefix)}_g[0-9]+(_[0-9]+)?$"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str | None) -> str:
    """A value as SQL says it, for statements that take no parameters; `E` keeps backslashes what they are."""
    if value is None:
        return "null"
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
