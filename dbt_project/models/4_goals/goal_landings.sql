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
        landings.way,
        landings.estimate,
        landings.tests,
        landings.errors,
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

final as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        {{ half_up(in_reach('landing.estimate')) }} as landing,
        {{ half_up(in_reach('landing.estimate * landing.low')) }} as landing_low,
        {{ half_up(in_reach('landing.estimate * landing.high')) }} as landing_high,
        way as landing_method,
        case when exact_target is not null then {{ half_up(divide(
            'tests * ' ~ share_where('errors', reaches(in_reach('landing.estimate * x'))) ~ ' + 1', 'tests + 2'
        )) }} end as hit_probability
    from landing
)

select * from final
