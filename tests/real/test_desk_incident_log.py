"""UCI incident event log: 141,712 events become 24,918 incidents, judged by the state of their last event."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def desk(served):
    return served("desk_incident_log")


def test_every_event_is_loaded_once(desk, known):
    events = known["desk_incident_log"]["events"]
    assert desk.rows("select source_rows, loaded, quarantined, duplicates from published.load_status") == [
        (events, events, 0, 0)
    ]


def test_sla_is_judged_by_incident_not_by_event(desk, known):
    met, closed = (
        sum(desk.by_period("resolution_sla", "month", half).values()) for half in ("numerator", "denominator")
    )
    assert (met, closed) == (known["desk_incident_log"]["made_sla_last"], known["desk_incident_log"]["incidents"])
    assert round(100 * met / closed, 2) == Decimal("63.42")


def test_reopened_share(desk, known):
    reopened, opened = (
        sum(desk.by_period("reopened_share", "month", half).values()) for half in ("numerator", "denominator")
    )
    assert (reopened, opened) == (known["desk_incident_log"]["reopened"], known["desk_incident_log"]["incidents"])
    assert round(100 * reopened / opened, 2) == Decimal("1.10")


def test_every_month_of_opening_is_as_counted_apart_from_us(desk, known_rows):
    reopened = desk.by_period("reopened_share", "month", "numerator")
    opened = desk.by_period("reopened_share", "month", "denominator")
    for row in known_rows("desk_incident_by_opened_month"):
        month = f"{row['month']}-01"
        assert (opened[month], reopened[month]) == (Decimal(row["opened"]), Decimal(row["reopened"]))


def test_question_marks_are_nulls_and_reported(desk):
    failed = desk.failed("raw_desk.incident_events")
    assert failed["not_be_null(assigned_to)"] == 27496  # 19.40 % of the events
    assert failed["not_be_null(sys_created_at)"] == 53076  # 37.45 %


def test_times_out_of_order_and_question_marks_are_told_to_the_desk_and_change_no_figure_silently(desk):
    told = desk.told("data_desk")
    rows = {
        "not_be_null(assigned_to)": "27,496 of 141,712",
        "updated_after_opened": "5 of 141,712",
        "created_after_opened": "34 of 88,636",  # those that have both times
        "events_in_order": "5 of 141,712",
    }
    for rule, share in rows.items():
        assert f"{share} rows of raw_desk.incident_events break the rule {rule}." in told[rule]
        assert told[rule] in desk.notices("Service desk data")
    shipped = {"resolution_sla", "reopened_share", "resolution_time", "resolution_time_mean", "backlog"}
    own = {
        "event_count", "incident_count", "sla_of_all", "sla_by_event_row", "sla_by_opened_month", "reopened_of_all",
        "hours_to_resolve_median", "hours_to_resolve_mean", "days_to_close_median", "days_to_close_mean",
        "resolved_at_missing",
    }  # fmt: skip
    assert desk.qualities() == {key: {"warn"} for key in shipped | own}


def test_a_question_mark_is_no_value_anywhere(desk):
    with desk.inside() as con:
        (texts,) = con.execute(
            "select list(column_name) from information_schema.columns where table_schema = 'raw_desk'"
            " and table_name = 'incident_events' and data_type = 'VARCHAR'"
        ).fetchone()
        asked = " or ".join(f"\"{name}\" = '?'" for name in texts)
        assert con.execute(f"select count(*) from raw_desk.incident_events where {asked}").fetchone() == (0,)
