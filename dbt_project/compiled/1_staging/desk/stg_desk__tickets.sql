-- One row per usable record of raw_desk.tickets, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_desk', 'tickets') }}
),

records as (
    select
        {{ adapter.quote("id") }} as ticket_id,
        {{ adapter.quote("customer") }} as customer_id,
        {{ adapter.quote("agent") }} as agent_id,
        {{ adapter.quote("team") }} as team_id,
        {{ adapter.quote("product") }} as product_id,
        {{ adapter.quote("channel") }} as channel,
        {{ adapter.quote("kind") }} as kind,
        {{ adapter.quote("priority") }} as priority,
        {{ adapter.quote("status") }} as status,
        {{ adapter.quote("created") }} as created_at,
        {{ adapter.quote("first_reply") }} as first_response_at,
        {{ adapter.quote("first_solved") }} as first_resolved_at,
        {{ adapter.quote("solved") }} as resolved_at,
        {{ adapter.quote("reopened") }} as reopened_at,
        {{ adapter.quote("closed") }} as closed_at,
        {{ adapter.quote("reopens") }} as reopened_count,
        {{ adapter.quote("reply_due") }} as response_due_at,
        {{ adapter.quote("solve_due") }} as resolution_due_at,
        _batch_id,
        _row_number
    from {{ source('raw_desk', 'tickets') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        ticket_id,
        customer_id,
        agent_id,
        team_id,
        product_id,
        channel,
        kind,
        priority,
        status,
        created_at,
        first_response_at,
        first_resolved_at,
        resolved_at,
        reopened_at,
        closed_at,
        reopened_count,
        response_due_at,
        resolution_due_at,
        'desk' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
