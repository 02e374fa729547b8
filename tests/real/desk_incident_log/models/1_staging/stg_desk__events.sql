-- One row per event, numbered within its incident; what was true then, not what became of it.
with events as (
    select
        ticket_id,
        event_no,
        updated_at,
        status,
        source_is_resolution_in_sla,
        _row_number
    from {{ ref('stg_desk__incident_events') }}
),

final as (
    select
        ticket_id,
        row_number() over (partition by ticket_id order by event_no, updated_at, _row_number) as event_no,
        updated_at as changed_at,
        'status' as kind,
        status as to_value,
        source_is_resolution_in_sla as x_made_sla
    from events
)

select * from final
