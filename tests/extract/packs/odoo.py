"""A company on Odoo 17: its tables as far as the pack reads them, and rows whose KPIs can be counted by hand.

Belongs here: schema and rows, both written by us; the names of tables and columns are Odoo's own. The company is in
Berlin and counts in euro; Odoo keeps times in UTC.
"""

from __future__ import annotations

STAMPS = "create_date timestamp default '2026-01-05 08:00', write_date timestamp default '2026-01-05 08:00'"
TABLES = {
    "res_currency": "id int primary key, name varchar",
    "res_company": "id int primary key, name varchar, currency_id int",
    "res_currency_rate": "id serial primary key, name date, rate numeric, currency_id int, company_id int",
    "res_country": "id int primary key, code varchar, name jsonb",
    "res_partner_industry": "id int primary key, name jsonb",
    "res_partner": "id int primary key, name varchar, is_company boolean, active boolean default true,"
    " commercial_partner_id int, parent_id int, user_id int, industry_id int, country_id int, customer_rank int default 0,"
    f" supplier_rank int default 0, email varchar, {STAMPS}",
    "res_users": "id int primary key, login varchar, partner_id int, active boolean default true, share boolean,"
    f" sale_team_id int, {STAMPS}",
    "crm_team": "id int primary key, name jsonb, active boolean default true",
    "crm_stage": "id int primary key, name jsonb, sequence int, is_won boolean default false",
    "crm_lost_reason": "id int primary key, name jsonb",
    "utm_source": "id int primary key, name varchar",
    "utm_medium": "id int primary key, name varchar",
    "crm_lead": "id int primary key, name varchar, type varchar default 'opportunity', active boolean default true,"
    " probability float default 10, partner_id int, user_id int, company_id int, stage_id int, expected_revenue numeric,"
    " date_deadline date, date_closed timestamp, date_last_stage_update timestamp, date_conversion timestamp,"
    f" lost_reason_id int, source_id int, medium_id int, {STAMPS}",
    "ir_model_fields": "id int primary key, model varchar, name varchar",
    "mail_activity_type": "id int primary key, name jsonb, category varchar",
    "mail_message": "id int primary key, model varchar, res_id int, date timestamp, author_id int, body text,"
    f" mail_activity_type_id int, {STAMPS}",
    "mail_tracking_value": "id serial primary key, field_id int, mail_message_id int, old_value_integer int,"
    " new_value_integer int",
    "sale_order": "id int primary key, name varchar, partner_id int, user_id int, date_order timestamp,"
    " commitment_date timestamp, amount_untaxed numeric, state varchar, opportunity_id int, currency_id int",
    "sale_order_line": "id int primary key, order_id int, product_id int, product_uom_qty numeric, price_unit numeric,"
    " price_subtotal numeric, discount numeric, display_type varchar",
    "account_move": "id int primary key, name varchar, move_type varchar, state varchar, payment_state varchar,"
    " date date, invoice_date date, invoice_date_due date, amount_untaxed numeric, amount_untaxed_signed numeric,"
    " amount_tax_signed numeric, amount_total_signed numeric, commercial_partner_id int, invoice_user_id int,"
    f" company_id int default 1, {STAMPS}",
    "account_payment": "id int primary key, move_id int, partner_id int, payment_type varchar, partner_type varchar,"
    f" amount numeric, currency_id int, is_internal_transfer boolean, {STAMPS}",
    "product_category": "id int primary key, name varchar",
    "product_template": "id int primary key, name jsonb, categ_id int, list_price numeric, company_id int",
    "product_product": "id int primary key, product_tmpl_id int, active boolean default true",
    "rating_rating": "id int primary key, res_model varchar, res_id int, rating float, consumed boolean, partner_id int,"
    f" rated_partner_id int, {STAMPS}",
}
HELP_DESK = {
    "helpdesk_stage": "id int primary key, name jsonb, fold boolean",
    "helpdesk_ticket": "id int primary key, name varchar, partner_id int, user_id int, team_id int, stage_id int,"
    f" priority varchar, close_date timestamp, sla_deadline timestamp, active boolean default true, {STAMPS}",
}

# March 2026 in Berlin:
#   signed     order 1 of 1,000 EUR and order 2 of 500 USD at 0.80; 6 was confirmed in April, half an hour after midnight
#   collected  1,190 EUR and 100 USD at 0.80, less 119 paid back; a draft, a supplier and a transfer do not count
#   revenue    1,000 and 400 less the credit note of 100; a draft, a cancelled one and a vendor's bill do not count
#   won        deals 1, 2, 8, 9; lost 4, 5; 3 was won in April, 6 was filed away as neither
#   satisfied  3 of 5 answers
ROWS = {
    "res_currency": "(1, 'EUR'), (2, 'USD')",
    "res_company": "(1, 'Havel GmbH', 1)",
    "res_currency_rate (name, rate, currency_id, company_id)": "('2026-01-01', 1.25, 2, 1), ('2026-01-01', 9, 2, null), ('2026-04-01', 2, 2, null),"
    " ('2026-01-01', 1, 1, 1)",
    "res_country (id, code)": "(1, 'DE')",
    "res_partner_industry": """(1, '{"en_US": "Optics", "zh_CN": "光学"}')""",
    "res_partner (id, name, is_company, commercial_partner_id, user_id, industry_id, country_id, customer_rank,"
    " supplier_rank)": "(1, 'Havel GmbH', true, 1, null, null, 1, 0, 0), (21, 'Spree AG', true, 21, 5, 1, 1, 3, 0),"
    " (22, 'Eva Muster', false, 21, null, null, null, 0, 0), (23, 'Max Privat', false, 23, 6, null, null, 1, 0),"
    " (24, 'Lieferant KG', true, 24, null, null, null, 0, 2), (31, 'Anna', false, 31, null, null, null, 0, 1),"
    " (32, 'Bernd', false, 32, null, null, null, 0, 1)",
    "crm_team (id, name)": """(1, '{"en_US": "Direct", "zh_CN": "直销"}')""",
    "res_users (id, login, partner_id, share, sale_team_id)": "(5, 'anna', 31, false, 1), (6, 'bernd', 32, false, null),"
    " (7, 'guest', 22, true, null)",
    "crm_stage (id, name, sequence, is_won)": """(1, '{"en_US": "New", "zh_CN": "新建"}', 1, false), (2, '{"en_US":
     "Proposition"}', 2, false), (4, '{"en_US": "Won"}', 70, true)""",
    "crm_lost_reason": """(1, '{"en_US": "Too expensive"}')""",
    "utm_source": "(1, 'Fair')",
    "utm_medium": "(1, 'Website')",
    "crm_lead (id, partner_id, user_id, stage_id, expected_revenue, date_closed, date_last_stage_update)": "(1, 22, 5,"
    " 4, 1000, '2026-03-10 09:00', '2026-03-10 09:00'), (2, 21, 5, 4, 200, null, '2026-03-31 21:30'), (3, 21, 5, 4, 300,"
    " '2026-03-31 22:30', null), (7, 21, 6, 2, 700.55, null, null), (9, 23, 6, 4, 900, '2026-03-05 09:00', null)",
    "crm_lead (id, partner_id, user_id, stage_id, active, probability, date_closed, lost_reason_id, write_date)": "(4,"
    " 21, 5, 2, false, 0, '2026-03-15', 1, '2026-04-05'), (5, 21, 6, 1, false, 0, null, null, '2026-03-16'), (6, 21, 6,"
    " 1, false, 40, '2026-03-17', null, '2026-03-17')",
    "crm_lead (id, partner_id, user_id, stage_id, date_conversion, date_closed, source_id, medium_id)": "(8, 23, 6, 4,"
    " '2026-02-01', '2026-03-20', 1, 1)",
    "crm_lead (id, type, active, probability, user_id, stage_id)": "(10, 'lead', true, 10, 5, 1), (11, 'lead', false, 0,"
    " 5, 1)",
    "ir_model_fields": "(91, 'crm.lead', 'stage_id'), (92, 'crm.lead', 'user_id'), (93, 'project.task', 'stage_id')",
    "mail_activity_type (id, category)": "(1, 'phonecall'), (2, 'default'), (3, 'meeting')",
    "mail_message (id, model, res_id, date, author_id, body, mail_activity_type_id, create_date)": "(1, 'crm.lead', 1,"
    " '2026-02-01 10:00', 31, '', null, '2026-02-01'), (2, 'crm.lead', 1, '2026-02-10 10:00', 31, '', null,"
    " '2026-02-10'), (3, 'crm.lead', 1, '2026-03-10 09:00', 31, '', null, '2026-03-10'), (4, 'crm.lead', 4,"
    " '2026-02-05', 31, '', null, '2026-02-05'), (5, 'project.task', 1, '2026-02-06', 31, '', null, '2026-02-06'), (6,"
    " 'crm.lead', 1, '2026-02-07', 31, '', null, '2026-02-07'), (7, 'crm.lead', 7, '2026-03-02 09:00', 32, 'called', 1,"
    " '2026-03-02 09:00'), (8, 'res.partner', 22, '2026-03-03 09:00', 31, '', 2, '2026-03-03 09:00')",
    "mail_tracking_value (field_id, mail_message_id, old_value_integer, new_value_integer)": "(91, 1, 1, 2), (91, 2, 2,"
    " 1), (91, 3, 1, 2), (91, 3, 2, 4), (91, 4, 1, 2), (93, 5, 1, 4), (92, 6, 5, 6)",
    "sale_order (id, partner_id, user_id, date_order, amount_untaxed, state, opportunity_id, currency_id)": "(1, 22, 5,"
    " '2026-03-05 10:00', 1000, 'sale', 1, 1), (2, 21, 6, '2026-03-20 10:00', 500, 'sale', null, 2), (3, 21, 5,"
    " '2026-03-06', 9999, 'draft', null, 1), (4, 21, 5, '2026-03-07', 8888, 'cancel', null, 1), (5, 21, 5,"
    " '2026-03-08', 777, 'sent', null, 1), (6, 21, 5, '2026-03-31 22:30', 50, 'done', null, 1)",
    "sale_order_line (id, order_id, product_id, product_uom_qty, price_unit, price_subtotal, discount, display_type)": (
        "(1, 1, 1, 2, 550, 990, 10, null), (2, 1, 2, 1, 10, 10, 0, null), (3, 1, null, 0, 0, 0, 0, 'line_note'), (4, 3,"
        " 1, 1, 9999, 9999, 0, null)"
    ),
    "account_move (id, move_type, state, payment_state, invoice_date, invoice_date_due, amount_untaxed,"
    " amount_untaxed_signed, amount_tax_signed, amount_total_signed, commercial_partner_id, invoice_user_id)": "(1,"
    " 'out_invoice', 'posted', 'paid', '2026-03-06', '2026-04-06', 1000, 1000, 190, 1190, 21, 5), (2, 'out_invoice',"
    " 'posted', 'not_paid', '2026-03-21', '2026-04-21', 500, 400, 0, 400, 21, 6), (3, 'out_refund', 'posted', 'paid',"
    " '2026-03-25', null, 100, -100, -19, -119, 21, 5), (4, 'out_invoice', 'draft', 'not_paid', null, null, 999, 999, 0,"
    " 999, 21, 5), (5, 'out_invoice', 'cancel', 'not_paid', '2026-03-09', null, 888, 888, 0, 888, 21, 5), (6,"
    " 'in_invoice', 'posted', 'paid', '2026-03-09', null, 777, -777, 0, -777, 24, 5)",
    "account_move (id, move_type, state, date)": "(101, 'entry', 'posted', '2026-03-10'), (102, 'entry', 'posted',"
    " '2026-03-27'), (103, 'entry', 'draft', '2026-03-11'), (104, 'entry', 'posted', '2026-03-12'), (105, 'entry',"
    " 'posted', '2026-03-28'), (106, 'entry', 'posted', '2026-03-29')",
    "account_payment (id, move_id, partner_id, payment_type, partner_type, amount, currency_id,"
    " is_internal_transfer)": "(1, 101, 22, 'inbound', 'customer', 1190, 1, false), (2, 102, 21, 'outbound', 'customer',"
    " 119, 1, false), (3, 103, 21, 'inbound', 'customer', 50, 1, false), (4, 104, 24, 'outbound', 'supplier', 777, 1,"
    " false), (5, 105, 21, 'inbound', 'customer', 100, 2, null), (6, 106, 21, 'inbound', 'customer', 5, 1, true)",
    "product_category": "(1, 'Lenses')",
    "product_template (id, name, categ_id, list_price)": """(1, '{"en_US": "Lens", "zh_CN": "镜头"}', 1, 550), (2,
     '{"en_US": "Cap"}', 1, 10)""",
    "product_product (id, product_tmpl_id, active)": "(1, 1, true), (2, 2, false)",
    "rating_rating (id, res_model, res_id, rating, consumed, partner_id, rated_partner_id, create_date, write_date)": (
        "(1, 'helpdesk.ticket', 1, 5, true, 22, 31, '2026-03-01', '2026-03-02'), (2, 'helpdesk.ticket', 2, 5, true, 21,"
        " 31, '2026-03-01', '2026-03-03'), (3, 'helpdesk.ticket', 3, 3, true, 21, 32, '2026-03-01', '2026-03-04'), (4,"
        " 'project.task', 1, 1, true, 21, 32, '2026-03-01', '2026-03-05'), (5, 'project.task', 2, 5, true, 21, 32,"
        " '2026-03-01', '2026-03-06'), (6, 'project.task', 3, 0, false, 21, 32, '2026-03-01', '2026-03-01')"
    ),
}
# Both of the tickets that were closed took two working hours; one is open, one was filed away.
HELP_DESK_ROWS = {
    "helpdesk_stage": """(1, '{"en_US": "New"}', false), (2, '{"en_US": "Solved"}', true)""",
    "helpdesk_ticket (id, partner_id, user_id, team_id, stage_id, priority, create_date, close_date, active)": "(1, 22, 5,"
    " 1, 2, '3', '2026-03-02 09:00', '2026-03-02 11:00', true), (2, 21, 5, 1, 2, '0', '2026-03-03 09:00', '2026-03-03"
    " 11:00', true), (3, 21, 6, 1, 1, '1', '2026-03-03 09:00', null, true), (4, 21, 6, 1, 2, '1', '2026-03-03 09:00',"
    " '2026-03-04 09:00', false)",
}


def statements() -> list[str]:
    """What makes the database of an Odoo without help desk."""
    return _made(TABLES, ROWS)


def help_desk() -> list[str]:
    """What installing the help desk adds."""
    return _made(HELP_DESK, HELP_DESK_ROWS)


def _made(tables: dict[str, str], rows: dict[str, str]) -> list[str]:
    made = [f"create table {name} ({columns})" for name, columns in tables.items()]
    return made + [f"insert into {into} values {values}" for into, values in rows.items()]
