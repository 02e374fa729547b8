"""The workbook of goals that managers fill in: what it asks for, and writing it.

Belongs here: its sheets, columns, locks and looks. Does not: where its rows come from (workbook_rows.py), reading it
back (workbook_read.py), the goal files it becomes (workbook_save.py).

One sheet `targets`: a row per KPI and unit, a column per period. The sheets are protected without a password: that
keeps a hand from slipping, not from acting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from pipelines.errors import KpiError
from pipelines.model.company import Company
from pipelines.model.goal.definition import MONTHS, GoalGrain, Period
from pipelines.model.goal.number import LARGEST
from pipelines.model.kpi import LEVELS, Kpi, Level
from pipelines.text_cell import keep_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TARGETS, LAST_YEAR, ABOUT, LISTS = "targets", "last_year", "about", "lists"
FIXED = ("kpi", "unit_id", "#unit", "#parent", "owner", "accumulate")
YEARLY, PROBLEM = "yearly", "problem"
ACCUMULATES = ("sum", "average", "last")
FORMATS = {"money": "#,##0.00", "count": "#,##0", "ratio": "0.00%"}
OTHERWISE = "#,##0.00"
YEARS = range(2000, 2100)
TYPEFACE = "Calibri"  # as the cells that are left as they are; a font without a name is a serif in LibreOffice
LOCKED_GREY, HEAD = "808080", "DDE6F0"
HOW = (
    "怎么填：在 targets 表的白色单元格里填数字。空格表示没有目标，不等于 0。比率按百分比填写（35%）。",
    "每个指标只能有一个负责人（owner）和一种累计方式（accumulate：sum 求和，average 平均，last 取最后）。",
    "不要写公式：公式不是数字，整份文件会被拒绝；请粘贴为数值。yearly 列只供核对，不会读取。",
    "填完后运行：kpi goals import 文件。有错误时什么都不会导入，文件旁会出现 .errors.xlsx，错误写在 problem 列。",
    "How to fill it in: numbers into the white cells of the sheet targets. An empty cell is no target, which is not 0."
    " Rates are written in percent (35%).",
    "A KPI has one owner and one way to accumulate (sum, average or last), the same in all its filled rows.",
    "No formulas: a formula is no number, and the whole file is refused; paste values. The column yearly is there to"
    " check by, and is not read.",
    "Then: kpi goals import FILE. Where anything is wrong, nothing is taken, and a copy .errors.xlsx beside the file"
    " says what, in the column problem.",
)


class Asked(NamedTuple):
    """What a workbook is for."""

    year: int
    level: Level
    grain: GoalGrain


class Slot(NamedTuple):
    """A column of numbers: its name, and the first and last day that people call its period by."""

    name: str
    start: date
    end: date


class Unit(NamedTuple):
    unit_id: str
    parent_id: str | None
    zh: str
    en: str


class Row(NamedTuple):
    """One KPI of one unit, with its number by the first day of each period."""

    kpi: str
    unit: Unit
    owner: str
    accumulate: str
    numbers: Mapping[date, Decimal]


def asked(year: int, level: str, grain: str) -> Asked:
    """Raises KpiError for a year, level or grain that no goal has."""
    if year not in YEARS:
        raise KpiError(f"{year} is no year", next_step="write it as --year 2026")
    for name, said, known in (("level", level, LEVELS), ("grain", grain, tuple(MONTHS))):
        if said not in known:
            raise KpiError(f"goals have no {name} {said}", next_step=f"one of {', '.join(known)}")
    return Asked(year, cast(Level, level), cast(GoalGrain, grain))


def period(company: Company, what: Asked) -> Period:
    """The company's fiscal year, by the days people call it by; it carries the number of the year it ends in."""
    first = date(what.year - (company.fiscal_year_start > 1), company.fiscal_year_start, 1)
    last = date(first.year + 1, first.month, 1) - timedelta(days=1)
    return Period.model_validate({"grain": what.grain, "from": first, "to": last})


def slots(company: Company, what: Asked) -> list[Slot]:
    """A column for each period of the year. A quarter that is none of the calendar's is named by its first day."""
    return [Slot(_name(start, what.grain, company), start, end) for start, end in period(company, what).periods()]


def write(
    out: IO[bytes],
    what: Asked,
    company: Company,
    kpis: Mapping[str, Kpi],
    owners: Sequence[str],
    rows: Sequence[Row],
    last_year: Sequence[Row],
) -> None:
    """Writes the workbook; `last_year` has the same rows with what was reached, or none."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TARGETS
    columns = slots(company, what)
    _fill(sheet, columns, rows, kpis, is_open=True)
    _drop_downs(book, sheet, len(rows) + 1, sorted(kpis), sorted(owners))
    _only_numbers(sheet, len(columns), len(rows) + 1)
    if last_year:
        reference = book.create_sheet(LAST_YEAR)
        _fill(reference, slots(company, what._replace(year=what.year - 1)), last_year, kpis, is_open=False)
        reference.sheet_properties.tabColor = LOCKED_GREY
    _about(book.create_sheet(ABOUT), what, company)
    book.save(out)


def put(cell: Cell, value: Any) -> None:
    """Sets a cell; a text stays a text, whatever it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    keep_text(cell)


def _name(start: date, grain: GoalGrain, company: Company) -> str:
    if grain == "month":
        return f"{start:%Y-%m}"
    if grain == "quarter" and company.fiscal_year_start == 1:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return start.isoformat()


def _fill(
    sheet: Worksheet, columns: Sequence[Slot], rows: Sequence[Row], kpis: Mapping[str, Kpi], *, is_open: bool
) -> None:
    for number, name in enumerate((*FIXED, *(slot.name for slot in columns), YEARLY), 1):
        put(sheet.cell(1, number), name)
    for line, row in enumerate(rows, 2):
        texts = (row.kpi, row.unit.unit_id, _both(row.unit), row.unit.parent_id, row.owner, row.accumulate)
        for number, text in enumerate(texts, 1):
            put(sheet.cell(line, number), text)
        for number, slot in enumerate(columns, len(FIXED) + 1):
            put(sheet.cell(line, number), row.numbers.get(slot.start))
        _yearly(sheet, line, len(columns), row.accumulate)
        for number in range(len(FIXED) + 1, len(FIXED) + len(columns) + 2):
            sheet.cell(line, number).number_format = FORMATS.get(kpis[row.kpi].unit, OTHERWISE)
    _dress(sheet, len(columns), len(rows), is_open)
    _protect(sheet)


def _both(unit: Unit) -> str:
    return unit.zh if unit.zh == unit.en else f"{unit.zh} / {unit.en}"


def _yearly(sheet: Worksheet, line: int, count: int, accumulate: str) -> None:
    """What the year comes to, for the eye alone: the only formula of the workbook, and not read back."""
    first, last = (sheet.cell(line, number).coordinate for number in (len(FIXED) + 1, len(FIXED) + count))
    how = "SUM" if accumulate == "sum" else "AVERAGE"
    sheet.cell(line, len(FIXED) + count + 1).value = f'=IF(COUNT({first}:{last})=0,"",{how}({first}:{last}))'


def _dress(sheet: Worksheet, count: int, rows: int, is_open: bool) -> None:
    """Header in bold, what is not to be filled in grey, what is to be filled in unlocked."""
    from openpyxl.styles import Font, PatternFill, Protection
    from openpyxl.worksheet.properties import PageSetupProperties

    bold, grey = Font(TYPEFACE, 11, bold=True), Font(TYPEFACE, 11, color=LOCKED_GREY)
    head, unlocked = PatternFill("solid", fgColor=HEAD), Protection(locked=False)
    opened = {FIXED.index(name) + 1 for name in ("kpi", "owner", "accumulate")}
    opened |= set(range(len(FIXED) + 1, len(FIXED) + count + 1))
    for cells in sheet.iter_rows(1, rows + 1, 1, len(FIXED) + count + 1):
        for cell in cells:
            if cell.row == 1:
                cell.font, cell.fill = bold, head
            elif is_open and cell.column in opened:
                cell.protection = unlocked
            else:
                cell.font = grey
    sheet.freeze_panes = sheet.cell(2, len(FIXED) + 1).coordinate
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0  # a page wide, as many as it takes long
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for number in range(1, len(FIXED) + count + 2):
        sheet.column_dimensions[sheet.cell(1, number).column_letter].width = 24 if number <= 4 else 14


def _protect(sheet: Worksheet) -> None:
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False  # widening a column is allowed; True would forbid it


def _drop_downs(book: Workbook, sheet: Worksheet, last: int, kpis: Sequence[str], owners: Sequence[str]) -> None:
    """Lists stand on a hidden sheet: within a drop-down they could have 255 characters together."""
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _protect(lists)
    for number, (name, said) in enumerate((("kpi", kpis), ("owner", owners), ("accumulate", ACCUMULATES)), 1):
        for line, word in enumerate(said, 1):
            put(lists.cell(line, number), word)
        letter = lists.cell(1, number).column_letter
        choice = DataValidation(type="list", formula1=f"{LISTS}!${letter}$1:${letter}${max(len(said), 1)}")
        choice.showErrorMessage = True
        where = sheet.cell(1, FIXED.index(name) + 1).column_letter
        choice.add(f"{where}2:{where}{max(last, 2)}")
        sheet.add_data_validation(choice)


def _only_numbers(sheet: Worksheet, count: int, last: int) -> None:
    """A spreadsheet refuses a text where a number belongs as it is typed; what is pasted, only the import sees."""
    from openpyxl.worksheet.datavalidation import DataValidation

    number = DataValidation(type="decimal", operator="between", formula1=f"-{LARGEST}", formula2=f"{LARGEST}")
    number.showErrorMessage, number.error = True, "请填数字。 A number, please."
    first, final = (sheet.cell(1, len(FIXED) + place).column_letter for place in (1, count))
    number.add(f"{first}2:{final}{max(last, 2)}")
    sheet.add_data_validation(number)


def _about(sheet: Worksheet, what: Asked, company: Company) -> None:
    from openpyxl.styles import Alignment

    said = [*what._asdict().items(), ("currency", company.currency)]
    for line, (name, value) in enumerate([*said, *(("", text) for text in HOW)], 1):
        put(sheet.cell(line, 1), name)
        put(sheet.cell(line, 2), value)
        sheet.cell(line, 2).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    sheet.column_dimensions["B"].width = 100
    _protect(sheet)
