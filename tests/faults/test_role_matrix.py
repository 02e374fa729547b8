"""Five kinds of people × six things they may want, at the door of the served files (test 19 of the faults).

The doors where goals are edited (`kpi goals …`) have their own matrix in tests/model/goal/, PostgreSQL in
tests/publish/postgres/.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.model.company import Person
from pipelines.publish import audience_files, read_only
from pipelines.publish.serving import publish
from pipelines.settings import Settings
from tests.publish.conftest import AS_OF, NOW, RUN, fill

PEOPLE = {
    "rep": {"unit": "team_e1", "employee_id": "e001", "roles": ["rep"], "manager": "manager"},
    "manager": {"unit": "region_east", "roles": ["manager"]},
    "another regions manager": {"unit": "region_south", "roles": ["manager"]},
    "engineer": {"unit": "company", "roles": ["engineer"]},
    "anonymous": None,
}
OWN = {"rep": "e001", "manager": "region_east", "another regions manager": "region_south", "engineer": "lanhai"}
PERSONAL = {"rep": {"e001"}, "manager": {"e001", "e002"}, "another regions manager": {"e003"}}
PERSONAL["engineer"] = {"e001", "e002", "e003"}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("doors"))
    fill(settings.warehouse)
    whole = publish(settings, RUN, AS_OF, NOW, "abc").path
    known = [
        Person.model_validate({"id": name.replace(" ", "_"), "name": name} | said)
        for name, said in PEOPLE.items()
        if said
    ]
    audience_files.write(settings, whole, {one.id: one for one in known})
    return settings.serving


def files_of(serving: Path, who: str) -> list[Path]:
    """What somebody is given: the folder of the unit they belong to or are; nobody gets nothing."""
    own = OWN.get(who)
    return [] if own is None else [serving / ("" if own == "lanhai" else own) / "kpi.duckdb"]


def units_seen(serving: Path, who: str, where: str = "true") -> set[str]:
    seen: set[str] = set()
    for path in files_of(serving, who):
        with read_only.connect(path) as con:
            for table in ("kpi_values", "goal_attainment", "goal_targets", "units"):
                condition = where if table != "units" else "true"
                seen |= {
                    unit for (unit,) in con.execute(f"select distinct unit_id from published.{table} where {condition}").fetchall()
                }  # fmt: skip
    return seen


def read_own(serving: Path, who: str) -> bool:
    return OWN.get(who) in units_seen(serving, who)


def read_other(serving: Path, who: str) -> bool:
    """Anything that is not of the own subtree, in any table with units."""
    own = {"rep": {"e001"}, "manager": {"region_east", "team_e1", "team_e2", "e001", "e002"}}
    own["another regions manager"] = {"region_south", "team_s1", "e003"}
    return bool(units_seen(serving, who) - own.get(who, set()))


def edit(statement: str) -> Callable[[Path, str], bool]:
    """Whether an edit reaches what others read: through the door as it is shipped, and by force on the own copy."""

    def attempt(serving: Path, who: str) -> bool:
        query = "select sum(target) from published.goal_attainment"
        whole = serving / "kpi.duckdb"
        before = whole.read_bytes()
        for path in files_of(serving, who):
            with read_only.connect(path) as con, pytest.raises(duckdb.Error):
                con.execute(statement)
            if path != whole:  # who owns a copy can change the copy; nobody else reads it
                copy = shutil.copyfile(path, path.with_name("mine.duckdb"))
                with duckdb.connect(str(copy)) as con:
                    con.execute(statement)
                    con.execute(query)
                copy.unlink()
        return whole.read_bytes() != before

    return attempt


def read_personal(serving: Path, who: str) -> bool:
    """Figures of single people: those below, and nobody else's."""
    seen = units_seen(serving, who) & {"e001", "e002", "e003"}
    assert seen <= PERSONAL.get(who, set())
    return bool(seen)


def export(serving: Path, who: str) -> bool:
    """Whether more can be taken away as CSV or Parquet than is seen: the folders of the whole company are not theirs."""
    own = {path.parent for path in files_of(serving, who)}
    return serving in own


ACTIONS: dict[str, Callable[[Path, str], bool]] = {
    "read own": read_own,
    "read other": read_other,
    "edit goal": edit("update published.goal_attainment set target = 0"),
    "edit closed period": edit("update published.kpi_values set value = 0 where is_closed"),
    "read personal data": read_personal,
    "export of the whole": export,
}
MAY = {
    "read own": {"rep", "manager", "another regions manager", "engineer"},
    "read other": {"engineer"},
    "edit goal": set(),
    "edit closed period": set(),
    "read personal data": {"rep", "manager", "another regions manager", "engineer"},
    "export of the whole": {"engineer"},
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_can_do_what_they_may_and_nothing_else(serving: Path, who: str, action: str) -> None:
    assert ACTIONS[action](serving, who) == (who in MAY[action])
