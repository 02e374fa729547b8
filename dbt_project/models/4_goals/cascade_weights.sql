-- One row per scale, period, value of the cut, unit above and unit below: its weight, and that of those up to it.
with scales as (
    select * from {{ source('definitions', 'goal_scales') }}
),

goals as (
    select grain, period_start from {{ source('definitions', 'goals') }} group by grain, period_start
),

roles as (
    select scale, role from {{ source('definitions', 'goal_roles') }}
),

ramps as (
    select scale, from_month, to_month, share from {{ source('definitions', 'goal_ramps') }}
),

units as (
    select * from {{ ref('period_units') }}
),

periods as (
    select all_periods.grain, all_periods.period_start, all_periods.previous_start, all_periods.year_ago_start
    from {{ ref('all_periods') }} as all_periods
    inner join goals on all_periods.grain = goals.grain and all_periods.period_start = goals.period_start
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, exact_value, is_partial from {{ ref('unit_values') }}
),

-- Each person once, as part of the unit of the level split among.
people as (
    select grain, period_start, level as to_level, unit_id, role, months_there
    from units
    where level = 'rep' and above_level = 'company'
    union all
    select grain, period_start, above_level as to_level, above_id as unit_id, role, months_there
    from units
    where level = 'rep' and above_level <> 'company'
),

by_people as (
    select
        scales.scale,
        people.period_start,
        'all' as cut_value,
        people.unit_id,
        case scales.split_by when 'even' then 1 else cast(sum(ramps.share * 1000000) as bigint) end as weight
    from scales
    inner join people on scales.grain = people.grain and scales.to_level = people.to_level
    inner join ramps on scales.scale = ramps.scale and people.months_there between ramps.from_month and ramps.to_month
    left join roles on scales.scale = roles.scale and people.role = roles.role
    where (scales.split_by = 'headcount' or scales.has_roles) and (roles.role is not null or not scales.has_roles)
    group by scales.scale, scales.split_by, people.period_start, people.unit_id
),

by_units as (
    select
        scales.scale,
        units.period_start,
        'all' as cut_value,
        units.unit_id,
        cast(1 as bigint) as weight
    from scales
    inner join units
        on scales.grain = units.grain and scales.to_level = units.level and units.above_level = 'company'
    where scales.split_by = 'even' and not scales.has_roles
),

-- Nobody's share of the base is below nothing.
by_base as (
    select
        scales.scale,
        periods.period_start,
        base.cut_value,
        base.unit_id,
        cast(round(greatest(base.exact_value, 0), 2) * 100 as bigint) as weight
    from scales
    inner join periods on scales.grain = periods.grain
    inner join unit_values as base
        on scales.kpi_id = base.kpi_id
        and scales.grain = base.grain
        and case scales.base when 'previous' then periods.previous_start else periods.year_ago_start end = base.period_start
        and scales.to_level = base.level
        and scales.cut = base.cut
        and not base.is_partial
    where scales.split_by = 'share_of_base'
),

weights as (
    select * from by_people where weight > 0
    union all
    select * from by_units
    union all
    select * from by_base where weight > 0
),

final as (
    select
        weights.scale,
        weights.period_start,
        weights.cut_value,
        units.above_id,
        weights.unit_id,
        weights.weight,
        cast(sum(weights.weight) over (
            partition by weights.scale, weights.period_start, weights.cut_value, units.above_id order by weights.unit_id
            rows between unbounded preceding and current row
        ) as bigint) as weight_so_far,
        cast(sum(weights.weight) over (
            partition by weights.scale, weights.period_start, weights.cut_value, units.above_id
        ) as bigint) as weights_of_all
    from weights
    inner join scales on weights.scale = scales.scale
    inner join units
        on scales.grain = units.grain
        and weights.period_start = units.period_start
        and scales.to_level = units.level
        and scales.from_level = units.above_level
        and weights.unit_id = units.unit_id
)

select * from final
