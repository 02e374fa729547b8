
  
  create view "warehouse"."staging"."stg_desk__tickets__dbt_tmp" as (
    -- One row per usable record of raw_desk.tickets, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_desk"."tickets"
),

records as (
    select
        "id" as ticket_id,
        "customer" as customer_id,
        "agent" as agent_id,
        "team" as team_id,
        "product" as product_id,
        "channel" as channel,
        "kind" as kind,
        "priority" as priority,
        "status" as status,
        "created" as created_at,
        "first_reply" as first_response_at,
        "first_solved" as first_resolved_at,
        "solved" as resolved_at,
        "reopened" as reopened_at,
        "closed" as closed_at,
        "reopens" as reopened_count,
        "reply_due" as response_due_at,
        "solve_due" as resolution_due_at,
        _batch_id,
        _row_number
    from "warehouse"."raw_desk"."tickets" as delivered
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
  );
