"""What is in force changes by the word of somebody who may, from a day on, and never for what has closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.keep import acts
from pipelines.model.check import Definitions
from pipelines.model.goal import record
from pipelines.model.goal.take_up import Taken, take_up
from tests.model.goal.recorded import NOW, PEOPLE, Goals, numbers

Q1, Q2, Q3 = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)


@pytest.fixture
def goals(shipped: Definitions, tmp_path: Path) -> Goals:
    found = Goals(shipped, tmp_path)
    found.write()
    return found


def said(taken: Taken) -> list[str]:
    return [str(error) for error in taken.refused]


def target(taken: Taken, goal_id: str = "signed", day: date = Q2) -> object:
    return numbers(taken.goals[goal_id])[None, day]


def test_the_first_run_takes_what_the_files_say_and_records_it(goals: Goals) -> None:
    taken = goals.run()
    (first,) = taken.records["signed"]
    assert (first.state, first.recorded_by, first.known_from) == ("approved", None, date(2026, 5, 20))
    assert (target(taken), said(taken)) == (100, [])
    assert goals.run().records == taken.records  # the same again is nothing new


@pytest.mark.parametrize("user", ["", "nobody_we_know", "rep", "engineer", "auditor", "south", "east"])
def test_a_change_by_anybody_but_those_above_the_owner_is_told_and_not_in_force(goals: Goals, user: str) -> None:
    goals.run()
    goals.write(target={"value": 1})
    taken = goals.run(user=user)
    assert target(taken) == 100
    who = f"{user} may not approve it" if user in PEOPLE else "nobody has approved that"
    (told,) = said(taken)
    assert "signed.yml:12: signed as its file says it is not in force: " + who in told
    assert "Next: KPI_USER=boss kpi goals approve signed" in told
    assert len(taken.records["signed"]) == 1


def test_a_change_by_somebody_above_is_a_new_record_and_each_day_has_its_own(goals: Goals) -> None:
    goals.run(date(2026, 5, 20))
    goals.write(target={"value": 90})
    taken = goals.run(date(2026, 5, 22), "boss", "weaker market")
    assert (target(taken), said(taken)) == (90, [])
    assert [(one.recorded_by, one.known_from, one.reason) for one in taken.records["signed"]] == [
        (None, date(2026, 5, 20), ""),
        ("boss", date(2026, 5, 22), "weaker market"),
    ]
    assert target(goals.run(date(2026, 5, 21))) == 100
    assert target(goals.run(date(2026, 4, 1))) == 100  # before anything was known: the first
    assert target(goals.run(date(2026, 5, 23))) == 90


def test_what_is_only_written_otherwise_is_no_change(goals: Goals) -> None:
    goals.write("by_rep", {"e1": {"2026-Q1": "1.50", "2026-Q2": 2}, "e2": {"2026-Q2": 3}})
    before = goals.run()
    goals.write("by_rep", {"e2": {"2026-Q2": "3.0"}, "e1": {"2026-Q2": "2.00", "2026-Q1": 1.5}})
    text = goals.path("by_rep").read_text(encoding="utf-8")
    goals.path("by_rep").write_text("# one line more\n" + text, encoding="utf-8")
    taken = goals.run()
    assert (taken.records, said(taken)) == (before.records, [])


@pytest.mark.parametrize(
    "change",
    [
        {"target": {"value": 100.5}},
        {"kpi": "new_customers"},
        {"scope": {"level": "region"}},
        {"phasing": "even"},
        {"owner": "south"},
        {"thresholds": {"green": 0.5, "amber": 0.4}},
        {"cascade": [{"to": "rep", "by": "even"}]},
        {"agreed_by": ["rep"]},
        {"editors": ["rep"]},
        {"label": {"zh": "别的", "en": "Other"}},
        {"period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-09-30"}},
    ],
)
def test_every_field_counts_as_a_change(goals: Goals, change: dict[str, Any]) -> None:
    goals.run()
    goals.write(**change)
    taken = goals.run(user="east")
    assert len(said(taken)) == 1
    assert (
        taken.goals["signed"].goal.model_dump()
        == record.file_of(goals.settings, taken.records["signed"][0]).goal.model_dump()
    )


def test_who_makes_themselves_the_owner_does_not_come_to_approve_by_that(goals: Goals) -> None:
    goals.write(owner="boss")
    goals.run()
    goals.write(owner="rep", target={"value": 1})
    assert target(goals.run(user="east")) == 100  # above rep, and below boss
    assert target(goals.run(user="boss")) == 1


def test_a_new_goal_waits_as_a_proposal(goals: Goals) -> None:
    goals.run()
    goals.write("more")
    taken = goals.run()
    assert (taken.goals["more"].goal.state, len(said(taken))) == ("proposed", 1)
    taken = goals.run(user="boss")
    assert (taken.goals["more"].goal.state, said(taken)) == ("approved", [])


@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_drafts_and_proposals_are_edited_freely_and_recorded_when_approved(goals: Goals, state: str) -> None:
    goals.run()
    for value in (1, 2):
        goals.write("more", state=state, target={"value": value})
        taken = goals.run()
        assert (target(taken, "more"), said(taken), "more" in taken.records) == (value, [], False)
    goals.write("more", target={"value": 3})
    assert goals.run(user="boss").records["more"][0].state == "approved"


def test_it_waits_for_the_agreement_of_those_it_names_to_what_it_says_now(goals: Goals) -> None:
    goals.run()
    goals.write("more", agreed_by=["rep", "east"])

    def agree(user: str) -> None:
        goals.settings.user = user
        detail = {"content": record.content(goals.definitions.goals["more"])}
        acts.record(goals.settings, record.AGREED, "more", "", detail, NOW)

    assert "rep, east have not agreed to it" in said(goals.run(user="boss"))[0]
    agree("rep")
    assert "east has not agreed to it" in said(goals.run(user="boss"))[0]
    goals.write("more", agreed_by=["rep", "east"], target={"value": 7})  # what rep agreed to was another content
    agree("east")
    assert "rep has not agreed to it" in said(goals.run(user="boss"))[0]
    agree("rep")
    assert said(goals.run(user="boss")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"target": {"value": 1}},
        {"target": {"base": "same_period_last_year", "change": "0%"}},
        {
            "revisions": [
                {
                    "from": "2026-01-01",
                    "target": {"value": 9},
                    "reason": {"zh": "低", "en": "low"},
                    "approved_by": "boss",
                }
            ]
        },
        {"scope": {"level": "region"}},
        {"kpi": "new_customers"},
        {"cascade": [{"to": "rep", "by": "even"}]},
        {"period": {"grain": "quarter", "from": "2026-04-01", "to": "2026-12-31"}},
        {"accumulate": "last"},
    ],
)
def test_a_closed_period_keeps_what_was_in_force(goals: Goals, change: dict[str, Any]) -> None:
    goals.run()
    goals.close(Q1)
    goals.write(**change)
    taken = goals.run(user="boss")
    assert "changes its targets for quarter 2026-01-01, which has closed" in said(taken)[0]
    assert target(taken, day=Q1) == 100


def test_a_revision_from_a_later_day_changes_only_what_is_open(goals: Goals) -> None:
    goals.run()
    goals.close(Q1)
    later = {"from": "2026-04-01", "target": {"value": 90}, "reason": {"zh": "弱", "en": "weak"}, "approved_by": "boss"}
    goals.write(revisions=[later])
    taken = goals.run(user="boss")
    assert (said(taken), target(taken, day=Q1), target(taken, day=Q2)) == ([], 100, 90)
    goals.close(Q2)
    goals.write()  # and it is not taken back
    assert target(goals.run(user="boss"), day=Q2) == 90


def test_a_number_of_a_file_is_kept_where_closed_and_taken_where_open(goals: Goals) -> None:
    goals.write("by_rep", {"e1": {"2026-Q1": 1, "2026-Q2": 2}})
    goals.run()
    goals.close(Q1)
    goals.write("by_rep", {"e1": {"2026-Q1": 1, "2026-Q2": 5}})
    assert numbers(goals.run(user="boss").goals["by_rep"]) == {("e1", Q1): 1, ("e1", Q2): 5}
    for row in ({"2026-Q1": 9, "2026-Q2": 5}, {"2026-Q2": 5}):
        goals.write("by_rep", {"e1": row})
        assert len(said(goals.run(user="boss"))) == 1
    goals.write("by_rep", {"e1": {"2026-Q1": 1, "2026-Q2": 5}, "e2": {"2026-Q1": 1}})
    assert len(said(goals.run(user="boss"))) == 1


def test_a_new_goal_for_a_closed_period_comes_too_late(goals: Goals) -> None:
    goals.run()
    goals.close(Q1, Q2)
    goals.write("more")
    assert (
        "changes its targets for quarter 2026-01-01, 2026-04-01, which have closed" in said(goals.run(user="boss"))[0]
    )
    goals.write("more", period={"grain": "quarter", "from": "2026-07-01", "to": "2026-12-31"})
    assert said(goals.run(user="boss")) == []


def test_a_goal_steps_back_only_by_being_withdrawn_and_a_closed_one_stays(goals: Goals) -> None:
    goals.run()
    for state in ("draft", "proposed"):
        goals.write(state=state)
        taken = goals.run(user="boss")
        assert f"the file of signed says {state}, but it was approved on 2026-05-20, and that holds" in said(taken)[0]
        assert taken.goals["signed"].goal.state == "approved"
    goals.write(state="closed")
    assert said(goals.run(user="boss")) == []
    goals.write(state="closed", target={"value": 1})
    assert "signed was closed on 2026-05-20 and no longer changes" in said(goals.run(user="boss"))[0]


def test_a_goal_whose_file_is_gone_is_in_force_as_it_was_recorded(goals: Goals) -> None:
    goals.write("by_rep", {"e1": {"2026-Q1": 1}})
    goals.run()
    for path in (goals.path("by_rep"), goals.path("by_rep").with_suffix(".csv"), goals.path("signed")):
        path.unlink()
    taken = goals.run(user="boss")
    assert (target(taken), numbers(taken.goals["by_rep"])) == (100, {("e1", Q1): 1})
    assert [
        f"the file of {one} is gone" in text for one, text in zip(("by_rep", "signed"), said(taken), strict=True)
    ] == [True, True]


def test_a_recorded_goal_that_no_longer_goes_with_the_kpis_is_left_out_and_told(goals: Goals) -> None:
    goals.write("base", kpi="revenue")
    goals.write("more", target={"formula": "0.5 * goal(revenue)"})
    goals.run()
    goals.path("base").unlink()
    goals.path("more").unlink()
    definitions = goals.definitions
    kpis = {name: file for name, file in definitions.kpis.items() if name != "revenue"}
    taken = take_up(goals.settings, definitions._replace(kpis=kpis), date(2026, 5, 20), NOW)
    assert set(taken.goals) == {"signed"}
    assert any("unknown KPI revenue" in text for text in said(taken))
