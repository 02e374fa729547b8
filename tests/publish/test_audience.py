"""Who sees whose rows: each table belongs to somebody, and an audience is a unit with all below it."""

from __future__ import annotations

from pipelines.model.company import Person
from pipelines.publish.audience import COMPANY, EVERYONE, GOALS, WHOSE, Unit, audiences
from pipelines.publish.tables import KEYS, columns

UNITS = [
    Unit("lanhai", "company", None),
    Unit("region_east", "region", "lanhai"),
    Unit("team_e1", "team", "region_east"),
    Unit("e001", "rep", "team_e1"),
    Unit("region_south", "region", "lanhai"),
    Unit("unassigned", "unassigned", "lanhai"),
]


def person(name: str, **said: object) -> Person:
    return Person.model_validate({"id": name, "name": name} | said)


def test_every_published_table_belongs_to_somebody() -> None:
    assert set(WHOSE) == {*KEYS, "publication"}
    for address, there in columns().items():
        whose = WHOSE[address.removeprefix("published.")]
        assert whose in (EVERYONE, COMPANY, *there), address


def test_a_table_with_units_or_owners_is_never_for_everyone() -> None:
    for address, there in columns().items():
        if {"unit_id", "owner_id", "customer_id"} & set(there):
            assert WHOSE[address.removeprefix("published.")] != EVERYONE, address


def test_every_table_of_goals_by_unit_is_named() -> None:
    found = {
        address.removeprefix("published.")
        for address, there in columns().items()
        if {"goal_id", "unit_id"} <= set(there)
    }
    assert found == GOALS


def test_a_manager_sees_the_subtree_a_rep_what_is_their_own_and_the_company_all() -> None:
    people = {
        p.id: p
        for p in (
            person("ceo", unit="company", roles=["manager"]),
            person("east", unit="region_east", roles=["manager"]),
            person("rep", unit="team_e1", employee_id="e001", roles=["rep"]),
            person("rep_of_no_employee", unit="team_e1", roles=["rep"]),
            person("guest", unit="team_e1"),
            person("elsewhere", unit="region_that_is_gone"),
        )
    }
    found = {one.id: one for one in audiences(UNITS, people)}
    assert list(found) == ["lanhai", "e001", "region_east", "team_e1"]
    assert found["lanhai"].units == {unit.id for unit in UNITS}
    assert found["lanhai"].is_company
    assert found["region_east"].units == {"region_east", "team_e1", "e001"}
    assert found["e001"].units == {"e001"}
    assert found["e001"].people == ("rep",)
    assert found["team_e1"].people == ("guest",)


def test_the_company_has_an_audience_though_nobody_is_named() -> None:
    assert [one.id for one in audiences(UNITS, {})] == ["lanhai"]


def test_units_that_lead_in_a_circle_end() -> None:
    circle = [Unit("a", "team", "b"), Unit("b", "team", "a")]
    assert audiences(circle, {"x": person("x", unit="a")})[0].units == {"a", "b"}
