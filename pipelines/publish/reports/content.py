"""Of what a report is made: sections of tables, sentences and charts, each number with the value behind its text.

Belongs here: these shapes, and how a value becomes a cell. Does not: which numbers (the sections), how it looks
(html.py, workbook.py, mail.py). HTML, PDF, workbook and mail are all drawn from one Report, so that no number can
differ between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pipelines.publish import format as fmt
from pipelines.publish.reports.words import STATUS, W
from pipelines.publish.words import Words, plain

Mark = Literal["", "green", "amber", "red", "good", "bad", "soft", "total"]
Kind = Literal["text", "money", "ratio", "count", "points", "minute", "hour", "day", "share", "relative", "pp", "days"]
OF_UNITS: dict[str, Kind] = {
    "money": "money", "ratio": "ratio", "points": "points", "minute": "minute", "hour": "hour", "day": "day",
}  # fmt: skip
OF_STATUS: dict[str, Mark] = {"green": "green", "amber": "amber", "red": "red"}
DASH = Words("–", "–")


class Cell(NamedTuple):
    """What stands in one place of a table: its text in both languages and, of a number, the value it stands for."""

    text: Words
    value: Decimal | None = None
    kind: Kind = "text"
    mark: Mark = ""
    bar: Decimal | None = None  # -1 to 1: a bar drawn beside the number
    spark: tuple[tuple[Decimal | None, ...], tuple[Decimal | None, ...]] | None = None  # values, targets


class Column(NamedTuple):
    title: Words
    is_number: bool = True


@dataclass
class Table:
    """Rows of cells; the first column names the row."""

    id: str
    columns: list[Column]
    rows: list[list[Cell]]
    title: Words | None = None
    note: Words | None = None

    def without_sparks(self) -> Table:
        """For what draws no lines in a cell."""
        return self._with([not any(row[place].spark for row in self.rows) for place in range(len(self.columns))])

    def pruned(self) -> Table:
        """Without the columns of numbers in which every row has a dash."""
        keep = [
            not column.is_number or any(row[place].text != DASH for row in self.rows)
            for place, column in enumerate(self.columns)
        ]
        return self._with(keep)

    def _with(self, keep: list[bool]) -> Table:
        columns = [column for column, kept in zip(self.columns, keep, strict=True) if kept]
        rows = [[cell for cell, kept in zip(row, keep, strict=True) if kept] for row in self.rows]
        return Table(self.id, columns, rows, self.title, self.note)


class Line(NamedTuple):
    """A sentence; `rule` and `when` where a rule of report_rules.yml produced it."""

    text: Words
    mark: Mark = ""
    rule: str = ""
    when: Words | None = None


@dataclass
class Sentences:
    id: str
    lines: list[Line]
    title: Words | None = None


class Series(NamedTuple):
    label: Words
    values: list[Decimal | None]
    is_target: bool = False


@dataclass
class Chart:
    """A line or bars over the same labels; drawn as SVG in HTML and PDF, as a native chart in the workbook."""

    id: str
    title: Words
    kind: Literal["line", "bar"]
    unit: str
    labels: list[Words]
    series: list[Series]


Block = Table | Sentences | Chart


@dataclass
class Section:
    id: str
    title: Words
    blocks: list[Block]
    lead: Words | None = None

    def pruned(self) -> Section:
        self.blocks = [block.pruned() if isinstance(block, Table) else block for block in self.blocks]
        return self


@dataclass
class Report:
    """Everything a report says; `meta` are label and text of the line below its title."""

    subject: str
    audience: str
    title: Words
    company: Words
    unit: Words
    period: str
    period_label: Words
    grain: str
    meta: list[tuple[Words, Words]]
    headline: list[Line]
    tally: list[tuple[str, int]]
    sections: list[Section] = field(default_factory=list)


def text(words: Words | str, mark: Mark = "") -> Cell:
    return Cell(plain(words) if isinstance(words, str) else words, mark=mark)


def number(value: Any, unit: str, mark: Mark = "") -> Cell:
    """A value of a KPI, by the unit of its catalogue entry."""
    if value is None:
        return Cell(DASH, mark="soft")
    return Cell(_said(value, unit), Decimal(value), OF_UNITS.get(unit, "count"), mark)


def share(value: Any, mark: Mark = "") -> Cell:
    if value is None:
        return Cell(DASH, mark="soft")
    return Cell(Words(*[percent(value)] * 2), Decimal(value), "share", mark)


def percent(value: Any) -> str:
    """A share as text, with the minus of the house."""
    return fmt.share(value).replace("-", "−")


def change(value: Any, unit: str, mark: Mark = "") -> Cell:
    """A published change: relative for amounts, in points for ratios and scores (macros/change_from.sql)."""
    if value is None:
        return Cell(DASH, mark="soft")
    if unit == "points":
        return Cell(_signed(value, unit), Decimal(value), "points", mark)
    return Cell(fmt.change(value, unit), Decimal(value), "pp" if unit == "ratio" else "relative", mark)


def difference(value: Any, unit: str, mark: Mark = "", bar: Decimal | None = None) -> Cell:
    """A difference in the KPI's own unit, with its sign; of ratios in points."""
    if value is None:
        return Cell(DASH, mark="soft")
    if unit == "ratio":
        return Cell(_points(value), Decimal(value), "pp", mark, bar)
    kind = number(value, unit).kind
    return Cell(_signed(value, unit), Decimal(value), kind, mark, bar)


def day(value: date | None) -> Cell:
    return Cell(DASH, mark="soft") if value is None else text(Words(value.isoformat(), value.isoformat()))


def status(key: str) -> Cell:
    """The word for a status, in its colour."""
    return Cell(STATUS.get(key, plain(key)), mark=OF_STATUS.get(key, "soft"))


def good_or_bad(value: Any, direction: Any) -> Mark:
    """Whether a change is good or bad, by the direction of the KPI."""
    if not value or direction not in ("up", "down"):
        return ""
    return "good" if (value > 0) == (direction == "up") else "bad"


def join(words: list[Words]) -> Words:
    """Several names as one: 甲、乙 · A, B."""
    if not words:
        return W["none"]
    return Words("、".join(one.zh for one in words), ", ".join(one.en for one in words))


def _said(value: Any, unit: str) -> Words:
    """As the page says it, but scores with two decimals: 3.97 of 5, and 4.05 a year ago."""
    if unit == "points":
        return Words(*[fmt.fixed(Decimal(value), 2)] * 2)
    return fmt.number(value, unit)


def _signed(value: Any, unit: str) -> Words:
    said = _said(abs(value), unit)
    if not any(digit in said.en for digit in "123456789"):  # rounded to nothing
        return said
    sign = "+" if value > 0 else "−"
    return Words(sign + said.zh, sign + said.en)


def _points(value: Any) -> Words:
    return fmt.change(value, "ratio")
