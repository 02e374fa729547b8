"""What every test may ask for: the shipped configuration, a run of the demo, real data, a browser.

A thing that is not there makes its tests skip and say so; what KPI_TEST_REQUIRE names (comma separated: real,
chromium) must be there, and a skip for the lack of it becomes an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.model import check
from pipelines.model.check import Definitions
from pipelines.settings import REPOSITORY, Settings
from tests.once import made_once

REQUIRED = set(filter(None, os.environ.get("KPI_TEST_REQUIRE", "").split(",")))


def lacking(what: str, why: str) -> None:
    """Skips, or fails where this run requires `what`."""
    if what in REQUIRED:
        pytest.fail(f"{why}; required by KPI_TEST_REQUIRE={','.join(sorted(REQUIRED))}")
    pytest.skip(why)


# Files that run whole companies, the longest first; else a worker begins one when the other has nothing left to do.
# (pytest-xdist itself begins with the files of most tests: those of three tests and 268 s came last.)
LONG = ("journey/", "kpis/test_catalogue", "real/", "watch/alerts/test_run", "faults/", "kpis/", "cli/", "gate/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((n for n, start in enumerate(LONG) if path.startswith(start)), len(LONG))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say what they need; nothing of the caller's environment or .env reaches them, but where the data is."""
    for name in list(os.environ):
        if name.startswith("KPI_") and name not in ("KPI_REAL_DATA", "KPI_TEST_REQUIRE"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(scope="session")
def shipped() -> Definitions:
    """The shipped definitions, read once."""
    return check.read_definitions(Settings())


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; its tests skip where it is absent."""
    folder = Settings().real_data
    if not (folder / "known_figures" / "known_figures.json").is_file():
        lacking("real", f"no real data in {folder} (KPI_REAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        lacking("chromium", "chromium is not installed")
    assert path
    return path


def kpi(*arguments: str | Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the `kpi` command as a user does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        cwd=REPOSITORY,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"kpi {arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after one `kpi run` of the demo company; read it, do not change it."""
    return made_once(tmp_path_factory, "demo_run", lambda folder: kpi("run", "--data-dir", folder))
