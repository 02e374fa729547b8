"""`kpi doctor` says of each thing whether it is fit for a run, and what to mend."""

from __future__ import annotations

from tests.conftest import kpi
from tests.journey.small_company import SmallCompany

EXAMINED = ["python", "packages", "definitions", "compiled SQL", "data folder", "warehouse", "published"]


def findings(said: str) -> dict[str, str]:
    """ok or mend by what was looked at."""
    lines = [line.split(":", 1)[0].split(maxsplit=1) for line in said.splitlines() if line.startswith(("ok ", "mend "))]
    return {what: outcome for outcome, what in lines}


def test_doctor_finds_a_company_after_a_run_fit(company: SmallCompany) -> None:
    done = kpi("doctor", "--config", company.folder)
    assert findings(done.stdout) == dict.fromkeys(EXAMINED, "ok")
    assert "2 sources, 4 KPIs, 1 goals" in done.stdout
    assert "3 deliveries" in done.stdout
    assert "generation 1, as of 2026-03-31" in done.stdout


def test_doctor_finds_a_company_before_its_first_run_fit(new_company: SmallCompany) -> None:
    done = kpi("doctor", "--config", new_company.folder)
    assert findings(done.stdout) == dict.fromkeys(EXAMINED, "ok")
    assert "none yet; `kpi run` makes it" in done.stdout


def test_doctor_says_what_to_mend_and_ends_red(company: SmallCompany) -> None:
    (company.data / "warehouse" / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    company.write("kpi_definitions/people.yml", {"people": [{"id": "somebody_else", "name": "x"}]})
    done = kpi("doctor", "--config", company.folder, check=False)
    assert done.returncode == 1
    unfit = {what for what, outcome in findings(done.stdout).items() if outcome == "mend"}
    assert unfit >= {"definitions", "warehouse"}
    assert "would stop a run" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
