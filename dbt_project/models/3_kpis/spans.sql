-- One row per window, grain and period that has begun; and, is_to_date, per period a running one is compared with: the
-- part of it that is like what has passed of the running one.
with periods as (
    select grain, period_start, period_end from {{ ref('periods') }}
),

calendar_days as (
    select day, year_start from {{ ref('calendar_days') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

compared as (
    select
        true as is_to_date,
        grain,
        period_start,
        period_end,
        last_day
    from {{ ref('same_parts') }}
    where is_previous or is_year_ago
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
