-- One row per goal that has begun: how its unit-periods were judged, as counts that add up over the goals of a KPI.
with judgements as (
    select goal_id, kpi_id, level, unit_id, cut, cut_value, grain, period_start, status, guardrail, label_zh, label_en
    from {{ ref('judgements') }}
    where target is not null and status <> 'not_started'
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
    from judgements
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
        judgements.goal_id,
        judgements.kpi_id,
        max(judgements.label_zh) as label_zh,
        max(judgements.label_en) as label_en,
        coalesce(max(changes.changes), 0) as changes,
        coalesce(max(changes.pairs), 0) as pairs,
        sum(case when judgements.status = 'green' and guarded.kpi_id is not null then 1 else 0 end) as greens,
        sum(case when judgements.guardrail is not null then 1 else 0 end) as gamed,
        sum(case when judgements.status in ('green', 'amber', 'red') then 0 else 1 end) as unjudged,
        count(*) as unit_periods
    from judgements
    left join guarded on judgements.kpi_id = guarded.kpi_id
    left join changes on judgements.goal_id = changes.goal_id
    group by judgements.goal_id, judgements.kpi_id
)

select * from final
