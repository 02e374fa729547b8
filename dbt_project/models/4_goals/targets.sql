-- One row per goal, revision, level, unit and period: what was set, and how much of it was due by the business date.
with written as (
    select * from {{ source('definitions', 'goals') }}
),

figures as (
    select source_system, kpi_id, level, unit_id, period_start, target from {{ ref('goal_figures') }}
),

-- Of a goal whose targets a source system holds: one row per unit with a figure; a unit without one has no target.
goals as (
    select
        written.goal_id,
        written.revision,
        written.kpi_id,
        written.level,
        coalesce(figures.unit_id, written.unit_id) as unit_id,
        written.grain,
        written.period_start,
        written.period_end,
        written.kind,
        coalesce(figures.target, written.value) as value,
        written.change,
        written.change_points,
        written.range_low,
        written.range_high,
        written.floor,
        written.stretch,
        written.floor_change,
        written.stretch_change,
        written.phasing,
        written.accumulate,
        written.basis,
        written.green,
        written.amber,
        written.goal_state,
        written.owner,
        written.recorded_at,
        written.recorded_by,
        written.label_zh,
        written.label_en
    from written
    left join figures
        on written.target_source = figures.source_system
        and written.kpi_id = figures.kpi_id
        and written.level = figures.level
        and written.named_start = figures.period_start
        and coalesce(written.unit_id, figures.unit_id) = figures.unit_id
    where written.target_source is null or figures.unit_id is not null
),

periods as (
    select * from {{ ref('all_periods') }}
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, exact_value from {{ ref('unit_values') }} where cut = 'none'
),

-- A goal without a unit is set for every unit of its level that is there in the period.
scoped as (
    select
        goals.goal_id,
        goals.revision,
        goals.period_start,
        goals.grain,
        coalesce(goals.unit_id, live_units.unit_id) as scope_unit_id
    from goals
    left join {{ ref('live_units') }} as live_units
        on goals.unit_id is null
        and goals.level = live_units.level
        and live_units.valid_from <= goals.period_end
        and live_units.valid_to >= goals.period_start
    where goals.unit_id is not null or live_units.unit_id is not null
    group by goals.goal_id, goals.revision, goals.period_start, goals.grain, coalesce(goals.unit_id, live_units.unit_id)
),

-- A change of 3 % stands on the same unit's figure of the same period last year; without one there is no target.
based as (
    select
        goals.*,
        scoped.scope_unit_id,
        periods.days,
        periods.days_to_date,
        periods.working_days,
        periods.working_days_to_date,
        periods.is_started,
        periods.is_partial,
        base.exact_value as base_value
    from scoped
    inner join goals
        on scoped.goal_id = goals.goal_id
        and scoped.revision = goals.revision
        and scoped.grain = goals.grain
        and scoped.period_start = goals.period_start
        and scoped.scope_unit_id = coalesce(goals.unit_id, scoped.scope_unit_id)
    inner join periods on goals.grain = periods.grain and goals.period_start = periods.period_start
    left join unit_values as base
        on goals.kpi_id = base.kpi_id
        and goals.grain = base.grain
        and periods.year_ago_start = base.period_start
        and goals.level = base.level
        and scoped.scope_unit_id = base.unit_id
),

set_targets as (
    select
        based.*,
        {{ target_of('value', 'change') }} as exact_target,
        {{ target_of('floor', 'floor_change') }} as exact_floor,
        {{ target_of('stretch', 'stretch_change') }} as exact_stretch,
        -- A period that is all holidays has no working days to spread over.
        case
            when accumulate <> 'sum' then 1
            when phasing = 'working_days' and working_days > 0 then {{ divide('working_days_to_date', 'working_days') }}
            else {{ divide('days_to_date', 'days') }}
        end as share_due
    from based
),

final as (
    select
        goal_id,
        revision,
        level,
        scope_unit_id as unit_id,
        'none' as cut,
        'all' as cut_value,
        grain,
        period_start,
        period_end,
        kpi_id,
        kind,
        {{ half_up('exact_target') }} as target,
        {{ half_up('exact_floor') }} as floor,
        {{ half_up('exact_stretch') }} as stretch,
        range_low,
        range_high,
        {{ half_up('exact_target * share_due') }} as target_to_date,
        exact_target,
        cast(exact_target * share_due as decimal(38, 12)) as exact_target_to_date,
        working_days - working_days_to_date as working_days_left,
        is_started,
        is_partial,
        basis,
        green,
        amber,
        goal_state,
        recorded_at,
        recorded_by,
        label_zh,
        label_en
    from set_targets
)

select * from final
