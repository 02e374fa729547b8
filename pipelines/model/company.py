"""The company and its people: `company.yml`, `people.yml`, `business_goals.yml`.

Belongs here: the shapes of the three small files. Does not: KPIs (kpi.py) and goals (goal.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors
from pipelines.shape import Label, Strict, TimeZone

CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
FIRST_DAY = date(2010, 1, 1)  # where the calendar begins unless company.yml says so; facts before are in no period
Calendar = Annotated[  # 445 without quotes is a number to YAML
    Literal["month", "445"],
    BeforeValidator(lambda said: "445" if said == 445 else said, json_schema_input_type=Literal["month", "445", 445]),
]
Weekday = Annotated[int, Field(ge=1, le=7, description="ISO: 1 is Monday")]


Role = Literal["engineer", "manager", "rep", "viewer", "auditor"]
ROLES = get_args(Role)


class WorkingHours(Strict):
    """When the company works; `opens: "00:00", closes: "24:00", days: [1..7]` is round the clock."""

    days: list[Weekday] = [1, 2, 3, 4, 5]
    opens: str = "09:00"
    closes: str = "18:00"

    @field_validator("opens", "closes")
    @classmethod
    def _clock(cls, value: str) -> str:
        if not re.fullmatch(rf"{CLOCK}|24:00", value):
            raise ValueError(f"{value} is not a time such as 09:00")
        return value

    @property
    def opens_at(self) -> time:
        return time.fromisoformat(self.opens)

    @property
    def closes_at(self) -> time:
        """24:00 becomes the last microsecond, which a SQL time can hold."""
        return time.max if self.closes == "24:00" else time.fromisoformat(self.closes)


class Retention(Strict):
    """How long things are kept, as texts such as `400 days`; generations are a count."""

    raw: str = "1825 days"
    landing: str = "400 days"
    quarantine: str = "400 days"
    personal: str = "730 days"
    generations: int = 7
    dagster_events: str = "90 days"


class Backup(Strict):
    """Where backups go, how many are kept, and for whom they are sealed."""

    to: str = Field("", description="their folder, on another disk; ${NAME} of the environment; default: data/backups")
    daily: int = Field(7, ge=1, description="of so many days the newest backup is kept")
    weekly: int = Field(5, ge=0)
    monthly: int = Field(13, ge=0)
    age: list[str] = Field([], description="recipients (age1…) for whom backups are sealed; default: not sealed")
    after_run: bool = Field(False, description="whether each `kpi run` ends with a backup")


class Company(Strict):
    """Who the numbers are about, and how its year and its working day run."""

    name: Label
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    time_zone: TimeZone
    languages: list[Literal["zh", "en"]] = ["zh", "en"]
    fiscal_year_start: int = Field(1, ge=1, le=12, description="first month of the fiscal year")
    calendar: Calendar = Field(
        "month", description="what a month is: of the calendar, or of 4, 4 and 5 whole weeks a quarter (fiscal.py)"
    )
    holidays: Literal["CN", "none"] = "none"
    working_hours: WorkingHours = WorkingHours()
    stale_after_months: int = Field(
        12, ge=1, le=120, description="a customer record nobody updated for so long is told to its owner once a week"
    )
    new_market_revenue: Decimal = Field(
        Decimal(0), ge=0, description="net revenue from which a customer region or segment counts as opened"
    )
    close_after: int = Field(5, ge=0, description="working days after which a period closes")
    retention: Retention = Retention()
    backup: Backup = Backup()
    catalogue: list[str] = Field(
        [], description="KPIs taken from the shipped catalogue, beside the configuration's own"
    )
    packs: list[str] = Field(
        [],
        description="packs whose KPIs page and summary show, beside those with a goal; default: all KPIs",
    )
    calendar_from: date = Field(FIRST_DAY, description="first day of the calendar; facts before it are in no period")
    business_date: date | None = Field(
        None,
        description="fixed date of a demo; else `kpi run` is as of today, the schedule as of the day before",
    )


class Person(Strict):
    """Somebody who owns, edits, reads or is told."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str | Label
    language: Literal["zh", "en"] = "en"
    unit: str | None = None
    employee_id: str | None = Field(
        None, description="who they are in the sources: what they own there and has grown stale is told to them"
    )
    manager: str | None = None
    deputy: str | None = None
    roles: list[Role] = ["viewer"]
    channels: list[str] = Field([], description="names of channels.yml by which this person hears")
    mail: str | None = Field(None, description="where mail goes, or ${NAME} of the environment")
    quiet_hours: str | None = Field(None, description="in the company's zone, as 20:00-08:00: nothing is sent then")

    @field_validator("quiet_hours")
    @classmethod
    def _two_times(cls, value: str | None) -> str | None:
        if value is not None:
            start, _, end = value.partition("-")
            if not re.fullmatch(CLOCK, start) or not re.fullmatch(CLOCK, end) or start == end:
                raise ValueError(f"{value} is not two times such as 20:00-08:00")
        return value


class BusinessGoal(Strict):
    """Why a KPI is measured at all."""

    id: str
    label: Label
    horizon: Literal["long", "short"] = "long"
    kpis: list[str]
    why: str | Label


class People(Strict):
    people: list[Person]


class BusinessGoals(Strict):
    business_goals: list[BusinessGoal]


def read_company(folder: Path) -> Company:
    return yaml_file.read_as(folder / "company.yml", Company)[0]


def read_people(folder: Path) -> dict[str, Person]:
    """Everybody in `people.yml` by id. Raises KpiErrors where a manager or deputy is nobody, or an id stands twice."""
    said, file = yaml_file.read_as(folder / "people.yml", People)
    people = {person.id: person for person in said.people}
    errors = _repeated(file, "people", said.people)
    errors += [
        file.error(f"{person.id}: {field} {other} is nobody in this file", ("people", i))
        for i, person in enumerate(said.people)
        for field, other in (("manager", person.manager), ("deputy", person.deputy))
        if other and other not in people
    ]
    if errors:
        raise KpiErrors(errors)
    return people


def read_business_goals(folder: Path) -> dict[str, BusinessGoal]:
    """Why KPIs are measured, by id. Raises KpiErrors where an id stands twice."""
    said, file = yaml_file.read_as(folder / "business_goals.yml", BusinessGoals)
    if errors := _repeated(file, "business_goals", said.business_goals):
        raise KpiErrors(errors)
    return {goal.id: goal for goal in said.business_goals}


def _repeated(file: yaml_file.YamlFile, field: str, items: Sequence[Person | BusinessGoal]) -> list[KpiError]:
    seen: set[str] = set()
    errors = []
    for position, item in enumerate(items):
        if item.id in seen:
            errors.append(file.error(f"{item.id} stands here twice", (field, position)))
        seen.add(item.id)
    return errors


def business_date(company: Company, today: Any) -> date:
    """The date a run is as of when nobody says otherwise: the demo's fixed date, else `today`."""
    return company.business_date or today


def today(company: Company, now: datetime) -> date:
    """The business date of what is done at `now` (a time with zone): the demo's fixed date, else the company's day."""
    return business_date(company, now.astimezone(ZoneInfo(company.time_zone)).date())


def said_date(text: str, first: date = FIRST_DAY) -> date:
    """A business date as somebody typed it. Raises KpiError where it is none, or before the calendar begins."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise KpiError(f"{text} is not a date", next_step="write it as 2026-05-20") from error
    if day < first:
        raise KpiError(f"{text} lies before the calendar, which begins {first}", next_step="write it as 2026-05-20")
    return day
