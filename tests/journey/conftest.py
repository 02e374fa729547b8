"""One good run of the small company, made once; each test gets it back as it was."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.journey.small_company import SmallCompany


@cache
def _ran_well(base: Path) -> tuple[SmallCompany, Path]:
    company = SmallCompany(base / "small_company").lay_down()
    done = company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    kept = base / "small_company_as_it_was"
    shutil.copytree(company.folder, kept)
    return company, kept


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """The small company after one good run: configuration, sources and everything that run made.

    Always at the same place, so that nothing has to be parsed again.
    """
    found, kept = _ran_well(tmp_path_factory.getbasetemp())
    shutil.rmtree(found.folder)
    shutil.copytree(kept, found.folder)
    return found


@pytest.fixture
def new_company(tmp_path: Path) -> SmallCompany:
    """The small company before its first run."""
    return SmallCompany(tmp_path / "new_company").lay_down()
