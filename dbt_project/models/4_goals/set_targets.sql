-- One row per goal, revision, unit of its own level, value of its cut and period: the target before it is split.
with written as (
    select * from {{ source('definitions', 'goals') }}
),

figures as (
    select source_system, kpi_id, level, unit_id, period_start, target from {{ ref('goal_figures') }}
),

periods as (
    select grain, period_start, previous_start, year_ago_start from {{ ref('all_periods') }}
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, exact_value, is_partial from {{ ref('unit_values') }}
),

terms as (
    select goal_id, revision, term_goal_id, factor from {{ source('definitions', 'goal_terms') }}
),

-- A goal without a unit is set for every unit of its level that is there in the period; where a source system holds
-- the targets, for those it names.
scoped as (
    select
        written.goal_id,
        written.revision,
        written.grain,
        written.period_start,
        written.cut_value,
        coalesce(written.unit_id, figures.unit_id, live_units.unit_id) as unit_id,
        figures.target as held_value
    from written
    left join figures
        on written.target_source = figures.source_system
        and written.kpi_id = figures.kpi_id
        and written.level = figures.level
        and written.named_start = figures.period_start
        and coalesce(written.unit_id, figures.unit_id) = figures.unit_id
    left join {{ ref('live_units') }} as live_units
        on written.unit_id is null
        and written.target_source is null
        and written.level = live_units.level
        and live_units.valid_from <= written.period_end
        and live_units.valid_to >= written.period_start
    where coalesce(figures.unit_id, case when written.target_source is null then written.unit_id end, live_units.unit_id) is not null
    group by
        written.goal_id, written.revision, written.grain, written.period_start, written.cut_value,
        coalesce(written.unit_id, figures.unit_id, live_units.unit_id), figures.target
),

-- A change of 3 % stands on the same unit's figure of its base, once that is over; without one there is no target.
based as (
    select
        written.goal_id,
        written.revision,
        written.kpi_id,
        written.level,
        scoped.unit_id,
        written.cut,
        written.cut_value,
        written.grain,
        written.period_start,
        written.period_end,
        written.kind,
        coalesce(scoped.held_value, written.value) as value,
        written.change,
        written.change_points,
        written.range_low,
        written.range_high,
        written.floor,
        written.stretch,
        written.floor_change,
        written.stretch_change,
        written.is_split,
        base.exact_value as base_value
    from written
    inner join scoped
        on written.goal_id = scoped.goal_id
        and written.revision = scoped.revision
        and written.grain = scoped.grain
        and written.period_start = scoped.period_start
        and written.cut_value = scoped.cut_value
        and coalesce(written.unit_id, scoped.unit_id) = scoped.unit_id
    inner join periods on written.grain = periods.grain and written.period_start = periods.period_start
    left join unit_values as base
        on written.kpi_id = base.kpi_id
        and written.grain = base.grain
        and case written.base when 'previous' then periods.previous_start else periods.year_ago_start end = base.period_start
        and written.level = base.level
        and scoped.unit_id = base.unit_id
        and written.cut = base.cut
        and written.cut_value = base.cut_value
        and not base.is_partial
),

said as (
    select
        based.*,
        {{ target_of('value', 'change') }} as said_target,
        {{ target_of('floor', 'floor_change') }} as exact_floor,
        {{ target_of('stretch', 'stretch_change') }} as exact_stretch
    from based
),

in_force as (
    select goal_id, revision, period_start
    from written
    where is_in_force
    group by goal_id, revision, period_start
),

-- A formula adds up the targets of other goals for the same unit; where one of them is missing there is none.
formula_targets as (
    select
        said.goal_id,
        said.revision,
        said.unit_id,
        said.cut_value,
        said.period_start,
        case
            when count(case when terms.term_goal_id is null then 1 else others.said_target end) = count(*)
                then sum(terms.factor * case when terms.term_goal_id is null then 1 else others.said_target end)
        end as target
    from said
    inner join terms on said.goal_id = terms.goal_id and said.revision = terms.revision
    left join in_force on terms.term_goal_id = in_force.goal_id and said.period_start = in_force.period_start
    left join said as others
        on in_force.goal_id = others.goal_id
        and in_force.revision = others.revision
        and said.period_start = others.period_start
        and said.unit_id = others.unit_id
        and said.cut_value = others.cut_value
    group by said.goal_id, said.revision, said.unit_id, said.cut_value, said.period_start
),

-- What is split is split to the cent, so it must be whole cents itself.
final as (
    select
        said.goal_id,
        said.revision,
        said.kpi_id,
        said.level,
        said.unit_id,
        said.cut,
        said.cut_value,
        said.grain,
        said.period_start,
        said.kind,
        {{ to_the_cent("case when said.kind = 'formula' then formula_targets.target else said.said_target end") }} as exact_target,
        {{ to_the_cent('said.exact_floor') }} as exact_floor,
        {{ to_the_cent('said.exact_stretch') }} as exact_stretch
    from said
    left join formula_targets
        on said.goal_id = formula_targets.goal_id
        and said.revision = formula_targets.revision
        and said.unit_id = formula_targets.unit_id
        and said.cut_value = formula_targets.cut_value
        and said.period_start = formula_targets.period_start
)

select * from final
