"""Bars that lie in a row of a table.

Belongs here: geometry. Does not: which numbers, colours. The numbers stand beside them, so that a bar is decoration
to somebody who hears the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.publish.charts.scale import title
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

THICK = 10


def bar(share: float | None, kind: str, tick: float | None = None) -> Markup:
    """A bar of a share of its cell, with a tick where the target is; both between 0 and 1 of the cell."""
    from markupsafe import Markup

    fill = _rect(kind, 0, share) if share else Markup("")
    mark = (
        Markup('<rect class="b-tick" x="{:.2f}%" y="0" width="2" height="{}"/>').format(_held(tick) * 100, THICK)
        if tick is not None
        else Markup("")
    )
    return _strip(Markup('<rect class="b-rail" width="100%" height="{}"/>').format(THICK) + fill + mark)


def split(parts: Sequence[tuple[str, float, Words]]) -> Markup:
    """A bar of several parts one after the other: class, share of the cell, what it is."""
    from markupsafe import Markup

    found, at = [], 0.0
    for kind, share, words in parts:
        if share > 0:
            found.append(_rect(kind, at, share, title(words)))
        at += max(share, 0.0)
    return _strip(Markup("").join(found))


def _strip(inside: Markup) -> Markup:
    from markupsafe import Markup

    return Markup('<svg class="b-strip" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>').format(
        THICK, inside
    )


def _rect(kind: str, at: float, share: float, inside: Markup | str = "") -> Markup:
    from markupsafe import Markup

    return Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="{}">{}</rect>').format(
        kind, at * 100, _held(share) * 100, THICK, inside
    )


def _held(share: float) -> float:
    return min(max(share, 0.0), 1.0)
