"""Who may propose and who may approve: the owner's line, and nobody their own."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.model.company import Person
from pipelines.model.goal import Goal
from pipelines.model.goal.rights import above, approvers, editors, readers, viewers
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


@pytest.mark.parametrize(
    ("said", "may_read"),
    [
        ({"viewers": []}, {"east", "boss"}),  # the owner, and who is above
        ({"viewers": ["auditor"]}, {"east", "boss", "auditor"}),
        ({"viewers": ["engineer"], "agreed_by": ["south"]}, {"east", "boss", "engineer", "south"}),
        ({"viewers": [], "owner": "rep"}, {"rep", "east", "boss"}),  # the person rep, not everybody of that role
    ],
)
def test_a_goal_with_viewers_is_read_by_these_its_line_and_nobody_else(
    said: dict[str, Any], may_read: set[str]
) -> None:
    may = viewers(goal(**said))
    assert may is not None
    assert readers(may, PEOPLE) == may_read


def test_a_goal_that_names_no_viewers_is_read_by_whoever_may_see_the_unit() -> None:
    assert viewers(goal()) is None
