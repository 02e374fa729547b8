-- Tickets: what came and what is open, how fast it was answered and solved, what was opened again.
create temp table tickets_of_days as
with days as (
    select local_day(created_at) as created, local_day(closed_at) as closed, agent_id, kind, reopened_count from tickets
)
select created as day, agent_id as person_id, count(*) as created, count(*) filter (where kind = 'complaint') as complaints,
    count(*) filter (where reopened_count > 0) as reopened, 0 as due, 0 as due_in_sla, 0 as closed, 0 as closed_in_sla,
    0 as solved, 0 as solved_hours,
    count(*) filter (where closed is null or closed > created) as change
from days
where created is not null
group by all
union all
select local_day(response_due_at), agent_id, 0, 0, 0, count(*), count(*) filter (where is_response_in_sla), 0, 0, 0, 0, 0
from tickets
where response_due_at is not null
group by all
union all
select local_day(closed_at), agent_id, 0, 0, 0, 0, 0, count(*), count(*) filter (where is_resolution_in_sla), 0, 0,
    -count(*) filter (where local_day(closed_at) > local_day(created_at))
from tickets
where closed_at is not null
group by all
union all
select local_day(resolved_at), agent_id, 0, 0, 0, 0, 0, 0, 0, count(resolution_working_hours),
    coalesce(sum(resolution_working_hours), 0), 0
from tickets
where resolved_at is not null
group by all;

create temp table tickets_by_path as from by_period('tickets_of_days', true, true);
create temp table tickets_by_unit as from by_unit('tickets_by_path');

insert into by_hand
select 'backlog', is_to_date, grain, period_start, level, unit_id, still_open, null, still_open
from open_at_ends('tickets_of_days')
where level <> 'rep'
union all
select 'complaints', is_to_date, grain, period_start, level, unit_id, complaints, null, complaints
from tickets_by_unit
where complaints > 0
union all
select 'reopened_share', is_to_date, grain, period_start, level, unit_id, reopened, created, divided(reopened, created)
from tickets_by_unit
where created > 0 and grain in ('month', 'quarter', 'year')
union all
select 'first_response_sla', is_to_date, grain, period_start, level, unit_id, due_in_sla, due, divided(due_in_sla, due)
from tickets_by_unit
where due > 0
union all
select 'resolution_sla', is_to_date, grain, period_start, level, unit_id, closed_in_sla, closed,
    divided(closed_in_sla, closed)
from tickets_by_unit
where closed > 0 and grain in ('month', 'quarter', 'year')
union all
select 'resolution_time_mean', is_to_date, grain, period_start, level, unit_id, solved_hours, solved,
    divided(solved_hours, solved)
from tickets_by_unit
where solved > 0;

-- A double holds minutes and hours to the microsecond, and sorts faster than a decimal of 38 places.
create temp table first_responses as
select local_day(first_response_at) as day, agent_id as person_id, cast(first_response_working_minutes as double) as value
from tickets
where first_response_at is not null;

create temp table first_responses_by_unit as from ordered_by_period('first_responses', true);

create temp table resolutions as
select local_day(resolved_at) as day, agent_id as person_id, cast(resolution_working_hours as double) as value
from tickets
where resolved_at is not null;

insert into by_hand
select 'first_response_p90', is_to_date, grain, period_start, level, unit_id, quantiles[2], null, quantiles[2]
from first_responses_by_unit
union all
select 'first_response_time', is_to_date, grain, period_start, level, unit_id, quantiles[1], null, quantiles[1]
from first_responses_by_unit
where grain in ('month', 'quarter', 'year')
union all
select 'resolution_time', is_to_date, grain, period_start, level, unit_id, quantiles[1], null, quantiles[1]
from ordered_by_period('resolutions', false)
where grain in ('month', 'quarter', 'year');

-- Of what was solved and is a week old: what was opened again within that week.
create temp table solved_tickets as
with solved as (
    select ticket_id, agent_id, local_day(first_resolved_at) as day
    from tickets
    where first_resolved_at is not null and local_day(first_resolved_at) + 7 <= as_of()
),
opened_again as (
    select distinct solved.ticket_id
    from solved
    inner join ticket_events as e
        on solved.ticket_id = e.ticket_id and local_day(e.changed_at) between solved.day and solved.day + 7
    where e.kind = 'reopened'
)
select day, agent_id as person_id, count(*) as solved, count(opened_again.ticket_id) as opened_again
from solved left join opened_again using (ticket_id)
group by all;

create temp table solved_by_path as from by_period('solved_tickets', false, true);

insert into by_hand
select 'reopen_rate', is_to_date, grain, period_start, level, unit_id, opened_again, solved, divided(opened_again, solved)
from by_unit('solved_by_path')
where not is_to_date;
