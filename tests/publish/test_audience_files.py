"""An audience's file holds the rows its readers may see, and not one more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.model.company import Person
from pipelines.publish import audience_files
from pipelines.publish.audience import COMPANY, EVERYONE, WHOSE
from pipelines.publish.audience_files import folder_of
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from .conftest import AS_OF, NOW, RUN

EAST = {"region_east", "team_e1", "team_e2", "e001", "e002"}
Change = Callable[..., None]


def person(name: str, **said: object) -> Person:
    return Person.model_validate({"id": name, "name": name} | said)


def people(*several: Person) -> dict[str, Person]:
    return {one.id: one for one in several}


EVERYBODY = people(
    person("boss", unit="company", roles=["manager"]),
    person("east", unit="region_east", roles=["manager"], manager="boss"),
    person("rep", unit="team_e1", employee_id="e001", roles=["rep"], manager="east"),
)


@pytest.fixture
def serving(settings: Settings) -> Path:
    return publish(settings, RUN, AS_OF, NOW, "abc").path


def read(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(query).fetchall()


def tables(path: Path) -> list[str]:
    return [name for (name,) in read(path, "select table_name from duckdb_tables() order by 1")]


@pytest.mark.parametrize(("audience", "units"), [("region_east", EAST), ("e001", {"e001"})])
def test_each_table_holds_the_rows_of_the_subtree_and_no_others(
    settings: Settings, serving: Path, audience: str, units: set[str]
) -> None:
    """Counted in plain Python, row by row, against the whole file."""
    audience_files.write(settings, serving, EVERYBODY)
    path = settings.serving / audience / "kpi.duckdb"
    assert tables(path) == tables(serving)
    for table in tables(serving):
        whole, shown = read(serving, f"from published.{table}"), read(path, f"from published.{table}")
        whose = WHOSE[table]
        if whose == EVERYONE:
            expected = whole
        elif whose == COMPANY:
            expected = []
        else:
            with duckdb.connect(str(serving), read_only=True) as con:
                names = [c[0] for c in con.execute(f"from published.{table}").description]  # type: ignore[union-attr]
            place = names.index(whose)
            expected = [row for row in whole if str(row[place]).split("/")[0] in units]
        assert shown == expected, table
    assert read(path, "select count(*) from published.kpi_values") == [(len(units) * 8 * 40,)]


def test_a_file_opens_in_every_driver_from_1_0_and_names_its_keys(settings: Settings, serving: Path) -> None:
    audience_files.write(settings, serving, EVERYBODY)
    path = settings.serving / "region_east" / "kpi.duckdb"
    assert path.read_bytes()[12:20] == (64).to_bytes(8, "little")
    query = "select table_name, comment from duckdb_tables() where comment is not null order by 1"
    assert read(path, query) == read(serving, query)


def test_no_byte_of_the_file_tells_of_another_region(settings: Settings, serving: Path, change: Change) -> None:
    change("update published.units set label_en = 'CANARY_SOUTH' where unit_id in ('region_south', 'e003')")
    whole = publish(settings, RUN, AS_OF, NOW, "abc").path
    audience_files.write(settings, whole, EVERYBODY)
    assert b"CANARY_SOUTH" in whole.read_bytes()
    assert b"CANARY_SOUTH" not in (settings.serving / "region_east" / "kpi.duckdb").read_bytes()


def test_who_is_no_reader_any_more_finds_no_file(settings: Settings, serving: Path) -> None:
    audience_files.write(settings, serving, EVERYBODY)
    assert (settings.serving / "region_east").is_dir()
    audience_files.write(settings, serving, people(EVERYBODY["boss"], EVERYBODY["rep"]))
    assert not (settings.serving / "region_east").exists()
    assert (settings.serving / "e001" / "kpi.duckdb").is_file()
    assert serving.is_file()


@pytest.mark.parametrize(
    ("viewers", "is_shown"),
    [
        (None, True),
        ({"roles": ["manager"], "people": []}, True),
        ({"roles": [], "people": ["east"]}, True),
        ({"roles": ["rep"], "people": ["boss"]}, False),  # east is neither
        ({"roles": ["rep"], "people": ["rep_of_east"]}, True),  # east is above one who is named
    ],
)
def test_a_goal_with_viewers_is_in_the_file_only_where_all_its_readers_may_see_it(
    settings: Settings, serving: Path, change: Change, viewers: dict[str, list[str]] | None, is_shown: bool
) -> None:
    goal = read(serving, "select min(goal_id) from published.goal_attainment where unit_id = 'region_east'")[0][0]
    said = json.dumps({"target": {"value": "1"}} | ({"viewers": viewers} if viewers else {}))
    change(
        "create table if not exists published.goal_history (act_no bigint, goal_id varchar, said varchar)",
        f"insert into published.goal_history (act_no, goal_id, said) values (1, '{goal}', '{said}')",
    )
    whole = publish(settings, RUN, AS_OF, NOW, "abc").path
    under_east = person("rep_of_east", unit="team_e1", employee_id="e002", roles=["rep"], manager="east")
    audience_files.write(settings, whole, EVERYBODY | people(under_east))
    path = settings.serving / "region_east" / "kpi.duckdb"
    for table in ("goal_attainment", "goal_targets"):
        found = read(path, f"select count(*) > 0 from published.{table} where goal_id = '{goal}'")
        assert found == [(is_shown,)], table
        assert read(path, f"select count(*) > 0 from published.{table} where goal_id <> '{goal}'") == [(True,)]


def test_an_id_is_never_a_path(tmp_path: Path) -> None:
    for name in ("../secret", "a/b", "..", ".hidden", "华东/一组", "a\\b"):
        folder = folder_of(tmp_path, name)
        assert folder.parent == tmp_path
        assert folder.resolve().parent == tmp_path.resolve()
        assert not folder.name.startswith(".")
    with pytest.raises(KpiError, match="catalogue cannot be an audience"):
        folder_of(tmp_path, "catalogue")


def test_a_whole_file_that_is_not_there_is_named(settings: Settings) -> None:
    with pytest.raises(KpiError, match="files of audiences were not written"):
        audience_files.write(settings, settings.serving / "kpi.duckdb", EVERYBODY)
