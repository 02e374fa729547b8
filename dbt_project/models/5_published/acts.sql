-- One row per act of a person: what they allowed, released, acknowledged or checked, and why; as known when the run began.
with acts as (
    select * from {{ source('definitions', 'acts') }}
),

final as (
    select
        cast(act_no as bigint) as act_no,
        done_at,
        who,
        what,
        subject,
        why,
        digest
    from acts
)

select * from final
