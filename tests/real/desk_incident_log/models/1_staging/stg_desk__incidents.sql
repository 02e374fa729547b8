-- One row per incident: its last event. Earlier events say what was true then (counting them gives an SLA of 93.5 %).
with events as (
    select
        ticket_id,
        status,
        reopened_count,
        event_no,
        source_is_resolution_in_sla,
        customer_id,
        created_at,
        updated_at,
        channel,
        site,
        product_id,
        priority,
        team_id,
        agent_id,
        resolved_at,
        closed_at,
        _row_number
    from {{ ref('stg_desk__incident_events') }}
),

numbered as (
    select
        *,
        row_number() over (partition by ticket_id order by event_no desc, updated_at desc, _row_number desc) as from_last
    from events
),

final as (
    select
        ticket_id,
        customer_id,
        agent_id,
        team_id,
        product_id,
        channel,
        site,
        'incident' as kind,
        priority,
        status,
        created_at,
        resolved_at,
        closed_at,
        reopened_count,
        source_is_resolution_in_sla
    from numbered
    where from_last = 1
)

select * from final
