"""The data-quality part says what is held back, whose it is, since when; and no more than its file knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from pipelines.publish.page import data as page_data
from pipelines.publish.page.quality import by_kpi, failures

from .files import for_audience

ALERTS = """
create table published.alerts (
    alert_id varchar, "table" varchar, "check" varchar, opened_at timestamp, closed_at timestamp, owner varchar
);
insert into published.alerts values
    ('A1', 'raw_crm.deals', 'deal_has_owner', '2026-06-03 01:40', null, 'sales_ops'),
    ('A0', 'raw_crm.deals', 'deal_has_owner', '2026-01-03 01:40', '2026-02-01', 'sales_ops'),
    ('A2', 'raw_crm.deals', 'amount_not_negative', '2026-05-01 01:40', '2026-05-02', 'sales_ops');
"""


def test_since_when_is_the_day_the_open_alert_began(serving_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "kpi.duckdb"
    shutil.copyfile(serving_file, file)
    with duckdb.connect(str(file)) as con:
        con.execute(ALERTS)
    found = {row["check"]: row for row in failures(page_data.read(file), {"sales_ops": "qin@example.com"})}
    assert found["deal_has_owner"]["since"] == "2026-06-03"
    assert found["amount_not_negative"]["since"] is None  # that one was mended; this is new
    assert found["amount_not_negative"]["is_new"]
    assert found["deal_has_owner"]["mail"].startswith("mailto:qin@example.com?subject=raw_crm.deals")
    assert found["tickets_came"]["mail"] is None  # service_desk has no address


def test_a_file_without_alerts_does_not_claim_to_know(serving_file: Path, tmp_path: Path) -> None:
    file = for_audience(serving_file, "region_east", tmp_path / "kpi.duckdb")
    assert not any(row["since"] or row["is_new"] for row in failures(page_data.read(file), {}))


def test_each_kpi_has_its_badge_the_worst_first_and_only_a_clean_one_is_called_so(serving_file: Path) -> None:
    rows = by_kpi(page_data.read(serving_file), {})
    assert [row["quality"] for row in rows] == ["blocked", "warn", *["ok"] * 6]
    assert rows[0]["id"] == "resolution_sla"
    assert rows[0]["tables"] == "raw_desk.tickets"
    clean = {row["id"] for row in rows if row["is_clean"]}
    assert "win_rate" not in clean  # it lacks rows that were set aside
    assert "won_amount" not in clean  # a check below it failed
    assert "retention_rate" in clean
