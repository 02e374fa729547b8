"""Folders that tests may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.settings import REPOSITORY


@pytest.fixture
def definitions_folder(tmp_path: Path) -> Path:
    """A copy of the shipped kpi_definitions/."""
    return Path(shutil.copytree(REPOSITORY / "kpi_definitions", tmp_path / "kpi_definitions"))
