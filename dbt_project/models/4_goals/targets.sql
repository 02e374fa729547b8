-- One row per goal, revision, level, unit, value of its cut and period: what was set, and how much of it was due by the
-- business date. What a split left over is a row as well, with no unit of the organisation.
with cascaded as (
    select * from {{ ref('cascaded_targets') }}
),

due as (
    select * from {{ ref('goals_due') }}
),

final as (
    select
        cascaded.goal_id,
        cascaded.revision,
        cascaded.level,
        cascaded.unit_id,
        cascaded.cut,
        cascaded.cut_value,
        cascaded.grain,
        cascaded.period_start,
        due.period_end,
        cascaded.kpi_id,
        cascaded.set_by,
        cascaded.parent_id,
        {{ half_up('cascaded.exact_target') }} as target,
        {{ half_up('cascaded.exact_floor') }} as floor,
        {{ half_up('cascaded.exact_stretch') }} as stretch,
        due.range_low,
        due.range_high,
        {{ half_up('cascaded.exact_target * due.share_due') }} as target_to_date,
        cascaded.exact_target,
        cast(cascaded.exact_target * due.share_due as decimal(38, 12)) as exact_target_to_date,
        due.working_days_left,
        due.is_started,
        due.is_partial,
        due.basis,
        due.green,
        due.amber,
        due.goal_state,
        due.is_in_force,
        due.recorded_at,
        due.recorded_by,
        due.label_zh,
        due.label_en
    from cascaded
    inner join due
        on cascaded.goal_id = due.goal_id
        and cascaded.revision = due.revision
        and cascaded.cut_value = due.cut_value
        and cascaded.grain = due.grain
        and cascaded.period_start = due.period_start
)

select * from final
