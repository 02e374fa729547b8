-- KPIs that are made of others, and of more than one entity.
create temp table periods_so_far as
select grain, period_start, previous_start, year_ago_start, is_partial,
    date_diff('day', period_start, least(period_end, as_of())) + 1 as days
from periods;

create temp table customers_won as from by_hand where kpi_id = 'new_customers';
create temp table amounts_won as from by_hand where kpi_id = 'won_amount';

insert into by_hand
select 'collection_rate', is_to_date, grain, period_start, level, unit_id, coalesce(paid, 0), due,
    divided(coalesce(paid, 0), due)
from due_by_unit
left join paid_in_time using (is_to_date, grain, period_start, level, unit_id)
where due <> 0
union all
select 'referral_rate', is_to_date, grain, period_start, level, unit_id, coalesce(counted, 0), value,
    divided(coalesce(counted, 0), value)
from customers_won
left join distinct_by_period('first_referred', false, false) using (is_to_date, grain, period_start, level, unit_id)
where level in ('company', 'region')
union all
select 'visit_to_customer', is_to_date, grain, period_start, level, unit_id, coalesce(visits.value, 0), won.value,
    divided(coalesce(visits.value, 0), won.value)
from customers_won as won
left join (from by_hand where kpi_id = 'valid_visits') as visits
    using (is_to_date, grain, period_start, level, unit_id)
union all
select 'new_customer_rate', is_to_date, grain, period_start, level, unit_id, coalesce(won.value, 0), were,
    divided(coalesce(won.value, 0), were)
from customer_counts
left join customers_won as won using (is_to_date, grain, period_start, level, unit_id)
where were > 0 and level in ('company', 'region');

-- Not in the union above, which would round people to the places of amounts.
insert into by_hand
select 'rep_output', is_to_date, grain, period_start, level, unit_id, coalesce(won.value, 0), sales_people,
    divided(coalesce(won.value, 0), sales_people)
from employee_counts
left join amounts_won as won using (is_to_date, grain, period_start, level, unit_id)
where sales_people <> 0 and level <> 'rep';

insert into by_hand
with complaints as (
    from by_hand where kpi_id = 'complaints' and grain in ('month', 'quarter', 'year') and level in ('company', 'region')
),
active as (
    select * from customer_counts where active > 0 and level in ('company', 'region')
),
figures as (
    select is_to_date, grain, period_start, level, unit_id, divided(100 * coalesce(value, 0), coalesce(active, 0)) as rate
    from complaints
    full join active using (is_to_date, grain, period_start, level, unit_id)
)
select 'complaint_rate', is_to_date, grain, period_start, level, unit_id, rate, null, rate from figures;

insert into by_hand
with figures as (
    select is_to_date, grain, period_start, level, unit_id, days,
        divided(coalesce(margin, 0), coalesce(active, 0)) as margin, coalesce(were, 0) as were,
        coalesce(were, 0) - coalesce(kept, 0) as lost
    from (from lines_by_unit where margin is not null) as earned
    full join (from customer_counts where were > 0 or active > 0) as counted
        using (is_to_date, grain, period_start, level, unit_id)
    inner join periods_so_far using (grain, period_start)
    where grain in ('quarter', 'year') and level in ('company', 'region')
),
-- As many periods as customers stay, between one year and ten.
valued as (
    select * exclude (margin, were, lost, days),
        margin * case
            when were > 0 and lost = 0 then divided(3650, days)
            when lost > 0 then least(greatest(divided(were, lost), divided(365, days)), divided(3650, days))
        end as clv
    from figures
)
select 'clv', is_to_date, grain, period_start, level, unit_id, clv, null, clv from valued;

insert into by_hand
with figures as (
    select is_to_date, grain, period_start, divided(divided(coalesce(cost, 0) * 365, days), coalesce(stock, 0)) as turnover
    from (from lines_by_unit where level = 'company' and cost is not null) as sold
    full join (from stock_on_average where stock is not null) as stock using (is_to_date, grain, period_start)
    inner join periods_so_far using (grain, period_start)
)
select 'stock_turnover', is_to_date, grain, period_start, 'company', company(), turnover, null, turnover from figures;

-- Each period beside the one before, or a year ago; a running one beside the same part of it.
insert into by_hand
with scores as (
    from by_hand where kpi_id = 'csat_score' and grain in ('month', 'quarter', 'year')
),
pairs as (
    select 'csat_change' as of_kpi, now.*, other.value as before
    from scores as now
    inner join periods_so_far as p on now.grain = p.grain and now.period_start = p.period_start
    inner join scores as other
        on other.grain = p.grain and other.period_start = p.previous_start and other.is_to_date = p.is_partial
        and other.level = now.level and other.unit_id = now.unit_id
    where not now.is_to_date
    union all
    select 'new_customer_growth', now.*, other.value
    from customers_won as now
    inner join periods_so_far as p on now.grain = p.grain and now.period_start = p.period_start
    inner join customers_won as other
        on other.grain = p.grain and other.period_start = p.previous_start and other.is_to_date = p.is_partial
        and other.level = now.level and other.unit_id = now.unit_id
    where not now.is_to_date and now.level in ('company', 'region')
    union all
    select 'sales_growth_mom', now.*, other.value
    from amounts_won as now
    inner join periods_so_far as p on now.grain = p.grain and now.period_start = p.period_start
    inner join amounts_won as other
        on other.grain = p.grain and other.period_start = p.previous_start and other.is_to_date = p.is_partial
        and other.level = now.level and other.unit_id = now.unit_id
    where not now.is_to_date and now.grain = 'month' and now.level in ('company', 'region')
    union all
    select 'sales_growth_yoy', now.*, other.value
    from amounts_won as now
    inner join periods_so_far as p on now.grain = p.grain and now.period_start = p.period_start
    inner join amounts_won as other
        on other.grain = p.grain and other.period_start = p.year_ago_start and other.is_to_date = p.is_partial
        and other.level = now.level and other.unit_id = now.unit_id
    where not now.is_to_date and now.grain in ('month', 'quarter') and now.level in ('company', 'region')
)
select of_kpi, false, grain, period_start, level, unit_id, value - before, null, value - before
from pairs
where of_kpi = 'csat_change'
union all
select of_kpi, false, grain, period_start, level, unit_id, value, before,
    case when before > 0 then divided(value - before, before) end
from pairs
where of_kpi <> 'csat_change';
