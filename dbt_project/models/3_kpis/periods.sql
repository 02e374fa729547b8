-- One row per grain (day, week, month, quarter, year) and period that has begun by the business date.
with final as (
    select
        grain,
        period_start,
        period_end,
        previous_start,
        year_ago_start,
        days,
        days_to_date,
        working_days,
        working_days_to_date,
        is_partial
    from {{ ref('all_periods') }}
    where is_started
)

select * from final
