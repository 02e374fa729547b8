"""Reports: what a file of `kpi_definitions/reports/` and the rules of suggestions say. Drawing is publish/reports/."""

from pipelines.model.report.definition import Report, ReportGrain, SectionId, Send, Shown
from pipelines.model.report.files import ReportFile, read_reports, reports_of
from pipelines.model.report.rules import FACTS, Rule, read_rules, rules_of

__all__ = [
    "FACTS", "Report", "ReportFile", "ReportGrain", "Rule", "SectionId", "Send", "Shown", "read_reports", "read_rules",
    "reports_of", "rules_of",
]  # fmt: skip
