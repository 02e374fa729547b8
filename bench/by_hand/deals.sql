-- Deals by the day they were closed.
create temp table deals_closed as
select local_day(closed_at) as day, owner_id as person_id,
    count(*) filter (where status = 'won') as won, count(*) filter (where status = 'lost') as lost,
    sum(amount) filter (where status = 'won') as won_amount,
    sum(amount) filter (where status in ('won', 'lost')) as ended_amount
from deals
where closed_at is not null
group by all;

create temp table deals_by_path as from by_period('deals_closed', true, true);
create temp table deals_by_unit as from by_unit('deals_by_path');

insert into by_hand
select 'win_rate', is_to_date, grain, period_start, level, unit_id, won, won + lost, divided(won, won + lost)
from deals_by_unit
where won + lost > 0 and grain in ('month', 'quarter', 'year')
union all
select 'loss_reason_share', is_to_date, grain, period_start, level, unit_id, lost, lost, 1
from deals_by_unit
where lost > 0 and grain in ('month', 'quarter', 'year')
union all
select 'win_rate_amount', is_to_date, grain, period_start, level, unit_id, coalesce(won_amount, 0), ended_amount,
    divided(coalesce(won_amount, 0), ended_amount)
from deals_by_unit
where ended_amount <> 0;

create temp table deals_won as
select local_day(closed_at) as day, owner_id as person_id, cycle_days as value
from deals
where closed_at is not null and status = 'won';

insert into by_hand
select 'sales_cycle_days', is_to_date, grain, period_start, level, unit_id, quantiles[1], null, quantiles[1]
from ordered_by_period('deals_won', false)
where grain in ('month', 'quarter', 'year');
