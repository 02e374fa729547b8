-- One row per service case.
with delivered as (
    select * from {{ ref('delivered_tickets') }}
),

company as (
    select time_zone from {{ source('definitions', 'company') }}
),

business_date as (
    select {{ to_utc('cast(' ~ add_days('as_of_date', 1) ~ ' as timestamp)', 'company.time_zone') }} as ends_at
    from {{ source('definitions', 'run') }}
    cross join company
),

working_seconds as (
    select * from {{ ref('working_seconds') }}
),

local_clocks as (
    select
        delivered.ticket_id,
        {{ local_time('delivered.created_at', 'company.time_zone') }} as created,
        {{ local_time('delivered.first_response_at', 'company.time_zone') }} as responded,
        {{ local_time('delivered.resolved_at', 'company.time_zone') }} as resolved
    from delivered
    cross join company
),

-- Time worked between two instants is the difference of the time worked before each: no row per day in between.
worked as (
    select
        local_clocks.ticket_id,
        {{ worked_seconds('local_clocks.created', 'created_day') }} as until_created,
        {{ worked_seconds('local_clocks.responded', 'responded_day') }} as until_responded,
        {{ worked_seconds('local_clocks.resolved', 'resolved_day') }} as until_resolved
    from local_clocks
    left join working_seconds as created_day on cast(local_clocks.created as date) = created_day.day
    left join working_seconds as responded_day on cast(local_clocks.responded as date) = responded_day.day
    left join working_seconds as resolved_day on cast(local_clocks.resolved as date) = resolved_day.day
),

final as (
    select
        delivered.*,
        {{ minutes_between('delivered.created_at', 'delivered.first_response_at') }} as first_response_minutes,
        cast((worked.until_responded - worked.until_created) / 60 as decimal(38, 12)) as first_response_working_minutes,
        {{ hours_between('delivered.created_at', 'delivered.resolved_at') }} as resolution_hours,
        cast((worked.until_resolved - worked.until_created) / 3600 as decimal(38, 12)) as resolution_working_hours,
        {{ in_sla('delivered.source_is_response_in_sla', 'delivered.first_response_at', 'delivered.response_due_at') }}
            as is_response_in_sla,
        {{ in_sla(
            'delivered.source_is_resolution_in_sla',
            'coalesce(delivered.resolved_at, delivered.closed_at)',
            'delivered.resolution_due_at'
        ) }} as is_resolution_in_sla
    from delivered
    cross join business_date
    left join worked on delivered.ticket_id = worked.ticket_id
)

select * from final
