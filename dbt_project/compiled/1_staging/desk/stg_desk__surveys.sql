
  
  create view "warehouse"."staging"."stg_desk__surveys__dbt_tmp" as (
    -- One row per usable record of raw_desk.surveys, in business names and UTC.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_desk"."surveys"
),

records as (
    select
        "id" as survey_id,
        "kind" as kind,
        "customer" as customer_id,
        "ticket" as ticket_id,
        "agent" as agent_id,
        "product" as product_id,
        "channel" as channel,
        "ticket_kind" as ticket_kind,
        "sent" as sent_at,
        "answered" as answered_at,
        "score" as score,
        "scale_max" as scale_max,
        "comment" as comment,
        _batch_id,
        _row_number
    from "warehouse"."raw_desk"."surveys" as delivered
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
        comment,
        'desk' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
