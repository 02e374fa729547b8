-- One row per alert: what was found, who was told, who sees to it; as known when the run began.
with alerts as (
    select * from {{ source('definitions', 'alerts') }}
),

final as (
    select
        alert_id,
        owner,
        table_name as {{ adapter.quote('table') }},
        check_name as {{ adapter.quote('check') }},
        severity,
        cast(failed_rows as bigint) as failed_rows,
        opened_at,
        seen_at,
        closed_at,
        told_at,
        told_by,
        escalated_to,
        acknowledged_at,
        acknowledged_by
    from alerts
)

select * from final
