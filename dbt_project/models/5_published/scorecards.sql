-- One row per scorecard, level, unit, grain and period: the score over its KPIs, and how much of it could be judged.
with parts as (
    select * from {{ ref('scorecard_parts') }}
),

scorecards as (
    select scorecard_id, period_start, green, amber, label_zh, label_en from {{ source('definitions', 'scorecards') }}
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

-- Of the guardrails that fall beside a green part, that of the heaviest.
falling as (
    select
        scorecard_id, level, unit_id, grain, period_start, guardrail,
        row_number() over (
            partition by scorecard_id, level, unit_id, grain, period_start order by weight desc, kpi_id asc
        ) as by_weight
    from parts
    where guardrail is not null
),

summed as (
    select
        scorecard_id,
        level,
        unit_id,
        grain,
        period_start,
        period_end,
        weight_covered,
        weight_of_all,
        weight_covered >= {{ least_covered() }} * weight_of_all as is_covered,
        cast(sum(weight * counted_share) as decimal(38, 12)) as weighed
    from parts
    group by scorecard_id, level, unit_id, grain, period_start, period_end, weight_covered, weight_of_all
),

final as (
    select
        summed.scorecard_id,
        summed.level,
        summed.unit_id,
        summed.grain,
        summed.period_start,
        summed.period_end,
        {{ half_up(divide('summed.weighed', 'summed.weight_covered')) }} as score,
        {{ half_up(divide('summed.weight_covered', 'summed.weight_of_all')) }} as weight_covered,
        -- Held against the weights, so that no division decides a colour.
        case
            when not summed.is_covered then 'low_coverage'
            when summed.weighed >= scorecards.green * summed.weight_covered then 'green'
            when summed.weighed >= scorecards.amber * summed.weight_covered then 'amber'
            else 'red'
        end as status,
        falling.guardrail,
        run.as_of_date,
        run.run_id,
        scorecards.label_zh,
        scorecards.label_en
    from summed
    cross join run
    inner join scorecards
        on summed.scorecard_id = scorecards.scorecard_id and summed.period_start = scorecards.period_start
    left join falling
        on summed.scorecard_id = falling.scorecard_id
        and summed.level = falling.level
        and summed.unit_id = falling.unit_id
        and summed.grain = falling.grain
        and summed.period_start = falling.period_start
        and falling.by_weight = 1
)

select * from final
