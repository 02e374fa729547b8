-- One row per KPI with a goal that runs, level, unit and value of the cut: where the running period lands, and between
-- which figures four times in five.
-- Of eight errors the least and the largest hold 7 in 9 of what comes, so eight are needed: the unit's own, else those of
-- all units of its level.
with kpis as (
    select kpi_id, unit from {{ source('definitions', 'kpis') }} where is_current
),

landing_ways as (
    select * from {{ ref('landing_ways') }} where estimate is not null
),

errors as (
    select * from {{ ref('landing_errors') }}
),

of_units as (
    select
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        way,
        count(*) as tests,
        min(came_to) as low,
        max(came_to) as high,
        {{ all_of('came_to') }} as errors,
        sum(case when has_fallen then 1 else 0 end) as falls,
        sum(case when is_above_one then 1 else 0 end) as above_one
    from errors
    group by kpi_id, level, unit_id, cut, cut_value, grain, way
    having count(*) >= 8
),

ranked as (
    select
        *,
        row_number() over (partition by kpi_id, level, cut, grain, way order by came_to) as place,
        count(*) over (partition by kpi_id, level, cut, grain, way) as tests
    from errors
),

-- The tenth and the ninetieth percentile: of n errors the (n + 1) ÷ 10th from either end, rounded outwards. A hundred of them
-- say as much as all: each the least of its percent.
of_levels as (
    select
        kpi_id,
        level,
        cut,
        grain,
        way,
        max(tests) as tests,
        max(case when place = greatest(floor((tests + 1) * 0.1), 1) then came_to end) as low,
        max(case when place = least(ceil((tests + 1) * 0.9), tests) then came_to end) as high,
        {{ all_of('came_to') }} filter (
            where place = 1 or floor((place - 1) * 100 / tests) > floor((place - 2) * 100 / tests)
        ) as errors,
        sum(case when has_fallen then 1 else 0 end) as falls,
        sum(case when is_above_one then 1 else 0 end) as above_one
    from ranked
    where tests >= 8
    group by kpi_id, level, cut, grain, way
),

final as (
    select
        landing_ways.kpi_id,
        landing_ways.level,
        landing_ways.unit_id,
        landing_ways.cut,
        landing_ways.cut_value,
        landing_ways.grain,
        landing_ways.period_start,
        landing_ways.way,
        landing_ways.estimate,
        case when of_units.tests is not null then 'unit' when of_levels.tests is not null then 'level' end as errors_of,
        coalesce(of_units.tests, of_levels.tests) as tests,
        coalesce(of_units.errors, of_levels.errors) as errors,
        -- Between them lies what is said, whatever the errors lean to.
        case when coalesce(of_units.tests, of_levels.tests) > 0 then least(coalesce(of_units.low, of_levels.low), 1) end as low,
        case when coalesce(of_units.tests, of_levels.tests) > 0 then greatest(coalesce(of_units.high, of_levels.high), 1) end as high,
        -- What never fell from there on does not end below where it stands, and a share that never was above 1 not above.
        case when coalesce(of_units.falls, of_levels.falls) = 0 then landing_ways.so_far end as least_figure,
        case when kpis.unit = 'ratio' and coalesce(of_units.above_one, of_levels.above_one) = 0 then 1 end as largest_figure
    from landing_ways
    inner join kpis on landing_ways.kpi_id = kpis.kpi_id
    left join of_units
        on landing_ways.kpi_id = of_units.kpi_id
        and landing_ways.level = of_units.level
        and landing_ways.unit_id = of_units.unit_id
        and landing_ways.cut = of_units.cut
        and landing_ways.cut_value = of_units.cut_value
        and landing_ways.grain = of_units.grain
        and landing_ways.way = of_units.way
    left join of_levels
        on landing_ways.kpi_id = of_levels.kpi_id
        and landing_ways.level = of_levels.level
        and landing_ways.cut = of_levels.cut
        and landing_ways.grain = of_levels.grain
        and landing_ways.way = of_levels.way
)

select * from final
