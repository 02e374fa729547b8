"""What the CRM knows once it is planned what each won deal will bring: contracts, leads, activities.

Belongs here: what follows from deals. Does not: customers and deals themselves (crm.py), orders (erp.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# renews: the customer's contract before, where this one starts within
# 120 days of its end.
CONTRACTS = """
create table contracts as
with valued as (
    select d.n, d.deal_id, d.customer_id, d.seat, p.signed_date, p.contract_id, p.amount,
        clock(d.closed_at::date, 0) + interval 9 hour as submitted_at,
        clock(workday(p.signed_date + 1 + floor(u(d.n, 'decide') * 3)::int), u(d.n, 'decided at')) as would_decide_at,
        p.signed_date + 7 as start_date,
        case when u(d.n, 'frame') < 0.45 then p.signed_date + 7 + 364 end as end_date,
        p.verdict
    from planned_contracts as p inner join deals as d using (n)
),
judged as (
    select * exclude (would_decide_at, verdict),
        case when would_decide_at < business_date() + 1 then would_decide_at end as decided_at,
        if(decided_at is null, 'pending', verdict) as approval
    from valued
    where signed_date <= business_date()
)
select *,
    case when date_diff('day', lag(end_date) over w, start_date) between -120 and 120 then lag(contract_id) over w end
        as renews_contract_id
from judged
window w as (partition by customer_id order by signed_date, n)
"""

# A won deal is worth what its contract is worth; before that, what the customer asked about.
DEAL_VALUES = """
create table deal_values as
select n, coalesce(p.amount, asked)::decimal(18, 2) as amount,
    coalesce(p.product_no, if(status = 'open', null, 'P-' || lpad(whole(1, 34, u(n, 'for'))::text, 3, '0')))
        as product_no
from deals left join planned_contracts as p using (n)
"""

LEADS = """
create table leads as
with raised as (
    select n, n as draw, true as is_converted, deal_id, customer_id, seat, created_at as converted_at,
        created_at - to_hours((24 * (3 + floor(u(n, 'lead days') * 27)))::int) as created_at
    from deals where u(n, 'from lead') < 0.28 and created_at > first_day() + 40
    union all
    select n, 50000000 + n, false, null, null, 1 + floor(u(n, 'lead seat') * 25)::int, null,
        clock(days.day, u(n, 'lead at'))
    from (
        select n, floor(u(n, 'lead day') * (select max(up_to) from days))::bigint as position
        from range(1, $leads + 1) as r(n)
    ) asof join days on position >= days.before
)
select *, 'L' || lpad((row_number() over (order by created_at, draw))::text, 7, '0') as lead_id,
    pick(['展会', '官网', '转介绍', '电话', '渠道伙伴'], u(draw, 'lead source')) as source,
    not is_converted and u(draw, 'junk') < 0.16 as is_junk
from raised
"""

ACTIVITIES = """
create table activities as
with held as (
    select d.n * 4 + k as draw, d.deal_id, d.customer_id, d.seat,
        least(d.created_at + to_seconds(floor(u(d.n * 4 + k, 'when') * datediff('second', d.created_at,
            coalesce(d.closed_at, least(d.planned_close_at, business_date() + interval 17 hour))))::bigint),
            business_date() + interval 17 hour) as done_at
    from deals as d, range(0, 3) as r(k)
    where k <= floor(u(d.n, 'activities') * 3)
)
select held.* exclude (done_at),
    'A' || lpad(draw::text, 8, '0') as activity_id,
    pick(['电话', '拜访', '邮件', '会议', '任务'], u(draw, 'activity kind')) as kind,
    done_at - to_hours((floor(u(draw, 'planned') * 72))::int) as planned_at,
    done_at + to_hours((floor(u(draw, 'due') * 48) - 8)::int) as due_at,
    case when u(draw, 'done') < 0.94 then done_at end as done_at,
    least(done_at + to_minutes((20 + floor(u(draw, 'entered') * u(draw, 'entered 2') * 4000))::int),
        business_date() + interval 18 hour) as entered_at,
    kind = '拜访' and u(draw, 'check in') < 0.8 as has_check_in,
    floor(u(draw, 'note') * 240)::int as note_length,
    pick(['有兴趣', '需跟进', '已确认', '无人接听'], u(draw, 'outcome')) as outcome
from held
"""


def build(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """Tables contracts, deal_values, leads, activities; needs `deals` of crm.py and
    `planned_contracts` of erp.py."""
    con.execute(CONTRACTS)
    con.execute(DEAL_VALUES)
    con.execute(LEADS, {"leads": sizes["leads"]})
    con.execute(ACTIVITIES)
