-- One row per goal, level, unit, value of its cut and period: the judgement that stands. Of a closed period that is what was
-- published when it closed, beside what would be said today; it stays when its unit or its goal is gone.
{{ config(materialized='ephemeral') }}
with attainment as (
    select * from {{ ref('attainment') }}
),

closed as (
    select * from {{ source('definitions', 'goal_closes') }} where set_by <> 'unallocated'
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

final as (
    select
        coalesce(closed.goal_id, attainment.goal_id) as goal_id,
        coalesce(closed.level, attainment.level) as level,
        coalesce(closed.unit_id, attainment.unit_id) as unit_id,
        coalesce(closed.cut, attainment.cut) as cut,
        coalesce(closed.cut_value, attainment.cut_value) as cut_value,
        coalesce(closed.grain, attainment.grain) as grain,
        coalesce(closed.period_start, attainment.period_start) as period_start,
        {{ kept('revision', 'attainment') }} as revision,
        {{ kept('kpi_id', 'attainment') }} as kpi_id,
        {{ kept('period_end', 'attainment') }} as period_end,
        {{ kept('target', 'attainment') }} as target,
        {{ kept('floor', 'attainment') }} as floor,
        {{ kept('stretch', 'attainment') }} as stretch,
        {{ kept('target_to_date', 'attainment') }} as target_to_date,
        {{ kept('actual', 'attainment') }} as actual,
        {{ kept('attainment', 'attainment') }} as attainment,
        {{ kept('pace', 'attainment') }} as pace,
        {{ kept('gap', 'attainment') }} as gap,
        case when closed.goal_id is null then attainment.needed_per_day end as needed_per_day,
        {{ kept('status', 'attainment') }} as status,
        {{ kept('counted_share', 'attainment') }} as counted_share,
        {{ kept('quality', 'attainment') }} as quality,
        {{ kept('guardrail', 'attainment') }} as guardrail,
        closed.goal_id is not null or attainment.is_closed as is_closed,
        attainment.target as target_now,
        attainment.status as status_now,
        {{ kept('label_zh', 'attainment') }} as label_zh,
        {{ kept('label_en', 'attainment') }} as label_en,
        run.as_of_date,
        run.run_id
    from attainment
    full outer join closed on {{ same_target('attainment', 'closed') }}
    cross join run
)

select * from final
