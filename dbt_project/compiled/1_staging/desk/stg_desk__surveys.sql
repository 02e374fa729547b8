-- One row per usable record of raw_desk.surveys, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_desk', 'surveys') }}
),

records as (
    select
        {{ adapter.quote("id") }} as survey_id,
        {{ adapter.quote("kind") }} as kind,
        {{ adapter.quote("customer") }} as customer_id,
        {{ adapter.quote("ticket") }} as ticket_id,
        {{ adapter.quote("agent") }} as agent_id,
        {{ adapter.quote("product") }} as product_id,
        {{ adapter.quote("channel") }} as channel,
        {{ adapter.quote("ticket_kind") }} as ticket_kind,
        {{ adapter.quote("sent") }} as sent_at,
        {{ adapter.quote("answered") }} as answered_at,
        {{ adapter.quote("score") }} as score,
        {{ adapter.quote("scale_max") }} as scale_max,
        _batch_id,
        _row_number
    from {{ source('raw_desk', 'surveys') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        survey_id,
        kind,
        customer_id,
        ticket_id,
        agent_id,
        product_id,
        channel,
        ticket_kind,
        sent_at,
        answered_at,
        score,
        scale_max,
        'desk' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
