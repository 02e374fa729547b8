"""Each audience's page lies in its folder, drawn from its own file, in the language its people read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.model.company import Person
from pipelines.publish import audience_files
from pipelines.publish.page.every import language_of, write_pages
from pipelines.publish.serving import publish
from pipelines.settings import Settings

from ..conftest import AS_OF, NOW, RUN

PEOPLE = {
    "boss": Person(id="boss", name="Boss", unit="company", roles=["manager"], language="zh"),
    "east": Person(id="east", name="East", unit="region_east", roles=["manager"], language="en"),
    "rep": Person(id="rep", name="Rep", unit="team_e1", employee_id="e001", roles=["rep"], language="zh"),
}


@pytest.fixture(scope="module")
def serving(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("every"))
    settings.warehouse.parent.mkdir()
    shutil.copyfile(sample, settings.warehouse)
    source = publish(settings, RUN, AS_OF, NOW, "abc").path
    found = audience_files.write(settings, source, PEOPLE)
    assert found == audience_files.read(settings, source, PEOPLE)
    write_pages(settings, source, found, PEOPLE)
    return settings.serving


def test_every_audience_has_its_page_and_reads_nothing_of_the_others(serving: Path) -> None:
    pages = {path.parent.name: path.read_text(encoding="utf-8") for path in serving.rglob("index.html")}
    assert set(pages) == {serving.name, "region_east", "e001"}
    assert "华南大区" in pages[serving.name]
    assert not any("华南大区" in pages[audience] for audience in ("region_east", "e001"))


def test_links_to_the_catalogue_lead_out_of_the_folder(serving: Path) -> None:
    assert 'href="../catalogue/' in (serving / "region_east" / "index.html").read_text(encoding="utf-8")
    assert 'href="catalogue/' in (serving / "index.html").read_text(encoding="utf-8")


def test_a_page_begins_in_the_language_its_people_read(serving: Path) -> None:
    found = {
        one.id: one for one in audience_files.read(Settings(data_dir=serving.parent), serving / "kpi.duckdb", PEOPLE)
    }
    assert {name: language_of(one, PEOPLE) for name, one in found.items()} == {
        "lanhai": "zh", "region_east": "en", "e001": "zh",
    }  # fmt: skip
    assert 'data-lang="en"' in (serving / "region_east" / "index.html").read_text(encoding="utf-8")
