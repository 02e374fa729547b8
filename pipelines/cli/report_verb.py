"""The verb `kpi report` with its options (app.py is as long as a module may be); what it does is report.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings as configuration
from pipelines.cli.options import Config, DataDir


def report(
    period: Annotated[
        str, typer.Option(help="2026-05, 2026-Q2, 2026; or month, quarter, year: the last complete one")
    ] = "month",
    audience: Annotated[str, typer.Option(metavar="UNIT", help="a unit or a person; default: the company")] = "",
    subject: Annotated[str, typer.Option(help="one of kpi_definitions/reports, as sales; default: all")] = "",
    lang: Annotated[str, typer.Option(help="zh or en; default: that of the audience")] = "",
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="default: data/reports/")] = None,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="leave the PDF out")] = False,
    send: Annotated[bool, typer.Option("--send", help="send what is due to whom the reports name, instead")] = False,
    again: Annotated[bool, typer.Option("--again", help="with --send: also what was sent already")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a report of a month, quarter or year: HTML, PDF, Excel and the text of a mail."""
    from pipelines.cli import report as reports

    settings = configuration.load(config, data_dir)
    if send:
        reports.send(settings, again)
        return
    reports.report(settings, audience, period, subject, lang, out, not no_pdf)
