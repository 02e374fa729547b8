-- One row per day of the company calendar: the periods it lies in, and whether it is a working day.
with working_days as (
    select day, is_working, fiscal_year, fiscal_quarter, fiscal_month
    from {{ ref('working_days') }}
    where calendar_id = 'company'
),

-- Months, quarters and years are the company's: each begins on the first day the calendar gives to it.
final as (
    select
        day,
        cast(date_trunc('week', day) as date) as week_start,
        min(day) over (partition by fiscal_year, fiscal_month) as month_start,
        min(day) over (partition by fiscal_year, fiscal_quarter) as quarter_start,
        min(day) over (partition by fiscal_year) as year_start,
        is_working
    from working_days
)

select * from final
