-- One row per usable record of raw_desk.ticket_events, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_desk', 'ticket_events') }}
),

records as (
    select
        {{ adapter.quote("ticket") }} as ticket_id,
        {{ adapter.quote("no") }} as event_no,
        {{ adapter.quote("happened") }} as changed_at,
        {{ adapter.quote("kind") }} as kind,
        {{ adapter.quote("old") }} as from_value,
        {{ adapter.quote("new") }} as to_value,
        {{ adapter.quote("agent") }} as agent_id,
        {{ adapter.quote("team") }} as team_id,
        {{ adapter.quote("product") }} as product_id,
        {{ adapter.quote("customer") }} as customer_id,
        _batch_id,
        _row_number
    from {{ source('raw_desk', 'ticket_events') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        ticket_id,
        event_no,
        changed_at,
        kind,
        from_value,
        to_value,
        agent_id,
        team_id,
        product_id,
        customer_id,
        'desk' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
