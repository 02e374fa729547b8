"""The shipped definitions, read once; and folders that tests may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.model import check
from pipelines.model.check import Definitions
from pipelines.settings import REPOSITORY, Settings


@pytest.fixture(scope="session")
def shipped() -> Definitions:
    return check.read_definitions(Settings())


@pytest.fixture
def definitions_folder(tmp_path: Path) -> Path:
    """A copy of the shipped kpi_definitions/."""
    return Path(shutil.copytree(REPOSITORY / "kpi_definitions", tmp_path / "kpi_definitions"))
