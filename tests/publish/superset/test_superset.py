"""A real Superset takes the bundle twice, answers every chart, and shows each role its own rows.

It needs an environment of its own (docs/superset.md), named by KPI_TEST_SUPERSET as the path of its python.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import REPOSITORY
from tests.conftest import lacking

PYTHON = os.environ.get("KPI_TEST_SUPERSET", "")  # read here: no test sees settings of the machine
CONFIG = """
import os
SECRET_KEY = "only for this test, thrown away with its folder"
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.environ["SUPERSET_HOME"] + "/superset.db"
PREVENT_UNSAFE_DB_CONNECTIONS = False
"""
APPLY = REPOSITORY / "pipelines" / "publish" / "superset" / "apply.py"
ASK = Path(__file__).parent / "ask.py"


@pytest.fixture(scope="module")
def superset(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs something in the environment of a new, empty Superset: its last line."""
    if not PYTHON:
        lacking("superset", "no Superset (KPI_TEST_SUPERSET names the python of its environment)")
    home = tmp_path_factory.mktemp("superset_home")
    (home / "superset_config.py").write_text(CONFIG)
    places = {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(home / "superset_config.py"),
        "FLASK_APP": "superset",
    }

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [str(PYTHON), *map(str, command)], cwd=home, env=os.environ | places, capture_output=True, text=True,
            timeout=500, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return (done.stdout.strip().splitlines() or [""])[-1]

    command = "import sys; from superset.cli.main import superset; superset(sys.argv[1:])"
    run("-c", command, "db", "upgrade")
    person = ["--username", "admin", "--firstname", "a", "--lastname", "b", "--email", "a@b.c", "--password", "admin"]
    run("-c", command, "fab", "create-admin", *person)
    run("-c", command, "init")
    return run


@pytest.mark.slow
def test_a_real_superset_takes_the_bundle_twice_and_shows_each_role_its_rows(superset: Any, bundle: Path) -> None:
    counted = "1 databases, 7 datasets, 19 charts, 6 dashboards, 12 row filters, 3 roles"
    assert [superset(APPLY, bundle), superset(APPLY, bundle)] == [counted, counted]
    said = json.loads(superset(ASK))
    for person, answers in said.items():
        units = answers.pop("units")
        assert [f"{chart}: {rows}" for chart, rows in answers.items() if not isinstance(rows, int)] == [], person
        expected = {
            "boss": {"Chen Jing", "East", "Lanhai", "South", "e001", "e009"},
            "east": {"Chen Jing", "East", "e001"},
            "guest": set(),
        }
        assert set(units) <= expected[person]
    assert said["boss"]["Signed by region"] == 2
    assert said["east"]["Signed by region"] == 1
    assert said["boss"]["Deals that stand still"] == 2
    assert said["east"]["Deals that stand still"] == 1
    assert said["guest"]["Deals that stand still"] == said["guest"]["Signed by region"] == 0
