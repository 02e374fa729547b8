"""Lines over time: one that is known so far, what it is held against, and a band for where it may land.

Belongs here: geometry. Does not: which numbers, colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipelines.publish.charts.scale import FOOT, HEIGHT, STRETCHED, Scale, figure, scale, text, title
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

APART = 14.0  # pixels between two labels


class Line(NamedTuple):
    """A line by share of the time that has gone (0 to 1) and value; `kind` is its class."""

    kind: str
    points: Sequence[tuple[float, float]]
    titles: Sequence[Words] = ()  # one a point, or none: then the points are not marked


class Label(NamedTuple):
    """Words beside a point."""

    kind: str
    at: tuple[float, float]
    words: Words


def lines(
    drawn: Sequence[Line],
    unit: str,
    label: Words,
    ticks: Sequence[tuple[float, Words]],
    labels: Sequence[Label] = (),
    band: Sequence[tuple[float, float, float]] = (),
) -> Markup:
    """The chart: `ticks` are words beneath, by share of the time; `band` is share of the time, lowest, highest."""
    from markupsafe import Markup

    if not any(line.points for line in drawn):
        return Markup("")
    values = [value for line in drawn for _, value in line.points] + [edge for _, *edges in band for edge in edges]
    scaled = scale(values, is_count=unit == "count")
    paths = [_band(band, scaled), *(_path(line, scaled) for line in drawn)]
    inside = Markup(
        '<svg width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(HEIGHT, STRETCHED, HEIGHT, Markup("").join(paths))
    dots = Markup("").join(_dots(line, scaled) for line in drawn)
    beneath = Markup("").join(
        text(words, round(at * 100, 2), HEIGHT - FOOT + 16, "b-x" if i % 2 == 0 else "b-x b-odd")
        for i, (at, words) in enumerate(ticks)
    )
    return figure(inside + dots + beneath + _labels(labels, scaled), scaled, unit, label, "lines")


def _path(line: Line, scaled: Scale) -> Markup:
    from markupsafe import Markup

    spots = [f"{round(at * STRETCHED, 1)} {scaled.y(value)}" for at, value in line.points]
    return Markup('<path class="{}" d="M{}"/>').format(line.kind, "L".join(spots)) if spots else Markup("")


def _band(band: Sequence[tuple[float, float, float]], scaled: Scale) -> Markup:
    from markupsafe import Markup

    if not band:
        return Markup("")
    up = [f"{round(at * STRETCHED, 1)} {scaled.y(high)}" for at, _, high in band]
    down = [f"{round(at * STRETCHED, 1)} {scaled.y(low)}" for at, low, _ in reversed(band)]
    return Markup('<path class="b-band" d="M{}Z"/>').format("L".join([*up, *down]))


def _dots(line: Line, scaled: Scale) -> Markup:
    from markupsafe import Markup

    return Markup("").join(
        Markup('<circle class="{}" cx="{:.2f}%" cy="{}" r="3">{}</circle>').format(
            line.kind, at * 100, scaled.y(value), title(words)
        )
        for (at, value), words in zip(line.points, line.titles, strict=False)
    )


def _labels(labels: Sequence[Label], scaled: Scale) -> Markup:
    """Labels left of their point but for the first quarter, since what rises is lower there.

    Two that would lie on each other are pushed apart.
    """
    from markupsafe import Markup

    placed: list[float] = []
    found = []
    for one in sorted(labels, key=lambda label: -label.at[1]):
        at, value = one.at
        y = max(scaled.y(value) - 7, 11.0)
        if placed and y - placed[-1] < APART:
            y = placed[-1] + APART
        placed.append(y)
        is_left = at > 0.25
        x = round(at * 100 + (-1.2 if is_left else 1.2), 2)
        found.append(text(one.words, x, round(y, 1), one.kind, "end" if is_left else "start"))
    return Markup("").join(found)
