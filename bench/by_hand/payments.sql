-- Payments by the day they came in; and by the day they were due, as far as they came in by the end of the period.
create temp table cash as
select paid_date as day, owner_id as person_id, sum(amount) as amount
from payments
where status = 'approved' and paid_date is not null
group by all;

create temp table cash_by_path as from by_period('cash', false, false);

insert into by_hand
select 'cash_collected', is_to_date, grain, period_start, level, unit_id, amount, null, amount
from by_unit('cash_by_path');

create temp table due_and_paid as
with paid as (
    select due_date, paid_date, owner_id, sum(amount) as amount
    from payments
    where status = 'approved' and due_date is not null and paid_date is not null
    group by all
),
ends as (
    select grain, period_start, last_day from spans
    where span = 'period' and not is_to_date and grain <> 'day'
)
select paid.due_date as day, paid.owner_id as person_id,
    sum(paid.amount) filter (where paid.paid_date <= week.last_day) as in_week,
    sum(paid.amount) filter (where paid.paid_date <= month.last_day) as in_month,
    sum(paid.amount) filter (where paid.paid_date <= quarter.last_day) as in_quarter,
    sum(paid.amount) filter (where paid.paid_date <= year.last_day) as in_year
from paid
inner join calendar_days as c on paid.due_date = c.day
inner join ends as week on week.grain = 'week' and week.period_start = c.week_start
inner join ends as month on month.grain = 'month' and month.period_start = c.month_start
inner join ends as quarter on quarter.grain = 'quarter' and quarter.period_start = c.quarter_start
inner join ends as year on year.grain = 'year' and year.period_start = c.year_start
group by all;

create temp table paid_by_path as from by_period('due_and_paid', false, true);

-- The parts of earlier periods end earlier, so fewer payments had come in.
create temp table paid_in_parts as
select true as is_to_date, parts.grain, parts.period_start, coalesce(paths.path, 0) as path, sum(payments.amount) as paid
from payments
inner join parts
    on payments.due_date between parts.first_day and parts.last_day and payments.paid_date <= parts.last_day
left join paths
    on payments.owner_id = paths.employee_id and payments.due_date between paths.valid_from and paths.valid_to
where payments.status = 'approved'
group by all;

create temp table paid_in_time as
select is_to_date, grain, period_start, level, unit_id,
    case grain when 'week' then in_week when 'month' then in_month when 'quarter' then in_quarter else in_year end as paid
from by_unit('paid_by_path')
where not is_to_date
union all
select is_to_date, grain, period_start, level, unit_id, paid from by_unit('paid_in_parts');
