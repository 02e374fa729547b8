-- One row per record drawn to be checked by hand.
with final as (
    select
        source_system,
        sample_id,
        record_id,
        table_name,
        owner_id,
        drawn_at,
        accepted_share,
        checked_by,
        is_wrong,
        wrong_fields
    from {{ source('definitions', 'audit_samples') }}
)

select * from final
