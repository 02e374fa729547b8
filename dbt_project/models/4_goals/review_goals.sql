-- One row per goal in force: how its unit-periods were judged, as counts that add up over the goals of a KPI.
with attainment as (
    select goal_id, kpi_id, level, unit_id, cut, cut_value, grain, period_start, status, guardrail, label_zh, label_en
    from {{ ref('attainment') }}
    where exact_target is not null and status <> 'not_started'
),

guarded as (
    select kpi_id from {{ source('definitions', 'kpi_guardrails') }} group by kpi_id
),

coloured as (
    select
        goal_id,
        status,
        lag(status) over (
            partition by goal_id, level, unit_id, cut, cut_value, grain order by period_start
        ) as status_before
    from attainment
    where status in ('green', 'amber', 'red')
),

changes as (
    select
        goal_id,
        sum(case when status <> status_before then 1 else 0 end) as changes,
        count(status_before) as pairs
    from coloured
    group by goal_id
),

final as (
    select
        attainment.goal_id,
        attainment.kpi_id,
        max(attainment.label_zh) as label_zh,
        max(attainment.label_en) as label_en,
        coalesce(max(changes.changes), 0) as changes,
        coalesce(max(changes.pairs), 0) as pairs,
        sum(case when attainment.status = 'green' and guarded.kpi_id is not null then 1 else 0 end) as greens,
        sum(case when attainment.guardrail is not null then 1 else 0 end) as gamed,
        sum(case when attainment.status in ('green', 'amber', 'red') then 0 else 1 end) as unjudged,
        count(*) as unit_periods
    from attainment
    left join guarded on attainment.kpi_id = guarded.kpi_id
    left join changes on attainment.goal_id = changes.goal_id
    group by attainment.goal_id, attainment.kpi_id
)

select * from final
