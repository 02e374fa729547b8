"""Who works at the sample company, and in which unit, day by day.

Belongs here: units, employees, and whose customers a seat is. Does not: what they do.

On 1 July 2025 a team is given to another region; on 15 January 2025 a rep changes team in the middle of a month; at the
end of October 2025 one leaves, and for a weekend nobody is in charge of his customers.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pipelines.extract.demo.sample.base import Company, Row, at

SINCE = date(2020, 1, 1)
TEAM_MOVES = date(2025, 7, 1)
REP_MOVES = date(2025, 1, 15)
LEAVES, SUCCEEDS = date(2025, 10, 31), date(2025, 11, 3)

# unit, parent, level, Chinese, English
UNITS = [
    ("company", None, "company", "样本公司", "Sample Company"),
    ("region_north", "company", "region", "北区", "North"),
    ("region_south", "company", "region", "南区", "South"),
    ("dept_north_sales", "region_north", "department", "北区销售部", "North sales"),
    ("dept_south_sales", "region_south", "department", "南区销售部", "South sales"),
    ("dept_service", "region_north", "department", "服务部", "Service"),
    ("team_1", "dept_north_sales", "team", "一组", "Team 1"),
    ("team_2", "dept_north_sales", "team", "二组", "Team 2"),
    ("team_3", "dept_south_sales", "team", "三组", "Team 3"),
    ("team_desk", "dept_service", "team", "服务台", "Service desk"),
]

# employee, name, unit, manager, role, hired
PEOPLE = [
    ("E01", "江一 (Jiang Yi)", "company", None, "ceo", date(2020, 1, 1)),
    ("E02", "何二 (He Er)", "region_north", "E01", "manager", date(2020, 3, 1)),
    ("E03", "山三 (Shan San)", "region_south", "E01", "manager", date(2020, 3, 1)),
    ("E04", "石四 (Shi Si)", "team_1", "E02", "sales", date(2021, 5, 10)),
    ("E05", "武五 (Wu Wu)", "team_1", "E02", "sales", date(2022, 2, 14)),
    ("E06", "陆六 (Lu Liu)", "team_2", "E02", "sales", date(2022, 9, 1)),
    ("E07", "戚七 (Qi Qi)", "team_1", "E02", "sales", date(2023, 1, 3)),
    ("E08", "巴八 (Ba Ba)", "team_3", "E03", "sales", date(2021, 8, 2)),
    ("E09", "酒九 (Jiu Jiu)", "team_3", "E03", "sales", date(2021, 8, 2)),
    ("E10", "石十 (Shi Shi)", "team_3", "E03", "sales", SUCCEEDS),
    ("E11", "成一 (Cheng Yi)", "team_desk", "E02", "service", date(2021, 1, 4)),
    ("E12", "成二 (Cheng Er)", "team_desk", "E02", "service", date(2023, 6, 1)),
]
AGENTS = ["E11", "E12"]
EMPLOYEES = [person[0] for person in PEOPLE]


class Seat(NamedTuple):
    """Some customers with somebody in charge: the region they are in, who sits there, and who follows."""

    region: str
    holder: str
    successor: str | None = None


SEATS = [
    Seat("region_north", "E04"), Seat("region_north", "E05"), Seat("region_north", "E06"), Seat("region_north", "E07"),
    Seat("region_south", "E08"), Seat("region_south", "E09", "E10"),
]  # fmt: skip


def in_charge(seat: int, day: date) -> str | None:
    """Who looks after the customers of a seat on a day; nobody between the one who left and the one who came."""
    holder = SEATS[seat]
    if holder.successor is None or day <= LEAVES:
        return holder.holder
    return holder.successor if day >= SUCCEEDS else None


def employed(employee: str, day: date) -> bool:
    hired = next(person[5] for person in PEOPLE if person[0] == employee)
    return hired <= day and not (employee == "E09" and day > LEAVES)


def build(company: Company) -> None:
    for unit, parent, level, zh, en in UNITS:
        said: Row = {"unit_id": unit, "name_zh": zh, "name_en": en, "level": level}
        if unit == "team_2":
            company.add("org_units", **said, parent_id=parent, valid_from=SINCE, valid_to=date(2025, 6, 30))
            company.add("org_units", **said, parent_id="dept_south_sales", valid_from=TEAM_MOVES)
        else:
            company.add("org_units", **said, parent_id=parent, valid_from=SINCE)
    for employee, name, unit, manager, role, hired in PEOPLE:
        about: Row = {
            "employee_id": employee, "name": name, "manager_id": manager, "role": role, "hired_date": hired,
            "is_licensed": employee != "E01", "account_created_at": at(hired, 9) if employee != "E01" else None,
            "left_date": LEAVES if employee == "E09" else None,
        }  # fmt: skip
        if employee == "E07":
            company.add("employees", **about, unit_id=unit, valid_from=hired, valid_to=date(2025, 1, 14))
            company.add("employees", **(about | {"manager_id": "E03"}), unit_id="team_3", valid_from=REP_MOVES)
        else:
            left = LEAVES if employee == "E09" else None
            company.add("employees", **about, unit_id=unit, valid_from=hired, valid_to=left)
