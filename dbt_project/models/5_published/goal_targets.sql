-- One row per goal, revision, level, unit, cut, grain and period; in a closed period the target is the one it closed with.
with targets as (
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
        label_en,
        is_in_force
    from {{ ref('targets') }}
),

closed as (
    select * from {{ source('definitions', 'goal_closes') }}
),

in_force as (
    select * from targets where is_in_force
),

standing as (
    select
        coalesce(closed.goal_id, in_force.goal_id) as goal_id,
        {{ kept('revision', 'in_force') }} as revision,
        coalesce(closed.level, in_force.level) as level,
        coalesce(closed.unit_id, in_force.unit_id) as unit_id,
        coalesce(closed.cut, in_force.cut) as cut,
        coalesce(closed.cut_value, in_force.cut_value) as cut_value,
        coalesce(closed.grain, in_force.grain) as grain,
        coalesce(closed.period_start, in_force.period_start) as period_start,
        {{ kept('kpi_id', 'in_force') }} as kpi_id,
        {{ kept('target', 'in_force') }} as target,
        {{ kept('floor', 'in_force') }} as floor,
        {{ kept('stretch', 'in_force') }} as stretch,
        {{ kept('target_to_date', 'in_force') }} as target_to_date,
        {{ kept('set_by', 'in_force') }} as set_by,
        {{ kept('parent_id', 'in_force') }} as parent_id,
        {{ kept('goal_state', 'in_force') }} as goal_state,
        {{ kept('recorded_at', 'in_force') }} as recorded_at,
        {{ kept('recorded_by', 'in_force') }} as recorded_by,
        {{ kept('label_zh', 'in_force') }} as label_zh,
        {{ kept('label_en', 'in_force') }} as label_en
    from in_force
    full outer join closed on {{ same_target('in_force', 'closed') }}
),

-- Earlier revisions and drafts.
others as (
    select
        targets.goal_id,
        targets.revision,
        targets.level,
        targets.unit_id,
        targets.cut,
        targets.cut_value,
        targets.grain,
        targets.period_start,
        targets.kpi_id,
        targets.target,
        targets.floor,
        targets.stretch,
        targets.target_to_date,
        targets.set_by,
        targets.parent_id,
        targets.goal_state,
        targets.recorded_at,
        targets.recorded_by,
        targets.label_zh,
        targets.label_en
    from targets
    left join closed on {{ same_target('targets', 'closed') }} and targets.revision = closed.revision
    where not targets.is_in_force and closed.goal_id is null
),

final as (
    select * from standing
    union all
    select * from others
)

select * from final
