"""A small line of the last periods as SVG, with the target dashed behind it.

Belongs here: geometry. Does not: colours (page.css), or which periods.
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 240.0, 52.0, 5.0


def sparkline(
    values: Sequence[float | None], targets: Sequence[float | None], is_partial: bool
) -> dict[str, object] | None:
    """Paths of the line, its area and the target, and the last point; None where fewer than two values are there.

    A missing period breaks the line: nothing is drawn where nothing is known. `is_partial` makes the last point hollow.
    """
    known = [v for v in (*values, *targets) if v is not None]
    if sum(v is not None for v in values) < 2:
        return None
    low, high = min(known), max(known)
    reach = (high - low) or abs(high) or 1.0
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def point(i: int, value: float) -> tuple[float, float]:
        return round(MARGIN + i * step, 1), round(HEIGHT - MARGIN - (value - low) / reach * (HEIGHT - 2 * MARGIN), 1)

    last = max(i for i, v in enumerate(values) if v is not None)
    return {
        "line": _path(values, point),
        "target": _path(targets, point),
        "last": point(last, values[last]),  # type: ignore[arg-type]
        "is_partial": is_partial and last == len(values) - 1,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _path(values: Sequence[float | None], point) -> str:  # type: ignore[no-untyped-def]
    parts, pen = [], "M"
    for i, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = point(i, value)
        parts.append(f"{pen}{x} {y}")
        pen = "L"
    return "".join(parts)
