"""Which links of a missed goal's drivers broke, in words: "Valid visits 9 of 16 due: activity".

Belongs here: the sentence for each. Does not: finding them (dbt_project/models/4_goals/drivers.sql).
"""

from __future__ import annotations

from pipelines.publish import format as fmt
from pipelines.publish.page.data import PageData, Row
from pipelines.publish.words import WORDS, Words


def broken_links(data: PageData, goal: Row | None) -> list[Words]:
    """A sentence a link, for a row of goal_attainment; none where no link broke."""
    if goal is None:
        return []
    place = (goal["goal_id"], goal["grain"], goal["level"], goal["unit_id"], goal["period_start"])
    return [_sentence(row) for row in data.broken.get(place, [])]


def _sentence(row: Row) -> Words:
    actual, due = (fmt.number(row[column], row["unit"]) for column in ("actual", "required_to_date"))
    said = WORDS[row["broken_by"] + ("_of_few" if row["direction"] == "down" else "")]
    return Words(
        said.zh.format(row["label_zh"], actual.zh, due.zh, row["parent_zh"]),
        said.en.format(row["label_en"], actual.en, due.en, row["parent_en"]),
    )
