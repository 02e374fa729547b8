-- One row per thing that somebody said of a figure with `kpi feedback`; as known when the run began.
with feedback as (
    select * from {{ source('definitions', 'feedback') }}
),

final as (
    select
        cast(act_no as bigint) as act_no,
        given_at,
        author,
        kpi_id,
        grain,
        period_start,
        unit_id,
        said
    from feedback
)

select * from final
