"""The one place where boards join the page.

Belongs here: asking for the boards of a serving file. Does not: what is on a board (publish/boards/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from pipelines.publish.boards import Board


def board_sections(con: duckdb.DuckDBPyConnection, catalogue: str) -> list[Board]:
    """The boards of a serving file, in the order of the navigation; `catalogue` is the way to that folder."""
    from pipelines.publish.boards import sections

    return sections(con, catalogue.rstrip("/"))
