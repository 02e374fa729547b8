"""All reports of a configuration: reading them, and what stands in for a configuration that has none.

Belongs here: finding the files and what is wrong with each alone. Does not: rules between reports, KPIs and people
(check_report.py).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.report.definition import Report, Shown
from pipelines.yaml_file import YamlFile

FOLDER = "reports"


class ReportFile(NamedTuple):
    report: Report
    file: YamlFile


def read_reports(folder: Path) -> dict[str, ReportFile]:
    """Every report in `reports/` by id; none where there is no such folder.

    Raises KpiErrors: wrong fields, an id that is not its file's name.
    """
    several = yaml_file.read_each(sorted((folder / FOLDER).glob("*.yml")), _read)
    return {one.report.id: one for one in several}


def _read(path: Path) -> ReportFile:
    report, file = yaml_file.read_as(path, Report)
    yaml_file.refuse_other_name(file, report.id)
    return ReportFile(report, file)


def reports_of(folder: Path, kpis: Collection[str]) -> dict[str, Report]:
    """The reports of a configuration; of one without the folder the shipped ones, restricted to `kpis`, sent to nobody.

    Raises KpiErrors as read_reports does.
    """
    if (folder / FOLDER).is_dir():
        return {key: file.report for key, file in read_reports(folder).items()}
    shipped = (restricted(file.report, kpis) for file in read_reports(SHIPPED).values())
    return {report.id: report for report in shipped if report is not None}


def restricted(report: Report, kpis: Collection[str]) -> Report | None:
    """The report with those of its KPIs that there are, and without readers; None where none is left."""
    left = [kpi for kpi in report.kpis if kpi in kpis]
    if not left:
        return None
    changed: dict[str, object] = {"kpis": left, "send": []}
    for field in ("activities", "coverage"):
        changed[field] = [kpi for kpi in getattr(report, field) if kpi in kpis]
    for grain in ("month", "quarter", "year"):
        shown = report.shown(grain)
        changed[grain] = shown and Shown(sections=shown.sections, kpis=[kpi for kpi in shown.kpis if kpi in kpis])
    return report.model_copy(update=changed)
