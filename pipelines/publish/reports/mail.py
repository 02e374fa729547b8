"""What a report says in somebody's inbox: subject, text and HTML, and a short text for a chat.

Belongs here: choosing what of a report a mail holds. Does not: sending (watch/reports/). A mail has the goals, the
suggestions and the problems; the rest is attached.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.publish.markup import environment
from pipelines.publish.reports.content import Block, Cell, Report, Section, Sentences, Table
from pipelines.publish.reports.html import tools
from pipelines.publish.reports.words import W

SHOWN = ("attainment", "landing", "suggestions", "problems")
COLOURS = {
    "good": "#00705a",
    "green": "#00705a",
    "bad": "#b02a37",
    "red": "#b02a37",
    "amber": "#965500",
    "soft": "#5b6572",
}
LONGEST_TITLE = 200


class Mail(NamedTuple):
    subject: str
    text: str
    html: str
    chat: str  # a few lines for a channel that shows no tables


def mail(report: Report, language: str, attached: bool = False) -> Mail:
    """The mail of a report; `attached` says that PDF and workbook come with it."""
    said = tools(language)
    drawn = environment(W)
    drawn.globals.update(said, colour=lambda mark: f";color:{COLOURS[mark]}" if mark in COLOURS else "")
    page = drawn.get_template("report/mail.html.j2").render(
        report=report, blocks=list(_blocks(report)), tag="zh-CN" if language == "zh" else "en", attached=attached
    )
    t = said["t"]
    subject = " · ".join(_line(t(one)) for one in (report.title, report.unit, report.period_label))
    return Mail(subject[:LONGEST_TITLE], _text(report, language, attached), page, _chat(report, language))


def _blocks(report: Report) -> Iterator[tuple[Section, Block]]:
    for section in report.sections:
        for block in section.blocks if section.id in SHOWN else ():
            if isinstance(block, Table):
                yield section, block.without_sparks()
            elif isinstance(block, Sentences):
                yield section, block


def _text(report: Report, language: str, attached: bool) -> str:
    """The same without markup: a line a row, each number with the name of its column."""
    t = tools(language)["t"]
    lines = [t(report.title), f"{t(report.unit)} · {t(report.period_label)}"]
    lines += [f"{t(label)}: {t(said)}" for label, said in report.meta]
    lines += ["", *(t(line.text) for line in report.headline)]
    for section, block in _blocks(report):
        lines += ["", f"== {t(section.title)}"]
        if isinstance(block, Table):
            lines += [_row(block, row, language) for row in block.rows]
        elif isinstance(block, Sentences):
            for number, line in enumerate(block.lines, start=1):
                lines.append(f"{number}. {_line(t(line.text))}")
                if line.rule and line.when:
                    lines.append(f"   ({t('because')} · {t(line.when)} · {line.rule})")
    if attached:
        lines += ["", t("attached")]
    return "\n".join(lines)


def _row(table: Table, row: list[Cell], language: str) -> str:
    t = tools(language)["t"]
    first, *rest = zip(table.columns, row, strict=True)
    said = [
        f"{t(column.title)} {_line(t(cell.text))}" if column.is_number else _line(t(cell.text))
        for column, cell in rest
        if t(cell.text) not in ("", "–")
    ]
    between = "，" if language == "zh" else ", "
    return f"- {_line(t(first[1].text))}: {between.join(said)}"


def _chat(report: Report, language: str) -> str:
    """The headline and the first suggestions."""
    t = tools(language)["t"]
    lines = [t(line.text) for line in report.headline]
    for section, block in _blocks(report):
        if section.id == "suggestions" and isinstance(block, Sentences):
            lines += [f"{number}. {t(line.text)}" for number, line in enumerate(block.lines[:3], start=1)]
    return "\n".join(_line(line) for line in lines)


def _line(text: str) -> str:
    """On one line: a label with a line end in it adds no line, and no header to a mail."""
    return " ".join(text.split())
