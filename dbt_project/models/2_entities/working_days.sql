-- One row per day and calendar.
with final as (
    select
        calendar_id,
        day,
        is_working,
        opens_at,
        closes_at,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        is_provisional
    from {{ source('definitions', 'working_days') }}
)

select * from final
