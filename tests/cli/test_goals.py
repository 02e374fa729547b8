"""`kpi goals`: a workbook out, a workbook in, as a manager and a shell use it."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from openpyxl import load_workbook

from pipelines.settings import REPOSITORY
from tests.conftest import kpi
from tests.journey.small_company import SmallCompany
from tests.model.goal.served import lay_down

TEMPLATE = ("goals", "template", "--year", "2026")


def test_a_workbook_goes_through_a_run_and_comes_back_as_it_was(company: SmallCompany) -> None:
    path, again = company.folder / "goals.xlsx", company.folder / "again.xlsx"
    at = ("--config", company.folder)
    said = kpi(*TEMPLATE, "--level", "company", "--kpi", "won_amount", "--out", path, *at).stdout
    assert "goals.xlsx: 1 rows" in said
    book = load_workbook(path)
    for number in range(7, 19):
        book["targets"].cell(2, number).value = 1000.5 * number
    book.save(path)
    said = kpi("goals", "import", path, "--state", "approved", *at, KPI_USER="vp_sales").stdout
    assert "fy26_won_amount_by_company: 12 targets of 1 units, written" in said
    assert "the next `kpi run` computes them" in said
    kpi("validate", *at)
    assert company.run().returncode == 0
    before = company.written_by_people()
    said = kpi("goals", "export", "--level", "company", "--out", again, *at).stderr
    assert "taken: fy26_won_amount_by_company" in said  # not march_signed, which was there before
    said = kpi("goals", "import", again, "--state", "approved", *at).stdout
    assert "fy26_won_amount_by_company: 12 targets of 1 units, unchanged" in said
    assert company.written_by_people() == before | {"again.xlsx": again.read_bytes()}


def test_the_company_needs_no_run_and_its_units_do(new_company: SmallCompany) -> None:
    at = ("--config", new_company.folder)
    done = kpi(*TEMPLATE, "--out", new_company.folder / "a.xlsx", *at, check=False)
    assert done.returncode == 1
    assert "nothing has been published yet. Next: kpi run" in done.stderr
    done = kpi("goals", "export", "--year", "2026", "--level", "company", "--out", "a.xlsx", *at, check=False)
    assert "nothing has been published yet. Next: kpi run" in done.stderr
    out = new_company.folder / "a.xlsx"
    kpi(*TEMPLATE, "--level", "company", "--grain", "quarter", "--out", out, *at)
    assert load_workbook(out)["targets"]["B2"].value == "company"
    assert load_workbook(out).sheetnames == ["targets", "lists", "about"]


def test_it_goes_to_standard_output_where_that_is_a_file_and_not_to_a_terminal(tmp_path: Path) -> None:
    settings = lay_down(tmp_path)
    command = [sys.executable, "-m", "pipelines.cli", *TEMPLATE, "--config", str(settings.config)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, timeout=60)
    assert load_workbook(io.BytesIO(done.stdout))["targets"]["B2"].value == "=1+1"
    master, slave = pty.openpty()
    try:
        shown = subprocess.run(command, cwd=REPOSITORY, stdout=slave, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(slave)
        os.close(master)
    assert shown.returncode == 1
    assert b"Next: add --out goals.xlsx" in shown.stderr


def test_what_cannot_be_is_refused_with_a_next_step(tmp_path: Path) -> None:
    settings = lay_down(tmp_path)
    path = tmp_path / "a.xlsx"
    path.touch()

    def said(*arguments: str | Path) -> str:
        done = kpi("goals", *arguments, "--config", settings.config, check=False)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "Next: " in done.stderr
        return done.stderr

    new = ("--out", tmp_path / "b.xlsx")
    assert "is there already" in said(*TEMPLATE[1:], "--out", path)
    assert "goals have no level reps" in said(*TEMPLATE[1:], "--level", "reps", *new)
    assert "goals have no grain week" in said(*TEMPLATE[1:], "--grain", "week", *new)
    assert "26 is no year" in said("template", "--year", "26", *new)
    assert "did you mean won_amount?" in said(*TEMPLATE[1:], "--kpi", "won_amonut", *new)
    assert "no region is published" in said(*TEMPLATE[1:], "--level", "region", *new)
    assert "no target of 2026 is in force for rep by month" in said("export", "--year", "2026", *new)
    assert "goals have no state done" in said("import", path, "--state", "done")
    assert "no such file" in said("import", tmp_path / "b.xlsx")


def test_a_bad_workbook_is_told_row_by_row(tmp_path: Path) -> None:
    settings = lay_down(tmp_path)
    path = tmp_path / "goals.xlsx"
    kpi(*TEMPLATE, "--kpi", "won_amount", "--out", path, "--config", settings.config)
    book = load_workbook(path)
    book["targets"]["G2"], book["targets"]["B3"], book["targets"]["G3"] = "=1", "e9", 5
    book.save(path)
    done = kpi("goals", "import", path, "--config", settings.config, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert "goals.xlsx:2: targets!G2: is a formula" in first
    assert "goals.xlsx:3: targets!B3: no rep e9 is published" in second
    assert "goals.errors.xlsx" in second
    assert (tmp_path / "goals.errors.xlsx").is_file()
    assert not list(settings.config.rglob("fy26*"))
