-- One row per scorecard, level, unit, period that has begun and KPI: its weight, the goal it is judged by, what it counts.
with scorecards as (
    select scorecard_id, level, grain, period_start, cut, cut_value, has_roles, has_within
    from {{ source('definitions', 'scorecards') }}
),

scorecard_kpis as (
    select scorecard_id, kpi_id, weight from {{ source('definitions', 'scorecard_kpis') }}
),

roles as (
    select scorecard_id, role from {{ source('definitions', 'scorecard_roles') }}
),

branches as (
    select scorecard_id, unit_id from {{ source('definitions', 'scorecard_within') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

kpis as (
    select kpi_id, direction from {{ source('definitions', 'kpis') }} where is_current
),

periods as (
    select grain, period_start, period_end from {{ ref('all_periods') }} where is_started
),

units as (
    select grain, period_start, level, unit_id, above_id, role from {{ ref('period_units') }}
),

attainment as (
    select kpi_id, level, unit_id, cut, cut_value, grain, period_start, goal_id, target, status, counted_share, guardrail
    from {{ ref('judgements') }}
    where target is not null
),

-- Who is there on the first day of the period, as in a cascade.
members as (
    select scorecards.scorecard_id, scorecards.level, company.company_id as unit_id, scorecards.grain, scorecards.period_start
    from scorecards
    cross join company
    where scorecards.level = 'company'
    union all
    select scorecards.scorecard_id, scorecards.level, units.unit_id, scorecards.grain, scorecards.period_start
    from scorecards
    inner join units
        on scorecards.level = units.level
        and scorecards.grain = units.grain
        and scorecards.period_start = units.period_start
    left join roles on scorecards.scorecard_id = roles.scorecard_id and units.role = roles.role
    left join branches on scorecards.scorecard_id = branches.scorecard_id and branches.unit_id in (units.unit_id, units.above_id)
    where
        (roles.role is not null or not scorecards.has_roles)
        and (branches.unit_id is not null or not scorecards.has_within)
    group by scorecards.scorecard_id, scorecards.level, units.unit_id, scorecards.grain, scorecards.period_start
),

-- Of several goals of a KPI for a unit the hardest: the largest target, the smallest of what shall fall; then by id.
judged as (
    select
        attainment.*,
        row_number() over (
            partition by
                attainment.kpi_id, attainment.level, attainment.unit_id, attainment.cut, attainment.cut_value,
                attainment.grain, attainment.period_start
            order by
                case when kpis.direction = 'down' then -attainment.target else attainment.target end desc,
                attainment.goal_id
        ) as by_hardness
    from attainment
    inner join kpis on attainment.kpi_id = kpis.kpi_id
),

final as (
    select
        members.scorecard_id,
        members.level,
        members.unit_id,
        members.grain,
        members.period_start,
        periods.period_end,
        scorecard_kpis.kpi_id,
        scorecard_kpis.weight,
        judged.goal_id,
        coalesce(judged.status, 'no_target') as status,
        judged.counted_share,
        judged.guardrail,
        cast(sum(scorecard_kpis.weight) over (
            partition by members.scorecard_id, members.level, members.unit_id, members.grain, members.period_start
        ) as decimal(18, 4)) as weight_of_all,
        cast(sum(case when judged.counted_share is not null then scorecard_kpis.weight else 0 end) over (
            partition by members.scorecard_id, members.level, members.unit_id, members.grain, members.period_start
        ) as decimal(18, 4)) as weight_covered
    from members
    inner join periods on members.grain = periods.grain and members.period_start = periods.period_start
    inner join scorecards
        on members.scorecard_id = scorecards.scorecard_id and members.period_start = scorecards.period_start
    inner join scorecard_kpis on members.scorecard_id = scorecard_kpis.scorecard_id
    left join judged
        on scorecard_kpis.kpi_id = judged.kpi_id
        and members.level = judged.level
        and members.unit_id = judged.unit_id
        and scorecards.cut = judged.cut
        and scorecards.cut_value = judged.cut_value
        and members.grain = judged.grain
        and members.period_start = judged.period_start
        and judged.by_hardness = 1
)

select * from final
