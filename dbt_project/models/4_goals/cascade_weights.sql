-- One row per goal, step of its cascade that splits by weight, period, value of the cut and unit below: its weight.
with steps as (
    select * from {{ source('definitions', 'goal_steps') }} where split_by in ('even', 'headcount', 'share_of_base')
),

goals as (
    select goal_id, cut_value, grain, period_start
    from {{ source('definitions', 'goals') }}
    group by goal_id, cut_value, grain, period_start
),

roles as (
    select goal_id, step, role from {{ source('definitions', 'goal_roles') }}
),

ramps as (
    select goal_id, step, from_month, to_month, share from {{ source('definitions', 'goal_ramps') }}
),

units as (
    select * from {{ ref('period_units') }}
),

periods as (
    select grain, period_start, previous_start, year_ago_start from {{ ref('all_periods') }}
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, exact_value, is_partial from {{ ref('unit_values') }}
),

split_periods as (
    select steps.goal_id, steps.step, steps.to_level, steps.split_by, steps.has_roles, goals.grain, goals.period_start, goals.cut_value
    from steps
    inner join goals on steps.goal_id = goals.goal_id
),

-- Each person once, as part of the unit of the level split among.
people as (
    select grain, period_start, level as to_level, unit_id, unit_id as person_id, role, months_there
    from units
    where level = 'rep' and above_level = 'company'
    union all
    select grain, period_start, above_level as to_level, above_id as unit_id, unit_id as person_id, role, months_there
    from units
    where level = 'rep' and above_level <> 'company'
),

by_people as (
    select
        split_periods.goal_id,
        split_periods.step,
        split_periods.grain,
        split_periods.period_start,
        split_periods.cut_value,
        people.unit_id,
        case split_periods.split_by
            when 'even' then 1
            else cast(sum(ramps.share * 1000000) as decimal(38, 0))
        end as weight
    from split_periods
    inner join people
        on split_periods.grain = people.grain
        and split_periods.period_start = people.period_start
        and split_periods.to_level = people.to_level
    inner join ramps
        on split_periods.goal_id = ramps.goal_id
        and split_periods.step = ramps.step
        and people.months_there between ramps.from_month and ramps.to_month
    left join roles
        on split_periods.goal_id = roles.goal_id
        and split_periods.step = roles.step
        and people.role = roles.role
    where (split_periods.split_by = 'headcount' or split_periods.has_roles)
        and (roles.role is not null or not split_periods.has_roles)
    group by
        split_periods.goal_id, split_periods.step, split_periods.split_by, split_periods.grain,
        split_periods.period_start, split_periods.cut_value, people.unit_id
),

by_units as (
    select
        split_periods.goal_id,
        split_periods.step,
        split_periods.grain,
        split_periods.period_start,
        split_periods.cut_value,
        units.unit_id,
        cast(1 as decimal(38, 0)) as weight
    from split_periods
    inner join units
        on split_periods.grain = units.grain
        and split_periods.period_start = units.period_start
        and split_periods.to_level = units.level
        and units.above_level = 'company'
    where split_periods.split_by = 'even' and not split_periods.has_roles
),

-- Nobody's share of the base is below nothing.
by_base as (
    select
        split_periods.goal_id,
        split_periods.step,
        split_periods.grain,
        split_periods.period_start,
        split_periods.cut_value,
        base.unit_id,
        cast(round(greatest(base.exact_value, 0), 2) * 100 as decimal(38, 0)) as weight
    from split_periods
    inner join steps on split_periods.goal_id = steps.goal_id and split_periods.step = steps.step
    inner join periods on split_periods.grain = periods.grain and split_periods.period_start = periods.period_start
    inner join unit_values as base
        on steps.kpi_id = base.kpi_id
        and steps.grain = base.grain
        and case steps.base when 'previous' then periods.previous_start else periods.year_ago_start end = base.period_start
        and steps.to_level = base.level
        and steps.cut = base.cut
        and split_periods.cut_value = base.cut_value
        and not base.is_partial
    where split_periods.split_by = 'share_of_base'
),

final as (
    select * from by_people where weight > 0
    union all
    select * from by_units
    union all
    select * from by_base where weight > 0
)

select * from final
