{#
    One step of a cascade, as CTEs: step_<n> has the targets of the units below, left_over_<n> what they leave of the
    one above. Reads step_<n-1>, steps, units, weights, weighed, figures and sums_of_files.

    To the cent: in the order of their ids, the units up to a unit together get the whole cents of their share, and
    each gets what the next unit adds to that. So the parts add up, and none is a cent or more from its exact share.
#}
{% macro split_targets(n) -%}
assigned_{{ n }} as (
    select
        above.*,
        steps.to_level,
        steps.split_by,
        steps.scale,
        case steps.split_by when 'share_of_base' then above.cut_value else 'all' end as weighed_value,
        steps.is_split,
        {{ cents('exact_target') }} as target_cents,
        {{ cents('exact_floor') }} as floor_cents,
        {{ cents('exact_stretch') }} as stretch_cents
    from step_{{ n - 1 }} as above
    inner join steps on above.goal_id = steps.goal_id and steps.step = {{ n }}
),

said_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        above.to_level as level,
        units.unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        above.split_by as set_by,
        coalesce(figures.target, sums.target) as exact_target,
        coalesce(figures.floor, sums.floor) as exact_floor,
        coalesce(figures.stretch, sums.stretch) as exact_stretch
    from assigned_{{ n }} as above
    inner join units
        on above.grain = units.grain
        and above.period_start = units.period_start
        and above.to_level = units.level
        and above.level = units.above_level
        and above.unit_id = units.above_id
    left join figures
        on above.goal_id = figures.goal_id
        and figures.step = {{ n }}
        and units.unit_id = figures.unit_id
        and above.cut_value = figures.cut_value
        and above.period_start = figures.period_start
    left join sums_of_files as sums
        on above.split_by = 'bottom_up'
        and above.goal_id = sums.goal_id
        and above.to_level = sums.level
        and units.unit_id = sums.unit_id
        and above.cut_value = sums.cut_value
        and above.grain = sums.grain
        and above.period_start = sums.period_start
    where above.split_by in ('file', 'bottom_up') and (figures.unit_id is not null or sums.unit_id is not null)
),

step_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        above.to_level as level,
        weights.unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        above.split_by as set_by,
        {{ part_of('target') }} as exact_target,
        {{ part_of('floor') }} as exact_floor,
        {{ part_of('stretch') }} as exact_stretch
    from assigned_{{ n }} as above
    inner join weights
        on above.scale = weights.scale
        and above.period_start = weights.period_start
        and above.weighed_value = weights.cut_value
        and above.unit_id = weights.above_id
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
    select goal_id, revision, parent_id, cut_value, period_start, sum(exact_target) as exact_target
    from said_{{ n }}
    group by goal_id, revision, parent_id, cut_value, period_start
),

-- What is split by weight adds up by construction: all that was assigned, or nothing where nobody is there.
left_over_{{ n }} as (
    select
        above.goal_id,
        above.revision,
        above.kpi_id,
        above.to_level as level,
        concat(above.unit_id, '/unallocated') as unit_id,
        above.cut,
        above.cut_value,
        above.grain,
        above.period_start,
        above.level as parent_level,
        above.unit_id as parent_id,
        'unallocated' as set_by,
        cast(above.exact_target - coalesce({{ given() }}, 0) as decimal(38, 12)) as exact_target,
        cast(null as decimal(38, 12)) as exact_floor,
        cast(null as decimal(38, 12)) as exact_stretch
    from assigned_{{ n }} as above
    left join given_{{ n }} as given
        on above.goal_id = given.goal_id
        and above.revision = given.revision
        and above.unit_id = given.parent_id
        and above.cut_value = given.cut_value
        and above.period_start = given.period_start
    left join weighed
        on above.scale = weighed.scale
        and above.period_start = weighed.period_start
        and above.weighed_value = weighed.cut_value
        and above.unit_id = weighed.above_id
    where above.is_split and above.exact_target <> coalesce({{ given() }}, 0)
)
{%- endmacro %}

{# What a row of left_over_<n> gave to the units below. #}
{% macro given() -%}
    case when weighed.scale is not null then {{ of_cents('above.target_cents') }} else given.exact_target end
{%- endmacro %}

{# What is split of a target, in whole cents. #}
{% macro cents(column) -%}
    cast(round(above.{{ column }} * (1 + steps.over_assign), 2) * 100 as decimal(38, 0))
{%- endmacro %}

{% macro of_cents(cents) -%}
    cast(({{ cents }}) * cast(0.01 as decimal(3, 2)) as decimal(38, 12))
{%- endmacro %}

{# A unit's part of what is above it: of what adds up its cents, else the same for each. #}
{% macro part_of(column) -%}
    {%- set all_cents = 'above.' ~ column ~ '_cents' -%}
    case
            when not above.is_split then cast(above.exact_{{ column }} as decimal(38, 12))
            else {{ of_cents(
                whole_share(all_cents, 'weights.weight_so_far', 'weights.weights_of_all')
                ~ ' - ' ~ whole_share(all_cents, 'weights.weight_so_far - weights.weight', 'weights.weights_of_all')
            ) }}
        end
{%- endmacro %}
