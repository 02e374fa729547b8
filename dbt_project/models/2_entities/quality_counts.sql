-- One row per day, table, source and owner: what the gate counted.
with final as (
    select
        table_name,
        day,
        system as source,
        data_owner,
        owner_id,
        required,
        filled,
        checked,
        valid,
        duplicate,
        rows,
        entered_on_time,
        activities
    from {{ source('gate', 'quality_counts') }}
)

select * from final
