"""What the service desk knows: tickets, their events, surveys.

Belongs here: how service went (first response faster every year; satisfaction dropping at the South hotline from
November 2025). Does not: how the desk writes it down (write.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# All times here are local and in working hours; write.py turns them into UTC.
TICKETS = """
create table tickets as
with drawn as (
    select n, floor(u(n, 'ticket customer') * (select max(up_to) from customers))::bigint as position
    from range(1, $tickets + 1) as r(n)
),
placed as (
    select d.n, c.customer_id, c.region_id, c.mass_from + floor(u(d.n, 'ticket day') * c.mass)::bigint as position,
        case when c.region_id = 'region_east'
            then if(u(d.n, 'field') < 0.7, 101 + floor(u(d.n, 'agent') * 3)::int, 104 + floor(u(d.n, 'agent') * 2)::int)
            else if(u(d.n, 'field') < 0.7, 106 + floor(u(d.n, 'agent') * 3)::int, 109 + floor(u(d.n, 'agent') * 2)::int)
        end as seat
    from drawn as d asof join customers as c on d.position >= c.before
),
opened as (
    select p.* exclude (position), s.employee_id as agent_id, s.unit_id as team_id,
        days.day::timestamp + to_minutes(510 + floor(u(n, 'ticket at') * 570)::int) as created_at,
        datediff('day', first_day(), days.day) / 365.0 as years,
        pick(['question', 'incident', 'incident', 'request', 'complaint', 'service_order'], u(n, 'ticket kind'))
            as kind,
        case when u(n, 'priority') < 0.06 then 'urgent' when u(n, 'priority') < 0.25 then 'high'
            when u(n, 'priority') < 0.8 then 'normal' else 'low' end as priority,
        pick(['phone', 'wechat', 'mail', 'portal'], u(n, 'ticket channel')) as channel,
        'P-' || lpad((1 + floor(u(n, 'ticket product') * 60))::int::text, 3, '0') as product_no
    from placed as p
    asof join days on p.position >= days.before
    inner join seats as s on s.seat = p.seat and days.day between s.since and s.until
),
promised as (
    select opened.*,
        case priority when 'urgent' then 60 when 'high' then 120 when 'normal' then 240 else 480 end as response_within,
        case priority when 'urgent' then 480 when 'high' then 960 when 'normal' then 1620 else 2700 end as solve_within,
        least(6 + 190 * u(n, 'first 1') * (0.3 + 0.7 * u(n, 'first 2')) * (1 - 0.14 * years), 900) as response_minutes,
        u(n, 'solve 1') * (0.25 + 1.05 * u(n, 'solve 2')) * if(team_id = 'team_south_field', 1.35, 1.12) as solve_share,
        u(n, 'reopened') < if(team_id = 'team_south_hotline' and years > 2.4, 0.095, 0.045) as would_reopen
    from opened
),
-- One step a time: a name used in the same select is written out again, and working time is a long formula.
answered as (
    select * exclude (response_minutes),
        after_work(created_at, floor(response_minutes * if(priority in ('urgent', 'high'), 0.6, 1))) as response_at,
        after_work(created_at, response_within) as response_due_at,
        after_work(created_at, solve_within) as resolution_due_at,
        after_work(created_at, 30 + floor(solve_share * solve_within)) as first_try_at
    from promised
),
solved as (
    select *, greatest(first_try_at, response_at + interval 5 minute) as first_solved_at from answered
),
returned as (
    select *, case when would_reopen then after_work(first_solved_at, whole(60, 1400, u(n, 'reopen after'))) end
        as again_at
    from solved
),
ended as (
    select *, if(would_reopen, after_work(again_at, whole(60, 1600, u(n, 'solve again'))), first_solved_at)
        as solved_at
    from returned
),
timed as (
    select *, after_work(solved_at, whole(540, 1620, u(n, 'closing'))) as shut_at,
        business_date() + interval 18 hour as now
    from ended
)
select * exclude (response_at, first_try_at, first_solved_at, again_at, solved_at, shut_at, now, would_reopen),
    'T' || lpad(n::text, 7, '0') as ticket_id,
    case when response_at <= now then response_at end as first_response_at,
    case when first_solved_at <= now then first_solved_at end as first_resolved_at,
    case when again_at <= now then again_at end as reopened_at,
    case when solved_at <= now then solved_at end as resolved_at,
    case when shut_at <= now then shut_at end as closed_at,
    (reopened_at is not null)::int as reopened_count,
    case when closed_at is not null then 'closed' when resolved_at is not null then 'resolved'
        when first_response_at is not null then 'in_progress' else 'new' end as status,
    greatest(created_at, coalesce(closed_at, resolved_at, reopened_at, first_response_at, created_at)) as updated_at
from timed
"""

EVENTS = """
create table ticket_events as
with told as (
    select n, created_at as moment, 1 as turn, 'created' as kind, null as from_value, 'new' as to_value from tickets
    union all
    select n, created_at + interval 1 minute, 2, 'assigned', null, agent_id from tickets
    union all
    select n, first_response_at, 3, 'replied', null, null from tickets where first_response_at is not null
    union all
    select n, first_resolved_at, 4, 'status', 'in_progress', 'resolved' from tickets where first_resolved_at is not null
    union all
    select n, reopened_at, 5, 'reopened', 'resolved', 'in_progress' from tickets where reopened_at is not null
    union all
    select n, resolved_at, 6, 'status', 'in_progress', 'resolved' from tickets
    where reopened_at is not null and resolved_at is not null
)
select t.ticket_id, (row_number() over (partition by t.n order by turn))::int as event_no, e.moment, e.kind,
    e.from_value, e.to_value, t.agent_id, t.team_id, t.product_no, t.customer_id
from told as e inner join tickets as t using (n)
"""

SURVEYS = """
create table surveys as
with asked as (
    select n, 'csat' as kind, 5 as scale_max, customer_id, ticket_id, agent_id, product_no, channel,
        kind as ticket_kind, resolved_at + interval 1 hour as sent_at, u(n, 'answers') < 0.62 as would_answer,
        0.90 - if(team_id = 'team_south_hotline' and resolved_at >= '2025-11-01', 0.24, 0)
        - 0.05 * (kind = 'complaint')::int as pleased
    from tickets where resolved_at is not null and u(n, 'surveyed') < 0.75
    union all
    select 500000000 + n, 'nps', 10, customer_id, null, null, null, 'mail', null, clock(workday(day), u(n, 'nps at')),
        u(n, 'nps') < 0.4, 0.6
    from customers, (select day from days where day(day) = 15 and month(day) in (3, 9)) as d
    where d.day > came and (churned is null or d.day < churned) and u(n, 'in panel') < 0.12
),
answered as (
    select *, sent_at + to_minutes((30 + floor(u(n * 7 + month(sent_at), 'answer after') * 3000))::int) as answer_at,
        would_answer and answer_at < business_date() + 1 as is_answered,
        u(n * 7 + year(sent_at), 'pleased') < pleased as is_pleased
    from asked
    where sent_at < business_date() + 1
)
select 'S' || lpad((row_number() over (order by sent_at, n))::text, 7, '0') as survey_id, kind, customer_id, ticket_id,
    agent_id, product_no, channel, ticket_kind, sent_at, case when is_answered then answer_at end as answered_at,
    case when not is_answered then null
        when kind = 'csat' then if(is_pleased, 4 + floor(u(n, 'score') * 2)::int, 1 + floor(u(n, 'score') * 3)::int)
        else if(is_pleased, 9 + floor(u(n, 'score') * 2)::int, 3 + floor(u(n, 'score') * 6)::int) end as score,
    scale_max,
    case when is_answered and u(n, 'comment') < 0.2
        then if(is_pleased, pick(['很专业', '响应快', 'Quick and friendly'], u(n, 'words')),
            pick(['等太久', '问题没解决', 'Had to call twice'], u(n, 'words'))) end as comment
from answered
"""


def build(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """Tables tickets, ticket_events, surveys; needs `customers` of crm.py."""
    con.execute(TICKETS, {"tickets": sizes["tickets"]})
    con.execute(EVENTS)
    con.execute(SURVEYS)
