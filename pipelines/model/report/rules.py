"""The rules of suggestions (`kpi_definitions/report_rules.yml`): what was found, under which condition, what to do.

Belongs here: the shape of a rule and what it may ask of a finding. Does not: finding (publish/reports/findings.py).
A rule is data, so that a company changes what it advises without Python, and each suggestion can name its rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator

from pipelines import yaml_file
from pipelines.errors import did_you_mean
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.report.definition import ReportGrain
from pipelines.shape import Label, Strict, wrong_at

FILE = "report_rules.yml"


class Fact(NamedTuple):
    """What a finding of a kind says: facts that a condition may ask for, words that a sentence may use."""

    facts: tuple[str, ...]
    words: tuple[str, ...]


# By kind of finding; publish/reports/findings.py makes them, and a test holds the two together.
FACTS: dict[str, Fact] = {
    "missed": Fact(("kpi", "status", "attainment", "is_running"), ("kpi", "attainment", "unit", "gap", "owner")),
    "landing": Fact(("kpi", "chance", "is_sum"), ("kpi", "chance", "needed", "landing", "target")),
    "broken_link": Fact(("kpi", "broken_by", "people"), ("kpi", "parent", "people", "names")),
    "worse": Fact(("kpi", "share"), ("kpi", "unit", "share", "change", "whole", "base")),
    "better": Fact(("kpi", "share"), ("kpi", "unit", "share", "change", "whole", "base")),
    "factor": Fact(("kpi", "factor", "is_worse"), ("kpi", "numerator", "denominator", "base")),
    "mix": Fact(("kpi", "share"), ("kpi", "mix", "change", "base")),
    "guardrail": Fact(("kpi", "guardrail"), ("kpi", "guardrail")),
    "blocked": Fact(("kpi",), ("kpi", "owner")),
    "held_rows": Fact(("kpi", "effect", "rows"), ("kpi", "rows", "value", "tables")),
    "failing_check": Fact(("table", "severity", "rows"), ("table", "rows", "why", "owner")),
    "stalled": Fact(("deals",), ("deals", "names", "usual")),
    "restated": Fact(("kpi", "cause"), ("kpi", "count")),
    "coverage": Fact(("kpi", "value"), ("kpi", "value")),
    "scorecard": Fact(("status", "score"), ("unit", "score", "weakest")),
    "review": Fact(("kpi", "proposal"), ("kpi", "reason")),
}
FindingKind = Literal[
    "missed", "landing", "broken_link", "worse", "better", "factor", "mix", "guardrail", "blocked", "held_rows",
    "failing_check", "stalled", "restated", "coverage", "scorecard", "review",
]  # fmt: skip
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Bound(Strict):
    """A number that must be reached, or not."""

    at_least: Decimal | None = None
    below: Decimal | None = None

    def holds(self, value: Any) -> bool:
        return (
            value is not None
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
        )


class Rule(Strict):
    """One piece of advice."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    finding: FindingKind
    where: dict[str, bool | str | Bound] = Field({}, description="what the finding must say: {broken_by: conversion}")
    grains: list[ReportGrain] = ["month", "quarter", "year"]
    at_most: int = Field(2, ge=1, le=10, description="suggestions a report, the weightiest first")
    when: Label = Field(description="the condition in words, shown beside the suggestion")
    say: Label = Field(description="what to do; {kpi} and the like are filled in")

    @model_validator(mode="after")
    def _known(self) -> Rule:
        known = FACTS[self.finding]
        for name in self.where:
            if name not in known.facts:
                hint = did_you_mean(name, known.facts)
                raise wrong_at(("where", name), f"a finding {self.finding} says nothing of {name}{hint}")
        for language in ("zh", "en"):
            for name in PLACEHOLDER.findall(getattr(self.say, language)):
                if name not in known.words:
                    hint = did_you_mean(name, known.words)
                    raise wrong_at(("say", language), f"{{{name}}} is no word of a finding {self.finding}{hint}")
        return self

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether a finding of this rule's kind, with these facts, is meant."""
        return all(
            wanted.holds(facts.get(name)) if isinstance(wanted, Bound) else facts.get(name) == wanted
            for name, wanted in self.where.items()
        )


class Rules(Strict):
    rules: list[Rule]

    @model_validator(mode="after")
    def _once(self) -> Rules:
        seen: set[str] = set()
        for number, rule in enumerate(self.rules):
            if rule.id in seen:
                raise wrong_at(("rules", number, "id"), f"{rule.id} stands here twice")
            seen.add(rule.id)
        return self


def read_rules(folder: Path) -> list[Rule]:
    """The rules of a configuration, in their order; none where it has no file. Raises KpiErrors where it is wrong."""
    path = folder / FILE
    return list(yaml_file.read_as(path, Rules)[0].rules) if path.is_file() else []


def rules_of(folder: Path) -> list[Rule]:
    """The rules of a configuration, or the shipped ones where it has none."""
    return read_rules(folder) if (folder / FILE).is_file() else read_rules(SHIPPED)


def filled(text: str, words: Mapping[str, str]) -> str:
    """`text` with each {name} replaced; no other thing of Python's format can be asked for."""
    return PLACEHOLDER.sub(lambda match: words.get(match.group(1), "–"), text)
