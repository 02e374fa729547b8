"""The small files: company, people, business goals."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import KpiError, KpiErrors
from pipelines.model.check import Definitions
from pipelines.model.company import business_date, read_business_goals, read_company, read_people, said_date

COMPANY: dict[str, Any] = {"name": {"zh": "甲", "en": "A"}, "currency": "CNY", "time_zone": "Asia/Shanghai"}


def write(folder: Path, name: str, said: Any) -> Path:
    (folder / name).write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def test_company_needs_only_a_name_a_currency_and_a_zone(tmp_path: Path) -> None:
    company = read_company(write(tmp_path, "company.yml", COMPANY))
    assert (company.fiscal_year_start, company.holidays, company.close_after) == (1, "none", 5)
    assert (company.working_hours.opens_at, company.working_hours.closes_at) == (time(9), time(18))
    assert business_date(company, date(2026, 5, 20)) == date(2026, 5, 20)


def test_company_of_the_demo_stands_on_one_day(shipped: Definitions) -> None:
    assert business_date(shipped.company, date(2031, 1, 1)) == date(2026, 5, 20)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ({"currency": "yuan"}, 4, "currency"),
        ({"time_zone": "Asia/Shangai"}, 5, "unknown time zone Asia/Shangai"),
        ({"time_zone": "../../etc/passwd"}, 5, "unknown time zone"),
        ({"fiscal_year_start": 13}, 6, "fiscal_year_start"),
        ({"calendar": "454"}, 6, "calendar"),
        ({"holidays": "DE"}, 6, "holidays"),
        ({"new_market_revenue": -1}, 6, "new_market_revenue"),
        ({"working_hours": {"opens": "25:00"}}, 7, "not a time such as 09:00"),
        ({"working_hours": {"days": [0]}}, 8, "working_hours.days.0"),
        ({"fiscal_year": 4}, 6, "unknown field fiscal_year (did you mean fiscal_year_start?)"),
    ],
)
def test_company_that_is_wrong_is_refused_with_its_line(tmp_path: Path, change: dict, line: int, said: str) -> None:
    with pytest.raises(KpiErrors) as error:
        read_company(write(tmp_path, "company.yml", COMPANY | change))
    assert f"company.yml:{line}: " in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("missing", ["name", "currency", "time_zone"])
def test_company_without_a_needed_field_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(KpiErrors, match=f"field {missing} is missing"):
        read_company(write(tmp_path, "company.yml", {k: v for k, v in COMPANY.items() if k != missing}))


def test_people_are_found_by_id(tmp_path: Path) -> None:
    said = {
        "people": [{"id": "boss", "name": "老板"}, {"id": "clerk", "name": {"zh": "甲", "en": "A"}, "manager": "boss"}]
    }
    people = read_people(write(tmp_path, "people.yml", said))
    assert list(people) == ["boss", "clerk"]
    assert people["clerk"].manager == "boss"


@pytest.mark.parametrize("field", ["manager", "deputy"])
def test_people_name_nobody_who_is_not_there(tmp_path: Path, field: str) -> None:
    with pytest.raises(KpiErrors, match=f"people.yml:2: clerk: {field} ghost is nobody"):
        read_people(write(tmp_path, "people.yml", {"people": [{"id": "clerk", "name": "x", field: "ghost"}]}))


def test_the_same_person_twice_is_refused(tmp_path: Path) -> None:
    said = {"people": [{"id": "clerk", "name": "x"}, {"id": "clerk", "name": "y"}]}
    with pytest.raises(KpiErrors, match=r"people.yml:4: clerk stands here twice"):
        read_people(write(tmp_path, "people.yml", said))


def test_the_same_business_goal_twice_is_refused(tmp_path: Path) -> None:
    goal = {"id": "grow", "label": {"zh": "增长", "en": "Grow"}, "kpis": [], "why": "x"}
    text = yaml.safe_dump([goal]) + yaml.safe_dump([goal])
    (tmp_path / "business_goals.yml").write_text("business_goals:\n" + text)
    with pytest.raises(KpiErrors, match="grow stands here twice"):
        read_business_goals(tmp_path)


def test_shipped_business_goals_name_shipped_kpis_only(shipped: Definitions) -> None:
    named = {kpi for goal in shipped.business_goals.values() for kpi in goal.kpis}
    assert named <= set(shipped.kpis)
    assert {file.kpi.business_goal for file in shipped.kpis.values()} <= set(shipped.business_goals)


def test_said_date_is_a_day_of_the_calendar() -> None:
    assert said_date("2026-02-28") == date(2026, 2, 28)
    for said in ("2026-02-29", "20.05.2026", "today", ""):
        with pytest.raises(KpiError, match="is not a date"):
            said_date(said)


def test_said_date_lies_in_the_calendar_of_the_company() -> None:
    with pytest.raises(KpiError, match="1998-05-06 lies before the calendar, which begins 2010-01-01"):
        said_date("1998-05-06")
    assert said_date("1998-05-06", date(1996, 1, 1)) == date(1998, 5, 6)
