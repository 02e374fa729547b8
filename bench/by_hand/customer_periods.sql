-- Customers month by month (quarter, year): this entity says its periods itself.
create temp table customers_in_periods as
select period_end as day, owner_id as person_id, false as is_to_date, grain, period_start,
    count(*) filter (where is_valid) as valid, count(*) filter (where is_valid and is_engaged_90) as engaged,
    count(*) filter (where is_active_start) as were, count(*) filter (where is_active_end) as active,
    count(*) filter (where is_active_start and is_active_end) as kept,
    count(*) filter (where is_active_start and is_cross_sold) as cross_sold,
    count(*) filter (where is_member) as members, count(*) filter (where is_member and has_order_30) as members_ordering,
    count(*) filter (where orders_12m >= 1) as ordering, count(*) filter (where orders_12m >= 2) as ordering_again
from customer_periods
where period_end is not null
group by all;

create temp table customers_in_periods_by_path as select * exclude (day) from credited('customers_in_periods');
create temp table customer_counts as from by_unit('customers_in_periods_by_path');

insert into by_hand
select 'active_rate', is_to_date, grain, period_start, level, unit_id, engaged, valid, divided(engaged, valid)
from customer_counts
where valid > 0 and level in ('company', 'region')
union all
select 'cross_sell_rate', is_to_date, grain, period_start, level, unit_id, cross_sold, were, divided(cross_sold, were)
from customer_counts
where were > 0
union all
select 'member_active_rate', is_to_date, grain, period_start, level, unit_id, members_ordering, members,
    divided(members_ordering, members)
from customer_counts
where members > 0
union all
select 'repurchase_rate', is_to_date, grain, period_start, level, unit_id, ordering_again, ordering,
    divided(ordering_again, ordering)
from customer_counts
where ordering > 0
union all
select 'retention_rate', is_to_date, grain, period_start, level, unit_id, kept, were, divided(kept, were)
from customer_counts
where were > 0
union all
select 'churn_rate', is_to_date, grain, period_start, level, unit_id, 1 - divided(kept, were), null, 1 - divided(kept, were)
from customer_counts
where were > 0;
