"""The workbook of goals: what managers can change in it, what is read back, and that nothing half is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.cli.goals import export, import_, template
from pipelines.errors import KpiError, KpiErrors
from pipelines.model import check
from pipelines.model.company import Company
from pipelines.model.goal import record, workbook, workbook_save
from pipelines.model.goal.take_up import take_up
from pipelines.settings import Settings
from tests.model.goal import recorded
from tests.model.goal.served import lay_down, publish

GOALS = "kpi_definitions/goals/2026"
Change = Callable[[Worksheet], None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return lay_down(tmp_path)


def made(settings: Settings, grain: str = "month", level: str = "rep", kpis: tuple[str, ...] = ()) -> Path:
    """A template; won_amount of `=1+1` and e1 in rows 2 and 3, win_rate in 4 and 5 unless other KPIs are asked for."""
    path = settings.config / "goals.xlsx"
    template(settings, 2026, level, grain, kpis or ("won_amount", "win_rate"), path)
    return path


def change(path: Path, *changes: tuple[str, Any] | Change) -> Path:
    book = load_workbook(path)
    for one in changes:
        if callable(one):
            one(book["targets"])
        else:
            book["targets"][one[0]] = one[1]
    book.save(path)
    return path


def filled(settings: Settings) -> Path:
    return change(made(settings), ("G2", 100), ("H2", 200.25), ("G3", 1 / 3), ("R3", 0), ("G4", 0.35))


def written(settings: Settings) -> dict[str, bytes]:
    folder = settings.config / "kpi_definitions"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(settings: Settings, path: Path) -> list[str]:
    """What an import says of a workbook it refuses; and it leaves every definition as it was."""
    before = written(settings)
    with pytest.raises(KpiError) as error:
        import_(settings, path, "draft", False)
    assert written(settings) == before
    caught = error.value
    return [str(one) for one in (caught.errors if isinstance(caught, KpiErrors) else [caught])]


def rows(path: Path, sheet: str = "targets") -> list[tuple[Any, ...]]:
    return list(load_workbook(path)[sheet].iter_rows(values_only=True))


def test_a_template_has_a_row_per_kpi_and_unit_that_is_there_now(settings: Settings) -> None:
    path = made(settings)
    header, *lines = rows(path)
    assert header[:7] == ("kpi", "unit_id", "#unit", "#parent", "owner", "accumulate", "2026-01")
    assert header[-2:] == ("2026-12", "yearly")
    assert [line[:2] for line in lines] == [
        ("won_amount", "=1+1"), ("won_amount", "e1"), ("win_rate", "=1+1"), ("win_rate", "e1"),
    ]  # fmt: skip
    assert lines[1][2:6] == ("安 / Ann", "east", "vp_sales", "sum")  # in the team of today
    assert lines[2][5] == "average"
    assert all(cell is None for line in lines for cell in line[6:-1])


def test_last_year_stands_beside_it(settings: Settings) -> None:
    header, *lines = rows(made(settings), "last_year")
    assert header[6:8] == ("2025-01", "2025-02")
    assert [line[7] for line in lines] == [None, 1234.5, None, None]


def test_the_sheet_is_protected_and_only_what_is_to_be_filled_in_is_open(settings: Settings) -> None:
    book = load_workbook(made(settings))
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    assert book["lists"].sheet_state == "hidden"
    sheet = book["targets"]
    opened = {cell.column_letter for cells in sheet.iter_rows(2) for cell in cells if not cell.protection.locked}
    assert opened == {"A", "E", "F", *"GHIJKLMNOPQR"}
    assert all(cell.protection.locked for cell in sheet[1])
    assert all(cell.protection.locked for cells in book["last_year"].iter_rows() for cell in cells)
    assert sheet.freeze_panes == "G2"
    assert (sheet["G2"].number_format, sheet["G4"].number_format) == ("#,##0.00", "0.00%")
    choices = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert choices["A2:A5"].startswith("lists!$A$1:$A$")
    assert choices["G2:R5"].startswith("-1000")
    assert {cell.value for cell in book["lists"]["B"]} >= {"vp_sales", "sales_ops"}


def test_texts_stay_texts_whatever_they_begin_with(settings: Settings) -> None:
    path = filled(settings)
    sheet = load_workbook(path)["targets"]
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].quotePrefix) == ("=1+1", "s", True)
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("@SUM(1) / +1", "s")
    import_(settings, path, "draft", False)  # and =1+1 is a unit's id, no formula
    assert "\n=1+1,100,200.25," in (settings.config / GOALS / "fy26_won_amount_by_rep.csv").read_text()


def test_what_was_filled_in_becomes_goals_that_are_valid(settings: Settings) -> None:
    import_(settings, filled(settings), "approved", False)
    goals = check.read_definitions(settings).goals
    goal, _, spelled, _ = goals["fy26_won_amount_by_rep"]
    assert (goal.kpi, goal.owner, goal.accumulate, goal.state) == ("won_amount", "vp_sales", "sum", "approved")
    assert (goal.period.from_, goal.period.to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert [(row.unit_id, row.period_start, str(row.value)) for row in spelled] == [
        ("=1+1", date(2026, 1, 1), "100"), ("=1+1", date(2026, 2, 1), "200.25"),
        ("e1", date(2026, 1, 1), "0.333333"), ("e1", date(2026, 12, 1), "0"),
    ]  # fmt: skip
    assert len(goals["fy26_win_rate_by_rep"].rows) == 1


@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_what_is_exported_and_imported_again_changes_nothing(settings: Settings, grain: str) -> None:
    numbers = [
        ("G2", 100),
        ("H2", 0.1 + 0.2),
        ("G3", 12345678.91),
        ("J3", -3),
        ("I3", -1e-9),
        ("F4", "last"),
        ("G4", 0.35),
    ]
    import_(settings, change(made(settings, grain), *numbers), "approved", False)
    before = written(settings)
    unallocated = (
        "fy26_won_amount_by_rep",
        1,
        "rep",
        "east/unallocated",
        "none",
        grain,
        date(2026, 1, 1),
        "won_amount",
        5,
    )
    publish(settings, (*unallocated, "unallocated", "approved", "vp_sales"))
    again = settings.config / "again.xlsx"
    export(settings, 2026, "rep", grain, again)
    assert [line[:2] for line in rows(again)[1:]] == [
        ("win_rate", "=1+1"),
        ("won_amount", "=1+1"),
        ("won_amount", "e1"),
    ]
    import_(settings, again, "approved", False)
    assert written(settings) == before


def test_the_latest_revision_is_exported_and_of_two_goals_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ("rep", "e1", "none", "month", date(2026, 1, 1), "won_amount")
    publish(
        settings,
        ("a", 1, *row, 1, "value", "approved", "ceo"),
        ("a", 2, *row, 2, "value", "approved", "ceo"),
        ("b", 1, *row, 9, "value", "approved", "ceo"),
        ("0", 1, *row, 8, "value", "draft", "ceo"),
    )
    path = settings.config / "out.xlsx"
    export(settings, 2026, "rep", "month", path)
    assert [line[6] for line in rows(path)[1:]] == [2]
    assert "won_amount has 2 goals (a, b); taken: a" in capsys.readouterr().err


WRONG: dict[str, tuple[list[tuple[str, Any] | Change], str, list[str]]] = {
    "an unknown KPI": ([("A3", "won_amuont")], "A3", ["unknown KPI won_amuont", "did you mean won_amount?"]),
    "no KPI": ([("A3", None)], "A3", ["kpi is empty"]),
    "an unknown unit": ([("B3", "e7")], "B3", ["no rep e7 is published"]),
    "a unit of another level": ([("B3", "east")], "B3", ["no rep east is published"]),
    "an owner who is nobody": ([("E3", "vp_sale")], "E3", ["owner vp_sale is nobody", "did you mean vp_sales?"]),
    "two owners of a KPI": ([("E3", "sales_ops")], "E3", ["owner sales_ops is not vp_sales, as row 2 says"]),
    "two ways to add up": ([("F3", "last")], "F3", ["accumulate last is not sum, as row 2 says"]),
    "a rate that would be summed up": ([("F4", "sum")], "F4", ["win_rate does not grow through a period"]),
    "a way that is none": ([("F3", "total")], "F3", ["accumulate total is none of sum, average, last"]),
    "a text": ([("G3", "much")], "G3", ["'much' is not a number"]),
    "a truth": ([("G3", True)], "G3", ["'True' is not a number"]),
    "a day": ([("G3", date(2026, 1, 1))], "G3", ["is not a number"]),
    "an error": ([("G3", "#REF!")], "G3", ["is not a number"]),
    "too much": ([("G3", 1e18)], "G3", ["is not a number below 10^18"]),
    "a formula": ([("G3", "=G2*2")], "G3", ["is a formula"]),
    "a formula for a name": ([("A3", '="won_"&"amount"')], "A3", ["is a formula"]),
    "a row twice": (
        [("B3", "'"), ("B3", "=1+1"), lambda s: setattr(s["B3"], "data_type", "s")],
        "B3",
        ["row 2 already"],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_bad_row_is_told_by_its_cell_and_nothing_is_taken(settings: Settings, what: str) -> None:
    changes, place, parts = WRONG[what]
    path = change(filled(settings), *changes)
    said = refused(settings, path)
    assert f"goals.xlsx:{place[1:]}: targets!{place}: " in said[0]
    assert [part for part in parts if part not in said[0]] == [], said
    header, *lines = rows(settings.config / "goals.errors.xlsx")
    assert header[-1] == "problem"
    assert [number for number, line in enumerate(lines, 2) if line[-1]] == [int(place[1:])]
    assert parts[0] in lines[int(place[1:]) - 2][-1]


def test_another_regions_rep_is_refused_by_row(settings: Settings) -> None:
    people = yaml.safe_load((settings.config / "kpi_definitions/people.yml").read_text(encoding="utf-8"))
    for unit in ("east", "west", "company"):
        people["people"].append({"id": f"sales_{unit}", "name": unit, "unit": unit})
    (settings.config / "kpi_definitions/people.yml").write_text(yaml.safe_dump(people), encoding="utf-8")
    path = change(filled(settings), ("E2", "sales_west"), ("E3", "sales_west"))  # =1+1 was never there, e1 was
    said = refused(settings, path)
    assert len(said) == 1
    assert "targets!B2: =1+1 is not below west, the unit of its owner sales_west" in said[0]
    for owner in ("sales_east", "sales_company"):
        import_(settings, change(path, ("E2", owner), ("E3", owner)), "draft", True)


def test_a_closed_period_is_refused_by_cell_and_kept_where_it_says_the_same(settings: Settings) -> None:
    path = filled(settings)
    import_(settings, path, "approved", False)
    publish(settings)
    recorded.close(settings, date(2026, 1, 1), grain="month")
    before = written(settings)
    import_(settings, path, "approved", False)  # as it stands
    said = refused(settings, change(path, ("G2", 101), ("G3", None), ("H3", 7)))
    assert [line.split("targets!")[1].split(". Next")[0] for line in said] == [
        "G2: 2026-01 has closed, and its target stays: it is 100",
        "G3: 2026-01 has closed, and its target stays: it is 0.333333",
    ]
    assert written(settings) == before
    import_(settings, change(path, ("G2", 100), ("G3", 0.333333)), "approved", True)
    assert written(settings) != before  # February is open


def test_an_imported_goal_is_in_force_at_once_where_that_is_for_whoever_imports_it_to_say(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(settings)
    import_(settings, path, "approved", False)
    assert record.read(settings) == {}  # the first run takes what the files say
    now = datetime(2026, 3, 31)
    take_up(settings, check.read_definitions(settings), date(2026, 3, 31), now)
    settings.user = "sales_ops"
    import_(settings, change(path, ("G2", 101)), "approved", True)
    assert "sales_ops may not approve it" in capsys.readouterr().out
    settings.user = "vp_sales"
    import_(settings, change(path, ("G2", 102)), "approved", True)
    first, last = record.read(settings)["fy26_won_amount_by_rep"]
    assert (first.recorded_by, last.recorded_by, last.reason) == (None, "vp_sales", "kpi goals import")


def test_every_bad_row_is_told_and_the_corrected_copy_is_taken(settings: Settings) -> None:
    said = refused(settings, change(filled(settings), ("A2", "won"), ("G3", "=1"), ("E4", "nobody")))
    assert len(said) == 3
    copy = settings.config / "goals.errors.xlsx"
    assert load_workbook(copy)["targets"]["T3"].font.color.rgb == "00C00000"
    assert refused(settings, change(copy, ("A2", "won_amount"), ("E4", "vp_sales")))[0].startswith(str(copy))
    assert [line[-1] for line in rows(copy)[1:]] == [None, "G3: is a formula: paste its value", None, None]
    import_(settings, change(copy, ("G3", 1)), "draft", False)
    assert not (settings.config / "goals.errors.errors.xlsx").exists()


def test_a_workbook_that_is_none_or_lost_a_column_is_refused(settings: Settings) -> None:
    path = settings.config / "goals.xlsx"
    assert "no such file" in refused(settings, path)[0]
    path.write_bytes(b"not a workbook")
    assert "not an Excel workbook" in refused(settings, path)[0]
    with ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing")
    assert "goals.xlsx: " in refused(settings, path)[0]
    Workbook().save(path)
    assert "has no sheet targets" in refused(settings, path)[0]
    path.unlink()
    said = refused(settings, change(filled(settings), ("H1", "2026-01"), ("I1", "2026-13"), ("B1", None)))
    assert [line.split("targets: ")[1].split(" (")[0].split(". ")[0] for line in said] == [
        "column 2026-01 stands twice", "unknown column 2026-13", "column unit_id is missing",
        "column 2026-02 is missing", "column 2026-03 is missing",
    ]  # fmt: skip
    path.unlink()
    assert "holds no number" in refused(settings, made(settings))[0]


def test_a_goal_that_says_otherwise_is_replaced_only_when_told_to(settings: Settings) -> None:
    path = filled(settings)
    import_(settings, path, "draft", False)
    import_(settings, path, "draft", False)  # the same again is nothing
    change(path, ("G2", 101))
    book = load_workbook(path)
    book["about"]["B2"] = "reps"
    book.save(settings.config / "about.xlsx")
    assert "sheet about: goals have no level reps" in refused(settings, settings.config / "about.xlsx")[0]
    (said,) = refused(settings, path)
    assert "fy26_won_amount_by_rep.csv: is there already and says otherwise" in said
    import_(settings, path, "draft", True)
    assert "\n=1+1,101," in (settings.config / GOALS / "fy26_won_amount_by_rep.csv").read_text()


def test_what_does_not_validate_leaves_everything_as_it_was(settings: Settings) -> None:
    path = filled(settings)
    other = settings.config / "kpi_definitions/goals/2025/fy26_win_rate_by_rep.yml"
    import_(settings, path, "draft", False)
    other.parent.mkdir()
    (settings.config / GOALS / "fy26_win_rate_by_rep.yml").rename(other)
    (settings.config / GOALS / "fy26_win_rate_by_rep.csv").rename(other.with_suffix(".csv"))
    (said,) = refused(settings, path)  # the id would stand twice
    assert "is also defined in" in said


def test_a_write_that_fails_halfway_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").touch()
    files = {tmp_path / "there": "new", tmp_path / "goals" / "a": "new", tmp_path / "folder": "no file can be here"}
    with pytest.raises(KpiError, match="cannot be written"):
        workbook_save.save(files, lambda: None)
    assert (tmp_path / "there").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "there"]


def test_months_of_weeks_are_called_by_their_calendar_month(settings: Settings) -> None:
    company = settings.config / "kpi_definitions" / "company.yml"
    company.write_text(company.read_text(encoding="utf-8") + "calendar: '445'\n", encoding="utf-8")
    publish(
        settings,
        ("a", 1, "rep", "e1", "none", "month", date(2025, 12, 29), "won_amount", 7, "value", "approved", "ceo"),
        ("a", 1, "rep", "e1", "none", "month", date(2026, 12, 28), "won_amount", 8, "value", "approved", "ceo"),
    )
    path = settings.config / "out.xlsx"
    export(settings, None, "rep", "month", path)
    header, line = rows(path)
    assert (header[6], line[6:18]) == ("2026-01", (7, *(None,) * 11))


def test_quarters_of_a_year_that_begins_in_april_are_named_by_their_day() -> None:
    said = {"name": {"zh": "a", "en": "a"}, "currency": "CNY", "time_zone": "Asia/Shanghai", "fiscal_year_start": 4}
    company = Company.model_validate(said)
    names = [slot.name for slot in workbook.slots(company, workbook.asked(2026, "rep", "quarter"))]
    assert names == ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"]
