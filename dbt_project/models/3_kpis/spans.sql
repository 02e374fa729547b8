-- One row per window, grain and period that has begun; and, is_to_date, per period a running one is compared with.
-- A running period of n working days is compared with the first n working days of the other one: up to the day that has
-- as many working days behind it, and at most as many days off after the last of them.
with periods as (
    select grain, period_start, period_end, previous_start, year_ago_start, working_days_to_date, is_partial
    from {{ ref('periods') }}
),

calendar_days as (
    select day, is_working, year_start from {{ ref('calendar_days') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

running as (
    select * from periods where is_partial
),

running_days as (
    select running.grain, running.period_start, calendar_days.day, calendar_days.is_working
    from running
    cross join run
    inner join calendar_days on calendar_days.day between running.period_start and run.as_of_date
),

last_worked as (
    select grain, period_start, max(case when is_working then day end) as day
    from running_days
    group by grain, period_start
),

-- Days off since the last working day of the running period, or since its start.
running_days_off as (
    select
        running_days.grain,
        running_days.period_start,
        sum(case when running_days.day > last_worked.day or last_worked.day is null then 1 else 0 end) as days_off
    from running_days
    inner join last_worked
        on running_days.grain = last_worked.grain
        and running_days.period_start = last_worked.period_start
    group by running_days.grain, running_days.period_start
),

others as (
    select grain, previous_start as period_start, working_days_to_date, period_start as running_start from running
    union
    select grain, year_ago_start as period_start, working_days_to_date, period_start as running_start from running
),

worked as (
    select
        others.grain,
        others.period_start,
        periods.period_end,
        others.running_start,
        others.working_days_to_date,
        calendar_days.day,
        sum(case when calendar_days.is_working then 1 else 0 end) over sofar as working_days,
        max(case when calendar_days.is_working then calendar_days.day end) over sofar as last_worked
    from others
    inner join periods on others.grain = periods.grain and others.period_start = periods.period_start
    inner join calendar_days on calendar_days.day between periods.period_start and periods.period_end
    window sofar as (partition by others.grain, others.period_start, others.running_start order by calendar_days.day)
),

counted as (
    select
        worked.*,
        {{ days_between('coalesce(worked.last_worked, ' ~ add_days('worked.period_start', -1) ~ ')', 'worked.day') }} as days_off
    from worked
),

compared as (
    select
        true as is_to_date,
        counted.grain,
        counted.period_start,
        max(counted.period_end) as period_end,
        max(counted.day) as last_day
    from counted
    inner join running_days_off
        on counted.grain = running_days_off.grain
        and counted.running_start = running_days_off.period_start
    where counted.working_days < counted.working_days_to_date
        or (counted.working_days = counted.working_days_to_date and counted.days_off <= running_days_off.days_off)
    group by counted.grain, counted.period_start
),

ended as (
    select
        false as is_to_date,
        periods.grain,
        periods.period_start,
        periods.period_end,
        least(periods.period_end, run.as_of_date) as last_day
    from periods
    cross join run
    union all
    select * from compared
),

final as (
    select
        'period' as span,
        is_to_date,
        grain,
        period_start,
        period_end,
        period_start as first_day,
        last_day
    from ended
    union all
    select
        'year_to_date' as span,
        ended.is_to_date,
        ended.grain,
        ended.period_start,
        ended.period_end,
        calendar_days.year_start as first_day,
        ended.last_day
    from ended
    inner join calendar_days on ended.last_day = calendar_days.day
    union all
    select
        '12 months' as span,
        is_to_date,
        grain,
        period_start,
        period_end,
        {{ add_months(add_days('last_day', 1), -12) }} as first_day,
        last_day
    from ended
)

select * from final
