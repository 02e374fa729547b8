
  
  create view "warehouse"."staging"."stg_desk__ticket_events__dbt_tmp" as (
    -- One row per usable record of raw_desk.ticket_events, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_desk"."ticket_events"
),

records as (
    select
        "ticket" as ticket_id,
        "no" as event_no,
        "happened" as changed_at,
        "kind" as kind,
        "old" as from_value,
        "new" as to_value,
        "agent" as agent_id,
        "team" as team_id,
        "product" as product_id,
        "customer" as customer_id,
        _batch_id,
        _row_number
    from "warehouse"."raw_desk"."ticket_events" as delivered
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
  );
