"""BI reads one row per alert, and a damaged record of alerts holds up no number."""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipelines.keep import acts
from pipelines.model import check, tables
from pipelines.settings import Settings
from pipelines.watch.alerts import mirror, record
from tests.watch.alerts.office import HOUR, NOON, Office, finding


def test_a_row_says_what_was_found_who_was_told_and_who_sees_to_it(office: Office) -> None:
    office.finds(finding("zhou"), finding("lee", check="b", severity="warning"))
    office.delivers()
    acts.record(office.settings, record.ACKNOWLEDGE, "A1", "calling", {}, NOON + HOUR)
    office.finds(finding("zhou"), at=NOON + 2 * HOUR)
    noon, one, two = (datetime(2026, 3, 31, hour) for hour in (4, 5, 6))
    first, second = mirror.rows(office.settings)
    assert first[:-1] == (
        "A1", "zhou", "raw_crm.deals", "has_owner", "critical", 2, noon, two, None, noon, "chat", None, one
    )  # fmt: skip
    assert first[-1]
    assert second == (
        "A2", "lee", "raw_crm.deals", "b", "warning", 2, noon, noon, two, noon, "chat", None, None, None
    )  # fmt: skip


def test_the_rows_fit_the_table_that_dbt_reads(office: Office) -> None:
    office.finds(finding())
    with duckdb.connect() as con:
        kept = {"alerts": mirror.rows(office.settings)}
        tables.write(con, check.read_definitions(Settings()), "run", NOON.date(), datetime(2026, 3, 31), kept)
        found = con.execute("select alert_id, opened_at, told_at from definitions.alerts").fetchall()
    assert found == [("A1", datetime(2026, 3, 31, 4), None)]


def test_a_damaged_record_holds_up_no_number(office: Office) -> None:
    assert mirror.rows(office.settings) == []
    office.settings.data.mkdir()
    (office.settings.data / "alerts.sqlite").write_bytes(b"no database" * 1000)
    assert mirror.rows(office.settings) == []
