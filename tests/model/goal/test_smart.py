"""Whether a goal is SMART: each kind of finding with its number, at its bounds, and none for a sound goal."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.cli.smart_words import FOUND, told
from pipelines.model.check import Definitions
from pipelines.model.goal import smart, smart_figures
from tests.conftest import kpi
from tests.journey.small_company import SmallCompany
from tests.model.goal.asked import RUNNING, Served
from tests.model.goal.recorded import Goals

TWELVE = [0.0, 0.21, *[0.05] * 10]  # of the company, the newest last


@pytest.fixture
def goals(shipped: Definitions, tmp_path: Path) -> Goals:
    return Goals(shipped, tmp_path)


@pytest.fixture
def served() -> Served:
    return Served()


def found(goals: Goals, served: Served) -> list[smart.Finding]:
    """All findings; each can be said in both languages."""
    several = list(smart.findings(goals.definitions, smart_figures.read(served.con)))
    for one in several:
        assert all(told(one, "en")), one
        assert all(told(one, "zh")), one
    return several


def kinds(goals: Goals, served: Served) -> list[str]:
    return [one.kind for one in found(goals, served)]


def sound(goals: Goals, served: Served) -> None:
    """A goal of signed value of the company by quarter that asks for +10 %."""
    goals.write()
    served.history(TWELVE)
    served.target(110)


def test_nothing_is_found_in_a_sound_goal(goals: Goals, served: Served) -> None:
    sound(goals, served)
    served.review(0.5)
    served.record(date(2026, 1, 5), "boss")
    assert found(goals, served) == []


@pytest.mark.parametrize(
    ("target", "kind"),
    [(121, None), (121.04, None), (121.1, "too_high"), (138, "too_high"), (100, None), (99.9, "too_low")],
)
def test_a_target_lies_within_what_history_had(goals: Goals, served: Served, target: float, kind: str | None) -> None:
    goals.write()
    served.history(TWELVE)
    served.target(target)
    assert kinds(goals, served) == ([kind] if kind else [])


def test_a_target_beyond_history_is_told_with_its_numbers_and_its_place(goals: Goals, served: Served) -> None:
    goals.write()
    served.history(TWELVE)
    served.target(110)
    served.target(138, revision=2, quarters=[RUNNING + 1])  # the revision that holds from July on
    (one,) = found(goals, served)
    assert (one.letter, one.place) == ("A", ("target",))
    assert told(one, "en")[0] == (
        "Company: 1 of 3 open targets ask for more than history had; company, Q3 2026, asks for +38.0%: in the last 12 "
        "like-for-like changes of its own the best was +21.0%"
    )
    assert told(one, "zh")[0] == (
        "公司：3 个未完成的目标值中有 1 个高于历史；如 company 2026年第3季度：要求 +38.0%，自身最近 12 次同比中最好为 +21.0%"
    )


@pytest.mark.parametrize(("target", "kind"), [(75, None), (74.9, "too_high"), (98, None), (98.1, "too_low")])
def test_a_kpi_that_is_better_when_lower_is_turned_round(
    goals: Goals, served: Served, target: float, kind: str | None
) -> None:
    goals.write(kpi="first_response_time")
    served.history([-0.25, -0.02, *[-0.1] * 6], kpi="first_response_time")
    served.target(target, kpi="first_response_time")
    several = found(goals, served)
    assert [one.kind for one in several] == ([kind] if kind else [])
    for one in several:
        bound, shown = ("best", "−25.0%") if kind == "too_high" else ("weakest", "−2.0%")
        assert told(one, "en")[0].endswith(f"the {bound} was {shown}")


@pytest.mark.parametrize(
    ("name", "value", "best", "target", "said"),
    [
        ("win_rate", 0.5, 0.04, 0.54, None),
        ("win_rate", 0.5, 0.04, 0.58, "asks for +8.0 pp: in the last 8 like-for-like changes of its own the best was +4.0 pp"),
        ("nps", 40, 6, 46.04, None),
        ("nps", 40, 6, 50, "asks for +10.0 points: in the last 8 like-for-like changes of its own the best was +6.0 points"),
    ],
)  # fmt: skip
def test_ratios_and_scores_are_compared_in_points(
    goals: Goals, served: Served, name: str, value: float, best: float, target: float, said: str | None
) -> None:
    goals.write(kpi=name)
    served.history([best, *[0] * 7], kpi=name, value=value)
    served.target(target, kpi=name)
    several = [told(one, "en")[0] for one in found(goals, served)]
    assert len(several) == (said is not None)
    assert all(one.endswith(said or "") for one in several)


def test_history_is_the_last_twelve_changes_on_complete_figures_that_stand(goals: Goals, served: Served) -> None:
    goals.write()
    served.target(115)
    served.history([0.5, *[0.1] * 12])
    assert [(one.facts["changes"], one.facts["best"]) for one in found(goals, served)] == [(12, Decimal("0.1"))]


def test_the_change_on_a_first_figure_is_no_history(goals: Goals, served: Served) -> None:
    goals.write()
    served.target(115)
    served.history([0.1] * 7, first_change=135)  # whose period began before its data did
    assert [(one.facts["changes"], one.facts["best"]) for one in found(goals, served)] == [(7, Decimal("0.1"))]


def test_a_change_on_a_figure_of_few_cases_is_no_history(goals: Goals, served: Served) -> None:
    goals.write()
    served.target(115)
    served.history([*[0.1] * 7, 0.5], states=["small_sample", "ok", "ok", "ok", "ok"])  # a year before the last
    assert [(one.facts["changes"], one.facts["best"]) for one in found(goals, served)] == [(6, Decimal("0.1"))]


def test_what_checks_hold_back_is_no_history(goals: Goals, served: Served) -> None:
    goals.write(scope={"level": "rep"})
    served.target(115, level="rep", unit="e1")
    served.history([0.1] * 5, level="rep", unit="e1")
    served.history([0.5] * 8, level="rep", unit="e2", quality="blocked")
    assert [(one.kind, one.facts["changes"]) for one in found(goals, served)] == [("no_history", 5)]


@pytest.mark.parametrize("state", ["small_sample", "suppressed"])
def test_a_figure_of_few_cases_is_no_history(goals: Goals, served: Served, state: str) -> None:
    goals.write()
    served.target(115)
    served.history([*[0.1] * 7, 0.5], states=[state])
    assert [(one.facts["changes"], one.facts["best"]) for one in found(goals, served)] == [(7, Decimal("0.1"))]


def test_with_little_history_of_its_own_a_unit_is_held_against_its_level(goals: Goals, served: Served) -> None:
    goals.write(scope={"level": "rep"})
    served.target(130, level="rep", unit="e1")
    served.history([0.05] * 5, level="rep", unit="e1")
    (one,) = found(goals, served)
    assert (one.kind, one.facts["changes"]) == ("no_history", 5)
    served.history([0.2], level="rep", unit="e2")
    (one,) = found(goals, served)
    assert (one.kind, one.facts["changes"], one.facts["best"]) == ("too_high", 6, Decimal("0.2"))
    assert "6 like-for-like changes of its level" in told(one, "en")[0]


def test_only_targets_that_can_still_be_changed_are_asked(goals: Goals, served: Served) -> None:
    goals.write()
    served.history(TWELVE)
    served.target(900, quarters=[RUNNING - 1])  # is over
    served.target(900, quarters=[RUNNING + 4])  # the year before still runs
    served.target(900, quarters=[RUNNING], set_by="unallocated", unit="company/unallocated")
    assert found(goals, served) == []


def test_a_target_on_a_level_of_the_cascade_is_told_at_its_step(goals: Goals, served: Served) -> None:
    goals.write(cascade=[{"to": "region", "by": "even"}, {"to": "rep", "by": "even"}])
    served.history(TWELVE, level="rep", unit="e1")
    served.target(138, level="rep", unit="e1")
    assert [(one.kind, one.place) for one in found(goals, served)] == [("too_high", ("cascade", 1))]


def test_a_goal_that_no_run_knows_or_that_has_no_figure_cannot_be_measured(goals: Goals, served: Served) -> None:
    goals.write()
    assert [(one.letter, one.kind) for one in found(goals, served)] == [("M", "no_target")]
    served.target(110)
    assert kinds(goals, served) == ["no_figure"]


@pytest.mark.parametrize(
    ("states", "share"),
    [(["no_data"], None), (["no_data", "small_sample"], "50.0%"), (["suppressed", "no_data", "no_data"], "25.0%")],
)
def test_three_quarters_of_the_last_year_must_be_judged(
    goals: Goals, served: Served, states: list[str], share: str | None
) -> None:
    goals.write()
    served.history([0.05] * 12, states=states)
    served.target(105)
    several = found(goals, served)
    assert [one.kind for one in several] == (["seldom_judged"] if share else [])
    for one in several:
        counts = (states.count("no_data"), states.count("small_sample"), states.count("suppressed"))
        assert told(one, "en")[0] == (
            f"Company: {4 - len(states)} of 4 figures of the last year could be judged ({share}); "
            "no data {}, few cases {}, hidden {}".format(*counts)
        )


def test_figures_that_checks_hold_back_are_told(goals: Goals, served: Served) -> None:
    goals.write(scope={"level": "rep"})
    for unit, quality in (("e1", "ok"), ("e2", "blocked")):
        served.history([0.1] * 8, level="rep", unit=unit, quality=quality)
        served.target(110, level="rep", unit=unit)
    (one,) = [one for one in found(goals, served) if one.letter == "M"]
    assert (one.kind, one.facts["blocked"], one.facts["newest"]) == ("blocked", 1, 2)


def test_a_unit_that_is_not_there_is_not_specific(goals: Goals, served: Served) -> None:
    goals.write(numbers={unit: {"2026-Q3": 1} for unit in ("e1", "gone", "nobody")})
    served.history(TWELVE, level="rep", unit="e1")
    served.target(110, level="rep", unit="e1")
    (one,) = found(goals, served)
    assert (one.letter, one.kind, one.facts["unit"], one.facts["count"]) == ("S", "unit_unknown", "gone", 2)
    served.con.execute("update published.units set valid_to = date '2026-01-01' where unit_id = 'gone'")
    assert [one.facts["unit"] for one in found(goals, served)] == ["nobody"]  # who leaves later was there


def test_two_goals_for_the_same_are_told_of_both_unless_one_serves_the_other(goals: Goals, served: Served) -> None:
    sound(goals, served)
    goals.write("budget")
    served.target(110, "budget", quarters=[RUNNING])
    served.target(111, "budget", quarters=[RUNNING + 1])
    for goal in ("signed", "budget"):
        served.target(5, goal, unit="company/unallocated", set_by="unallocated")  # what a split left over is nobody's
    several = found(goals, served)
    assert [(one.goal_id, one.kind, one.facts["count"], one.facts["different"]) for one in several] == [
        ("budget", "same_target", 2, 1),
        ("signed", "same_target", 2, 1),
    ]
    goals.write("budget", horizon="long")
    goals.write(serves="budget")
    assert found(goals, served) == []


def test_a_kpi_must_be_among_those_of_its_goal_of_the_business(goals: Goals, served: Served) -> None:
    sound(goals, served)
    aims = goals.shipped.business_goals
    left = aims["raise_sales"].model_copy(update={"kpis": ["revenue"]})
    goals.shipped = goals.shipped._replace(business_goals=aims | {"raise_sales": left})
    assert [(one.letter, one.kind) for one in found(goals, served)] == [("R", "unserved")]
    goals.write("plan", horizon="long", state="closed")
    goals.write(serves="plan")
    assert found(goals, served) == []


@pytest.mark.parametrize(("share", "several"), [(0.25, ["seldom_moves"]), (0.26, [])])
def test_a_kpi_must_move_with_its_goal_of_the_business(
    goals: Goals, served: Served, share: float, several: list[str]
) -> None:
    sound(goals, served)
    served.review(share)
    served.review(0.1, "all")
    assert kinds(goals, served) == several


@pytest.mark.parametrize(
    ("known_from", "by", "several"),
    [
        (date(2026, 12, 31), "boss", []),
        (date(2027, 1, 1), "boss", ["over_when_recorded"]),
        (date(2027, 1, 1), None, []),  # the first run does not know since when a goal stood in its file
    ],
)
def test_a_goal_is_set_before_it_is_over(
    goals: Goals, served: Served, known_from: date, by: str | None, several: list[str]
) -> None:
    sound(goals, served)
    served.record(date(2026, 1, 1), "boss", state="proposed")
    served.record(known_from, by)
    assert kinds(goals, served) == several


def test_a_short_goal_ends_within_a_year_and_within_its_plan(goals: Goals, served: Served) -> None:
    sound(goals, served)
    longer = {"grain": "quarter", "from": "2026-01-01", "to": "2027-03-31"}
    goals.write(period=longer)
    (one,) = found(goals, served)
    assert (one.letter, one.kind, one.facts["months"]) == ("T", "too_long", 15)
    goals.write(period=longer, horizon="long")
    assert found(goals, served) == []
    goals.write("plan", horizon="long", state="closed")
    goals.write(serves="plan")
    assert found(goals, served) == []
    for start, end in (("2025-10-01", "2026-09-30"), ("2026-04-01", "2027-03-31")):
        goals.write(serves="plan", period={"grain": "quarter", "from": start, "to": end})
        assert [(one.letter, one.kind) for one in found(goals, served)] == [("T", "outside_of_plan")]


def test_of_a_closed_goal_nothing_is_said(goals: Goals, served: Served) -> None:
    goals.write(state="closed")
    served.target(900)
    assert found(goals, served) == []


def test_both_languages_tell_the_same_numbers() -> None:
    for kind, (finding, _) in FOUND.items():
        names = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in finding]
        assert names[0] == names[1], kind


def test_the_command_prints_them_with_file_and_line_and_ends_well(tmp_path: Path) -> None:
    company = SmallCompany(tmp_path).lay_down()
    at = ("--config", company.folder)
    done = kpi("goals", "check", *at, check=False)
    assert done.returncode == 1
    assert "nothing has been published yet" in done.stderr
    company.served.parent.mkdir(parents=True)
    Served(str(company.served)).con.close()
    said = kpi("goals", "check", *at).stdout
    assert "goals/2026/march_signed.yml:12" in said
    assert "kpi run" in said
    assert "raise_sales does not name" in " ".join(said.split())
    assert said.endswith("goals: 1, findings: 2\n")
    assert "1 个目标，2 条发现" in kpi("goals", "check", "--goal", "march_signed", "--language", "zh", *at).stdout
    done = kpi("goals", "check", "--goal", "march_singed", *at, check=False)
    assert "did you mean march_signed?" in done.stderr
    assert "no language fr" in kpi("goals", "check", "--language", "fr", *at, check=False).stderr
