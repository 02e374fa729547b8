"""A text in a worksheet stays a text, whatever it begins with: no cell that we write is a formula by accident.

Belongs here: that, for every workbook the project writes. Does not: what stands in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell


def keep_text(cell: Cell | MergedCell) -> None:
    """Takes back that openpyxl makes a formula of every text that begins with =."""
    if cell.data_type == "f":
        cell.data_type = "s"
        cell.quotePrefix = True
