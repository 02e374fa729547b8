"""Who may propose and who may approve: the owner's line, and nobody their own."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.model.company import Person
from pipelines.model.goal import Goal
from pipelines.model.goal.rights import above, approvers, editors
from tests.model.goal.recorded import PEOPLE


def goal(**said: Any) -> Goal:
    return Goal.model_validate(
        {
            "id": "signed", "label": {"zh": "签", "en": "Signed"}, "kpi": "won_amount", "scope": {"level": "company"},
            "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"}, "owner": "east",
            "target": {"value": 1},
        } | said
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "may_propose", "may_approve"),
    [
        ({}, ["boss", "east"], ["boss"]),
        ({"owner": "rep"}, ["boss", "east"], ["east", "boss"]),
        ({"owner": "rep", "editors": ["rep"]}, ["rep"], ["east", "boss"]),  # the role rep, of the line of rep
        ({"owner": "rep", "editors": ["manager", "auditor"]}, ["boss", "east", "auditor"], ["east", "boss"]),
        ({"owner": "boss"}, ["boss"], ["boss"]),  # nobody is above
        ({"editors": ["engineer"]}, ["engineer"], ["boss"]),
        ({"editors": []}, [], ["boss"]),
    ],
)
def test_the_line_of_the_owner_decides(said: dict[str, Any], may_propose: list[str], may_approve: list[str]) -> None:
    one = goal(**said)
    assert sorted(editors(one, PEOPLE)) == sorted(may_propose)
    assert approvers(one, PEOPLE) == may_approve


def test_managers_in_a_circle_are_walked_once() -> None:
    people = {name: Person(id=name, name=name, manager=other) for name, other in (("a", "b"), ("b", "c"), ("c", "a"))}
    assert above("a", people) == ["b", "c"]
