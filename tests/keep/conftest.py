"""A small company that has run: a working file, landing, closes, acts, alerts, Dagster's files, a key; and its backup."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.keep import acts
from pipelines.keep.backup.make import back_up
from pipelines.settings import Settings
from tests.publish.conftest import fill

NOW = dt.datetime(2026, 6, 18, 3, 0, tzinfo=dt.UTC)
KEY = "0123456789abcdef0123456789abcdef"
LANDED = {
    "crm/deals/0a1b": b"deals " * 400,
    "crm/deals/2c3d": b"more deals " * 300,
    "erp/orders/4e5f": b"orders " * 500,
}


def company(folder: Path) -> Settings:
    """Writes the company into a folder; nothing of it needs a run."""
    files = {
        "sources/crm.yml": b"system: crm\n",
        "kpi_definitions/company.yml": b"name: {zh: x, en: X}\ncurrency: CNY\ntime_zone: Asia/Shanghai\nbackup: {daily: 1, weekly: 0, monthly: 0, after_run: true}\n",
        "kpi_definitions/goals/won.yml": b"id: won\n",
        "expectations/raw_crm/deals.yml": b"expectations: []\n",
        "data/closes/closing_since": b"2026-06-01\n",
        "data/closes/run_1.parquet": b"closed figures",
        "data/dagster/dagster.yaml": b"telemetry: {enabled: false}\n",
        "data/pseudonym.key": f"{KEY}\n".encode(),
        "data/dbt/manifest.json": b"made again by the next run",
        **{f"data/landing/{name}.parquet": body for name, body in LANDED.items()},
    }
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    settings = Settings(config=folder, user="an_li", threads=1)
    fill(settings.warehouse)
    acts.record(settings, "goal", "won", "agreed in June", {"state": "approved"}, NOW)
    acts.record(settings, "release", "crm.deals", "looked at", {"row": 7}, NOW)
    for path in (settings.data / "alerts.sqlite", settings.dagster_home / "history" / "runs.db"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as con, con:
            con.execute("pragma journal_mode = wal")
            con.execute("create table said (text)")
            con.execute("insert into said values ('whole')")
    return settings


@pytest.fixture(scope="session")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "company"
    company(folder)
    return folder


@pytest.fixture
def kept(_whole: Path, tmp_path: Path) -> Settings:
    """The company, to be changed at will."""
    return Settings(config=Path(shutil.copytree(_whole, tmp_path / "company")), user="an_li", threads=1)


@pytest.fixture(scope="session")
def _one_backup(_whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return back_up(Settings(config=_whole, threads=1), tmp_path_factory.mktemp("backups"), NOW)


@pytest.fixture
def backup(_one_backup: Path, tmp_path: Path) -> Path:
    """A backup of the company, to be damaged at will."""
    return Path(shutil.copytree(_one_backup, tmp_path / "backups" / _one_backup.name))
