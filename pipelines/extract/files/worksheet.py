"""The cells of a worksheet as its XML passes by: how many rows hold a value, and what must be told of single cells.

Belongs here: what calamine would hand over as something else (error values, numbers of more than 15 digits), and what
nobody can read (formulas never computed, cells so far out that the sheet would fill the memory).
Does not: the zip around it (workbook.py), the cells' values (excel_file.py).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipelines.errors import KpiError

# calamine lays cells out as a rectangle: two cells, A1 and XFD1048576, would take 500 GB. Above EMPTY_CELLS at least
# one cell in FULLEST must hold something.
MOST_CELLS, EMPTY_CELLS, FULLEST = 40_000_000, 8_000_000, 50
MOST_ODD = 1_000_000  # error values and long numbers that are kept beside the rows
DIGITS = 15  # that a double, and Excel, keeps


def parser() -> expat.XMLParserType:
    """A parser that gives names as `namespace tag` and refuses a document that declares entities."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True

    def refuse(*_: Any) -> None:
        raise ValueError("a workbook declares no entities")  # a billion laughs

    made.EntityDeclHandler = refuse
    return made


@lru_cache(maxsize=256)  # a sheet has a dozen tags, a hostile one as many as it likes
def local(name: str) -> str:
    """A tag without its namespace, of which there are two (transitional and strict)."""
    return name[name.rfind(" ") + 1 :]


class Strings:
    """Which of the shared strings are empty: a cell that names one holds nothing."""

    def __init__(self) -> None:
        self.empty: set[int] = set()
        self.number, self.length, self.is_text, self.is_reading = -1, 0, False, 0
        self.parser = parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, said: dict[str, str]) -> None:
        tag = local(name)
        if tag == "si":
            self.number, self.length = self.number + 1, 0
        elif tag == "rPh":  # how it is pronounced
            self.is_reading += 1
        self.is_text = tag == "t" and not self.is_reading

    def _text(self, text: str) -> None:
        if self.is_text:
            self.length += len(text)

    def _end(self, name: str) -> None:
        tag = local(name)
        self.is_text = False
        if tag == "rPh":
            self.is_reading -= 1
        elif tag == "si" and not self.length:
            self.empty.add(self.number)


class Cells:
    """A worksheet's cells as they pass: rows that hold a value, and what must be told of single cells."""

    def __init__(self, empty: set[int], path: Path) -> None:
        self.empty, self.path = empty, path
        self.texts: dict[tuple[int, int], str] = {}
        self.rows = self.row = self.column = self.cells = self.last_row = self.last_column = 0
        self.has_value = self.has_formula = self.has_stored = self.takes = False
        self.kind, self.value = "n", ""
        self.parser = parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, said: dict[str, str]) -> None:
        tag = local(name)
        if tag == "c":
            place = said.get("r")
            self.column = _column(place) if place else self.column + 1
            self.kind, self.value = said.get("t", "n"), ""
            self.has_formula = self.has_stored = False
        elif tag == "v" or tag == "t":
            self.takes = self.has_stored = True
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.row = int(said["r"]) if "r" in said else self.row + 1
            self.column, self.has_value = 0, False
        elif tag == "rPh":
            self.takes = False

    def _text(self, text: str) -> None:
        if self.takes:
            self.value += text

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "v" or tag == "t":
            self.takes = False
        elif tag == "c":
            if self.value:
                self._cell()
            elif self.has_formula and not self.has_stored:
                raise self._refused(
                    "holds a formula whose value was never stored", "open it in Excel, save it, deliver it again"
                )
        elif tag == "row":
            self.rows += self.has_value

    def _cell(self) -> None:
        if self.kind == "s" and int(self.value) in self.empty:
            return
        self.has_value = True
        self.cells += 1
        if self.kind == "e" or (self.kind == "n" and len(self.value) > DIGITS and _is_long(self.value)):
            self.texts[self.row - 1, self.column - 1] = self.value
        if self.row > self.last_row or self.column > self.last_column:
            self.last_row, self.last_column = max(self.row, self.last_row), max(self.column, self.last_column)
            self._refuse_too_wide()

    def _refuse_too_wide(self) -> None:
        area = self.last_row * self.last_column
        if area > MOST_CELLS or (area > EMPTY_CELLS and area > FULLEST * self.cells):
            raise self._refused(
                f"stands so far out that the sheet is {self.last_row:,} rows by {self.last_column:,} columns",
                "delete stray cells, or deliver the table as CSV",
            )
        if len(self.texts) > MOST_ODD:
            raise self._refused("is one error value or number of 16 digits too many", "deliver the table as CSV")

    def _refused(self, what: str, next_step: str) -> KpiError:
        return KpiError(f"the cell in row {self.row:,}, column {self.column:,} {what}", file=self.path,
                        line=self.row, next_step=next_step)  # fmt: skip


def _column(place: str) -> int:
    """1 for A7, 28 for AB7."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    if not number:
        raise ValueError("a cell has no column")
    return number


def _is_long(value: str) -> bool:
    """A whole number of more digits than a double keeps: an order number, of which none may be lost."""
    digits = value.strip().lstrip("+-")
    return digits.isdecimal() and len(digits.rstrip("0")) > DIGITS
