"""Backup, loss of everything, restore, and the next run: nothing is loaded again, every figure is what it was (test 20)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.keep import acts
from pipelines.keep.backup import make, manifest
from pipelines.publish.content_hash import content_hashes
from pipelines.resources import open_warehouse
from pipelines.settings import Settings
from tests.conftest import kpi

pytestmark = pytest.mark.faults

RTO = 300  # seconds, of the demo on a machine that has other work
FIGURES = ("kpi_values", "goal_attainment", "goal_targets", "scorecards", "reconciliations", "units", "closes")


def published(data: Path) -> dict[str, str]:
    with open_warehouse(Settings(data_dir=data), read_only=True) as con:
        return content_hashes(con, "published")


def test_everything_lost_comes_back_and_the_next_run_goes_on(demo_run: Path, tmp_path: Path) -> None:
    data, backups = tmp_path / "data", tmp_path / "backups"
    shutil.copytree(demo_run, data)
    before = published(data)

    said = kpi("backup", "drill", "--to", backups, "--data-dir", data).stdout
    assert "tables say what they said" in said
    (drilled,) = acts.read(Settings(data_dir=data), "backup_drill")
    assert drilled.detail["outcome"] == "ok"
    assert drilled.detail["restore_seconds"] < RTO
    place = backups / drilled.subject
    assert manifest.read(place).published == before

    shutil.rmtree(data)
    kpi("restore", place, "--to", tmp_path / "again", "--verify")
    shutil.move(tmp_path / "again" / "data", data)
    shutil.copytree(demo_run / "demo", data / "demo")  # the source systems were not lost
    assert published(data) == before

    done = kpi("run", "--data-dir", data).stdout
    assert "records loaded" not in done
    after = published(data)
    assert {table: after[table] for table in FIGURES} == {table: before[table] for table in FIGURES}
    assert make.existing(backups) == [place]
