"""Charts as SVG: a bar beside a number, a line of the last periods, a year beside the year before.

Belongs here: geometry and strokes. Does not: which numbers. Colours are attributes, since WeasyPrint gives a page's
style to no SVG in it, and a policy by hash refuses style attributes; they are those of report.css.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.publish.reports.content import Cell, Chart, number
from pipelines.publish.sparkline import sparkline

if TYPE_CHECKING:
    from markupsafe import Markup

INK, SOFT, FAINT, RULE, ACCENT = "#1d2530", "#5b6572", "#9aa2ab", "#e2dfd7", "#23527c"
BY_MARK = {"good": "#00705a", "green": "#00705a", "bad": "#b02a37", "red": "#b02a37", "amber": "#965500"}
FONT = "Noto Sans, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520.0, 168.0, 58.0, 12.0, 12.0, 24.0
LINES, EXACT = 3, 1e-9


def bar(cell: Cell) -> Markup:
    """A bar to the left or right of the middle, as long as the number is large among its column."""
    from markupsafe import Markup

    share = max(Decimal(-1), min(Decimal(1), cell.bar or Decimal(0)))
    length = round(float(abs(share)) * 27, 1)
    x = 28 if share >= 0 else 28 - length
    return Markup(
        '<svg class="bar" width="56" height="10" viewBox="0 0 56 10" aria-hidden="true">'
        '<line x1="28" y1="0" x2="28" y2="10" stroke="{}"/><rect x="{}" y="2" width="{}" height="6" fill="{}"/></svg>'
    ).format(FAINT, x, length, BY_MARK.get(cell.mark, SOFT))


def spark(cell: Cell) -> Markup:
    """The last periods with the target dashed; nothing where fewer than two are known."""
    from markupsafe import Markup

    values, targets = cell.spark or ((), ())
    drawn = sparkline([_float(v) for v in values], [_float(t) for t in targets], False)
    if drawn is None:
        return Markup("")
    last: Any = drawn["last"]
    return Markup(
        '<svg class="spark" width="96" height="20" viewBox="0 0 240 52" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="7 5"/>'
        '<path d="{}" fill="none" stroke="{}" stroke-width="3.5"/><circle cx="{}" cy="{}" r="5" fill="{}"/></svg>'
    ).format(drawn["target"], FAINT, drawn["line"], ACCENT, *last, ACCENT)


def chart(one: Chart, language: str) -> Markup:
    """Lines over the same labels: the first solid, what it is held against dashed; a scale of round numbers."""
    from markupsafe import Markup, escape

    known = [float(v) for series in one.series for v in series.values if v is not None]
    low, high, apart = _bounds(known)
    step = (WIDTH - LEFT - RIGHT) / max(len(one.labels) - 1, 1)

    def place(i: int, value: float) -> tuple[float, float]:
        y = TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return round(LEFT + i * step, 1), round(y, 1)

    parts = [
        Markup(
            '<svg class="chart" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}" font-family="{}" font-size="11">'
        ).format(WIDTH, HEIGHT, getattr(one.title, language), FONT)
    ]  # fmt: skip
    for number_of_line in range(round((high - low) / apart) + 1):
        value = round(low + number_of_line * apart, 9)
        _, y = place(0, value)
        said = getattr(number(Decimal(repr(value)), one.unit).text, language)
        parts.append(
            Markup(
                '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>'
                '<text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>'
            ).format(LEFT, y, WIDTH - RIGHT, y, RULE, LEFT - 8, y + 4, SOFT, said)
        )  # fmt: skip
    for i, label in enumerate(one.labels):
        x, _ = place(i, low)
        parts.append(Markup('<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>').format(
            x, HEIGHT - 6, SOFT, getattr(label, language)))  # fmt: skip
    for series in reversed(one.series):
        points = [(i, place(i, float(v))) for i, v in enumerate(series.values) if v is not None]
        colour, dash = (FAINT, "5 4") if series.is_target else (ACCENT, "none")
        path = "".join(
            f"{'L' if n and points[n - 1][0] == i - 1 else 'M'}{x} {y}" for n, (i, (x, y)) in enumerate(points)
        )
        parts.append(Markup('<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>').format(
            path, colour, dash))  # fmt: skip
        if not series.is_target:
            parts += [
                Markup('<circle cx="{}" cy="{}" r="2.6" fill="{}"/>').format(x, y, colour) for _, (x, y) in points
            ]
    return Markup("").join([*parts, Markup("</svg>"), escape("")])


def _bounds(known: list[float]) -> tuple[float, float, float]:
    """Lowest and highest line of the scale, and the step between them: 1, 2 or 5 times a power of ten."""
    low, high = min(known), max(known)
    if 0 < low < 0.5 * high:
        low = 0.0
    rough = (high - low or abs(high) or 1.0) / LINES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    bottom, top = math.floor(low / step + EXACT) * step, math.ceil(high / step - EXACT) * step
    return bottom, top if top > bottom else bottom + step, step


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
