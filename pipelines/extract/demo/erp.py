"""What the ERP knows: products, orders and lines, invoices, receivables, payments, stock.

Belongs here: the chain from a won deal to the money received, amounts consistent all along. Does not: how the ERP
writes it down (write.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# category: (Chinese, English, lowest and highest list price in yuan, products)
CATEGORIES = {
    "spectroscopy": ("光谱仪", "Spectrometer", 38_000, 210_000, 10),
    "chromatography": ("色谱仪", "Chromatograph", 52_000, 260_000, 8),
    "microscopy": ("显微镜", "Microscope", 16_000, 150_000, 8),
    "balances": ("分析天平", "Balance", 12_000, 46_000, 8),
    "sensors": ("传感器", "Sensor", 900, 9_500, 12),
    "consumables": ("耗材包", "Consumables kit", 260, 3_800, 14),
}

# A contract is delivered in one to three orders; the rest are spot orders for small things.
PLANNED_ORDERS = """
create table planned_orders as
with signed as (
    select n, customer_id, region_id, seat, deal_id, 'K' || lpad(n::text, 7, '0') as contract_id,
        workday(closed_at::date + floor(u(n, 'signing') * 5)::int) as signed_date,
        case when u(n, 'verdict') < 0.95 then 'approved' when u(n, 'verdict') < 0.98 then 'rejected' else 'void' end
            as verdict
    from deals where status = 'won'
),
called as (
    select n * 4 + k as draw, n, customer_id, seat, deal_id, contract_id, signed_date, verdict, 'direct' as channel,
        workday(signed_date + (6 + k * 50 + floor(u(n * 4 + k, 'call') * 25))::int) as order_date, true as is_contract
    from signed, range(0, 3) as r(k)
    where k <= floor(u(n, 'calls') * 3)
),
spot as (
    select 500000000 + d.n as draw, null as n, c.customer_id, c.seat, null as deal_id, null as contract_id,
        null as signed_date, 'approved' as verdict,
        pick(['online', 'online', 'phone', 'partner'], u(d.n, 'channel')) as channel,
        c.mass_from + floor(u(d.n, 'spot day') * c.mass)::bigint as position
    from (
        select n, floor(u(n, 'spot customer') * (select max(up_to) from customers))::bigint as position
        from range(1, $spot_orders + 1) as r(n)
    ) as d asof join customers as c on d.position >= c.before
)
select * from called
union all
select spot.* exclude (position), days.day, false
from spot asof join days on spot.position >= days.before
"""

LINES = """
create table planned_lines as
with drawn as (
    select o.draw, (o.draw * 4 + k)::bigint as line, (k + 1)::int as line_no,
        if(o.is_contract, 1 + floor(u(line, 'instrument') * 34)::int, 35 + floor(u(line, 'small') * 26)::int)
            as product_number,
        if(o.is_contract, whole(1, 2, u(line, 'how many')), whole(2, 14, u(line, 'how many'))) as quantity
    from planned_orders as o, range(0, 3) as r(k)
    where k <= floor(u(o.draw, 'lines') * 2.4)
)
select drawn.*, p.product_no, p.unit_cost, p.list_price,
    (p.list_price * (1 - (floor(u(line, 'off') * 15) / 100)::decimal(4, 2)))::decimal(18, 2) as unit_price,
    (unit_price * quantity)::decimal(18, 2) as amount_net
from drawn inner join products as p using (product_number)
"""

PLANNED_CONTRACTS = """
create table planned_contracts as
select n, any_value(contract_id) as contract_id, any_value(signed_date) as signed_date,
    any_value(verdict) as verdict, sum(amount_net)::decimal(18, 2) as amount,
    arg_max(product_no, (amount_net, line)) as product_no
from planned_orders inner join planned_lines using (draw)
where is_contract
group by n
"""

ORDERS = """
create table orders as
with summed as (
    select draw, sum(amount_net)::decimal(18, 2) as amount_net,
        sum(list_price * quantity)::decimal(18, 2) as amount_gross
    from planned_lines group by draw
),
promised as (
    select o.* exclude (n), s.amount_net, s.amount_gross,
        o.order_date + whole(10, 32, u(draw, 'promise')) as promised_date,
        workday(promised_date + whole(-5, 7, u(draw, 'late'))) as would_deliver,
        case when u(draw, 'fate') < if(is_contract, 0.008, 0.03) then 'cancelled'
            when u(draw, 'fate') > 0.986 then 'returned' end as fate
    from planned_orders as o inner join summed as s using (draw)
    where order_date <= business_date() and verdict = 'approved'
      and (contract_id is null or contract_id in (select contract_id from contracts where approval = 'approved'))
)
select * exclude (would_deliver, fate, verdict, signed_date),
    'SO' || lpad((row_number() over (order by order_date, draw))::text, 8, '0') as order_no,
    case when fate is distinct from 'cancelled' and would_deliver <= business_date() then would_deliver end
        as delivered_date,
    case when fate = 'cancelled' then 'cancelled' when delivered_date is null then 'open'
        else coalesce(fate, 'delivered') end as status,
    clock(least(coalesce(delivered_date, order_date + 3), business_date()), u(draw, 'order changed')) as changed_at
from promised
"""

INVOICES = """
create table invoices as
with billed as (
    select draw, 'invoice' as kind, 1 as sign, order_no, customer_id, contract_id, seat, status, amount_net,
        workday(delivered_date + whole(1, 5, u(draw, 'billing'))) as invoice_date
    from orders where status in ('delivered', 'returned')
),
credited as (
    select * replace ('credit_note' as kind, -1 as sign,
        invoice_date + whole(15, 40, u(draw, 'credit')) as invoice_date)
    from billed where status = 'returned'
)
select draw, kind, order_no, customer_id, contract_id, seat, status as order_status, invoice_date,
    (sign * amount_net)::decimal(18, 2) as amount_net, (amount_net * sign * 0.13)::decimal(18, 2) as tax,
    if(kind = 'invoice', 'INV', 'CN') || lpad((row_number() over (order by invoice_date, draw, kind))::text, 8, '0')
        as invoice_no
from (from billed union all from credited)
where invoice_date <= business_date()
"""

# A returned order is settled by its credit note: nothing is due.
RECEIVABLES = """
create table receivables as
with due as (
    select draw * 2 + k as part, draw, invoice_no, customer_id, contract_id, seat, invoice_date,
        amount_net + tax as total, u(draw, 'instalments') < 0.2 as is_split, k
    from invoices, range(0, 2) as r(k)
    where kind = 'invoice' and order_status = 'delivered' and (k = 0 or u(draw, 'instalments') < 0.2)
)
select part, invoice_no, customer_id, contract_id, seat, invoice_no || '-' || (k + 1)::text as receivable_no,
    invoice_date + (30 * (k + 1))::int as due_date,
    (case when not is_split then total when k = 0 then (total * 0.6)::decimal(18, 2)
        else total - (total * 0.6)::decimal(18, 2) end)::decimal(18, 2) as amount_due
from due
"""

# Shenzhen pays late for what falls due from December 2025: its team has let collections slip.
PAYMENTS = """
create table payments as
with agreed as (
    select r.*, k, u(part, 'in two') < 0.08 as is_halved,
        if(homes.team = 'team_shenzhen' and due_date >= date '2025-12-01', whole(25, 95, u(part, 'delay')),
            whole(-9, 20, u(part, 'delay'))) + 18 * k::int as delay
    from receivables as r inner join homes using (seat), range(0, 2) as t(k)
    where u(part, 'bad debt') >= 0.012 and (k = 0 or u(part, 'in two') < 0.08)
)
select part, invoice_no, customer_id, contract_id, seat, receivable_no, workday(due_date + delay) as paid_date,
    (case when not is_halved then amount_due when k = 0 then (amount_due * 0.5)::decimal(18, 2)
        else amount_due - (amount_due * 0.5)::decimal(18, 2) end)::decimal(18, 2) as amount,
    receivable_no || '-' || (k + 1)::text as payment_no,
    if(u(part * 2 + k, 'bounced') < 0.004, 'void', 'approved') as status
from agreed
where workday(due_date + delay) <= business_date()
"""

STOCK_LEVELS = """
create table stock_levels as
select product_no, place, last_day(d.day) as day, whole(0, 60, u(product_number * 4096 + datediff('month',
    date '2020-01-01', d.day) * 2 + (place = 'GZ')::int, 'stock')) as quantity,
    (quantity * unit_cost)::decimal(18, 2) as value
from products, (select day from days where day(day) = 1 and last_day(day) <= business_date()) as d,
    (values ('SH'), ('GZ')) as t(place)
"""


def build_products(con: duckdb.DuckDBPyConnection) -> None:
    """Table products: product_number 1 to 34 are instruments, 35 to 60 small things; does not grow with scale."""
    con.execute("""create table products (product_number int, product_no text, name text, category text,
        unit_cost decimal(18, 2), list_price decimal(18, 2), is_active boolean)""")
    number, rows = 0, []
    for category, (zh, en, low, high, count) in CATEGORIES.items():
        for i in range(count):
            number += 1
            price = round(low + (high - low) * (i / (count - 1)) ** 2, -1)
            model = f"{en[0]}{en[1].upper()}-{1000 + number * 20}"
            cost = round(price * (0.52 + 0.02 * (number % 7)), 2)
            rows.append((number, f"P-{number:03d}", f"{zh} {model} / {en} {model}", category, cost, price, i != 1))
    con.executemany("insert into products values (?, ?, ?, ?, ?, ?, ?)", rows)


def plan(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """What will be delivered for each won deal, and spot orders; `planned_contracts` has each contract's amount."""
    con.execute(PLANNED_ORDERS, {"spot_orders": sizes["spot_orders"]})
    con.execute(LINES)
    con.execute(PLANNED_CONTRACTS)


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Tables orders, invoices, receivables, payments, stock_levels; needs `contracts` of crm_later.py."""
    for statement in (ORDERS, INVOICES, RECEIVABLES, PAYMENTS, STOCK_LEVELS):
        con.execute(statement)
