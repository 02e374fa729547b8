-- One row per employee, grain (month, quarter, year) and period on any day of which they were employed.
with employees as (
    select
        employee_id,
        role,
        is_licensed,
        hired_date,
        left_date,
        valid_from,
        lead(valid_from) over (partition by employee_id order by valid_from) as next_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as said_to
    from {{ ref('employees') }}
),

usage as (
    select employee_id, day from {{ ref('app_usage') }} where actions > 0
),

-- Periods end at the business date, at the latest.
periods as (
    select
        periods.grain,
        periods.period_start,
        least(periods.period_end, run.as_of_date) as period_end
    from {{ ref('periods') }} as periods
    cross join {{ source('definitions', 'run') }} as run
    where periods.grain in ('month', 'quarter', 'year')
),

-- The next row of an employee ends the one before, whatever that one says of itself.
stays as (
    select
        employee_id,
        role,
        is_licensed,
        greatest(valid_from, coalesce(hired_date, valid_from)) as from_day,
        least(
            case when next_from <= said_to then {{ add_days('next_from', -1) }} else said_to end,
            coalesce(left_date, said_to)
        ) as to_day
    from employees
),

parts as (
    select
        stays.employee_id,
        periods.grain,
        periods.period_start,
        periods.period_end,
        stays.role,
        stays.is_licensed,
        {{ days_between('greatest(stays.from_day, periods.period_start)', 'least(stays.to_day, periods.period_end)') }} + 1 as days,
        row_number() over (
            partition by stays.employee_id, periods.grain, periods.period_start order by stays.from_day desc
        ) as part_from_last
    from stays
    inner join periods
        on stays.from_day <= periods.period_end and stays.to_day >= periods.period_start and stays.from_day <= stays.to_day
),

employed as (
    select employee_id, grain, period_start, sum(days) as days
    from parts
    group by employee_id, grain, period_start
),

-- Seven days before each end are few days: usage is looked up by day, however much of it there is.
ends as (
    select period_end from periods group by period_end
),

asked_days as (
    {%- for back in range(7) %}
    select period_end, {{ add_days('period_end', -back) }} as day from ends
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

used as (
    select usage.employee_id, asked_days.period_end
    from usage
    inner join asked_days on usage.day = asked_days.day
    group by usage.employee_id, asked_days.period_end
),

final as (
    select
        parts.employee_id,
        parts.grain,
        parts.period_start,
        parts.period_end,
        parts.role,
        parts.is_licensed,
        cast({{ divide('employed.days', days_between('parts.period_start', 'parts.period_end') ~ ' + 1') }} as decimal(18, 12))
            as active_share,
        used.employee_id is not null as used_7
    from parts
    inner join employed
        on parts.employee_id = employed.employee_id
        and parts.grain = employed.grain
        and parts.period_start = employed.period_start
    left join used on parts.employee_id = used.employee_id and parts.period_end = used.period_end
    where parts.part_from_last = 1
)

select * from final
