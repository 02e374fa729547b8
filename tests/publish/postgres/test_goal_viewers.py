"""A goal that names its viewers is read by these, by login: more exactly than a file of several readers can."""

from __future__ import annotations

import json

import pytest

from .conftest import PREFIX, Warehouse, door, login

MAY = {"roles": [], "people": [login("manager")]}


@pytest.fixture
def goal(warehouse: Warehouse) -> str:
    """A goal of every unit that only the manager may read, published."""
    said = json.dumps({"target": {"value": "1"}, "viewers": MAY})
    warehouse.next(
        1,
        "create table published.goal_history (act_no bigint, goal_id varchar, said varchar)",
        "insert into published.goal_history values (1, 'fy26_won_amount', '{}')",
        f"insert into published.goal_history values (2, 'fy26_won_amount', '{said}')",
    )
    warehouse.publish()
    return "fy26_won_amount"


@pytest.mark.parametrize(("role", "is_shown"), [("manager", True), ("other_manager", False), ("engineer", True)])
def test_a_goal_with_viewers_is_shown_to_these_and_to_who_sees_the_whole(
    warehouse: Warehouse, goal: str, role: str, is_shown: bool
) -> None:
    with door(login(role), warehouse.database) as reader:
        for table in ("goal_attainment", "goal_targets"):
            for address in (f"{PREFIX}.{table}", f"{PREFIX}_g1.{table}"):
                shown = reader.names(f"select distinct goal_id from {address}")
                assert (goal in shown) == is_shown, address
                assert shown - {goal}, "other goals are as before"
        assert reader.names(f"select goal_id from {PREFIX}.hidden_goals") == (set() if role == "manager" else {goal})


def test_a_goal_that_names_nobody_any_more_is_shown_again(warehouse: Warehouse, goal: str) -> None:
    warehouse.next(2, f"insert into published.goal_history values (3, '{goal}', '{{}}')")
    warehouse.publish()
    with door(login("other_manager"), warehouse.database) as reader:
        assert goal in reader.names(f"select distinct goal_id from {PREFIX}.goal_attainment")
