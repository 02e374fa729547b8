"""`kpi report` writes its files and says where; what cannot be is one line with a next step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.cli import report as reports
from pipelines.errors import KpiError
from pipelines.model.company import read_people
from pipelines.settings import Settings
from tests.conftest import kpi
from tests.publish.reports.served import lay_down


@pytest.fixture(scope="session")
def served_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_down(tmp_path_factory.mktemp("served") / "kpi.duckdb")


@pytest.fixture
def settings(tmp_path: Path, served_file: Path) -> Settings:
    (tmp_path / "serving").mkdir()
    shutil.copyfile(served_file, tmp_path / "serving" / "kpi.duckdb")
    return Settings(data_dir=tmp_path)


def test_report_of_the_demo_is_written_in_every_form(demo_run: Path, tmp_path: Path) -> None:
    said = kpi("report", "--period", "2026-Q1", "--audience", "region_east", "--lang", "zh", "--subject", "sales",
               "--out", tmp_path, "--data-dir", demo_run).stdout  # fmt: skip
    endings = (".html", ".mail.html", ".mail.txt", ".pdf", ".xlsx")
    assert sorted(tmp_path.rglob("*.*")) == [tmp_path / "region_east" / f"2026-Q1-sales-zh{e}" for e in endings]
    assert said.count("2026-Q1-sales-zh") == 5
    page = (tmp_path / "region_east" / "2026-Q1-sales-zh.html").read_text(encoding="utf-8")
    assert "华东大区" in page
    assert "华南" not in page


def test_without_words_it_is_the_companys_last_month_in_its_language(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.report(settings, "", "month", "sales", "", None, False)
    assert "lanhai/2026-04-sales-zh.html" in capsys.readouterr().out.replace("\n", "")


def test_the_language_is_that_of_the_people_of_the_audience() -> None:
    people = read_people(Settings().kpi_definitions)
    assert reports.language_of("region_east", people, ["en", "zh"]) == "zh"
    assert reports.language_of("company", people, ["en", "zh"]) == "en"  # they do not agree: the company's first


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"audience": "region_est"}, "no unit region_est is published (did you mean region_east?)"),
        ({"period": "2026-5"}, "2026-5 is no period"),
        ({"subject": "sale"}, "no subject sale (did you mean sales?). Next: one of finance, sales, service"),
        ({"language": "cn"}, "no language cn. Next: --lang zh or en"),
        ({"subject": "service", "audience": "r1", "period": "2030"}, "no figures of 2030 are published"),
    ],
)
def test_what_is_unknown_is_told_with_what_there_is(settings: Settings, asked: dict[str, str], said: str) -> None:
    words = {"audience": "", "period": "", "subject": "", "language": ""} | asked
    with pytest.raises(KpiError) as told:
        reports.report(settings, *words.values(), None, False)  # type: ignore[arg-type]
    assert said in str(told.value)


def test_a_subject_without_figures_is_left_out_and_the_others_are_written(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports.report(settings, "", "2026-04", "", "en", tmp_path / "out", False)
    written = {path.name for path in (tmp_path / "out" / "lanhai").iterdir()}
    assert {"2026-04-sales-en.xlsx", "2026-04-finance-en.html", "2026-04-service-en.html"} <= written
