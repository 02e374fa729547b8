"""The one place where boards join the page.

Belongs here: asking for the boards of a serving file. Does not: what is on a board (publish/boards/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.publish.words import Words

if TYPE_CHECKING:
    import duckdb
    from markupsafe import Markup


class Board(NamedTuple):
    """A page of its own in the navigation: `html` holds no script, no style and no ids that begin as others do here."""

    id: str
    title: Words
    html: Markup


def board_sections(con: duckdb.DuckDBPyConnection, catalogue: str) -> list[Board]:
    """The boards of a serving file, in the order of the navigation; `catalogue` is the way to that folder."""
    return []
