-- Activities: follow-ups by the day they were done and the day they were due, customers visited.
create temp table follow_ups as
select local_day(done_at) as day, owner_id as person_id, count(*) as done, 0 as on_time, 0 as due
from activities
where kind in ('call', 'mail', 'meeting') and done_at is not null
group by all
union all
select local_day(due_at), owner_id, 0, count(*) filter (where done_at <= due_at), count(*)
from activities
where kind in ('call', 'mail', 'meeting') and due_at is not null
group by all;

create temp table follow_ups_by_path as from by_period('follow_ups', true, true);
create temp table follow_ups_by_unit as from by_unit('follow_ups_by_path');

insert into by_hand
select 'follow_ups', is_to_date, grain, period_start, level, unit_id, done, null, done
from follow_ups_by_unit
where done > 0
union all
select 'follow_up_on_time', is_to_date, grain, period_start, level, unit_id, on_time, due, divided(on_time, due)
from follow_ups_by_unit
where due > 0;

create temp table visits as
select local_day(done_at) as day, owner_id as person_id, customer_id as key
from activities
where kind = 'visit' and (has_check_in or note_length >= 20) and done_at is not null;

create temp table first_visits as from first_days('visits');

insert into by_hand
select 'valid_visits', is_to_date, grain, period_start, level, unit_id, counted, null, counted
from distinct_by_period('first_visits', true, true);
