-- One row per goal, revision, level, unit, cut, grain and period.
with final as (
    select
        goal_id,
        revision,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        kpi_id,
        target,
        floor,
        stretch,
        target_to_date,
        set_by,
        parent_id,
        goal_state,
        recorded_at,
        recorded_by,
        label_zh,
        label_en
    from {{ ref('targets') }}
)

select * from final
