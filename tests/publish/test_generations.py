"""What was published is kept, the newest few, and each can be served again byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import KpiError
from pipelines.keep import acts
from pipelines.publish import generations
from pipelines.publish.rollback import roll_back
from pipelines.publish.served import current_generation
from pipelines.publish.serving import publish
from pipelines.settings import Settings
from tests.conftest import kpi

from .conftest import AS_OF, NOW, RUN

Change = Callable[..., None]


def published(settings: Settings, keep: int = 7) -> Path:
    return publish(settings, RUN, AS_OF, NOW, "abc", keep=keep).path


def rows(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute("select count(*) from published.kpi_values").fetchall()[0][0]


def test_each_publication_is_kept_as_it_was_and_says_what_it_is(settings: Settings) -> None:
    path = published(settings)
    about, kept = generations.verified(settings.serving, 1)
    assert kept.read_bytes() == path.read_bytes()
    assert not kept.samefile(path), "a tool that writes into the served file must not change what is kept"
    assert (about.number, about.run_id, about.as_of, about.published_at) == (1, RUN, AS_OF, NOW)
    assert about.rows > rows(path)


def test_the_newest_are_kept_and_the_served_one_always(settings: Settings) -> None:
    for _ in range(4):
        published(settings, keep=2)
    assert [one.number for one in generations.kept(settings.serving)] == [4, 3]
    roll_back(settings, 3)
    for number in (5, 6, 7):
        assert publish(settings, RUN, AS_OF, NOW, "abc", keep=2).generation == number
    assert [one.number for one in generations.kept(settings.serving)] == [7, 6]


def test_a_generation_taken_back_is_served_byte_for_byte_and_its_number_not_given_again(
    settings: Settings, change: Change
) -> None:
    path = published(settings)
    before = path.read_bytes()
    change("delete from published.kpi_values where kpi_id = 'csat_pct'")
    assert rows(published(settings)) == 2800
    roll_back(settings, 1)
    assert path.read_bytes() == before
    assert current_generation(settings.serving) == 1
    assert publish(settings, RUN, AS_OF, NOW, "abc").generation == 3


def test_a_generation_that_was_changed_is_refused_and_what_is_served_stays(settings: Settings) -> None:
    path = published(settings)
    published(settings)
    before = path.read_bytes()
    kept = settings.serving / "generations" / "1" / "kpi.duckdb"
    body = bytearray(kept.read_bytes())
    body[len(body) // 2] ^= 1
    kept.write_bytes(body)
    with pytest.raises(KpiError, match="is not what was published"):
        roll_back(settings, 1)
    with pytest.raises(KpiError, match=r"generation 9 is not kept.*there is 2, 1"):
        roll_back(settings, 9)
    assert path.read_bytes() == before


def test_what_a_killed_publisher_left_is_no_generation(settings: Settings) -> None:
    published(settings)
    half = settings.serving / "generations" / ".2.next"
    half.mkdir()
    (half / "kpi.duckdb").write_text("half a file")
    unserved = settings.serving / "generations" / "2"
    shutil.copytree(settings.serving / "generations" / "1", unserved)
    (unserved / "about.json").write_text("{")
    assert publish(settings, RUN, AS_OF, NOW, "abc").generation == 3
    assert [one.number for one in generations.kept(settings.serving)] == [3, 1]
    assert not half.exists()


def test_the_command_lists_generations_and_takes_one_back_with_name_and_reason(settings: Settings) -> None:
    published(settings)
    published(settings)
    data = ("--data-dir", settings.data)
    listed = kpi("rollback", *data).stdout
    assert "2026-06-17" in listed
    assert "served" in next(line for line in listed.splitlines() if line.strip().startswith("2 "))
    refused = kpi("rollback", "--to", "1", *data, check=False)
    assert refused.returncode == 1
    assert "needs a reason" in refused.stderr
    said = kpi("rollback", "--to", "1", "--reason", "orders counted twice", *data, KPI_USER="data_crm").stdout
    assert "generation 1 is served again" in said
    assert current_generation(settings.serving) == 1
    (act,) = acts.read(settings, "rollback")
    assert (act.who, act.subject, act.why) == ("data_crm", "1", "orders counted twice")
    for made in (
        "region_east/kpi.duckdb",
        "region_east/index.html",
        "csv/units.csv",
        "parquet/units.parquet",
        "index.html",
    ):
        assert (settings.serving / made).is_file(), made
