"""The worksheet of an audit: a row per record, filled in by hand and read back.

Belongs here: its columns, and what a person may have written in them. Does not: what is drawn (audit.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import KpiError, did_you_mean
from pipelines.gate.audit import Drawn, Finding, Sample
from pipelines.text_cell import keep_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

RECORD, WRONG, FIELDS, NOTE = "record", "wrong? 有误?", "wrong fields 错误字段", "note 备注"
YES, NO = {"yes", "y", "是", "true", "1"}, {"no", "n", "否", "false", "0"}
ABOUT = (
    "Compare each record with the truth (the customer, the paper), then say yes or no under “wrong?”, and name the"
    " wrong fields with commas between. Notes stay in this file. Then: kpi audit record FILE",
    "请将每条记录与事实（客户、纸质文件）核对，在“有误?”列填 是 或 否，并列出错误字段（用逗号分隔）。"
    "备注只留在本文件中。完成后运行：kpi audit record 文件",
)


def write(path: Path, sample: Sample, drawn: Sequence[Drawn]) -> None:
    """Writes the worksheet; texts stay texts, whatever they begin with."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "audit"
    fields = list(drawn[0].fields)
    _append(sheet, [RECORD, *fields, WRONG, FIELDS, NOTE])
    for one in drawn:
        _append(sheet, [one.record_id, *one.fields.values(), None, None, None])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    answers = DataValidation(type="list", formula1='"yes 是,no 否"', allow_blank=True)
    column = sheet.cell(1, len(fields) + 2).column_letter
    answers.add(f"{column}2:{column}{len(drawn) + 1}")
    sheet.add_data_validation(answers)
    about = book.create_sheet("about")
    said = [("sample", sample.sample_id), ("table", sample.table), ("records", len(drawn)), ("seed", sample.seed)]
    for row in [*said, ("accepted share", sample.limit), *(("", text) for text in ABOUT)]:
        _append(about, row)
    about.column_dimensions["B"].width = 100
    for (cell,) in about.iter_rows(min_col=2, max_col=2):
        cell.alignment = Alignment(wrap_text=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def read(path: Path) -> tuple[str, dict[str, Finding], list[str]]:
    """The sample's id, what was found by record, and the records that nobody has filled in yet.

    Raises KpiError with the row: an answer that is neither yes nor no, an unknown field, a record that stands twice;
    and where the file is no worksheet of an audit.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        lines = list(book["audit"].iter_rows(values_only=True))
        sample_id = str(book["about"].cell(1, 2).value)
        header = [str(cell) for cell in lines[0]]
        places = [header.index(name) for name in (RECORD, WRONG, FIELDS)]
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise KpiError(
            "is no worksheet of an audit", file=path, next_step="give the file that kpi audit draw wrote, filled in"
        ) from error
    fields = header[1 : places[1]]
    found: dict[str, Finding] = {}
    open_: list[str] = []
    for number, line in enumerate(lines[1:], 2):
        record, wrong, named = (line[place] for place in places)
        if record is None:
            continue
        record_id, answer = str(record), _answer(wrong, path, number)
        if record_id in found or record_id in open_:
            raise KpiError(f"{record_id} stands twice", file=path, line=number, next_step="take one of them out")
        wrong_fields = tuple(part.strip() for part in str(named or "").replace("，", ",").split(",") if part.strip())
        for field in wrong_fields:
            if field not in fields:
                raise KpiError(
                    f"no field {field}{did_you_mean(field, fields)}", file=path, line=number, next_step="correct it"
                )
        if answer is None:
            if wrong_fields:
                raise KpiError("fields without an answer", file=path, line=number, next_step="say yes or no")
            open_.append(record_id)
        else:
            found[record_id] = Finding(record_id, answer, wrong_fields if answer else ())
    return sample_id, found, open_


def _answer(said: Any, path: Path, number: int) -> bool | None:
    words = str("" if said is None else said).strip().casefold().split()
    if not words:
        return None
    if all(word in YES for word in words):
        return True
    if all(word in NO for word in words):
        return False
    raise KpiError(f"{said!r} is neither yes nor no", file=path, line=number, next_step="say yes or no, 是 or 否")


def _append(sheet: Worksheet, values: Sequence[Any]) -> None:
    sheet.append([None if value is None else value if _is_plain(value) else str(value) for value in values])
    for cell in sheet[sheet.max_row]:
        keep_text(cell)


def _is_plain(value: Any) -> bool:
    import datetime as dt
    from decimal import Decimal

    return isinstance(value, str | int | float | Decimal | bool | dt.date | dt.datetime | dt.time)
