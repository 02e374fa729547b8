-- One row per KPI, cut, grain and period of which goals ask for a part: of the running period what had passed by the day
-- before, of earlier ones the part that is like it. Only while a goal of that grain runs.
with goals as (
    select goals.goal_id, goals.grain, goals.period_start, goals.period_end, run.as_of_date
    from {{ source('definitions', 'goals') }} as goals
    cross join {{ source('definitions', 'run') }} as run
    where goals.is_in_force and run.as_of_date between goals.period_start and goals.period_end
),

running as (
    select goal_kpis.kpi_id, goal_kpis.cut, goals.grain, goals.period_start, goals.period_end, goals.as_of_date
    from goals
    inner join {{ source('definitions', 'goal_kpis') }} as goal_kpis on goals.goal_id = goal_kpis.goal_id
    group by goal_kpis.kpi_id, goal_kpis.cut, goals.grain, goals.period_start, goals.period_end, goals.as_of_date
),

asked as (
    select
        kpi_id,
        cut,
        grain,
        period_start,
        period_end,
        {{ add_days('as_of_date', -1) }} as last_day
    from running
    where period_start < as_of_date
    union all
    select
        running.kpi_id,
        running.cut,
        running.grain,
        same_parts.period_start,
        same_parts.period_end,
        same_parts.last_day
    from running
    inner join {{ ref('same_parts') }} as same_parts on running.grain = same_parts.grain
),

final as (
    select
        kpi_id,
        cut,
        'period' as span,
        true as is_to_date,
        grain,
        period_start,
        period_end,
        period_start as first_day,
        last_day
    from asked
)

select * from final
