-- One row per goal, level, unit, value of its cut and period that runs or ends on the business date: how it stood the day
-- before, by what is known today of that day. Null where the KPI's figure of an earlier day cannot be computed.
with targets as (
    select * from {{ ref('running_targets') }}
),

goals as (
    select goal_id, revision, cut_value, grain, period_start, share_due_before
    from {{ ref('goals_due') }}
    where is_in_force
),

kpis as (
    select kpi_id, direction, green, amber, is_dated, is_ratio, min_denominator, min_group_size
    from {{ source('definitions', 'kpis') }}
    where is_current
),

quality as (
    select kpi_id, quality from {{ source('gate', 'kpi_quality') }}
),

numbers as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, denominator, value
    from {{ ref('kpi_numbers') }}
    where is_to_date
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

stood as (
    select
        targets.goal_id,
        targets.level,
        targets.unit_id,
        targets.cut,
        targets.cut_value,
        targets.grain,
        targets.period_start,
        targets.range_low,
        targets.range_high,
        targets.exact_target,
        cast(targets.exact_target * goals.share_due_before as decimal(38, 12)) as exact_target_to_date,
        coalesce(targets.basis, 'pace') as basis,
        coalesce(targets.green, kpis.green) as green,
        coalesce(targets.amber, kpis.amber) as amber,
        kpis.direction,
        kpis.is_dated,
        coalesce(quality.quality, 'blocked') as quality,
        targets.period_start < run.as_of_date as is_started,
        case when kpis.min_group_size is null then numbers.value end as exact_actual,
        case
            when kpis.min_group_size is not null and numbers.kpi_id is not null then 'suppressed'  -- as all that runs
            when kpis.is_ratio and numbers.denominator < kpis.min_denominator then 'small_sample'
            else 'ok'
        end as state
    from targets
    cross join run
    inner join goals
        on targets.goal_id = goals.goal_id
        and targets.revision = goals.revision
        and targets.cut_value = goals.cut_value
        and targets.grain = goals.grain
        and targets.period_start = goals.period_start
    inner join kpis on targets.kpi_id = kpis.kpi_id
    left join quality on targets.kpi_id = quality.kpi_id
    left join numbers
        on targets.kpi_id = numbers.kpi_id
        and targets.grain = numbers.grain
        and targets.period_start = numbers.period_start
        and targets.level = numbers.level
        and targets.unit_id = numbers.unit_id
        and targets.cut = numbers.cut
        and targets.cut_value = numbers.cut_value
),

{{ judged_of('stood') }},

final as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        case when is_dated or not is_started then {{ goal_status() }} end as previous_status
    from judged
)

select * from final
