-- One row per KPI, level, unit and period that has begun and has a target: of several goals the largest, and what is
-- left of it. Nothing is left of a period that is over.
{{ config(materialized='ephemeral') }}
with attainment as (
    select kpi_id, level, unit_id, cut, cut_value, grain, period_start, period_end, exact_target, exact_actual
    from {{ ref('attainment') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

largest as (
    select
        kpi_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        period_end,
        max(exact_target) as target,
        coalesce(max(exact_actual), 0) as actual
    from attainment
    group by kpi_id, level, unit_id, cut, cut_value, grain, period_start, period_end
),

final as (
    select
        largest.kpi_id,
        false as is_to_date,
        largest.grain,
        largest.period_start,
        largest.level,
        largest.unit_id,
        largest.cut,
        largest.cut_value,
        largest.target,
        case
            when largest.period_end >= run.as_of_date
                then cast(greatest(largest.target - largest.actual, 0) as decimal(38, 12))
        end as target_left
    from largest
    cross join run
    where largest.period_start <= run.as_of_date
)

select * from final
