"""Each step of a goal's life is taken by whom it belongs to, written into the file, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.model import check
from pipelines.model.goal import life, read_goals, record
from pipelines.model.goal.take_up import take_up
from pipelines.settings import Settings
from tests.journey.small_company import SmallCompany
from tests.model.goal.recorded import PEOPLE, Goals

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
AS_OF = date(2026, 3, 31)  # the small company's fixed date
ID = "march_signed"
STEPS: dict[str, Callable[[Settings, str, str, datetime], None]] = {
    "propose": life.propose,
    "agree": life.agree,
    "approve": life.approve,
    "close": life.close,
    "withdraw": life.withdraw,
}


class Company:
    """The small company with people above and beside each other, and one goal, owned by east."""

    def __init__(self, folder: Path) -> None:
        self.small = SmallCompany(folder / "company").lay_down()
        people = [one.model_dump(exclude_none=True, exclude_defaults=True) for one in PEOPLE.values()]
        people += [{"id": one, "name": one} for one in ("vp_sales", "sales_ops", "data_crm", "data_erp")]
        self.small.write("kpi_definitions/people.yml", {"people": people})
        self.settings = Settings(config=self.small.folder)
        self.path = self.small.folder / "kpi_definitions/goals/2026" / f"{ID}.yml"
        self.write()

    def write(self, **said: Any) -> None:
        whole = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        self.small.write(f"kpi_definitions/goals/2026/{ID}.yml", whole | {"owner": "east"} | said)

    def run(self, user: str = "") -> list[str]:
        self.settings.user = user
        definitions = check.read_definitions(self.settings)
        return [str(one) for one in take_up(self.settings, definitions, AS_OF, NOW.replace(tzinfo=None)).refused]

    def take(self, step: str, user: str, reason: str = "because", goal_id: str = ID) -> None:
        self.settings.user = user
        STEPS[step](self.settings, goal_id, reason, NOW)

    @property
    def states(self) -> tuple[str, list[tuple[str, str | None]]]:
        """What the file says, and the records: state and by whom."""
        records = record.read(self.settings).get(ID, [])
        return read_goals(self.small.folder / "kpi_definitions")[ID].goal.state, [
            (one.state, one.recorded_by) for one in records
        ]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_a_goal_lives_from_draft_to_closed(company: Company) -> None:
    company.write(state="draft", agreed_by=["rep"])
    company.run()
    company.take("propose", "east", "for the spring")
    company.take("agree", "rep")
    company.take("approve", "boss", "fine")
    company.take("close", "boss", "the year is over")
    assert company.states == (
        "closed",
        [("draft", None), ("proposed", "east"), ("approved", "boss"), ("closed", "boss")],
    )
    assert [(act.who, act.what, act.why) for act in acts.read(company.settings)][1:] == [
        ("east", "goal", "for the spring"), ("rep", "agree_goal", "because"), ("boss", "goal", "fine"),
        ("boss", "goal", "the year is over"),
    ]  # fmt: skip
    with pytest.raises(KpiError, match="was closed on 2026-03-31, and a closed goal no longer changes"):
        company.take("withdraw", "boss")


def test_a_changed_goal_is_approved_as_it_stands_in_its_file(company: Company) -> None:
    company.run()
    company.write(target={"value": 7}, state="approved")
    assert len(company.run()) == 1
    company.take("approve", "boss", "weaker market")
    assert company.run() == []
    assert company.states == ("approved", [("approved", None), ("approved", "boss")])
    with pytest.raises(KpiError, match="is approved as its file says it, since 2026-03-31"):
        company.take("approve", "boss")


def test_a_withdrawn_goal_is_a_draft_also_where_its_file_is_gone(company: Company) -> None:
    company.run()
    company.take("withdraw", "boss", "another plan")
    assert company.states == ("draft", [("approved", None), ("draft", "boss")])
    company.take("approve", "boss", "after all")
    company.path.unlink()
    company.take("withdraw", "boss", "for good")
    company.settings.user = ""
    taken = take_up(company.settings, check.read_definitions(company.settings), AS_OF, NOW.replace(tzinfo=None))
    assert (taken.goals, taken.refused) == ({}, [])


MATRIX = {
    # propose, agree, approve, close, withdraw
    "rep": (False, True, False, False, False),  # asked to agree
    "east": (True, False, False, False, False),  # the owner, a manager
    "boss": (True, False, True, True, True),  # above the owner
    "south": (False, False, False, False, False),  # another region's manager
    "engineer": (False, False, False, False, False),
    "auditor": (False, False, False, False, False),
    "": (False, False, False, False, False),
}


@pytest.mark.parametrize("user", list(MATRIX), ids=[name or "anonymous" for name in MATRIX])
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_belongs_to_some_and_what_is_refused_leaves_everything_as_it_was(
    company: Company, step: str, user: str
) -> None:
    begins = {"propose": "draft", "agree": "proposed", "approve": "draft"}.get(step, "approved")
    company.write(state=begins, agreed_by=["rep"])
    company.run()
    if step in ("approve", "close"):
        company.take("agree", "rep")
    before = (company.path.read_bytes(), acts.read(company.settings))
    if MATRIX[user][list(STEPS).index(step)]:
        company.take(step, user)
        assert len(acts.read(company.settings)) == len(before[1]) + 1
        return
    with pytest.raises(KpiError, match=r"may not|asks rep to agree|nobody has approved"):
        company.take(step, user)
    assert (company.path.read_bytes(), acts.read(company.settings)) == before


@pytest.mark.parametrize("user", [name for name in MATRIX if name != "boss"], ids=lambda name: name or "anonymous")
def test_nobody_edits_a_closed_period_through_any_door(shipped: Any, tmp_path: Path, user: str) -> None:
    goals = Goals(shipped, tmp_path)
    goals.write()
    goals.run()
    goals.close(date(2026, 1, 1))
    goals.write(target={"value": 1})
    for who in (user, "boss"):
        (told,) = goals.run(user=who).refused
        assert "changes its targets for quarter 2026-01-01, which has closed" in str(told)


@pytest.mark.parametrize("step", list(STEPS))
def test_a_step_says_what_is_missing(company: Company, step: str) -> None:
    company.run()
    with pytest.raises(KpiError, match=r"there is no goal march_sign \(did you mean march_signed\?\)"):
        company.take(step, "boss", goal_id="march_sign")
    if step != "agree":
        with pytest.raises(KpiError, match="--reason is missing"):
            company.take(step, "boss", reason=" ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("state: draft  # for now\nowner: east\n", "state: approved  # for now\nowner: east\n"),
        ("owner: east\n", "owner: east\nstate: approved\n"),
        ("owner: east  # no line end", "owner: east  # no line end\nstate: approved\n"),
    ],
)
def test_only_the_line_of_the_state_changes(company: Company, text: str, written: str) -> None:
    said = yaml.safe_load(company.path.read_text(encoding="utf-8"))
    head = yaml.safe_dump({name: one for name, one in said.items() if name not in ("owner", "state")})
    company.path.write_text(head + text, encoding="utf-8")
    was_approved = "state" not in text  # the default
    company.run()
    if was_approved:
        company.take("withdraw", "boss")
    company.take("approve", "boss")
    assert company.path.read_text(encoding="utf-8") == head + written


def test_a_state_that_cannot_be_written_is_told_and_nothing_is_recorded(company: Company) -> None:
    said = yaml.safe_load(company.path.read_text(encoding="utf-8")) | {"state": "draft"}
    company.path.write_text(yaml.safe_dump(said, default_flow_style=True, width=10_000), encoding="utf-8")
    company.run()
    before = (company.path.read_bytes(), acts.read(company.settings))
    with pytest.raises(KpiError, match="could not be written into the file"):
        company.take("approve", "boss")
    assert (company.path.read_bytes(), acts.read(company.settings)) == before
