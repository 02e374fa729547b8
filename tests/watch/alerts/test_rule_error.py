"""A rule that cannot be evaluated is our error: the run fails, no data is blamed, and the steward hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.settings import load
from pipelines.watch.alerts import record
from tests.journey.small_company import NOT_EMPTY, SmallCompany

QUERY = {"type": "unexpected_rows_expectation", "level": "row", "severity": "critical"}
NO_COLUMN = QUERY | {
    "name": "is_paid", "unexpected_rows_query": "select _batch_id, _row_number from {batch} where not paid_up"
}  # fmt: skip
NO_NUMBER = QUERY | {
    "name": "customer_is_a_number",
    "severity": "info",  # nobody is told when it fails; that it could not be run is another matter
    "unexpected_rows_query": "select _batch_id, _row_number from {batch} where cast(customer as integer) < 1",
}


@pytest.mark.parametrize("first", [True, False], ids=["the first run", "a later run"])
def test_a_rule_that_cannot_be_evaluated_is_told_to_the_steward_and_blames_no_data(tmp_path: Path, first: bool) -> None:
    company = SmallCompany(tmp_path / "company").lay_down()
    if not first:
        assert company.run().returncode == 0
    served = None if first else company.served.read_bytes()
    suite = company.suite("raw_crm/contracts", NOT_EMPTY, NO_COLUMN)
    company.suite("raw_erp/orders", NOT_EMPTY, NO_NUMBER)
    done = company.run()
    assert done.returncode == 1
    for part in (f"{suite}:", "is_paid could not be evaluated", "paid_up", "this says nothing about the data",
                 "customer_is_a_number could not be evaluated"):  # fmt: skip
        assert part in done.stderr
    assert "K1" not in done.stderr + done.stdout  # the value that is no number
    assert (company.served.read_bytes() if company.served.exists() else None) == served

    found = company.working("select table_name, check_name, status from gate.results where status <> 'pass'")
    assert set(found) == {
        ("raw_crm.contracts", "is_paid", "error"),
        ("raw_erp.orders", "customer_is_a_number", "error"),
    }
    judged = company.working(
        "select table_name from gate.verdicts where run_id = (select max_by(run_id, rowid) from gate.results)"
    )
    assert judged == [("raw_crm.deals",)]  # a table about which nothing is known has no verdict

    # The stewards of the KPIs on these tables, not sales_ops, whose data it is and who cannot mend a rule.
    open_now = [alert.finding for alert in record.read(load(company.folder)).open]
    told = {(finding.owner, finding.table, finding.check, finding.severity) for finding in open_now}
    assert told >= {
        ("data_crm", "raw_crm.contracts", "is_paid", "critical"),
        ("data_erp", "raw_erp.orders", "customer_is_a_number", "critical"),
    }
    assert "sales_ops" not in {owner for owner, *_ in told}
    texts = [finding.text["en"] for finding in open_now]
    assert any("could not be run, so nobody knows whether the data is right" in text for text in texts)
    assert not [text for text in texts if "break" in text]
