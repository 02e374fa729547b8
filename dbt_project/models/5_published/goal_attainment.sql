-- One row per goal, level, unit, cut, grain and period: the revision in force.
with attainment as (
    select * from {{ ref('attainment') }}
),

goal_landings as (
    select * from {{ ref('goal_landings') }}
),

previous_statuses as (
    select * from {{ ref('previous_statuses') }}
),

-- Only what runs or ends on the business date stood otherwise the day before, or lands somewhere else than it is.
running as (
    select * from attainment where as_of_date between period_start and period_end
),

standing as (
    select
        attainment.*,
        case when attainment.as_of_date >= attainment.period_end then attainment.actual end as landing,
        cast(null as decimal(38, 6)) as landing_low,
        cast(null as decimal(38, 6)) as landing_high,
        cast(null as string) as landing_method,
        cast(null as decimal(38, 6)) as hit_probability,
        attainment.status as previous_status
    from attainment
    where not attainment.as_of_date between attainment.period_start and attainment.period_end
    union all
    select
        running.*,
        case when running.as_of_date >= running.period_end then running.actual else goal_landings.landing end as landing,
        goal_landings.landing_low,
        goal_landings.landing_high,
        goal_landings.landing_method,
        goal_landings.hit_probability,
        previous_statuses.previous_status
    from running
    left join goal_landings
        on running.goal_id = goal_landings.goal_id
        and running.level = goal_landings.level
        and running.unit_id = goal_landings.unit_id
        and running.cut = goal_landings.cut
        and running.cut_value = goal_landings.cut_value
        and running.grain = goal_landings.grain
        and running.period_start = goal_landings.period_start
    left join previous_statuses
        on running.goal_id = previous_statuses.goal_id
        and running.level = previous_statuses.level
        and running.unit_id = previous_statuses.unit_id
        and running.cut = previous_statuses.cut
        and running.cut_value = previous_statuses.cut_value
        and running.grain = previous_statuses.grain
        and running.period_start = previous_statuses.period_start
),

-- What is over lands where it is, and has reached its target or not.
final as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        revision,
        kpi_id,
        period_end,
        target,
        floor,
        stretch,
        target_to_date,
        actual,
        attainment,
        pace,
        gap,
        needed_per_day,
        landing,
        case when as_of_date >= period_end then actual else landing_low end as landing_low,
        case when as_of_date >= period_end then actual else landing_high end as landing_high,
        landing_method,
        case
            when as_of_date < period_end then hit_probability
            when is_reached then cast(1 as decimal(38, 6))
            when not is_reached then cast(0 as decimal(38, 6))
        end as hit_probability,
        status,
        previous_status,
        quality,
        guardrail,
        is_closed,
        as_of_date,
        run_id,
        label_zh,
        label_en
    from standing
)

select * from final
