"""A report as one file of HTML: nothing is loaded, nothing runs, it prints well; the PDF is drawn from it too.

Belongs here: handing the content to templates/report/. Does not: the content (build.py), charts (charts.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.publish.markup import environment, inlined
from pipelines.publish.reports import charts
from pipelines.publish.reports.content import Cell, Report
from pipelines.publish.reports.words import STATUS, W
from pipelines.publish.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

SHAPES = {"green": "●", "amber": "▲", "red": "■"}  # told apart without colours too


def render(report: Report, language: str) -> str:
    """The report in one language, as text."""
    style, style_hash = inlined("report/report.css")
    drawn = environment(W)
    drawn.globals.update(tools(language), STATUS=STATUS)
    return drawn.get_template("report/report.html.j2").render(
        report=report,
        language=language,
        tag="zh-CN" if language == "zh" else "en",
        style=style,
        style_hash=style_hash,
    )


def tools(language: str) -> dict[str, Any]:
    """What templates of reports use: words in the language of the report, cells, charts."""

    def t(said: Words | str, *values: object) -> str:
        words = W[said] if isinstance(said, str) else said
        text: str = getattr(words, language)
        return text.format(*values) if values else text

    def figure(cell: Cell) -> Markup:
        return _figure(cell, language)

    return {
        "t": t,
        "figure": figure,
        "chart": lambda one: charts.chart(one, language),
        "kind": lambda b: type(b).__name__,
    }


def _figure(cell: Cell, language: str) -> Markup:
    """The inside of a cell: `data` keeps the value behind a number, so that who reads the file by machine has it."""
    from markupsafe import Markup

    text = getattr(cell.text, language)
    if cell.spark is not None:
        return charts.spark(cell)
    shape = Markup('<span class="shape">{}</span>').format(SHAPES[cell.mark]) if cell.mark in SHAPES else Markup("")
    if cell.value is None:
        return shape + Markup("{}").format(text)
    drawn = charts.bar(cell) if cell.bar is not None else Markup("")
    return drawn + Markup('<data value="{}">{}</data>').format(f"{cell.value:f}", text)
