"""What scorecards say, as tables that dbt can read: those of the schema `definitions` named `scorecard…`.

Belongs here: their columns and rows. Does not: writing them (model/tables.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.model.check_scorecard import goals_of
from pipelines.model.company import Company
from pipelines.model.fiscal import month_start
from pipelines.model.goal import GoalFile
from pipelines.model.scorecard.definition import Scorecard
from pipelines.model.scorecard.files import ScorecardFile

COLUMNS: dict[str, dict[str, str]] = {
    "scorecards": {
        **dict.fromkeys(["scorecard_id", "level", "grain"], "varchar"),
        "period_start": "date",
        **dict.fromkeys(["cut", "cut_value"], "varchar"),
        **dict.fromkeys(["has_roles", "has_within"], "boolean"),  # else every unit of the level is meant
        **dict.fromkeys(["green", "amber"], "decimal(9,4)"),
        **dict.fromkeys(["label_zh", "label_en"], "varchar"),
    },
    "scorecard_kpis": {"scorecard_id": "varchar", "kpi_id": "varchar", "weight": "decimal(9,4)"},
    "scorecard_roles": {"scorecard_id": "varchar", "role": "varchar"},
    "scorecard_within": {"scorecard_id": "varchar", "unit_id": "varchar"},
}


def rows(
    scorecards: Mapping[str, ScorecardFile], goals: Mapping[str, GoalFile], company: Company
) -> dict[str, list[Sequence[Any]]]:
    """The rows of each table of COLUMNS; of scorecards whose period is left out, the periods are those of the goals."""
    cards = [file.scorecard for file in scorecards.values()]
    return {
        "scorecards": [row for card in cards for row in _card_rows(card, goals, company)],
        "scorecard_kpis": [(card.id, kpi, weight) for card in cards for kpi, weight in card.kpis.items()],
        "scorecard_roles": [(card.id, role) for card in cards for role in card.roles],
        "scorecard_within": [(card.id, unit) for card in cards for unit in card.within],
    }


def _card_rows(card: Scorecard, goals: Mapping[str, GoalFile], company: Company) -> Iterator[Sequence[Any]]:
    for start in sorted(_starts(card, goals)):
        yield (
            card.id, card.level, card.grain, month_start(company, start), *card.cut, bool(card.roles),
            bool(card.within), card.thresholds.green, card.thresholds.amber, card.label.zh, card.label.en,
        )  # fmt: skip


def _starts(card: Scorecard, goals: Mapping[str, GoalFile]) -> set[date]:
    if card.period:
        return {start for start, _ in card.period.periods()}
    return {start for kpi in card.kpis for goal in goals_of(card, kpi, goals) for start, _ in goal.period.periods()}
