-- One row per goal, level, unit, value of its cut and period that runs: where it lands, and how likely it is to reach the
-- target: the share of past errors with which it would, and one of each kind beside (Laplace's rule of succession).
with targets as (
    select * from {{ ref('running_targets') }} where is_partial
),

kpis as (
    select kpi_id, direction from {{ source('definitions', 'kpis') }} where is_current
),

landings as (
    select * from {{ ref('landings') }}
),

errors as (
    select * from {{ ref('landing_errors') }}
),

numbered as (
    select
        *,
        row_number() over (partition by kpi_id, level, cut, grain, way order by came_to) - 1 as before,
        count(*) over (partition by kpi_id, level, cut, grain, way) as tests
    from errors
),

-- Of the errors of a level a hundred say as much as all: each stands for the percent it is the least of.
errors_of_levels as (
    select
        kpi_id,
        level,
        cut,
        grain,
        way,
        min(came_to) as came_to,
        count(*) as weight
    from numbered
    group by kpi_id, level, cut, grain, way, floor(before * 100 / tests)
),

landing as (
    select
        targets.goal_id,
        targets.level,
        targets.unit_id,
        targets.cut,
        targets.cut_value,
        targets.grain,
        targets.period_start,
        targets.exact_target,
        targets.range_low,
        targets.range_high,
        kpis.direction,
        landings.kpi_id,
        landings.way,
        landings.estimate,
        landings.errors_of,
        landings.tests,
        landings.low,
        landings.high,
        landings.least_figure,
        landings.largest_figure
    from targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    inner join landings
        on targets.kpi_id = landings.kpi_id
        and targets.level = landings.level
        and targets.unit_id = landings.unit_id
        and targets.cut = landings.cut
        and targets.cut_value = landings.cut_value
        and targets.grain = landings.grain
        and targets.period_start = landings.period_start
),

outcomes as (
    select
        landing.*,
        1 as weight,
        {{ in_reach('landing.estimate * errors.came_to') }} as figure
    from landing
    inner join errors
        on landing.errors_of = 'unit'
        and landing.kpi_id = errors.kpi_id
        and landing.level = errors.level
        and landing.unit_id = errors.unit_id
        and landing.cut = errors.cut
        and landing.cut_value = errors.cut_value
        and landing.grain = errors.grain
        and landing.way = errors.way
    union all
    select
        landing.*,
        errors.weight,
        {{ in_reach('landing.estimate * errors.came_to') }} as figure
    from landing
    inner join errors_of_levels as errors
        on landing.errors_of = 'level'
        and landing.kpi_id = errors.kpi_id
        and landing.level = errors.level
        and landing.cut = errors.cut
        and landing.grain = errors.grain
        and landing.way = errors.way
),

chances as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        {{ divide('sum(case when ' ~ reaches('figure') ~ ' then weight else 0 end) + 1', 'sum(weight) + 2') }} as hit_probability
    from outcomes
    where exact_target is not null
    group by goal_id, level, unit_id, cut, cut_value, grain, period_start
),

final as (
    select
        landing.goal_id,
        landing.level,
        landing.unit_id,
        landing.cut,
        landing.cut_value,
        landing.grain,
        landing.period_start,
        {{ half_up(in_reach('landing.estimate')) }} as landing,
        {{ half_up(in_reach('landing.estimate * landing.low')) }} as landing_low,
        {{ half_up(in_reach('landing.estimate * landing.high')) }} as landing_high,
        landing.way as landing_method,
        {{ half_up('chances.hit_probability') }} as hit_probability
    from landing
    left join chances
        on landing.goal_id = chances.goal_id
        and landing.level = chances.level
        and landing.unit_id = chances.unit_id
        and landing.cut = chances.cut
        and landing.cut_value = chances.cut_value
        and landing.grain = chances.grain
        and landing.period_start = chances.period_start
)

select * from final
