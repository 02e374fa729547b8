"""Columns over periods: stacked or side by side, with a line over them if there is one.

Belongs here: geometry. Does not: which numbers, colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipelines.publish.charts.scale import FOOT, HEIGHT, Scale, figure, scale, text, title
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

BROAD, GAP = 0.66, 0.06  # of the room a period has: all its columns, between two of them


class Mark(NamedTuple):
    """One column or one part of it; `kind` is its class. None is drawn as nothing, not as zero."""

    kind: str
    value: float | None
    title: Words


class Column(NamedTuple):
    """A period: its marks, what stands beneath it, a point of the line over the columns, and a mark of what is due."""

    label: Words
    marks: Sequence[Mark]
    is_partial: bool = False
    point: Mark | None = None
    due: float | None = None


def columns(periods: Sequence[Column], unit: str, label: Words, is_stacked: bool = True) -> Markup:
    """The chart; an empty string where there is nothing to draw."""
    from markupsafe import Markup

    tops = [_top(period, is_stacked) for period in periods]
    if not any(top is not None for top in tops):
        return Markup("")
    points = [period.point.value for period in periods if period.point]
    lows = [mark.value for period in periods for mark in period.marks]
    scaled = scale([*tops, *lows, *points, *(period.due for period in periods)], is_count=unit == "count")
    room = 100 / len(periods)
    drawn = [_period(period, i, room, scaled, is_stacked, len(periods)) for i, period in enumerate(periods)]
    return figure(Markup("").join([*drawn, _line(periods, room, scaled)]), scaled, unit, label, "columns")


def _top(period: Column, is_stacked: bool) -> float | None:
    known = [mark.value for mark in period.marks if mark.value is not None]
    if not known:
        return None
    return sum(value for value in known if value > 0) if is_stacked else max(known)


def _period(period: Column, i: int, room: float, scaled: Scale, is_stacked: bool, count: int) -> Markup:
    from markupsafe import Markup

    left, breadth = (i + (1 - BROAD) / 2) * room, BROAD * room
    each = breadth if is_stacked else (breadth - GAP * room * (len(period.marks) - 1)) / max(len(period.marks), 1)
    found, base = [], 0.0
    for place, mark in enumerate(period.marks):
        if mark.value is None:
            continue
        x = left if is_stacked else left + place * (each + GAP * room)
        bottom = base if is_stacked else 0.0
        found.append(_rect(mark, x, each, bottom, bottom + mark.value, scaled, period.is_partial))
        base = bottom + mark.value
    if period.due is not None:
        y = scaled.y(period.due)
        found.append(
            Markup('<line class="b-due" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}"/>').format(
                left - 0.1 * room, left + breadth + 0.1 * room, y, y
            )
        )
    kind = "b-x" if (count - 1 - i) % 2 == 0 else "b-x b-odd"
    return Markup("").join([*found, text(period.label, round((i + 0.5) * room, 2), HEIGHT - FOOT + 16, kind)])


def _rect(mark: Mark, x: float, breadth: float, low: float, high: float, scaled: Scale, is_partial: bool) -> Markup:
    from markupsafe import Markup

    top, bottom = sorted((scaled.y(low), scaled.y(high)))
    return Markup('<rect class="{}{}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{:.1f}">{}</rect>').format(
        mark.kind, " b-part" if is_partial else "", x, top, breadth, max(bottom - top, 0.5), title(mark.title)
    )


def _line(periods: Sequence[Column], room: float, scaled: Scale) -> Markup:
    """The line over the columns, from point to point; a missing one breaks it."""
    from markupsafe import Markup

    found, before = [], None
    for i, period in enumerate(periods):
        mark = period.point
        if mark is None or mark.value is None:
            before = None
            continue
        x, y = (i + 0.5) * room, scaled.y(mark.value)
        if before:
            found.append(
                Markup('<line class="{}" x1="{:.2f}%" y1="{}" x2="{:.2f}%" y2="{}"/>').format(mark.kind, *before, x, y)
            )
        before = (x, y)
        hollow = " b-hollow" if period.is_partial else ""
        found.append(
            Markup('<circle class="{}{}" cx="{:.2f}%" cy="{}" r="3">{}</circle>').format(
                mark.kind, hollow, x, y, title(mark.title)
            )
        )
    return Markup("").join(found)
