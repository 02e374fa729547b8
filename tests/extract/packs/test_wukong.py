"""The Wukong CRM pack: approvals, removals, stage history, the wide monthly targets, and KPIs counted by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.extract.databases.conftest import Server
from tests.extract.packs import wukong
from tests.extract.packs.pack import NOW, Pack


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_second_load_brings_only_what_is_new(crm: Server, wukong_pack: Pack) -> None:
    first = wukong_pack.load("r1")
    assert {name: load.quarantined for name, load in first.items() if load.quarantined or load.refused} == {}
    assert first["activities"].source_rows == 4
    crm.execute(
        "insert into wk_crm_activity (type, category, activity_type, activity_type_id, content, create_user_id,"
        " create_time) values (1, '打电话', 2, 101, '新的', 11, '2026-04-04')",
        "update wk_crm_activity set content = '改过的记录' where category = '打电话' and activity_type = 5",
    )
    second = wukong_pack.load("r2")
    # The visit of 3 February lies more than 30 days before the newest record and is not read again.
    assert second["activities"].source_rows == 4
    assert {name for name, load in second.items() if load.changed} == {"activities"}
    found = wukong_pack.entity(
        "activities", "activity_id, kind, note_length, has_check_in, customer_id, lead_id, deal_id"
    )
    assert found == [
        ("10", "call", 2, False, "101", None, None),
        ("6", "visit", 4, True, "101", None, None),
        ("7", "call", 5, False, None, None, "8"),
        ("8", "visit", 0, True, "102", None, None),
    ]


def test_what_the_crm_removed_goes_though_its_time_of_change_stays(crm: Server, wukong_pack: Pack) -> None:
    wukong_pack.load("r1")
    assert [deal for (deal,) in wukong_pack.entity("deals", "deal_id")] == list("12345678")
    crm.execute(
        "update wk_crm_business set status = 3 where business_id = 2",
        "update wk_crm_contract set check_status = 7 where contract_id = 302",
        "update wk_crm_receivables set check_status = 7 where receivables_id = 402",
        "update wk_crm_customer set status = 3 where customer_id = 102",
        "update wk_crm_activity set status = 0 where activity_type_id = 102",
        "delete from wk_crm_leads where leads_id = 52",
    )
    wukong_pack.load("r2", NOW + dt.timedelta(hours=1))
    assert [deal for (deal,) in wukong_pack.entity("deals", "deal_id")] == list("1345678")
    assert [key for (key,) in wukong_pack.entity("deal_stages", "distinct deal_id")] == list("1345678")
    assert ("302",) not in wukong_pack.entity("contracts", "contract_id")
    assert wukong_pack.entity("payments", "payment_id, status") == [("401", "approved"), ("403", "pending")]
    assert wukong_pack.entity("customers", "customer_id, status")[1:] == [("102", "deleted"), ("103", "deleted")]
    assert ("102",) not in wukong_pack.entity("activities", "customer_id")
    assert wukong_pack.entity("leads", "lead_id") == [("51",)]


def test_a_contract_counts_once_it_is_approved(crm: Server, wukong_pack: Pack) -> None:
    wukong_pack.load("r1")
    assert wukong_pack.entity("contracts", "contract_id, approval, amount") == [
        ("301", "approved", 10000), ("302", "approved", Decimal("2500.50")), ("303", "pending", 9999),
        ("305", "void", 7777), ("306", "approved", 1000), ("307", "draft", 5), ("308", "pending", 6),
    ]  # fmt: skip
    crm.execute("update wk_crm_contract set check_status = 1 where contract_id = 303")
    wukong_pack.load("r2")
    assert ("303", "approved") in wukong_pack.entity("contracts", "contract_id, approval")


def test_a_deal_closes_when_its_history_says(wukong_pack: Pack) -> None:
    wukong_pack.load()
    # Shanghai is eight hours ahead of the UTC that an instant is kept in.
    assert wukong_pack.entity("deals", "deal_id, status, closed_at, loss_reason") == [
        ("1", "won", at("2026-03-31 15:30"), None),  # the log's word, not the update of 5 April
        ("2", "won", at("2026-03-10 10:00"), None),  # no word: its last change of stage
        ("3", "won", at("2026-03-05 04:00"), None),
        ("4", "won", at("2026-03-31 16:30"), None),
        ("5", "lost", at("2026-03-20 04:00"), "价格高"),
        ("6", "lost", at("2026-03-25 02:00"), None),  # neither: its last update
        ("7", "void", at("2026-03-24 16:00"), None),
        ("8", "open", None, None),
    ]


def test_a_deal_stays_in_each_stage_as_long_as_its_history_says(wukong_pack: Pack) -> None:
    wukong_pack.load()
    found = wukong_pack.entity("deal_stages", "deal_id, stage_order, entered_at, left_at, moved", "deal_id, entered_at")
    assert [row for row in found if row[0] in ("1", "8")] == [
        ("1", 2, at("2026-02-01 02:00"), at("2026-02-10 02:00"), "back"),
        ("1", 1, at("2026-02-10 02:00"), at("2026-03-01 02:00"), "forward"),
        ("1", 3, at("2026-03-01 02:00"), at("2026-03-31 15:30"), "won"),
        ("8", 3, at("2026-01-04 16:00"), None, None),
    ]


def test_fields_a_company_added_itself_travel_along(wukong_pack: Pack, monkeypatch) -> None:
    wukong_pack.load("r1")
    columns = "customer_id, industry, tier, acquisition_source, x_satisfaction"
    assert wukong_pack.entity("customers", columns)[0] == ("101", "仪器", "A", "展会", "满意")
    assert wukong_pack.entity("leads", "lead_id, status, source, converted_at") == [
        ("51", "converted", "官网", at("2026-01-05 01:00")),
        ("52", "open", None, None),
    ]
    monkeypatch.setenv("WUKONG_CUSTOMER_SATISFACTION", "flied_abcdef")
    monkeypatch.setenv("WUKONG_SATISFACTION", "flied_itvzix")
    wukong_pack.load("r2")
    assert wukong_pack.entity("customers", columns)[0][-1] == "一般"
    scores = wukong_pack.entity("surveys", "survey_id, score, kind, agent_id, owner_id, scale_max")
    assert scores[:2] == [("1", 2, "csat", "11", "11", 5), ("2", None, "csat", "11", "11", 5)]


def test_targets_of_twelve_columns_become_a_row_a_month(wukong_pack: Pack) -> None:
    wukong_pack.load()
    found = wukong_pack.entity("goal_figures", "level, unit_id, kpi_id, period_start, target")
    assert [(*row[:3], str(row[3]), float(row[4])) for row in found] == [
        ("company", "company", "won_amount", "2026-03-01", 25001),
        ("department", "2", "won_amount", "2026-03-01", 10000),
        ("rep", "11", "cash_collected", "2026-03-01", 5000),
        ("rep", "11", "won_amount", "2025-03-01", 1),
        ("rep", "11", "won_amount", "2025-04-01", 1),
        ("rep", "11", "won_amount", "2026-03-01", 20000),
        ("rep", "12", "won_amount", "2026-04-01", 100),
    ]


def test_the_prefix_of_the_tables_is_a_setting(crm: Server, wukong_pack: Pack, monkeypatch) -> None:
    crm.execute(*(f"rename table wk_{name} to 72crm_{name}" for name in wukong.TABLES))
    monkeypatch.setenv("WUKONG_PREFIX", "72crm_")
    assert wukong_pack.load()["deals"].loaded == 9


def test_a_run_gives_the_figures_counted_by_hand(wukong_pack: Pack) -> None:
    wukong_pack.goal("crm_signed_by_rep", "won_amount", "rep")
    wukong_pack.goal("crm_signed_by_department", "won_amount", "department")
    wukong_pack.goal("crm_signed", "won_amount", "company")
    wukong_pack.goal("crm_cash_by_rep", "cash_collected", "rep")
    done = wukong_pack.company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert wukong_pack.company.figures() == {
        "won_amount": (12500.50, "ok", "ok"),
        "cash_collected": (4600.25, "ok", "ok"),
        "win_rate": (0.6, "ok", "ok"),
        "csat_pct": (0.8, "ok", "ok"),
    }
    units = wukong_pack.company.query(
        "select level, unit_id, value from published.kpi_values where kpi_id = 'won_amount' and grain = 'month' and cut = 'none'"
        " and period_start = date '2026-03-01' and level in ('department', 'team', 'rep') and value is not null order by all"
    )
    assert [(level, unit, float(value)) for level, unit, value in units] == [
        ("department", "2", 12500.50), ("rep", "11", 10000), ("rep", "12", 2500.50), ("team", "3", 10000),
        ("team", "unassigned", 2500.50),
    ]  # fmt: skip
    goals = wukong_pack.company.query(
        "select goal_id, unit_id, target, actual, attainment, status from published.goal_attainment"
        " where period_start = date '2026-03-01' order by goal_id"
    )
    assert [(*row[:2], *(float(number) for number in row[2:5]), row[5]) for row in goals] == [
        ("crm_cash_by_rep", "11", 5000, 4000, 0.8, "red"),
        ("crm_signed", "company", 25001, 12500.50, 0.5, "red"),
        ("crm_signed_by_department", "2", 10000, 12500.50, 1.25005, "green"),
        ("crm_signed_by_rep", "11", 20000, 10000, 0.5, "red"),
    ]


def test_suites_find_what_is_wrong_and_nothing_else(crm: Server, wukong_pack: Pack) -> None:
    crm.execute(  # somebody works there, and says why a deal was lost
        "update wk_crm_customer set update_time = '2026-04-01' where customer_id = 101",
        "update wk_crm_business set create_time = '2026-04-01' where business_id = 8",
        "update wk_crm_business set status_remark = '价格高' where business_id = 6",
    )
    wukong_pack.load("r1")
    days = [dt.date(2026, 4, day) for day in (2, 3, 7)]
    assert [wukong_pack.failing(f"r{day.day}", day) for day in days] == [{}, {}, {}]
    crm.execute(
        "update wk_crm_contract set order_date = null where contract_id = 301",
        "update wk_crm_contract set money = -5 where contract_id = 306",
        "insert into wk_crm_leads (leads_id, is_transform, create_time) values (53, 1, '2026-04-02')",
        "update wk_crm_business set is_end = 9, money = -1, customer_id = 999 where business_id = 8",
        "update wk_crm_receivables set money = 99999 where receivables_id = 402",
        "update wk_crm_receivables_plan set contract_id = 999 where plan_id = 601",
        "update wk_admin_user set dept_id = 9 where user_id = 13",
        "insert into wk_crm_return_visit (visit_id, customer_id, owner_user_id, visit_time, batch_id) values"
        " (7, 101, 11, '2026-05-01', 'v7')",
        "insert into wk_crm_return_visit_data (name, value, batch_id) values ('satisficing', '还行', 'v7')",
        "delete from wk_crm_achievement where obj_id = 11",  # 3 of 7 targets are left: a reading that broke off
    )
    wukong_pack.load("r4", NOW + dt.timedelta(days=1))
    assert wukong_pack.failing("r4", dt.date(2026, 4, 8)) == {
        "contracts: approved_contract_has_a_date": 1,
        "contracts: be_between(money)": 1,
        "leads: converted_lead_has_a_customer": 1,
        "deals: be_in_set(is_end)": 1,
        "deals: ended_not_before_created": 1,  # the same deal: with an end it has a time, its last update
        "deals: be_between(money)": 1,
        "deals: customer_is_known": 1,
        "payments: not_more_than_the_contract": 1,
        "receivables: contract_is_known": 1,
        "users: department_is_known": 1,
        "return_visits: be_in_set(satisfaction)": 1,
        "return_visits: not_in_the_future": 1,
        "targets: rows_as_usual": 1,
    }
