-- One row per goal, revision, level, unit, value of its cut and period: its own targets and those split off from them.
-- What a split leaves over, or gives beyond, is a row too: <unit above>/unallocated.
{{ config(materialized='ephemeral') }}
with own_targets as (
    select * from {{ ref('set_targets') }}
),

steps as (
    select goal_id, step, grain, from_level, to_level, split_by, scale, over_assign, is_split from {{ source('definitions', 'goal_steps') }}
),

units as (
    select grain, period_start, level, unit_id, above_level, above_id from {{ ref('period_units') }}
),

weights as (
    select * from {{ ref('cascade_weights') }}
),

weighed as (
    select scale, period_start, cut_value, above_id from weights group by scale, period_start, cut_value, above_id
),

figures as (
    select goal_id, step, unit_id, cut_value, period_start, target, floor, stretch
    from {{ source('definitions', 'goal_step_figures') }}
),

last_steps as (
    select goal_id, max(step) as step from steps group by goal_id
),

-- From the bottom up: each unit's target is the sum of what the file says of those below it.
sums_of_files as (
    select
        steps.goal_id,
        steps.from_level as level,
        units.above_id as unit_id,
        figures.cut_value,
        units.grain,
        figures.period_start,
        sum(figures.target) as target,
        sum(figures.floor) as floor,
        sum(figures.stretch) as stretch
    from steps
    inner join last_steps on steps.goal_id = last_steps.goal_id
    inner join figures on last_steps.goal_id = figures.goal_id and last_steps.step = figures.step
    inner join steps as lowest on last_steps.goal_id = lowest.goal_id and last_steps.step = lowest.step
    inner join units
        on steps.grain = units.grain
        and figures.period_start = units.period_start
        and figures.unit_id = units.unit_id
        and lowest.to_level = units.level
        and steps.from_level = units.above_level
    where steps.split_by = 'bottom_up'
    group by steps.goal_id, steps.from_level, units.above_id, figures.cut_value, units.grain, figures.period_start
),

step_0 as (
    select
        own.goal_id,
        own.revision,
        own.kpi_id,
        own.level,
        own.unit_id,
        own.cut,
        own.cut_value,
        own.grain,
        own.period_start,
        cast(null as string) as parent_level,
        cast(null as string) as parent_id,
        own.kind as set_by,
        coalesce(own.exact_target, sums.target) as exact_target,
        coalesce(own.exact_floor, sums.floor) as exact_floor,
        coalesce(own.exact_stretch, sums.stretch) as exact_stretch
    from own_targets as own
    left join sums_of_files as sums
        on own.kind = 'bottom_up'
        and own.goal_id = sums.goal_id
        and own.level = sums.level
        and own.unit_id = sums.unit_id
        and own.cut_value = sums.cut_value
        and own.grain = sums.grain
        and own.period_start = sums.period_start
),

{% for step in range(1, 5) -%}
{{ split_targets(step) }},

{% endfor -%}
final as (
    select * from step_0
    {%- for step in range(1, 5) %}
    union all
    select * from step_{{ step }}
    union all
    select * from left_over_{{ step }}
    {%- endfor %}
)

select * from final
