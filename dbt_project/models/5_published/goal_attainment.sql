-- One row per goal, level, unit, cut, grain and period: the revision in force.
with judgements as (
    select * from {{ ref('judgements') }}
),

kpis as (
    select kpi_id, direction from {{ source('definitions', 'kpis') }} where is_current
),

goal_landings as (
    select * from {{ ref('goal_landings') }}
),

previous_statuses as (
    select * from {{ ref('previous_statuses') }}
),

-- Only what runs or ends on the business date stood otherwise the day before, or lands somewhere else than it is.
running as (
    select
        previous_statuses.*,
        goal_landings.landing,
        goal_landings.landing_low,
        goal_landings.landing_high,
        goal_landings.landing_method,
        goal_landings.hit_probability
    from previous_statuses
    left join goal_landings on {{ same_target('previous_statuses', 'goal_landings') }}
),

final as (
    select
        judgements.goal_id,
        judgements.level,
        judgements.unit_id,
        judgements.cut,
        judgements.cut_value,
        judgements.grain,
        judgements.period_start,
        judgements.revision,
        judgements.kpi_id,
        judgements.period_end,
        judgements.target,
        judgements.floor,
        judgements.stretch,
        judgements.target_to_date,
        judgements.actual,
        judgements.attainment,
        judgements.pace,
        judgements.gap,
        judgements.needed_per_day,
        {%- for bound in ['landing', 'landing_low', 'landing_high'] %}
        case when judgements.as_of_date >= judgements.period_end then judgements.actual else running.{{ bound }} end as {{ bound }},
        {%- endfor %}
        running.landing_method,
        case
            when judgements.as_of_date < judgements.period_end then running.hit_probability
            when {{ is_reached('kpis.direction', 'judgements.gap') }} then cast(1 as decimal(38, 6))
            when judgements.gap is not null then cast(0 as decimal(38, 6))
        end as hit_probability,
        judgements.status,
        case when running.goal_id is null then judgements.status else running.previous_status end as previous_status,
        {{ half_up('judgements.counted_share') }} as counted_share,
        judgements.quality,
        judgements.guardrail,
        judgements.is_closed,
        judgements.target_now,
        judgements.status_now,
        judgements.as_of_date,
        judgements.run_id,
        judgements.label_zh,
        judgements.label_en
    from judgements
    left join kpis on judgements.kpi_id = kpis.kpi_id
    left join running on {{ same_target('judgements', 'running') }}
)

select * from final
