"""What is wrong in a period, worst first: kind, sentence, whose it is.

Belongs here: the section `problems`. Does not: finding (findings.py), advice (suggestions.py).
"""

from __future__ import annotations

from pipelines.publish.reports import content as c
from pipelines.publish.reports.data import Data
from pipelines.publish.reports.findings import Finding
from pipelines.publish.reports.words import SECTIONS, W
from pipelines.publish.words import Words

# The kinds that are problems, worst first, and how many of each are told.
SHOWN: dict[str, tuple[c.Mark, int]] = {
    "blocked": ("red", 10), "missed": ("red", 10), "guardrail": ("amber", 5), "broken_link": ("amber", 6),
    "stalled": ("amber", 1), "restated": ("amber", 5), "failing_check": ("soft", 5), "held_rows": ("soft", 3),
}  # fmt: skip


def section(data: Data, findings: list[Finding]) -> c.Section:
    columns = [c.Column(W["problem"], False), c.Column(W["what"], False), c.Column(W["who"], False)]
    rows = []
    for kind, (mark, most) in SHOWN.items():
        for one in [found for found in findings if found.kind == kind][:most]:
            rows.append([c.text(W[f"p_{kind}"], mark), c.text(sentence(data, one)), c.text(one.owner, "soft")])
    blocks: list[c.Block] = [c.Table("problems", columns, rows)] if rows else [
        c.Sentences("problems", [c.Line(W["no_problems"], "soft")])
    ]  # fmt: skip
    return c.Section("problems", SECTIONS["problems"], blocks)


def sentence(data: Data, one: Finding) -> Words:
    """A finding as a sentence."""
    key = f"s_{one.facts['broken_by']}" if one.kind == "broken_link" else f"s_{one.kind}"
    words = dict(one.words) | {"reached": W["pace_by" if data.period.is_running else "reached_by"]}
    return Words(
        W[key].zh.format(**{name: said.zh for name, said in words.items()}),
        W[key].en.format(**{name: said.en for name, said in words.items()}),
    )
