-- One row per target of a closed period, what a split left over as well: what was published when it closed.
with attainment as (
    select * from {{ ref('attainment') }} where is_closed
),

targets as (
    select * from {{ ref('targets') }} where is_in_force
),

closed as (
    select * from {{ source('definitions', 'goal_closes') }}
),

run as (
    select run_id, as_of_date, started_at from {{ source('definitions', 'run') }}
),

closing as (
    select attainment.goal_id, attainment.grain, attainment.period_start
    from attainment
    left join closed on {{ same_target('attainment', 'closed') }}
    where closed.goal_id is null
    group by attainment.goal_id, attainment.grain, attainment.period_start
),

final as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        period_end,
        revision,
        kpi_id,
        set_by,
        parent_id,
        target,
        floor,
        stretch,
        target_to_date,
        actual,
        attainment,
        pace,
        gap,
        status,
        counted_share,
        guardrail,
        quality,
        goal_state,
        recorded_at,
        recorded_by,
        label_zh,
        label_en,
        closed_as_of,
        closed_at,
        closed_by,
        run_id
    from closed
    union all
    select
        targets.goal_id,
        targets.level,
        targets.unit_id,
        targets.cut,
        targets.cut_value,
        targets.grain,
        targets.period_start,
        targets.period_end,
        targets.revision,
        targets.kpi_id,
        targets.set_by,
        targets.parent_id,
        targets.target,
        targets.floor,
        targets.stretch,
        targets.target_to_date,
        attainment.actual,
        attainment.attainment,
        attainment.pace,
        attainment.gap,
        attainment.status,
        {{ half_up('attainment.counted_share') }} as counted_share,
        attainment.guardrail,
        attainment.quality,
        targets.goal_state,
        targets.recorded_at,
        targets.recorded_by,
        targets.label_zh,
        targets.label_en,
        run.as_of_date as closed_as_of,
        run.started_at as closed_at,
        'calendar' as closed_by,
        run.run_id
    from targets
    cross join run
    inner join closing
        on targets.goal_id = closing.goal_id
        and targets.grain = closing.grain
        and targets.period_start = closing.period_start
    left join attainment on {{ same_target('targets', 'attainment') }}
    left join closed on {{ same_target('targets', 'closed') }}
    where closed.goal_id is null and (attainment.goal_id is not null or targets.set_by = 'unallocated')
)

select * from final
