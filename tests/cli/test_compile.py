"""`kpi compile` writes what the definitions say; `--check` says where the folder says something else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.settings import REPOSITORY
from tests.conftest import kpi
from tests.journey.small_company import SmallCompany


def test_compile_check_finds_the_shipped_configuration_current() -> None:
    assert "compiled files are up to date" in kpi("compile", "--check").stdout


def test_compile_writes_once_and_then_nothing(new_company: SmallCompany) -> None:
    first = kpi("compile", "--config", new_company.folder).stdout
    assert "3_kpis/measures_contracts.sql" in first
    (count,) = re.findall(r"compiled 4 KPIs; (\d+) of \1 files changed", first)
    second = kpi("compile", "--config", new_company.folder).stdout
    assert f"compiled 4 KPIs; 0 of {count} files changed" in second
    kpi("compile", "--check", "--config", new_company.folder)


def change(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "-- by hand\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("3_kpis/kpi_numbers.sql", change),
        ("1_staging/crm/stg_crm__deals.sql", Path.unlink),
        ("2_entities/left_over.sql", lambda path: path.write_text("-- One row per ghost.\nselect 1")),
    ],
    ids=["changed by hand", "missing", "left over"],
)
def test_compile_check_names_what_is_stale(company: SmallCompany, name: str, spoil) -> None:
    spoil(company.data / "compiled" / name)
    done = kpi("compile", "--check", "--config", company.folder, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"error compiled files are stale: {name}. Next: run `kpi compile` and commit"]


def test_compile_check_writes_nothing(company: SmallCompany) -> None:
    change(company.data / "compiled" / "3_kpis" / "kpi_numbers.sql")
    before = {path: path.read_bytes() for path in (company.data / "compiled").rglob("*.sql")}
    kpi("compile", "--check", "--config", company.folder, check=False)
    assert {path: path.read_bytes() for path in (company.data / "compiled").rglob("*.sql")} == before
    assert not (company.folder / "kpi_definitions" / "schema").exists()  # schemas belong to the repository alone
    assert (REPOSITORY / "kpi_definitions" / "schema").is_dir()
