"""The files of a report: data/reports/<audience>/<period>-<subject>-<lang>.html, .pdf, .xlsx, .mail.txt, .mail.html.

Belongs here: names, and writing each file whole. Does not: what stands in them (html.py, pdf.py, workbook.py, mail.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pipelines import whole_file
from pipelines.errors import KpiError
from pipelines.publish.reports.content import Report
from pipelines.publish.reports.html import render
from pipelines.publish.reports.mail import Mail, mail
from pipelines.publish.reports.pdf import pdf
from pipelines.publish.reports.workbook import workbook


class Written(NamedTuple):
    """What was written; `without_pdf` says why there is none, where it was wanted."""

    paths: list[Path]
    mail: Mail
    without_pdf: KpiError | None = None

    @property
    def attachments(self) -> list[Path]:
        return [path for path in self.paths if path.suffix in (".pdf", ".xlsx")]


def write(report: Report, language: str, folder: Path, with_pdf: bool = True) -> Written:
    """Writes all files of a report into `folder`/<audience>, each by rename; without the PDF where that cannot be made.

    Raises KpiError where the disk cannot be written to.
    """
    stem = folder / named(report.audience) / f"{report.period}-{report.subject}-{language}"
    page = render(report, language)
    bodies: dict[str, bytes] = {".html": page.encode(), ".xlsx": workbook(report, language)}
    problem = None
    if with_pdf:
        try:
            bodies[".pdf"] = pdf(page, language)
        except KpiError as error:
            problem = error
    letter = mail(report, language, attached=".pdf" in bodies)
    bodies |= {".mail.txt": f"{letter.subject}\n\n{letter.text}\n".encode(), ".mail.html": letter.html.encode()}
    paths = [stem.with_name(stem.name + ending) for ending in bodies]
    try:
        for path, body in zip(paths, bodies.values(), strict=True):
            whole_file.write(path, body)
    except OSError as error:
        raise KpiError(
            f"the report cannot be written: {error.strerror}", file=stem.parent, next_step="look at the disk, or --out"
        ) from error
    return Written(paths, letter, problem)


def named(audience: str) -> str:
    """The folder of an audience: its id, with what has no place in the name of a folder left out."""
    safe = re.sub(r"[^\w.-]", "_", audience)[:100]
    return safe if safe.strip(".") else f"_{safe}"
