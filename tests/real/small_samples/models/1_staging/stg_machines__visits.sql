-- One row per part maintained at a machine.
with maintenance as (
    select
        asset_id,
        part,
        done_at
    from {{ ref('stg_machines__maintenance') }}
),

final as (
    select
        concat_ws(' ', asset_id, part, cast(done_at as string)) as visit_id,
        asset_id,
        'maintenance' as kind,
        cast(done_at as date) as due_date,
        cast(done_at as date) as done_date
    from maintenance
)

select * from final
