"""The Odoo pack: refunds, lost and filed away, stage history, apps that are not installed, and KPIs counted by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.extract.databases.conftest import Server
from tests.extract.packs import odoo
from tests.extract.packs.pack import NOW, Pack


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_second_load_brings_only_what_is_new(erp: Server, odoo_pack: Pack) -> None:
    first = odoo_pack.load("r1")
    assert {name: load.quarantined for name, load in first.items() if load.quarantined or load.refused} == {}
    assert first["invoices"].source_rows == 5
    erp.execute("update account_move set payment_state = 'paid', write_date = '2026-04-09 10:00' where id = 2")
    assert odoo_pack.load("r2")["invoices"].loaded == 5  # all were of one moment, whose edge is read again
    assert odoo_pack.load("r3")["invoices"].source_rows == 1
    assert {name for name, load in odoo_pack.load("r4").items() if load.changed} == set()
    assert odoo_pack.entity("invoices", "invoice_id, status")[:3] == [("1", "paid"), ("2", "paid"), ("3", "paid")]


def test_a_credit_note_and_money_paid_back_are_negative(odoo_pack: Pack) -> None:
    odoo_pack.load()
    assert odoo_pack.entity("invoices", "invoice_id, kind, status, amount_net, tax, currency") == [
        ("1", "invoice", "paid", 1000, 190, "EUR"),
        ("2", "invoice", "issued", 400, 0, "EUR"),  # 500 dollars, as Odoo itself booked them
        ("3", "credit_note", "paid", -100, -19, "EUR"),
        ("5", "invoice", "void", 888, 0, "EUR"),
    ]
    assert odoo_pack.entity("payments", "payment_id, status, amount, customer_id, currency") == [
        ("1", "approved", 1190, "21", "EUR"),
        ("2", "approved", -119, "21", "EUR"),
        ("3", "pending", 50, "21", "EUR"),
        ("5", "approved", 80, "21", "EUR"),  # 100 dollars at the company's own rate
    ]
    assert odoo_pack.entity("receivables", "receivable_id, due_date, amount_due") == [
        ("1", dt.date(2026, 4, 6), 1190),
        ("2", dt.date(2026, 4, 21), 400),
    ]


def test_a_rate_holds_until_the_next_as_in_odoo(odoo_pack: Pack) -> None:
    odoo_pack.load()
    found = odoo_pack.entity("exchange_rates", "currency, day, rate", "day")
    before_april = [row for row in found if row[1] < dt.date(2026, 4, 1)]
    assert (before_april[0][1], before_april[-1][1]) == (dt.date(2026, 1, 1), dt.date(2026, 3, 26))
    assert {row[2] for row in before_april} == {Decimal("0.8")}
    assert {row[2] for row in found if row not in before_april} == {Decimal("0.5")}
    assert found[-1][1] == dt.date(2027, 3, 31)


def test_a_deal_is_won_by_its_stage_and_lost_when_it_is_filed_away_at_nothing(odoo_pack: Pack) -> None:
    odoo_pack.load()
    assert odoo_pack.entity("deals", "deal_id, status, closed_at, stage, loss_reason, lead_id") == [
        ("1", "won", at("2026-03-10 09:00"), "Won", None, None),
        ("2", "won", at("2026-03-31 21:30"), "Won", None, None),
        ("3", "won", at("2026-03-31 22:30"), "Won", None, None),
        ("4", "lost", at("2026-03-15"), "Proposition", "Too expensive", None),
        ("5", "lost", at("2026-03-16"), "New", None, None),
        ("6", "void", at("2026-03-17"), "New", None, None),
        ("7", "open", None, "Proposition", None, None),
        ("8", "won", at("2026-03-20"), "Won", None, "8"),
        ("9", "won", at("2026-03-05 09:00"), "Won", None, None),
    ]
    assert odoo_pack.entity("leads", "lead_id, status, converted_at, is_junk, deal_id, source, channel") == [
        ("10", "open", None, False, None, None, None),
        ("11", "open", None, True, None, None, None),
        ("8", "converted", at("2026-02-01"), False, "8", "Fair", "Website"),
    ]


def test_stages_come_from_what_odoo_wrote_under_the_deal(odoo_pack: Pack) -> None:
    odoo_pack.load()
    found = odoo_pack.entity("deal_stages", "deal_id, stage, entered_at, left_at, moved", "deal_id, entered_at")
    assert [row for row in found if row[0] in ("1", "4", "7")] == [
        ("1", "New", at("2026-01-05 08:00"), at("2026-02-01 10:00"), "forward"),
        ("1", "Proposition", at("2026-02-01 10:00"), at("2026-02-10 10:00"), "back"),
        ("1", "New", at("2026-02-10 10:00"), at("2026-03-10 09:00"), "forward"),
        ("1", "Won", at("2026-03-10 09:00"), None, None),
        ("4", "New", at("2026-01-05 08:00"), at("2026-02-05"), "forward"),
        ("4", "Proposition", at("2026-02-05"), at("2026-03-15"), "lost"),
        ("7", "Proposition", at("2026-01-05 08:00"), None, None),
    ]


def test_names_come_in_the_language_asked_for_and_those_of_private_persons_stay(odoo_pack: Pack, monkeypatch) -> None:
    monkeypatch.setenv("ODOO_LANG", "zh_CN")
    odoo_pack.load()
    assert odoo_pack.entity("products", "product_id, name, category, is_active") == [
        ("1", "镜头", "Lenses", True),
        ("2", "Cap", "Lenses", False),
    ]
    assert odoo_pack.entity("org_units", "unit_id, name_zh, name_en, level") == [("1", "直销", "Direct", "team")]
    assert odoo_pack.entity("customers", "customer_id, name, industry") == [
        ("1", "Havel GmbH", None),
        ("21", "Spree AG", "光学"),
        ("23", "partner 23", None),
    ]
    assert odoo_pack.entity("employees", "employee_id, name, unit_id") == [
        ("5", "Anna", "1"),
        ("6", "Bernd", "no_team"),
    ]


def test_a_quotation_is_no_order_and_an_order_is_a_contract(odoo_pack: Pack) -> None:
    odoo_pack.load()
    assert odoo_pack.entity("orders", "order_id, status, amount_gross, discount, amount_net, order_date") == [
        ("1", "open", 1110, 110, 1000, dt.date(2026, 3, 5)),
        ("2", "open", 400, 0, 400, dt.date(2026, 3, 20)),
        ("4", "cancelled", 8888, 0, 8888, dt.date(2026, 3, 7)),
        ("6", "open", 50, 0, 50, dt.date(2026, 4, 1)),
    ]
    assert odoo_pack.entity("order_lines", "order_id, line_no, quantity, amount_net") == [
        ("1", 1, 2, 990),
        ("1", 2, 1, Decimal(10)),
    ]
    assert [row[1] for row in odoo_pack.entity("contracts", "contract_id, approval")] == [
        "approved", "approved", "draft", "void", "pending", "approved",
    ]  # fmt: skip
    assert odoo_pack.entity("activities", "activity_id, kind, owner_id, customer_id, deal_id") == [
        ("7", "call", "6", "21", "7"),
        ("8", "task", "5", "21", None),
    ]


def test_a_help_desk_is_read_from_the_day_it_is_installed(erp: Server, odoo_pack: Pack) -> None:
    first = odoo_pack.load("r1")
    assert "does not have it" in first["tickets"].words
    assert first["ratings"].loaded == 6
    assert odoo_pack.entity("tickets", "ticket_id") == []
    erp.execute(*odoo.help_desk())
    odoo_pack.load("r2", NOW + dt.timedelta(days=1))
    columns = "ticket_id, customer_id, agent_id, status, priority, resolved_at, resolution_working_hours"
    assert odoo_pack.entity("tickets", columns) == [
        ("1", "21", "5", "closed", "urgent", at("2026-03-02 11:00"), 2),
        ("2", "21", "5", "closed", "low", at("2026-03-03 11:00"), 2),
        ("3", "21", "6", "open", "medium", None, None),
    ]


def test_a_run_gives_the_figures_counted_by_hand(odoo_pack: Pack) -> None:
    done = odoo_pack.company.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert odoo_pack.company.figures() == {
        "won_amount": (1400, "ok", "ok"),
        "cash_collected": (1151, "ok", "ok"),
        "win_rate": (0.666667, "ok", "ok"),
        "revenue": (1300, "ok", "ok"),
        "csat_pct": (0.6, "ok", "ok"),
    }
    assert odoo_pack.company.verdict("odoo.tickets") == "pass"
    told = odoo_pack.company.query(
        """select status from published.quality_results where "table" = 'raw_odoo.tickets' and "check" like '%absent%'"""
    )
    assert told == [("pass",)]
    reps = odoo_pack.company.query(
        "select unit_id, value from published.kpi_values where kpi_id = 'revenue' and grain = 'month' and level = 'rep'"
        " and cut = 'none' and period_start = date '2026-03-01' order by unit_id"
    )
    assert [(unit, float(value)) for unit, value in reps] == [("5", 900), ("6", 400)]


def test_suites_find_what_is_wrong_and_nothing_else(erp: Server, odoo_pack: Pack) -> None:
    erp.execute(
        *odoo.help_desk(),
        # somebody works there, and says why a deal was lost
        "update res_partner set write_date = '2026-04-02' where id = 21",
        "update crm_lead set create_date = '2026-04-02' where id = 7",
        "update crm_lead set lost_reason_id = 1 where id = 5",
        "update account_move set write_date = '2026-04-02' where id in (1, 101)",
        "update mail_message set date = '2026-04-02', create_date = '2026-04-02' where id = 7",
    )
    odoo_pack.load("r1")
    assert odoo_pack.failing("r1", dt.date(2026, 4, 3)) == {}
    erp.execute(
        "update crm_lead set create_date = '2026-04-01' where id = 8",  # after it was taken up and won
        "update crm_lead set user_id = 99, expected_revenue = -1 where id = 7",
        "update sale_order set state = 'locked' where id = 1",
        "update sale_order_line set price_subtotal = 1200 where id = 1",
        "update account_move set amount_tax_signed = 0, write_date = '2026-04-03' where id = 1",
        "update account_move set amount_untaxed_signed = 100, amount_total_signed = 81, write_date = '2026-04-03'"
        " where id = 3",
        "update account_move set invoice_date_due = '2026-03-01', write_date = '2026-04-03' where id = 2",
        "insert into res_currency_rate (name, rate, currency_id, company_id) values ('2026-04-02', 0.5, 2, 1)",
        "update helpdesk_ticket set close_date = '2026-03-01' where id = 1",
        "update rating_rating set rating = 50 where id = 4",
    )
    odoo_pack.load("r2", NOW + dt.timedelta(days=1))
    assert odoo_pack.failing("r2", dt.date(2026, 4, 7)) == {
        "deals: closed_not_before_created": 1,
        "leads: converted_not_before_created": 1,
        "deals: owner_is_a_user": 1,
        "deals: be_between(expected_revenue)": 1,
        "orders: be_in_set(state)": 1,
        "order_lines: not_more_than_quantity_times_price": 1,
        "invoices: net_and_tax_make_the_total": 1,
        "invoices: sign_fits_the_kind": 1,
        "invoices: due_not_before_invoiced": 1,
        "exchange_rates: rate_does_not_leap": 1,
        "tickets: closed_not_before_created": 1,
        "ratings: be_between(rating)": 1,
    }
