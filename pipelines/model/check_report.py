"""What is wrong with a report beside the KPIs and the people.

Belongs here: rules that need two files. Does not: rules inside one file (report/definition.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import KpiError, did_you_mean
from pipelines.model.report.files import ReportFile

if TYPE_CHECKING:
    from pipelines.model.company import Person
    from pipelines.model.kpi import KpiFile


def errors(
    reports: Mapping[str, ReportFile], kpis: Mapping[str, KpiFile], people: Mapping[str, Person]
) -> Iterator[KpiError]:
    """Every mistake of every report; what could not be read (empty) is not asked."""
    for report, file in reports.values():
        for place, kpi in report.named() if kpis else ():
            if kpi not in kpis:
                yield file.error(f"unknown KPI {kpi}{did_you_mean(kpi, list(kpis))}", place)
        for number, send in enumerate(report.send if people else ()):
            for position, person in enumerate(send.to):
                if person not in people:
                    hint = did_you_mean(person, list(people))
                    yield file.error(f"{person} is nobody in people.yml{hint}", ("send", number, "to", position))
