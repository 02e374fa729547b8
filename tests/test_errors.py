"""An error is one line: where, what, and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import KpiError, KpiErrors, did_you_mean, without_data


def test_error_says_place_problem_and_next_step() -> None:
    error = KpiError("column x is unknown", file="/far/away/a.yml", line=7, next_step="correct it")
    said = str(error)
    assert said.startswith("/far/away/a.yml:7: column x is unknown")
    assert said.endswith("Next: correct it")
    assert "\n" not in said


def test_error_names_a_file_as_the_reader_would_type_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(KpiError("wrong", file=tmp_path / "sources" / "crm.yml")).startswith("sources/crm.yml: wrong")
    assert str(KpiError("wrong", file=tmp_path.parent / "crm.yml")).startswith(str(tmp_path.parent))


def test_error_without_place_or_next_step_is_the_problem_alone() -> None:
    assert str(KpiError("nothing to do")).rstrip(".") == "nothing to do"


def test_errors_stand_one_below_the_other() -> None:
    errors = KpiErrors([KpiError("one", file="a.yml", line=1), KpiError("two", next_step="mend")])
    assert len(str(errors).splitlines()) == 2
    assert [error.problem for error in errors.errors] == ["one", "two"]
    assert isinstance(errors, KpiError)


def test_did_you_mean_offers_the_nearest_word_or_nothing() -> None:
    known = ["closed_at", "created_at", "amount"]
    assert did_you_mean("close_at", known) == " (did you mean closed_at?)"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("x", []) == ""


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "Runtime Error in model contracts (x.sql) Conversion Error: Could not convert string '王芳 13800138000' to DECIMAL",
            "Conversion Error; its text may hold data and is not shown",
        ),
        (
            "Constraint Error: Duplicate key id: 13800138000",
            "Constraint Error; its text may hold data and is not shown",
        ),
        (
            "Runtime Error in model a (x.sql)\n  Binder Error: no column ammount",
            "Runtime Error in model a (x.sql) Binder Error: no column ammount",
        ),
        ("Got 3 results, configured to fail if != 0", "Got 3 results, configured to fail if != 0"),
    ],
)
def test_errors_of_the_database_never_quote_a_record(message: str, shown: str) -> None:
    assert without_data(message) == shown


def test_what_may_be_said_already_keeps_its_place_and_next_step() -> None:
    hidden = without_data("Conversion Error: Could not convert string '13912345678' to DATE")
    said = str(KpiError(f"dbt model orders failed: {hidden}", file="orders.sql", next_step="mend the model"))
    assert without_data(said) == said
    assert "13912345678" not in said
