"""A report as a workbook: a sheet a section, numbers as numbers in their format, charts that Excel draws itself.

Belongs here: openpyxl, formats, native charts. Does not: the content (build.py). No cell is a formula: what a label
begins with does not matter (text_cell.py), and totals are values, as published.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pipelines.publish.reports.content import Cell, Chart, Report, Section, Sentences, Table
from pipelines.publish.reports.words import STATUS, W
from pipelines.publish.words import Words
from pipelines.text_cell import keep_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {
    "money": "#,##0", "count": "#,##0.##", "points": "0.00", "ratio": "0.0%", "share": "0.0%",
    "relative": "+0.0%;-0.0%;0.0%", "minute": "0.0", "hour": "0.0", "day": "0.0", "days": "0",
}  # fmt: skip
WHOLE = "#,##0"  # "#,##0.##" would leave a bare point behind whole numbers
INK = {"green": "00705A", "good": "00705A", "amber": "965500", "red": "B02A37", "bad": "B02A37", "soft": "5B6572"}
LONGEST = 32_000  # signs of one cell; Excel has 32,767
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def workbook(report: Report, language: str) -> bytes:
    """The workbook of a report; the same report gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _overview(sheet, report, language)
    for section in report.sections:
        _section(book.create_sheet(_name(section, book, language)), section, language)
    return _saved(book, report, language)


def _overview(sheet: Worksheet, report: Report, language: str) -> None:
    sheet.title = _safe(getattr(W["overview"], language))
    _put(sheet, 1, 1, getattr(report.title, language), is_bold=True, size=16)
    about = [(W["scope"], report.unit), (Words("期间", "Period"), report.period_label), *report.meta]
    row = 3
    for label, said in about:
        _put(sheet, row, 1, getattr(label, language), mark="soft")
        _put(sheet, row, 2, getattr(said, language))
        row += 1
    for key, count in report.tally:
        _put(sheet, row, 1, getattr(STATUS[key], language), mark=key)
        sheet.cell(row, 2, count)
        row += 1
    for line in report.headline:
        row += 1
        _put(sheet, row, 1, getattr(line.text, language), mark=line.mark)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 42
    sheet.sheet_view.showGridLines = False


def _section(sheet: Worksheet, section: Section, language: str) -> None:
    """The blocks one under the other. Where the sheet is one table, its header stays in sight."""
    sheet.sheet_view.showGridLines = False
    row, widths = 1, {1: 10.0}
    is_one_table = len(section.blocks) == 1 and isinstance(section.blocks[0], Table)
    if section.lead and not is_one_table:
        _put(sheet, row, 1, getattr(section.lead, language), mark="soft")
        row += 2
    for block in section.blocks:
        if isinstance(block, Table):
            row = _table(sheet, row, block.without_sparks(), language, widths)
        elif isinstance(block, Sentences):
            row = _sentences(sheet, row, block, language, widths)
        else:
            row = _chart(sheet, row, block, language)
    if is_one_table:
        sheet.freeze_panes = "B2"
        if section.lead:
            _put(sheet, row, 1, getattr(section.lead, language), mark="soft")
    for column, width in widths.items():
        sheet.column_dimensions[_letter(column)].width = min(width, 70.0)
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _table(sheet: Worksheet, row: int, table: Table, language: str, widths: dict[int, float]) -> int:
    from openpyxl.styles import Alignment, Border, Side

    if table.title:
        _put(sheet, row, 1, getattr(table.title, language), is_bold=True)
        row += 1
    first = row
    for place, column in enumerate(table.columns, start=1):
        cell = _put(sheet, row, place, getattr(column.title, language), mark="soft", is_bold=True)
        cell.alignment = Alignment(horizontal="right" if column.is_number else "left", vertical="bottom")
        cell.border = Border(bottom=Side(style="thin"))
        widths[place] = max(widths.get(place, 0), _wide(getattr(column.title, language)) + 2)
    for cells in table.rows:
        row += 1
        for place, one in enumerate(cells, start=1):
            _cell(sheet, row, place, one, language)
            widths[place] = max(widths.get(place, 0), _wide(getattr(one.text, language)) + 2)
    if table.note:
        row += 1
        _put(sheet, row, 1, getattr(table.note, language), mark="soft")
    if any(cell.bar is not None for cells in table.rows for cell in cells):
        row = _bars(sheet, first, row, table, language)
    return row + 2


def _cell(sheet: Worksheet, row: int, place: int, one: Cell, language: str) -> None:
    from openpyxl.styles import Alignment

    if one.value is None:
        _put(sheet, row, place, getattr(one.text, language), one.mark, one.mark == "total")
        return
    cell = sheet.cell(row, place, one.value)
    _dress(cell, one.mark, one.mark == "total")
    cell.number_format = number_format(one, language)
    cell.alignment = Alignment(horizontal="right")


def number_format(one: Cell, language: str) -> str:
    """How Excel shows the value behind a cell: money, percent, points of percent, times with their unit."""
    if one.kind == "count" and one.value is not None and one.value == int(one.value):
        return WHOLE
    if one.kind == "pp":  # a ratio's difference: 0.047 is +4.7 points, which Excel shows as a percent with its sign
        return "+0.0%;-0.0%;0.0%"
    if one.kind in ("minute", "hour", "day"):
        unit = getattr(_UNITS[one.kind], language)
        return f'0.0" {unit}"'
    return FORMATS.get(one.kind, "General")


_UNITS = {"minute": Words("分钟", "min"), "hour": Words("小时", "h"), "day": Words("天", "days")}


def _sentences(sheet: Worksheet, row: int, block: Sentences, language: str, widths: dict[int, float]) -> int:
    from openpyxl.styles import Alignment

    for number, line in enumerate(block.lines, start=1):
        _put(sheet, row, 1, getattr(line.text, language), line.mark).alignment = Alignment(
            wrap_text=True, vertical="top"
        )
        if line.rule and line.when:
            _put(sheet, row, 2, getattr(line.when, language), "soft").alignment = Alignment(
                wrap_text=True, vertical="top"
            )
            _put(sheet, row, 3, line.rule, "soft").alignment = Alignment(vertical="top")
        row += 1
        widths[1] = 70.0 if len(block.lines) >= number else widths[1]
    if block.lines and block.lines[0].rule:
        widths[2], widths[3] = 40.0, 28.0
    return row + 1


def _chart(sheet: Worksheet, row: int, block: Chart, language: str) -> int:
    """The figures of a chart as a table, and beside it the chart that Excel draws from them."""
    from openpyxl.chart import LineChart, Reference

    _put(sheet, row, 1, getattr(block.title, language), is_bold=True)
    head = row + 1
    for place, series in enumerate(block.series, start=2):
        _put(sheet, head, place, getattr(series.label, language), "soft", is_bold=True)
    for number, label in enumerate(block.labels, start=1):
        _put(sheet, head + number, 1, getattr(label, language))
        for place, series in enumerate(block.series, start=2):
            if (value := series.values[number - 1]) is not None:
                cell = sheet.cell(head + number, place, value)
                cell.number_format = FORMATS.get(block.unit, "0.0")
    drawn = LineChart()
    last = head + len(block.labels)
    drawn.add_data(
        Reference(sheet, min_col=2, max_col=1 + len(block.series), min_row=head, max_row=last), titles_from_data=True
    )
    drawn.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    _plain(drawn, getattr(block.title, language), FORMATS.get(block.unit, "0.0"))
    for series, said in zip(drawn.series, block.series, strict=True):
        series.graphicalProperties.line.solidFill = "9AA2AB" if said.is_target else "23527C"
        series.graphicalProperties.line.dashStyle = "dash" if said.is_target else "solid"
        series.smooth = False
    sheet.add_chart(drawn, f"E{row}")
    return max(last, row + 15) + 2


def _bars(sheet: Worksheet, first: int, last: int, table: Table, language: str) -> int:
    """A native bar chart of the column that has bars, beside the table, without its total."""
    from openpyxl.chart import BarChart, Reference

    place = next(i for i, cell in enumerate(table.rows[0], start=1) if cell.bar is not None)
    rows = [row for row in table.rows if row[0].mark != "total"]
    drawn = BarChart()
    drawn.type, drawn.gapWidth = "bar", 60
    until = first + len(rows)
    drawn.add_data(Reference(sheet, min_col=place, min_row=first, max_row=until), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=first + 1, max_row=until))
    title = getattr(table.title or table.columns[place - 1].title, language)
    _plain(
        drawn, title, number_format(rows[0][place - 1], language) if rows[0][place - 1].value is not None else "General"
    )
    drawn.legend = None
    drawn.y_axis.delete = False
    drawn.x_axis.scaling.orientation = "maxMin"  # the first row on top, as in the table
    drawn.series[0].graphicalProperties.solidFill = "23527C"
    drawn.series[0].invertIfNegative = False
    drawn.height = max(4.0, 1.4 + 0.75 * len(rows))
    sheet.add_chart(drawn, f"{_letter(len(table.columns) + 2)}{first}")
    return max(last, first + int(drawn.height * 2) + 1)


def _plain(drawn: Any, title: str, number: str) -> None:
    drawn.title = _xml(title)
    drawn.width, drawn.height = 16, 7.2
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.number_format = number
    drawn.legend.position = "b"


def _put(
    sheet: Worksheet, row: int, place: int, text: str, mark: str = "", is_bold: bool = False, size: int = 11
) -> Any:
    """A text, which stays one whatever it begins with."""
    cell = sheet.cell(row, place, _xml(text)[:LONGEST])
    keep_text(cell)
    _dress(cell, mark, is_bold, size)
    return cell


def _dress(cell: Any, mark: str, is_bold: bool = False, size: int = 11) -> None:
    from openpyxl.styles import Font

    cell.font = Font(name="Arial", color=INK.get(mark), bold=is_bold or None, size=size)


def _name(section: Section, book: Workbook, language: str) -> str:
    """The title of a sheet, at most 31 signs and once."""
    name = _safe(getattr(section.title, language))
    taken: Sequence[str] = book.sheetnames
    return name if name not in taken else f"{name[:28]} {len(taken)}"


def _safe(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _xml(text))[:31].strip() or "sheet"


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _wide(text: str) -> float:
    """How wide a text stands, Chinese signs counting almost double."""
    return sum(1.9 if ord(sign) > 0x2E7F else 1.05 for sign in text[:80])


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def _saved(book: Workbook, report: Report, language: str) -> bytes:
    book.properties.title = _xml(f"{getattr(report.title, language)} {report.period}")
    book.properties.creator = "KPI Warehouse"
    book.properties.created = book.properties.modified = dt.datetime(2000, 1, 1)
    held = BytesIO()
    book.save(held)
    return held.getvalue()
