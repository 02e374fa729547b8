-- Employees month by month (quarter, year): who uses the app, and how many sales people there were.
create temp table employees_in_periods as
select period_end as day, employee_id as person_id, false as is_to_date, grain, period_start,
    count(*) filter (where is_licensed) as licensed, count(*) filter (where is_licensed and used_7) as used,
    sum(active_share) filter (where role in ('sales', 'sales_rep')) as sales_people
from employee_periods
where period_end is not null
group by all;

create temp table employees_in_periods_by_path as select * exclude (day) from credited('employees_in_periods');
create temp table employee_counts as from by_unit('employees_in_periods_by_path');

insert into by_hand
select 'app_active_users', is_to_date, grain, period_start, level, unit_id, used, licensed, divided(used, licensed)
from employee_counts
where licensed > 0 and level in ('company', 'region', 'department');
