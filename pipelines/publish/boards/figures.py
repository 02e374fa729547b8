"""A number on a board: its text, what it stands for, and what may be said against it.

Belongs here: turning rows into figures, and the tally of marks a table must explain. Does not: queries (reading.py),
markup beyond the attributes that name a figure's row (templates/boards/parts.html.j2).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.publish import format as fmt
from pipelines.publish import judging
from pipelines.publish.boards.reading import Published
from pipelines.publish.boards.rows import Goal, Value
from pipelines.publish.boards.words import BOARD_WORDS
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

DASH = Words("–", "–")
SHORT = {key: BOARD_WORDS[f"short_{key}"] for key in ("blocked", "suppressed")}
EXPLAINED = ("warn", "blocked", "small_sample", "suppressed")


class Figure(NamedTuple):
    """A number as it is shown. `value` is None where there is none to be shown; `kind` says why, or how sure it is."""

    text: Words
    value: Decimal | None
    kind: str  # ok, no_data, small_sample, suppressed, blocked; of a change good, bad, even
    quality: str
    names: Markup  # attributes that name the row and the column


class Judged(NamedTuple):
    """How a number stands to its goal."""

    status: str
    due: Figure
    reached: Figure
    is_pace: bool


class Sheet:
    """The figures of one table: makes them, and remembers which marks need a word beneath it."""

    def __init__(self, file: Published) -> None:
        self.file = file
        self.shown = 0
        self.marks: Counter[str] = Counter()

    @property
    def legend(self) -> list[str]:
        """The marks that are there, in a fixed order."""
        return [mark for mark in EXPLAINED if self.marks[mark]]

    @property
    def is_all_doubtful(self) -> bool:
        """Whether one sentence beneath the table says it of every number, so that marks would be noise."""
        return self.shown > 0 and self.marks["warn"] == self.shown

    def of(self, row: Value | None, column: str = "value") -> Figure:
        """The number of a row, or another column of it, in the unit of its KPI; halves of ratios are counts."""
        if row is None:
            return Figure(DASH, None, "no_data", "ok", _names())
        unit = self.file.kpis[row.kpi].unit if column == "value" else "count"
        value, names = getattr(row, column), _names(row, column)
        kind = _kind(row, value, column)
        if kind in SHORT:
            return self._kept(Figure(SHORT[kind], None, kind, row.quality, names))
        return self._kept(Figure(fmt.number(value, unit), value, kind, row.quality, names))

    def change(self, row: Value | None, column: str) -> Figure:
        """`previous_change` or `year_ago_change`, good or bad by the KPI's direction."""
        value = None if row is None or _kind(row, row.value, "value") in SHORT else getattr(row, column)
        if row is None or value is None:
            return Figure(DASH, None, "even", "ok", _names())
        kpi = self.file.kpis[row.kpi]
        return Figure(
            fmt.change(value, kpi.unit), value, judging.trend(value, kpi.direction), "ok", _names(row, column)
        )

    def judged(self, row: Value | None, goal: Goal | None) -> Judged:
        """A number held against its goal, as the cards of the page do: an open period by what is due by now."""
        status = "no_data" if row is None else judging.status(row.quality, row.state, goal.status if goal else None)
        if goal is None or status == "blocked":
            none = Figure(DASH, None, "no_data", "ok", _names())
            return Judged(status, none, none, False)
        is_pace = judging.is_pace(goal.is_closed, goal.pace, goal.attainment)
        column = "pace" if is_pace else "attainment"
        share = getattr(goal, column)
        due = goal.target_to_date if goal.target_to_date is not None else goal.target
        named = "target_to_date" if goal.target_to_date is not None else "target"
        return Judged(
            status,
            Figure(fmt.number(due, self.file.kpis[goal.kpi].unit), due, "ok", "ok", _names(goal, named)),
            Figure(Words(*[fmt.share(share)] * 2), share, "ok", "ok", _names(goal, column)),
            is_pace,
        )

    def derived(self, value: Decimal | int | None, unit: str = "count", kind: str = "ok") -> Figure:
        """A number made from rows that are shown beside it, or counted from a list; it names no row of its own."""
        exact = None if value is None else Decimal(value)
        return Figure(fmt.number(exact, unit), exact, kind if exact is not None else "no_data", "ok", _names())

    def _kept(self, figure: Figure) -> Figure:
        if figure.kind != "no_data":
            self.shown += 1
            self.marks[figure.quality] += 1
            self.marks[figure.kind] += figure.kind != figure.quality
        return figure


def is_shown(row: Value | None) -> bool:
    """Whether a row has a number that may be drawn."""
    return row is not None and row.value is not None and _kind(row, row.value, "value") not in SHORT


def drawn(row: Value | None, column: str = "value") -> float | None:
    """A row's number for a chart; None where a table would show none."""
    if row is None or _kind(row, row.value, column) in SHORT:
        return None
    value = getattr(row, column)
    return None if value is None else float(value)


def _kind(row: Value, value: Decimal | None, column: str) -> str:
    if row.quality == "blocked":
        return "blocked"
    if row.state == "suppressed":
        return "suppressed"
    if value is None:
        return "no_data"
    return "small_sample" if row.state == "small_sample" and column == "value" else "ok"


def _names(row: Value | Goal | None = None, column: str = "value") -> Markup:
    """Attributes that say which row and column a number is, so that it can be followed, and tested."""
    from markupsafe import Markup, escape

    if row is None:
        return Markup("")
    named: dict[str, Any] = {"kpi": row.kpi, "unit": row.unit, "period": f"{row.grain} {row.start}"}
    if isinstance(row, Goal):
        named["goal"] = row.id
    elif row.cut != "none":
        named["cut"] = f"{row.cut}={row.cut_value}"
    if row.unit == "unassigned":
        named["level"] = row.level
    if column != "value":
        named["of"] = column
    return Markup("".join(f' data-{name}="{escape(value)}"' for name, value in named.items()))
