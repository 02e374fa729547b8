-- One row per record of a goal: who recorded which content and state, when, and from which business date runs know of it.
with records as (
    select * from {{ source('definitions', 'goal_records') }}
),

final as (
    select
        cast(act_no as bigint) as act_no,
        goal_id,
        state,
        known_from,
        recorded_at,
        recorded_by,
        reason,
        said,
        content,
        digest
    from records
)

select * from final
