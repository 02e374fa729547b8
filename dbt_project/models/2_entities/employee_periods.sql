-- One row per employee, grain (month, quarter, year) and period in which they were employed on some day.
with run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

periods as (
    select periods.grain, periods.period_start, least(periods.period_end, run.as_of_date) as period_end
    from {{ ref('periods') }} as periods
    cross join run
    where periods.grain in ('month', 'quarter', 'year')
),

employees as (
    select
        employee_id,
        valid_from,
        role,
        is_licensed,
        hired_date,
        left_date,
        coalesce(valid_to, cast('9999-12-31' as date)) as said_to,
        lead(valid_from) over (partition by employee_id order by valid_from) as next_from
    from {{ ref('employees') }}
),

-- The next row of an employee ends the one before, whatever that one says of itself.
stays as (
    select
        employee_id,
        role,
        coalesce(is_licensed, false) as is_licensed,
        greatest(valid_from, coalesce(hired_date, valid_from)) as first_day,
        least(
            case when next_from <= said_to then {{ add_days('next_from', -1) }} else said_to end,
            coalesce(left_date, said_to)
        ) as last_day
    from employees
),

pieces as (
    select
        stays.employee_id,
        periods.grain,
        periods.period_start,
        periods.period_end,
        stays.role,
        stays.is_licensed,
        greatest(stays.first_day, periods.period_start) as first_day,
        least(stays.last_day, periods.period_end) as last_day
    from stays
    inner join periods on stays.first_day <= periods.period_end and stays.last_day >= periods.period_start
    where stays.first_day <= stays.last_day
),

numbered as (
    select
        pieces.*,
        sum({{ days_between('first_day', 'last_day') }} + 1) over (partition by employee_id, grain, period_start) as days,
        row_number() over (partition by employee_id, grain, period_start order by last_day desc, first_day desc) as newest
    from pieces
),

used as (
    select employee_id, day from {{ ref('app_usage') }} where actions > 0 group by employee_id, day
),

users as (
    select numbered.employee_id, numbered.grain, numbered.period_start
    from numbered
    inner join used
        on numbered.employee_id = used.employee_id
        and used.day between {{ add_days('numbered.period_end', -6) }} and numbered.period_end
    where numbered.newest = 1
    group by numbered.employee_id, numbered.grain, numbered.period_start
),

final as (
    select
        numbered.employee_id,
        numbered.grain,
        numbered.period_start,
        numbered.period_end,
        numbered.role,
        numbered.is_licensed,
        cast({{ divide('numbered.days', days_between('numbered.period_start', 'numbered.period_end') ~ ' + 1') }} as decimal(18, 12))
            as active_share,
        users.employee_id is not null as used_7
    from numbered
    left join users
        on numbered.employee_id = users.employee_id
        and numbered.grain = users.grain
        and numbered.period_start = users.period_start
    where numbered.newest = 1
)

select * from final
