-- One row per scorecard, level, unit, grain, period and KPI: its part of the score.
with parts as (
    select * from {{ ref('scorecard_parts') }}
),

kpis as (
    select kpi_id, label_zh, label_en from {{ source('definitions', 'kpis') }} where is_current
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

final as (
    select
        parts.scorecard_id,
        parts.level,
        parts.unit_id,
        parts.grain,
        parts.period_start,
        parts.kpi_id,
        {{ half_up('parts.weight') }} as weight,
        parts.goal_id,
        {{ half_up('parts.counted_share') }} as counted_share,
        {{ half_up(divide('parts.weight * parts.counted_share', 'parts.weight_covered')) }} as part_of_score,
        parts.status,
        parts.guardrail,
        run.as_of_date,
        run.run_id,
        kpis.label_zh,
        kpis.label_en
    from parts
    cross join run
    inner join kpis on parts.kpi_id = kpis.kpi_id
)

select * from final
