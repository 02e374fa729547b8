"""A row that somebody lets out counts again, until it comes otherwise; and it is known who let it out."""

from __future__ import annotations

import pytest

from pipelines.cli import quarantine
from pipelines.cli.console import console
from pipelines.errors import KpiError
from pipelines.gate.releases import RELEASE
from pipelines.keep import acts
from tests.gate.gate_company import GOOD, PHONE, Company

NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "产品"}
POSITIVE = {"type": "expect_column_values_to_be_between", "column": "金额", "min_value": 1}
WITHOUT_PRODUCT = ("D4", None, "400.00", "2026-01-04", None, PHONE)
WITHOUT_BOTH = ("D5", None, "0.00", "2026-01-05", None, PHONE)
HELD = "select _row_number, rule from quarantine_crm.deals order by all"
RESULTS = (
    "select check_name, status, failed_rows from gate.results where run_id = '{}' and table_name = 'raw_crm.deals'"
)


@pytest.fixture
def held(company: Company) -> Company:
    """Rows 4 and 5 lack a product, row 5 a price too."""
    company.suite(NOT_NULL, POSITIVE)
    company.load("deals", [*GOOD, WITHOUT_PRODUCT, WITHOUT_BOTH])
    company.check("run1")
    return company


def release(company: Company, *rows: str, rule: str = "", every: bool = False, reason: str = "checked") -> None:
    quarantine.release(company.settings, "crm.deals", rows, rule, every, reason)


def test_a_released_row_is_out_of_quarantine_from_the_next_check_on(held: Company) -> None:
    release(held, "b1:4")
    assert held.query(HELD) == [(4, "not_be_null(产品)"), (5, "be_between(金额)"), (5, "not_be_null(产品)")]
    for run_id in ("run2", "run3"):  # the second of them without another look
        verdict = held.check(run_id)["raw_crm.deals"]
        assert (verdict.verdict, verdict.quarantined_rows, verdict.reused) == ("warn", 1, run_id == "run3")
        assert held.query(HELD) == [(5, "be_between(金额)"), (5, "not_be_null(产品)")]
        assert ("not_be_null(产品)", "fail", 1) in held.query(RESULTS.format(run_id))


def test_a_row_stays_as_long_as_it_breaks_another_rule(held: Company) -> None:
    release(held, rule="not_be_null(产品)", every=True)
    verdict = held.check("run2")["raw_crm.deals"]
    assert held.query(HELD) == [(5, "be_between(金额)")]
    assert (verdict.verdict, verdict.failed_rules, verdict.quarantined_rows) == ("warn", 1, 1)
    assert ("not_be_null(产品)", "pass", 0) in held.query(RESULTS.format("run2"))


def test_the_same_fault_in_a_later_delivery_is_held_again(held: Company) -> None:
    release(held, "b1:4", "b1:5")
    assert held.check("run2")["raw_crm.deals"].verdict == "pass"
    held.load("deals", [*GOOD, WITHOUT_PRODUCT], batch="b2")
    assert held.check("run3")["raw_crm.deals"].quarantined_rows == 1


def test_a_release_is_kept_with_its_reason(held: Company) -> None:
    release(held, "b1:4", reason="sold without a product")
    (act,) = acts.read(held.settings, RELEASE)
    assert (act.subject, act.why) == ("crm.deals", "sold without a product")
    assert act.detail == {"rows": [["b1", 4, "not_be_null(产品)"]]}


def test_a_row_that_stays_keeps_the_time_of_its_coming(held: Company) -> None:
    since = held.query("select min(set_aside_at) from quarantine_crm.deals where _row_number = 5")
    held.suite(NOT_NULL, POSITIVE, {"type": "expect_column_values_to_be_unique", "column": "商机编号"})
    held.check("run2")
    assert held.query("select distinct set_aside_at from quarantine_crm.deals where _row_number = 5") == since


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (["b1:9"], {}, r"no such row in quarantine: b1:9 \(did you mean b1:[45]\?\)"),
        (["b1:4"], {"reason": " "}, "a release needs a reason"),
        ([], {}, "name the rows, or all of one rule"),
        ([], {"every": True}, "name the rows, or all of one rule"),
        (
            ["b1:4"],
            {"rule": "not_be_nul(产品)"},
            r"no row breaks not_be_nul\(产品\) \(did you mean not_be_null\(产品\)\?\)",
        ),
    ],
)
def test_a_release_of_nothing_is_refused(held: Company, rows: list[str], options: dict[str, object], said: str) -> None:
    with pytest.raises(KpiError, match=said):
        release(held, *rows, **options)  # type: ignore[arg-type]
    assert acts.read(held.settings, RELEASE) == []


def test_a_record_that_could_not_be_read_cannot_be_let_out(held: Company) -> None:
    held.query(
        "insert into quarantine_crm.deals (_batch_id, _row_number, stage, rule, reason_en, set_aside_at)"
        " values ('b1', 9, 'load', 'type', 'column 金额 is not decimal(18,2)', now()) returning 1"
    )
    with pytest.raises(KpiError, match=r"b1:9 could not be read.*金额.*Next: correct it in the source"):
        release(held, "b1:9")


def test_list_and_show_name_rule_owner_and_kpis_and_nothing_personal(
    held: Company, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    console.cache_clear()  # its width is that of the first call
    quarantine.list_held(held.settings, "zh")
    quarantine.show(held.settings, "crm.deals", "", 2, "en")
    said = capsys.readouterr().out
    for part in (
        "crm.deals",
        "not_be_null(产品)",
        "sales_ops",
        "won_amount",
        "因为",
        "b1:4",
        "deals.csv, record 4",
        "1 more",
    ):
        assert part in said
    assert PHONE not in said


def test_nothing_held_is_said(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    company.load("deals", GOOD)
    quarantine.list_held(company.settings, "en")
    assert capsys.readouterr().out.strip() == "nothing is set aside"
    with pytest.raises(KpiError, match=r"nothing is set aside of crm\.deals"):
        quarantine.show(company.settings, "crm.deals", "", 20, "en")
