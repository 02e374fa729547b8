"""`kpi report`: what a manager reads of a month, a quarter or a year; and sending what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.console import console
from pipelines.errors import KpiError, did_you_mean
from pipelines.model.company import Person, read_company, read_people
from pipelines.model.report import Report, reports_of, rules_of
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.publish.reports.source import Source

LANGUAGES = ("zh", "en")


def report(
    settings: Settings, audience: str, period: str, subject: str, language: str, out: Path | None, with_pdf: bool
) -> None:
    """Writes the reports of an audience, one a subject, and prints where they are.

    Raises KpiError: unknown audience, period, subject or language; nothing published; a PDF that cannot be made (the
    other files are written all the same).
    """
    from pipelines.publish.reports.build import build
    from pipelines.publish.reports.write import write

    if language and language not in LANGUAGES:
        raise KpiError(f"no language {language[:20]}{did_you_mean(language, LANGUAGES)}", next_step="--lang zh or en")
    company, people = read_company(settings.kpi_definitions), read_people(settings.kpi_definitions)
    unit, kpis = _audience(settings, audience)
    wanted = _subjects(reports_of(settings.kpi_definitions, kpis), subject)
    spoken = language or language_of(unit, people, company.languages)
    rules = rules_of(settings.kpi_definitions)
    problems, written = [], 0
    for said in wanted:
        try:
            made = build(settings.serving, company, said, rules, unit, period, people)
        except KpiError as error:
            if subject or (not written and said is wanted[-1]):
                raise
            console().print(f"{said.id} left out: {error.problem}", markup=False)
            continue
        done = write(made, spoken, out or settings.reports, with_pdf)
        written += 1
        for path in done.paths:
            console().print(_shown(path), markup=False)
        problems += [done.without_pdf] if done.without_pdf else []
    if problems:
        raise problems[0]


def send(settings: Settings, again: bool) -> None:
    """Sends what is due to the people that the reports name; `again` also what they were sent already."""
    from pipelines.watch.reports.send import send_due

    for line in send_due(settings, datetime.now(UTC), again=again):
        console().print(line, markup=False)


def language_of(unit: str, people: dict[str, Person], languages: Sequence[str]) -> str:
    """The language of the people of an audience where they agree, else the company's first."""
    spoken = {person.language for person in people.values() if unit in (person.unit, person.employee_id)}
    return spoken.pop() if len(spoken) == 1 else (languages or ["zh"])[0]


def _audience(settings: Settings, audience: str) -> tuple[str, set[str]]:
    """The unit that is meant, and the KPIs that are published. Raises KpiError as source.opened does."""
    from pipelines.publish.reports.source import opened

    with opened(settings.serving, audience) as source:
        return source.unit, _published(source)


def _published(source: Source) -> set[str]:
    return {kpi for (kpi,) in source.con.execute("select distinct kpi_id from seen.kpi_catalog").fetchall()}


def _subjects(reports: dict[str, Report], subject: str) -> list[Report]:
    if not reports:
        raise KpiError(
            "no report fits the KPIs of this configuration", next_step="write kpi_definitions/reports/sales.yml"
        )
    if subject and subject not in reports:
        known = list(reports)
        raise KpiError(
            f"no subject {subject[:40]}{did_you_mean(subject, known)}", next_step=f"one of {', '.join(known)}"
        )
    return [reports[subject]] if subject else list(reports.values())


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
