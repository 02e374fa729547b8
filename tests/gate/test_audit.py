"""An audit: records drawn with the same chance, checked by hand, and an error rate that says how sure it is."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from pipelines.cli import audit as command
from pipelines.errors import KpiError
from pipelines.gate import audit, audit_sheet
from pipelines.keep import acts
from pipelines.settings import REPOSITORY
from tests.gate.gate_company import PHONE, Company

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品"}
DAY = dt.datetime(2026, 3, 31, 8)


@pytest.fixture
def hundred(company: Company) -> Company:
    """100 deals, of which the last is set aside; one begins like a formula."""
    company.suite(NOT_NULL)
    deals = [(f"D{n:03}", "P1", "1.50", "2026-01-01", None, PHONE) for n in range(99)]
    deals[7] = ("D007", '=HYPERLINK("http://x.example")', "1.50", "2026-01-01", None, PHONE)
    company.load("deals", [*deals, ("D099", None, "1.50", "2026-01-01", None, PHONE)])
    company.check("run1")
    return company


def drawn(company: Company, number: int, seed: int) -> list[str]:
    from pipelines.resources import open_warehouse

    with open_warehouse(company.settings) as con:
        return [one.record_id for one in audit.draw(con, company.contracts[0], "deals", number, seed)]


def worksheet(company: Company, number: int = 20, seed: int = 1, table: str = "crm.deals") -> Path:
    out = company.folder / f"{seed}.xlsx"
    command.draw(company.settings, table, number, seed, "5%", out, "yearly audit")
    return out


def fill(path: Path, answers: list[Any], fields: dict[int, str] | None = None) -> None:
    """Answers by row from the top."""
    book = openpyxl.load_workbook(path)
    sheet = book["audit"]
    place = {cell.value: cell.column for cell in sheet[1]}
    for number, answer in enumerate(answers, 2):
        sheet.cell(number, place[audit_sheet.WRONG]).value = answer
        sheet.cell(number, place[audit_sheet.FIELDS]).value = (fields or {}).get(number)
    book.save(path)


def test_the_same_seed_draws_the_same_and_another_another(hundred: Company) -> None:
    assert drawn(hundred, 20, 1) == drawn(hundred, 20, 1)
    assert drawn(hundred, 20, 1) != drawn(hundred, 20, 2)
    assert len(set(drawn(hundred, 20, 1))) == 20


def test_every_record_that_counts_can_be_drawn_and_no_other(hundred: Company) -> None:
    assert set(drawn(hundred, 1000, 3)) == {f"D{n:03}" for n in range(99)}


def test_each_record_has_the_same_chance(hundred: Company) -> None:
    times = Counter(record for seed in range(200) for record in drawn(hundred, 10, seed))
    expected = 200 * 10 / 99
    statistic = sum((times[f"D{n:03}"] - expected) ** 2 / expected for n in range(99))
    assert statistic < 140  # chi-squared with 98 degrees of freedom is above that once in 200 such tests


def test_the_worksheet_holds_nothing_personal_and_no_formula(hundred: Company) -> None:
    path = worksheet(hundred, number=99)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert '=HYPERLINK("http://x.example")' in {cell.value for cell in cells}
    assert PHONE not in {str(cell.value) for cell in cells}


def test_what_was_found_is_kept_record_by_record_and_the_latest_counts(hundred: Company) -> None:
    path = worksheet(hundred)
    fill(path, ["yes 是", "否", None, *["no"] * 17], {2: "金额，产品"})
    command.record(hundred.settings, path, "checked with the customers")
    fill(path, ["no", "no", "是", *["no"] * 17])
    command.record(hundred.settings, path, "the first was right after all")
    rows = list(audit.rows(hundred.settings))
    assert [row[8] for row in rows] == [False, False, True, *[False] * 17]
    assert {row[:2] + row[3:5] for row in rows} == {("crm", rows[0][1], "deals", None)}
    assert [act.what for act in acts.read(hundred.settings)] == [audit.DRAW, audit.RESULT, audit.RESULT]


def test_a_record_nobody_has_checked_is_open(hundred: Company) -> None:
    worksheet(hundred)
    assert {row[7:] for row in audit.rows(hundred.settings)} == {(None, None, None)}


@pytest.mark.parametrize(
    ("answers", "fields", "said"),
    [
        (["maybe"], {}, r"1\.xlsx:2: 'maybe' is neither yes nor no"),
        (["yes"], {2: "金鹅"}, r"1\.xlsx:2: no field 金鹅"),
        ([None, "no"], {2: "金额"}, r"1\.xlsx:2: fields without an answer"),
        ([], {}, "nothing is filled in"),
    ],
)
def test_a_worksheet_that_says_nothing_clear_is_refused(
    hundred: Company, answers: list[Any], fields: dict[int, str], said: str
) -> None:
    path = worksheet(hundred)
    fill(path, answers, fields)
    with pytest.raises(KpiError, match=said):
        command.record(hundred.settings, path, "")
    assert len(acts.read(hundred.settings)) == 1


def test_records_that_were_not_drawn_do_not_count(hundred: Company) -> None:
    path = worksheet(hundred)
    book = openpyxl.load_workbook(path)
    book["audit"].cell(2, 1).value = "D-made-up"
    book["audit"].cell(3, 1).value = book["audit"].cell(4, 1).value
    book.save(path)
    with pytest.raises(KpiError, match=r"1\.xlsx:4: D\d+ stands twice"):
        command.record(hundred.settings, path, "")
    book["audit"].delete_rows(3)
    book.save(path)
    with pytest.raises(KpiError, match="D-made-up was not drawn"):
        command.record(hundred.settings, path, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"table": "crm.deal"}, r"no table crm\.deal \(did you mean crm\.deals\?\)"),
        ({"table": "crm.products"}, r"raw_crm\.products has no key"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(hundred: Company, options: dict[str, Any], said: str) -> None:
    with pytest.raises(KpiError, match=said):
        worksheet(hundred, **options)
    with pytest.raises(KpiError, match="--accept 120% is no share"):
        command.draw(hundred.settings, "crm.deals", 5, 1, "120%", None, "")
    assert acts.read(hundred.settings) == []


def test_a_sample_is_drawn_once(hundred: Company) -> None:
    worksheet(hundred).unlink()
    with pytest.raises(KpiError, match="was drawn before"):
        worksheet(hundred)
    assert not (hundred.folder / "1.xlsx").exists()


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_are_the_shares_from_which_this_result_is_just_not_surprising(counts: tuple[int, int]) -> None:
    """Wilson's bounds are the roots of |found - share| = z · sqrt(share · (1 - share) / n), which needs no formula."""
    wrong, checked = counts
    macro = (REPOSITORY / "dbt_project" / "macros" / "wilson.sql").read_text(encoding="utf-8")
    sides = [f"{macro}{{{{ wilson('{wrong}', '{checked}', '{side}') }}}}" for side in ("low", "high")]
    with duckdb.connect() as con:
        low, high = (
            con.execute(f"select {Environment().from_string(side).render()}").fetchall()[0][0] for side in sides
        )
    found = wrong / checked
    assert 0 <= low <= found + 1e-9
    assert found - 1e-9 <= high <= 1
    for share in (low, high):
        assert abs(found - share) == pytest.approx(
            1.959963984540054 * math.sqrt(share * (1 - share) / checked), abs=1e-7
        )
