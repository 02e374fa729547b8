"""The frame every chart stands in: a scale of round numbers, its lines, and its labels in both languages.

Belongs here: what charts share. Does not: marks (columns.py, lines.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipelines.publish import format as fmt
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

HEIGHT, TOP, FOOT = 176, 10, 24  # of the picture, above the highest line, beneath the lowest
PLOT = HEIGHT - TOP - FOOT
STRETCHED = 1000  # the width of the picture inside, in its own units


class Scale(NamedTuple):
    """From `low` to `high` by `step`, all round numbers."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return round(TOP + PLOT - (value - self.low) / (self.high - self.low) * PLOT, 1)


def scale(values: Iterable[float | None], is_count: bool = False) -> Scale:
    """A scale that holds all the values and zero, by three to five steps; counts have no half steps."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    rough = (high - low) / 4 or 0.25
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    if is_count:
        step = max(1.0, math.ceil(step))
    return Scale(math.floor(low / step) * step, max(math.ceil(high / step - 1e-9) * step, step), step)


def tick(value: float, unit: str) -> Words:
    """A number of a scale: as everywhere, without decimals that are zero."""
    both = fmt.number(Decimal(f"{value:.12g}"), unit)
    return Words(*(re.sub(r"(\.\d*[1-9])0+(?!\d)|\.0+(?!\d)", r"\1", text) for text in both))


def figure(inside: Markup, scaled: Scale, unit: str, label: Words, kind: str) -> Markup:
    """The picture with the numbers of its scale beside it; `label` is what somebody hears who cannot see it."""
    from markupsafe import Markup

    ticks = Markup("").join(
        Markup('<span><span lang="zh">{}</span><span lang="en">{}</span></span>').format(*tick(value, unit))
        for value in reversed(scaled.ticks)
    )
    rules = Markup("").join(
        Markup('<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>').format(
            "b-base" if value == 0 else "b-rule", scaled.y(value), scaled.y(value)
        )
        for value in scaled.ticks
    )
    return Markup(
        '<div class="b-plot b-{}"><div class="b-y" aria-hidden="true">{}</div>'
        '<svg class="b-chart" role="img" aria-label="{} · {}" width="100%" height="{}">{}{}</svg></div>'
    ).format(kind, ticks, *label, HEIGHT, rules, inside)


def text(words: Words, x: float, y: float, kind: str, anchor: str = "middle") -> Markup:
    """Words in a picture, of which boards.css shows one language; `x` in percent."""
    from markupsafe import Markup

    one = Markup('<text class="{}" x="{}%" y="{}" text-anchor="{}"{}>{}</text>')
    if words.zh == words.en:
        return one.format(kind, x, y, anchor, "", words.zh)
    return one.format(kind, x, y, anchor, Markup(' lang="zh"'), words.zh) + one.format(
        kind, x, y, anchor, Markup(' lang="en"'), words.en
    )


def title(words: Words) -> Markup:
    """What a pointer that rests on a mark is told."""
    from markupsafe import Markup

    said = words.zh if words.zh == words.en else f"{words.zh} · {words.en}"
    return Markup("<title>{}</title>").format(said)
