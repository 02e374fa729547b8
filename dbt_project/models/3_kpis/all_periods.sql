-- One row per grain and period of the calendar, those to come included (goals look ahead; KPIs read `periods`).
{{ config(materialized='ephemeral') }}
with calendar_days as (
    select * from {{ ref('calendar_days') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

{% set grains = ['day', 'week', 'month', 'quarter', 'year'] -%}
days_of_periods as (
    {%- for grain in grains %}
    select '{{ grain }}' as grain, {{ 'day' if grain == 'day' else grain ~ '_start' }} as period_start, day, is_working
    from calendar_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        days_of_periods.grain,
        days_of_periods.period_start,
        max(days_of_periods.day) as period_end,
        cast(count(*) as int) as days,
        cast(sum(case when days_of_periods.day <= run.as_of_date then 1 else 0 end) as int) as days_to_date,
        cast(sum(case when days_of_periods.day < run.as_of_date then 1 else 0 end) as int) as days_to_date_before,
        cast(sum(case when days_of_periods.is_working then 1 else 0 end) as int) as working_days,
        cast(sum(case when days_of_periods.is_working and days_of_periods.day <= run.as_of_date then 1 else 0 end) as int)
            as working_days_to_date,
        cast(sum(case when days_of_periods.is_working and days_of_periods.day < run.as_of_date then 1 else 0 end) as int)
            as working_days_to_date_before
    from days_of_periods
    cross join run
    group by days_of_periods.grain, days_of_periods.period_start
),

-- A year ago is as many periods back as a year has: 52 for ISO weeks and 364 for days, so that weekdays stay together.
final as (
    select
        counted.grain,
        counted.period_start,
        counted.period_end,
        lag(counted.period_start) over (partition by counted.grain order by counted.period_start) as previous_start,
        case counted.grain
            when 'day' then {{ add_days('counted.period_start', -364) }}
            when 'week' then lag(counted.period_start, 52) over (partition by counted.grain order by counted.period_start)
            when 'month' then lag(counted.period_start, 12) over (partition by counted.grain order by counted.period_start)
            when 'quarter' then lag(counted.period_start, 4) over (partition by counted.grain order by counted.period_start)
            when 'year' then lag(counted.period_start, 1) over (partition by counted.grain order by counted.period_start)
        end as year_ago_start,
        counted.days,
        counted.days_to_date,
        counted.days_to_date_before,
        counted.working_days,
        counted.working_days_to_date,
        counted.working_days_to_date_before,
        counted.period_start <= run.as_of_date as is_started,
        counted.period_end > run.as_of_date as is_partial
    from counted
    cross join run
)

select * from final
