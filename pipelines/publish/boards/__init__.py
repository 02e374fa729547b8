"""The boards of the page: revenue, funnel, pipeline, activity, service, from a serving file of any audience.

Belongs here: which boards there are, and how one is drawn. Does not: what a board shows (one file each), looks
(templates/boards/, templates/boards.css), charts (publish/charts/). Everything is static markup in both languages
and needs no script.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from pipelines.publish.boards import activity, funnel, pipeline, reading, revenue, service
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.markup import environment
from pipelines.publish.words import STATUS, WORDS, Words

if TYPE_CHECKING:
    import duckdb
    from jinja2 import Environment
    from markupsafe import Markup

BOARDS = (revenue, funnel, pipeline, activity, service)
STYLE = "boards.css"  # stands in the page after page.css


class Board(NamedTuple):
    """A board as it stands in the page, without its title."""

    id: str
    title: Words
    html: Markup


def sections(con: duckdb.DuckDBPyConnection, catalogue: str = "catalogue") -> list[Board]:
    """The boards of an open serving file; one none of whose KPIs the company has is left out.

    `catalogue` is where the catalogue's pages lie, seen from the page.
    """
    from markupsafe import Markup

    file = reading.read(con, {kpi for board in BOARDS for kpi in _kpis(board)})
    if file is None:
        return []
    found = []
    for board in BOARDS:
        if not file.has(*_kpis(board)):
            continue
        template = _drawn().get_template(f"boards/{board.ID}.html.j2")
        html = template.render(
            board=board.content(file), file=file, missing=_missing(file, board.KPIS), catalogue=catalogue
        )
        found.append(Board(board.ID, BOARD_WORDS[board.ID], Markup(html)))
    return found


@cache
def _drawn() -> Environment:
    """The templates, compiled once for all audiences: that takes as long as one audience's boards."""
    return environment(WORDS | BOARD_WORDS, STATUS=STATUS)


def _kpis(board: ModuleType) -> tuple[str, ...]:
    """What a board shows, and what it shows in place of what a company has not."""
    return (*board.KPIS, *getattr(board, "INSTEAD", {}).values())


def _missing(file: reading.Published, kpis: tuple[str, ...]) -> list[str]:
    """The KPIs a board would show and this company does not publish."""
    return [kpi for kpi in kpis if kpi not in file.kpis]
