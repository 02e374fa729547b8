{#
    One step of a cascade, as CTEs: step_<n> has the targets of the units below, left_over_<n> what they leave of the
    one above. Reads step_<n-1>, steps, units, weights, figures and sums_of_files.

    To the cent: in the order of their ids, the units up to a unit together get the whole cents of their share, and
    each gets what the next unit adds to that. So the parts add up, and none is a cent or more from its exact share.
#}
{% macro split_targets(n) -%}
shares_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        steps.to_level as level,
        units.unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        steps.split_by as set_by,
        steps.is_split,
        above.exact_target,
        above.exact_floor,
        above.exact_stretch,
        1 + steps.over_assign as assigned,
        weights.weight,
        sum(weights.weight) over (
            partition by above.goal_id, above.revision, above.period_start, above.cut_value, above.unit_id order by units.unit_id
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(weights.weight) over (
            partition by above.goal_id, above.revision, above.period_start, above.cut_value, above.unit_id
        ) as weights_of_all
    from step_{{ n - 1 }} as above
    inner join steps on above.goal_id = steps.goal_id and steps.step = {{ n }}
    inner join units
        on above.grain = units.grain
        and above.period_start = units.period_start
        and steps.to_level = units.level
        and above.level = units.above_level
        and above.unit_id = units.above_id
    inner join weights
        on steps.goal_id = weights.goal_id
        and steps.step = weights.step
        and units.grain = weights.grain
        and units.period_start = weights.period_start
        and above.cut_value = weights.cut_value
        and units.unit_id = weights.unit_id
),

said_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        steps.to_level as level,
        units.unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        steps.split_by as set_by,
        steps.is_split,
        coalesce(figures.target, sums.target) as exact_target,
        coalesce(figures.floor, sums.floor) as exact_floor,
        coalesce(figures.stretch, sums.stretch) as exact_stretch
    from step_{{ n - 1 }} as above
    inner join steps
        on above.goal_id = steps.goal_id and steps.step = {{ n }} and steps.split_by in ('file', 'bottom_up')
    inner join units
        on above.grain = units.grain
        and above.period_start = units.period_start
        and steps.to_level = units.level
        and above.level = units.above_level
        and above.unit_id = units.above_id
    left join figures
        on steps.goal_id = figures.goal_id
        and steps.step = figures.step
        and units.unit_id = figures.unit_id
        and above.cut_value = figures.cut_value
        and above.period_start = figures.period_start
    left join sums_of_files as sums
        on steps.split_by = 'bottom_up'
        and steps.goal_id = sums.goal_id
        and steps.to_level = sums.level
        and units.unit_id = sums.unit_id
        and above.cut_value = sums.cut_value
        and above.grain = sums.grain
        and above.period_start = sums.period_start
    where figures.unit_id is not null or sums.unit_id is not null
),

{% set name = 'step_' ~ n -%}
{{ name }} as (
    select
        goal_id,
        revision,
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        parent_level,
        parent_id,
        set_by,
        {{ part_of('exact_target') }} as exact_target,
        {{ part_of('exact_floor') }} as exact_floor,
        {{ part_of('exact_stretch') }} as exact_stretch
    from shares_{{ n }}
    union all
    select
        goal_id,
        revision,
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        parent_level,
        parent_id,
        set_by,
        cast(exact_target as decimal(38, 12)) as exact_target,
        cast(exact_floor as decimal(38, 12)) as exact_floor,
        cast(exact_stretch as decimal(38, 12)) as exact_stretch
    from said_{{ n }}
),

given_{{ n }} as (
    select goal_id, revision, parent_id, cut_value, grain, period_start, sum(exact_target) as exact_target
    from {{ name }}
    group by goal_id, revision, parent_id, cut_value, grain, period_start
),

left_over_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        steps.to_level as level,
        concat(above.unit_id, '/unallocated') as unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        'unallocated' as set_by,
        cast(above.exact_target - coalesce(given.exact_target, 0) as decimal(38, 12)) as exact_target,
        cast(null as decimal(38, 12)) as exact_floor,
        cast(null as decimal(38, 12)) as exact_stretch
    from step_{{ n - 1 }} as above
    inner join steps on above.goal_id = steps.goal_id and steps.step = {{ n }} and steps.is_split
    left join given_{{ n }} as given
        on above.goal_id = given.goal_id
        and above.revision = given.revision
        and above.unit_id = given.parent_id
        and above.cut_value = given.cut_value
        and above.grain = given.grain
        and above.period_start = given.period_start
    where above.exact_target <> coalesce(given.exact_target, 0)
)
{%- endmacro %}

{# A unit's part of what is above it: of what adds up its cents, else the same for each. #}
{% macro part_of(column) -%}
    {%- set cents = 'cast(round(' ~ column ~ ' * assigned, 2) * 100 as decimal(38, 0))' -%}
    case
            when not is_split then cast({{ column }} as decimal(38, 12))
            else cast((
                {{ whole_share(cents, 'weight_so_far', 'weights_of_all') }}
                - {{ whole_share(cents, 'weight_so_far - weight', 'weights_of_all') }}
            ) * cast(0.01 as decimal(3, 2)) as decimal(38, 12))
        end
{%- endmacro %}
