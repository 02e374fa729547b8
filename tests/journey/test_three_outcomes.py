"""What a failed check does to the numbers people read: the three outcomes, through the `kpi` command alone."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.keep import acts
from pipelines.model import check
from pipelines.model.compiler import folder
from pipelines.settings import load
from tests.journey.small_company import CONTRACTS, DEALS, NOT_EMPTY, ORDERS, SmallCompany

GOOD = {
    "won_amount": (40000.0, "ok", "ok"),
    "new_customers": (40.0, "ok", "ok"),
    "win_rate": (0.6, "ok", "ok"),
    "avg_order_value": (50.0, "ok", "ok"),
}
LOST_DEALS = [deal | {"阶段": "输单"} for deal in DEALS]
ABROAD = {"合同编号": "C99", "客户": "K99", "负责人": "e1", "签订日期": "2026-03-03", "金额": "7.00"}


def without_owner(count: int) -> list[dict[str, str]]:
    """The contracts, the first `count` of them without an owner."""
    return [row | {"负责人": ""} if n < count else row for n, row in enumerate(CONTRACTS)]


def test_a_good_run_publishes_every_kpi(company: SmallCompany) -> None:
    assert company.figures() == GOOD
    assert company.generation == 1
    assert {company.verdict(table) for table in ("crm.deals", "crm.contracts", "erp.orders")} == {"pass"}


def test_a_run_leaves_what_people_and_the_compiler_wrote_as_it_was(company: SmallCompany, tmp_path: Path) -> None:
    # dbt writes the SQL it ran beside its target; once that was over the models themselves.
    assert company.written_by_people() == SmallCompany(tmp_path).lay_down().written_by_people()
    settings = load(company.folder)
    assert folder.differences(check.read_definitions(settings).compiled, settings.compiled) == []


def test_row_rule_sets_rows_aside_and_computes_without_them(company: SmallCompany) -> None:
    company.deliver("contracts", without_owner(2))  # 2 of 40: exactly block_above, not above it
    done = company.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert company.verdict("crm.contracts") == "warn"
    assert company.figures() == GOOD | {
        "won_amount": (38000.0, "ok", "warn"),
        "new_customers": (38.0, "ok", "warn"),
    }
    held = company.working("select _row_number, stage, rule, column_name from quarantine_crm.contracts order by 1")
    assert held == [(1, "rule", "not_be_null(负责人)", "负责人"), (2, "rule", "not_be_null(负责人)", "负责人")]
    assert company.working("select count(*) from raw_crm.contracts") == [(40,)]  # a row that breaks a rule stays in raw
    failed = company.query("select failed_rows, owner from published.quality_results where status = 'fail'")
    assert failed == [(2, "sales_ops")]
    notices = (company.data / "reports" / "notices.md").read_text(encoding="utf-8")
    assert "sales_ops" in notices
    assert "contracts" in notices


def test_what_is_held_back_says_what_it_would_change_until_it_is_mended(company: SmallCompany) -> None:
    effect = (
        "select kpi_id, grain, value, value_with_held, difference, held_rows, unread_rows, tables"
        " from published.quarantine_effect where grain <> 'year' order by all"
    )
    assert company.query(effect) == []
    unread = CONTRACTS[-1] | {"合同编号": "C41", "金额": "a lot"}
    company.deliver("contracts", [*CONTRACTS, unread])
    assert company.run().returncode == 0
    table = "raw_crm.contracts"
    assert company.query(effect) == [
        (kpi, grain, value, value, 0, 0, 1, table)  # what a record would change that cannot be read, nobody can say
        for kpi, value in (("new_customers", 40), ("won_amount", 40000))
        for grain in ("month", "quarter")
    ]
    company.deliver("contracts", [*without_owner(1), unread])
    company.run()
    assert company.query(effect) == [
        (kpi, grain, value, with_held, with_held - value, 1, 1, table)
        for kpi, value, with_held in (("new_customers", 39, 40), ("won_amount", 39000, 40000))
        for grain in ("month", "quarter")
    ]
    company.deliver("contracts", without_owner(3))  # blocked: last good values, with which today's cannot be compared
    company.run()
    assert company.query(effect) == []
    company.deliver("contracts", CONTRACTS)
    company.run()
    assert (company.query(effect), company.figures()) == ([], GOOD)


def test_what_is_held_back_is_not_computed_again_until_something_changed(company: SmallCompany) -> None:
    effect = "select difference from published.quarantine_effect where kpi_id = 'won_amount' and grain = 'month' order by all"
    company.deliver("contracts", without_owner(1))
    company.run()
    assert company.query(effect) == [(1000,)]
    with duckdb.connect(str(load(company.folder).warehouse)) as con:
        con.execute("update gate.quarantine_effect set value_with_held = value + 42")  # to see where a run leaves it
    company.run()
    assert company.query(effect) == [(42,)]
    company.deliver("deals", LOST_DEALS)
    company.run()
    assert company.query(effect) == [(1000,)]


def test_a_single_record_that_cannot_be_read_is_set_aside_and_stops_nothing(company: SmallCompany) -> None:
    company.deliver("contracts", [*CONTRACTS, CONTRACTS[-1] | {"合同编号": "C41", "金额": "a lot"}])
    done = company.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert company.figures() == GOOD | {"won_amount": (40000.0, "ok", "warn"), "new_customers": (40.0, "ok", "warn")}
    effect = "select distinct kpi_id, value, value_with_held, held_rows, unread_rows from published.quarantine_effect where grain <> 'year'"
    assert sorted(company.query(effect)) == [("new_customers", 40, 40, 0, 1), ("won_amount", 40000, 40000, 0, 1)]


def test_a_new_column_is_told_and_the_rest_of_the_delivery_used(company: SmallCompany) -> None:
    company.deliver("contracts", [row | {"备注": "x", "折扣": "0"} for row in CONTRACTS])
    done = company.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert company.verdict("crm.contracts") == "warn"
    assert company.figures()["won_amount"] == (40000.0, "ok", "warn")
    told = company.query(
        "select \"check\", severity, why_en from published.quality_results where status = 'fail' order by 1"
    )
    assert told == [
        ("delivery_added(备注)", "warning", "unexpected '备注'"),
        ("delivery_added(折扣)", "warning", "unexpected '折扣'"),
    ]
    company.run()  # nothing new came: nothing is odd any more
    assert company.verdict("crm.contracts") == "pass"


def test_held_back_delivery_blocks_until_somebody_allows_it_and_says_why(company: SmallCompany) -> None:
    company.deliver("contracts", [row | {"合同编号": f"{row['合同编号']}-{n}"} for n in range(3) for row in CONTRACTS])
    company.run()
    company.deliver("contracts", CONTRACTS[:11])
    done = company.run()
    assert done.returncode == 1
    assert "11 records where 120 are usual" in done.stderr
    assert "--accept-empty crm.contracts" in done.stderr
    assert company.verdict("crm.contracts") == "block"
    assert company.figures()["won_amount"] == (120000.0, "ok", "blocked")
    assert company.working("select count(*) from raw_crm.contracts") == [(120,)]

    unsaid = company.run("--accept-empty", "crm.contracts")
    assert (unsaid.returncode, "needs a reason" in unsaid.stderr) == (1, True)
    wrong = company.run("--accept-empty", "crm.contract", "--reason", "x")
    assert (wrong.returncode, "did you mean crm.contracts?" in wrong.stderr) == (1, True)

    done = company.run("--accept-empty", "crm.contracts", "--reason", "a branch was sold")
    assert (done.returncode, done.stderr) == (0, "")
    assert company.verdict("crm.contracts") == "pass"
    assert company.figures()["won_amount"] == (11000.0, "ok", "ok")
    settings = load(company.folder)
    assert [(act.subject, act.why) for act in acts.read(settings, "accept_empty")] == [
        ("crm.contracts", "a branch was sold")
    ]
    said = company.query("select what, subject, why from published.acts where what <> 'goal'")
    assert said == [("accept_empty", "crm.contracts", "a branch was sold")]


def test_too_many_rows_aside_block_the_table(company: SmallCompany) -> None:
    company.deliver("contracts", without_owner(3))  # 7.5 % of the rows, block_above is 5 %
    done = company.run()
    assert done.returncode == 1
    assert company.verdict("crm.contracts") == "block"
    assert company.figures() == GOOD | {
        "won_amount": (40000.0, "ok", "blocked"),
        "new_customers": (40.0, "ok", "blocked"),
    }


def test_table_rule_keeps_the_last_good_value_and_the_others_move_on(company: SmallCompany) -> None:
    company.deliver("contracts", [ABROAD])
    company.deliver("deals", LOST_DEALS)
    done = company.run()

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line] == [
        line for line in done.stderr.splitlines() if line.startswith("error ") and "raw_crm.contracts" in line
    ]
    assert company.generation == 2  # red, but after publishing
    assert company.verdict("crm.contracts") == "block"
    assert company.figures() == {
        "won_amount": (40000.0, "ok", "blocked"),
        "new_customers": (40.0, "ok", "blocked"),
        "win_rate": (0.0, "ok", "ok"),
        "avg_order_value": (50.0, "ok", "ok"),
    }
    goal = company.query("select actual, status, quality from published.goal_attainment where goal_id = 'march_signed'")
    assert goal == [(40000, "blocked", "blocked")]
    assert company.working("select count(*), sum(amount) from entities.contracts") == [(40, 40000)]

    company.deliver("contracts", [*CONTRACTS, ABROAD])
    done = company.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert company.generation == 3
    assert company.figures() == GOOD | {
        "won_amount": (40007.0, "ok", "ok"),
        "new_customers": (41.0, "ok", "ok"),
        "win_rate": (0.0, "ok", "ok"),
    }


def test_a_first_run_with_a_blocked_table_publishes_that_nothing_is_known(new_company: SmallCompany) -> None:
    new_company.deliver("contracts", [ABROAD])
    done = new_company.run()
    assert done.returncode == 1
    assert new_company.generation == 1
    assert new_company.figures() == GOOD | {
        "won_amount": (None, "no_data", "blocked"),
        "new_customers": (None, "no_data", "blocked"),
    }


def test_publication_rule_conservation_swaps_nothing(company: SmallCompany) -> None:
    before = company.served.read_bytes()
    company.working("update loads.ledger set source_rows = source_rows + 1 where table_name = 'deals'")
    company.deliver("orders", ORDERS[1:])
    refused(company, before, "raw_crm.deals")


def test_publication_rule_grain_swaps_nothing(company: SmallCompany) -> None:
    before = company.served.read_bytes()
    company.deliver("deals", [*DEALS, DEALS[0]])  # the contract names no key, so both are loaded
    refused(company, before, "one_row_per_deals")


def test_publication_rule_of_a_published_suite_swaps_nothing(company: SmallCompany) -> None:
    before = company.served.read_bytes()
    company.suite("published/kpi_values", NOT_EMPTY | {"min_value": 1_000_000})
    refused(company, before, "published.kpi_values")


def refused(company: SmallCompany, before: bytes, named: str) -> None:
    """The run ends red with one clear line that names the culprit, and what was served is served still."""
    done = company.run()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error ")
    assert named in line
    assert "Next: " in line
    assert "Traceback" not in done.stdout
    assert company.served.read_bytes() == before
    assert company.figures() == GOOD
