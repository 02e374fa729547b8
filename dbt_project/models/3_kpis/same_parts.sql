-- One row per grain that runs and earlier period of it: the part that is like what has passed of the running period.
-- A running period of n working days is like the first n working days of another one: up to the day that has as many
-- working days behind it, and at most as many days off after the last of them.
{{ config(materialized='ephemeral') }}
with periods as (
    select grain, period_start, period_end, previous_start, year_ago_start, working_days, working_days_to_date, is_partial
    from {{ ref('periods') }}
    where grain <> 'day'
),

calendar_days as (
    select day, is_working from {{ ref('calendar_days') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

running as (
    select * from periods where is_partial
),

running_days as (
    select running.grain, calendar_days.day, calendar_days.is_working
    from running
    cross join run
    inner join calendar_days on calendar_days.day between running.period_start and run.as_of_date
),

last_worked as (
    select grain, max(case when is_working then day end) as day from running_days group by grain
),

-- Days off since the last working day of the running period, or since its start.
running_days_off as (
    select
        running_days.grain,
        sum(case when running_days.day > last_worked.day or last_worked.day is null then 1 else 0 end) as days_off
    from running_days
    inner join last_worked on running_days.grain = last_worked.grain
    group by running_days.grain
),

-- As far back as eight periods and what those look back at themselves: a year before, and eight periods before.
others as (
    select
        periods.grain,
        periods.period_start,
        periods.period_end,
        periods.year_ago_start,
        periods.working_days,
        running.working_days_to_date,
        periods.period_start = running.previous_start as is_previous,
        periods.period_start = running.year_ago_start as is_year_ago,
        row_number() over (partition by periods.grain order by periods.period_start desc) as periods_back
    from running
    inner join periods on running.grain = periods.grain and running.period_start > periods.period_start
),

few as (
    select * from others where periods_back <= case grain when 'month' then 20 else 16 end or is_year_ago
),

worked as (
    select
        few.grain,
        few.period_start,
        few.working_days_to_date,
        calendar_days.day,
        sum(case when calendar_days.is_working then 1 else 0 end) over sofar as working_days,
        max(case when calendar_days.is_working then calendar_days.day end) over sofar as last_worked
    from few
    inner join calendar_days on calendar_days.day between few.period_start and few.period_end
    window sofar as (partition by few.grain, few.period_start order by calendar_days.day)
),

counted as (
    select
        worked.*,
        {{ days_between('coalesce(worked.last_worked, ' ~ add_days('worked.period_start', -1) ~ ')', 'worked.day') }} as days_off
    from worked
),

parts as (
    select counted.grain, counted.period_start, max(counted.day) as last_day, max(counted.working_days) as working_days
    from counted
    inner join running_days_off on counted.grain = running_days_off.grain
    where counted.working_days < counted.working_days_to_date
        or (counted.working_days = counted.working_days_to_date and counted.days_off <= running_days_off.days_off)
    group by counted.grain, counted.period_start
),

final as (
    select
        few.grain,
        few.period_start,
        few.period_end,
        few.year_ago_start,
        few.periods_back,
        few.is_previous,
        few.is_year_ago,
        few.working_days,
        parts.working_days as working_days_to_date,
        parts.last_day
    from few
    inner join parts on few.grain = parts.grain and few.period_start = parts.period_start
)

select * from final
