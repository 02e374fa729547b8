-- One row per day of the company calendar: the seconds worked before it, and its hours in seconds since midnight.
with calendar as (
    select * from {{ source('definitions', 'working_days') }}
    where calendar_id = 'company'
),

hours as (
    select
        day,
        case when is_working then {{ seconds_of('opens_at') }} else 0 end as opens,
        case when is_working then {{ seconds_of('closes_at') }} else 0 end as closes
    from calendar
),

final as (
    select
        day,
        opens,
        closes,
        cast(sum(closes - opens) over (order by day) as bigint) - (closes - opens) as worked_before
    from hours
)

select * from final
