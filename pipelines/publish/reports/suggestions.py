"""What to do: the rules of report_rules.yml held against what was found, each suggestion with its rule.

Belongs here: that holding. Does not: the rules (kpi_definitions/report_rules.yml), the findings (findings.py).
"""

from __future__ import annotations

from pipelines.model.report.rules import Rule, filled
from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.findings import Finding
from pipelines.publish.reports.words import LEADS, SECTIONS, W
from pipelines.publish.words import Words

MOST = 10  # nobody does more than that; the rules stand in the order of what matters


def section(data: Data, findings: list[Finding], rules: list[Rule]) -> c.Section:
    """The suggestions in the order of the rules."""
    lines = suggest(findings, rules, data.period.grain)
    shown = lines or [c.Line(W["no_suggestions"], "soft")]
    lead = LEADS["suggestions"] if lines else None
    return c.Section("suggestions", SECTIONS["suggestions"], [c.Sentences("suggestions", shown)], lead)


def suggest(findings: list[Finding], rules: list[Rule], grain: str) -> list[c.Line]:
    """One line a rule and finding that it means, at most as many as the rule says."""
    lines: list[c.Line] = []
    for rule in rules:
        if grain not in rule.grains:
            continue
        meant = [one for one in findings if one.kind == rule.finding and rule.holds(one.facts)]
        for one in meant[: rule.at_most]:
            said = Words(
                filled(rule.say.zh, {name: words.zh for name, words in one.words.items()}),
                filled(rule.say.en, {name: words.en for name, words in one.words.items()}),
            )
            lines.append(c.Line(said, rule=rule.id, when=Words(rule.when.zh, rule.when.en)))
    return lines[:MOST]
