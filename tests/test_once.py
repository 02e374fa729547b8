"""A costly folder is made once, whoever asks meanwhile waits, and one that could not be made is made anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import REPOSITORY
from tests.once import made_once

WORKER = """
import pathlib, sys, time
from tests.once import made_once
class Factory:
    def getbasetemp(self): return pathlib.Path(sys.argv[1])
def make(folder):
    time.sleep(0.5)
    (folder / str(time.time_ns())).touch()
print(len(list(made_once(Factory(), "costly", make).iterdir())))
"""


def test_workers_that_ask_at_once_get_one_folder_made_once(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path / name)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTEST_XDIST_WORKER": name},
        )
        for name in ("gw0", "gw1", "gw2")
    ]  # fmt: skip
    assert [worker.communicate()[0] for worker in workers] == ["1\n"] * 3
    assert len(list((tmp_path / "costly").iterdir())) == 1


def test_a_folder_that_could_not_be_made_is_made_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise AssertionError("the run ended with 1")

    with pytest.raises(AssertionError, match="ended with 1"):
        made_once(tmp_path_factory, "fails_at_first", fails)
    folder = made_once(tmp_path_factory, "fails_at_first", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
