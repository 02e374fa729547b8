"""HTML, workbook, PDF and mail show the same numbers; nothing in a label acts."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.errors import KpiError
from pipelines.publish.reports import write as files
from pipelines.publish.reports.content import Report, Table
from pipelines.publish.reports.html import render
from pipelines.publish.reports.mail import mail
from pipelines.publish.reports.pdf import has_han, pdf
from pipelines.publish.reports.workbook import workbook
from pipelines.settings import REPOSITORY
from tests.conftest import lacking
from tests.publish.reports.served import HOSTILE, LONG

Make = Callable[..., Report]
PERIODS = ("2026-04", "2026-Q1", "2026-Q2", "2025")


class Cells(HTMLParser):
    """The tables of a page by id: rows of (text, value behind it); and every tag there is."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[list[str | None]]]] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._rows: list[list[list[str | None]]] | None = None
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(said)
        if tag == "table":
            self._rows = self.tables.setdefault(said["id"] or "", [])
        elif self._rows is not None and tag == "tr":
            self._rows.append([])
        elif self._rows is not None and tag in ("td", "th"):
            self._rows[-1].append(["", None])
            self._is_inside = True
        elif self._rows is not None and tag == "data":
            self._rows[-1][-1][1] = said["value"]

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag not in ("td", "th")
        if tag == "table":
            self._rows = None

    def handle_data(self, text: str) -> None:
        if self._rows and self._is_inside:
            self._rows[-1][-1][0] = (self._rows[-1][-1][0] or "") + text


def tables(report: Report) -> Iterator[tuple[str, Table]]:
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield section.id, block


def read(report: Report, language: str) -> Cells:
    page = Cells()
    page.feed(render(report, language))
    return page


def needs_pango() -> None:
    """Skips where the system's library that draws PDF, or a Chinese font, is not there."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        lacking("pango", "Pango is not installed")
    if not has_han():
        lacking("chromium", "no Chinese font is installed")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("period", PERIODS)
def test_every_number_is_the_same_in_page_and_workbook(made: Make, period: str, language: str) -> None:
    report = made(period)
    page, book = read(report, language), load_workbook(BytesIO(workbook(report, language)))
    by_title = {getattr(section.title, language): section.id for section in report.sections}
    sheets = {by_title[name]: book[name] for name in book.sheetnames if name in by_title}
    compared = 0
    for section, block in tables(report):
        shown = page.tables[f"t-{block.id}"][1:]  # the first is the head
        found = _rows_of(sheets[section], block.without_sparks(), language)
        plain = block.without_sparks()
        kept = [n for n, one in enumerate(block.columns) if one in plain.columns]
        for row, html_row, sheet_row in zip(plain.rows, shown, found, strict=True):
            for cell, html_cell, sheet_cell in zip(row, [html_row[n] for n in kept], sheet_row, strict=True):
                if cell.value is None:
                    continue
                assert html_cell[0] == getattr(cell.text, language)
                assert Decimal(html_cell[1] or "") == cell.value
                assert isinstance(sheet_cell.value, int | float)
                assert float(sheet_cell.value) == pytest.approx(float(cell.value), rel=1e-12)
                assert sheet_cell.number_format != "General"
                compared += 1
    assert compared > 60


def _rows_of(sheet: Any, block: Table, language: str) -> list[list[Any]]:
    """The rows of a table in its sheet, below the row that holds its titles (and its own title)."""
    titles = [getattr(column.title, language) for column in block.columns]
    wide = len(titles)
    for row in range(1, sheet.max_row + 1):
        if [sheet.cell(row, n + 1).value for n in range(wide)] == titles:
            above = sheet.cell(row - 1, 1).value if row > 1 else None
            if block.title is None or above == getattr(block.title, language):
                return [[sheet.cell(row + 1 + n, m + 1) for m in range(wide)] for n in range(len(block.rows))]
    raise AssertionError(f"{block.id} is not in {sheet.title}")


def test_numbers_have_the_format_of_their_kind_and_headers_stay_in_sight(made: Make) -> None:
    book = load_workbook(BytesIO(workbook(made("2026-Q1"), "en")))
    row = {book["What changed"].cell(n, 1).value: n for n in range(1, 9)}
    formats = {kpi: book["What changed"].cell(n, 2).number_format for kpi, n in row.items()}
    assert formats["Contract value signed"] == "#,##0"
    assert formats["Win rate"] == "0.0%"
    assert formats["Sales cycle"] == '0.0" days"'
    assert formats["CSAT score"] == "0.00"
    assert book["What changed"].freeze_panes == "B2"


def test_the_workbook_has_charts_of_its_own(made: Make) -> None:
    year = load_workbook(BytesIO(workbook(made("2025"), "zh")))
    assert len(year["全年走势"]._charts) == 5
    assert [type(one).__name__ for one in year["全年走势"]._charts] == ["LineChart"] * 5
    quarter = load_workbook(BytesIO(workbook(made("2026-Q1"), "zh")))
    assert "BarChart" in {type(one).__name__ for one in quarter["变化来自哪里"]._charts}


def test_the_pdf_says_what_the_page_says_in_chinese_too(made: Make) -> None:
    from pypdf import PdfReader

    needs_pango()
    report = made("2026-Q1")
    reader = PdfReader(BytesIO(pdf(render(report, "zh"), "zh")))
    said = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert "销售季报" in said
    (block,) = [block for _, block in tables(report) if block.id == "changes"]
    for row in block.rows:
        for cell in row:
            assert "".join(cell.text.zh.split()) in said
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"]}  # type: ignore[index]
    assert fonts
    assert not any("/URI" in str(page.get("/Annots", "")) for page in reader.pages)


def test_without_a_chinese_font_the_pdf_is_refused_with_what_to_install(tmp_path: Path) -> None:
    """In a process of its own whose fontconfig knows no font at all."""
    needs_pango()
    conf = tmp_path / "fonts.conf"
    conf.write_text(
        f"<fontconfig><dir>{tmp_path}/none</dir><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8"
    )
    assert has_han()
    code = "from pipelines.publish.reports.pdf import pdf\ntry: pdf('<p>标</p>', 'zh')\nexcept Exception as e: print(e)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env={"FONTCONFIG_FILE": str(conf), "PATH": ""}, text=True,
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert said.startswith(
        "no installed font has Chinese signs: a PDF would show boxes. Next: apt-get install fonts-noto-cjk"
    )


def test_without_pango_the_other_files_are_written_all_the_same(
    made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': no such file")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    done = files.write(made("2026-Q1"), "zh", tmp_path)
    assert sorted(path.name for path in done.paths) == [
        f"2026-Q1-sales-zh{ending}" for ending in (".html", ".mail.html", ".mail.txt", ".xlsx")
    ]
    assert isinstance(done.without_pdf, KpiError)
    assert "a PDF needs Pango" in str(done.without_pdf)
    assert "apt-get install libpango-1.0-0" in str(done.without_pdf)


@pytest.mark.parametrize("audience", ["", "region_east", "team_e1", "r1"])
def test_nothing_in_a_label_becomes_markup_or_a_formula(made: Make, audience: str) -> None:
    report = made("2026-Q1", audience)
    page = read(report, "en")
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "header", "p", "h1", "h2", "h3", "b", "span", "dl", "div", "dt",
        "dd", "main", "section", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "data", "svg", "line",
        "rect", "path", "circle", "text", "small", "code", "footer", "figure", "figcaption",
    }  # fmt: skip
    assert not [name for name in page.attributes if name.startswith("on") or name in ("style", "src", "href")]
    book = load_workbook(BytesIO(workbook(report, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    letter = mail(report, "en")
    assert "<script" not in letter.html
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 200


def test_hostile_and_long_names_are_shown_whole_in_the_page(made: Make) -> None:
    shown = [row[0][0] for row in read(made("2026-Q1", "region_east"), "en").tables["t-by_unit_won_amount"]]
    assert HOSTILE in shown
    assert LONG in shown


def test_the_page_loads_nothing_and_allows_its_own_style_only(made: Make) -> None:
    page = render(made("2026-Q1"), "zh")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'",
        policy.replace("&#39;", "'"),
    )
    assert not re.findall(r"""(?:https?:)?//[a-z]|url\(|@import""", page)
    assert '<html lang="zh-CN">' in page


def test_the_same_figures_give_the_same_files(made: Make, tmp_path: Path) -> None:
    one, two = (files.write(made("2026-Q1"), "zh", tmp_path / name, with_pdf=False) for name in ("a", "b"))
    assert [path.read_bytes() for path in one.paths if path.suffix != ".xlsx"] == [
        path.read_bytes() for path in two.paths if path.suffix != ".xlsx"
    ]


def test_the_mail_holds_goals_suggestions_and_problems_in_both_forms(made: Make) -> None:
    letter = mail(made("2026-Q1"), "zh", attached=True)
    assert letter.subject == "销售季报 · 蓝海仪器 · 2026年第1季度"
    for words in ("目标达成", "建议", "问题", "one_unit_behind", "完整报告见附件"):
        assert words in letter.text
        assert words in letter.html
    assert "变化来自哪里" not in letter.text
    assert len(letter.chat.splitlines()) <= 7


def test_an_audience_never_names_a_folder_outside() -> None:
    assert [files.named(name) for name in ("region_east", "../..", "a/b", "..", "", "=1+1", "员工")] == [
        "region_east", ".._..", "a_b", "_..", "_", "_1_1", "员工",
    ]  # fmt: skip
