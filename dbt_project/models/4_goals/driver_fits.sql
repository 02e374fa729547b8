-- One row per KPI that leads to another, that other, level, grain and period of their goals: so many of the one came with
-- one of the other in the last four complete quarters before the period, and how well that ratio describes them.
{{ config(materialized='ephemeral') }}
with drivers as (
    select goal_id, level, grain, kpi_id, parent_kpi_id from {{ source('definitions', 'goal_drivers') }}
),

goals as (
    select goal_id, period_start from {{ source('definitions', 'goals') }} group by goal_id, period_start
),

all_periods as (
    select grain, period_start, period_end from {{ ref('all_periods') }} where not is_partial
),

compared as (
    select kpi_id, level, grain from drivers
    union
    select parent_kpi_id as kpi_id, level, grain from drivers
),

figures as (
    select
        unit_values.kpi_id,
        unit_values.grain,
        unit_values.period_start,
        unit_values.level,
        unit_values.unit_id,
        unit_values.exact_value
    from {{ ref('unit_values') }} as unit_values
    inner join compared
        on unit_values.kpi_id = compared.kpi_id
        and unit_values.level = compared.level
        and unit_values.grain = compared.grain
    where unit_values.cut = 'none' and unit_values.unit_id <> 'unassigned' and unit_values.state <> 'suppressed'
),

asked as (
    select drivers.kpi_id, drivers.parent_kpi_id, drivers.level, drivers.grain, goals.period_start
    from drivers
    inner join goals on drivers.goal_id = goals.goal_id
    group by drivers.kpi_id, drivers.parent_kpi_id, drivers.level, drivers.grain, goals.period_start
),

starts as (
    select period_start from asked group by period_start
),

quarters_before as (
    select
        starts.period_start,
        all_periods.period_start as quarter_start,
        all_periods.period_end as quarter_end,
        row_number() over (partition by starts.period_start order by all_periods.period_start desc) as quarters_ago
    from starts
    inner join all_periods on all_periods.grain = 'quarter' and all_periods.period_end < starts.period_start
),

windows as (
    select period_start, min(quarter_start) as window_start, max(quarter_end) as window_end
    from quarters_before
    where quarters_ago <= 4
    group by period_start
),

-- Three months share a window, and so do all periods to come.
spans as (
    select asked.kpi_id, asked.parent_kpi_id, asked.level, asked.grain, windows.window_start, windows.window_end
    from asked
    inner join windows on asked.period_start = windows.period_start
    group by
        asked.kpi_id, asked.parent_kpi_id, asked.level, asked.grain, windows.window_start, windows.window_end
),

-- Where both were counted; a unit that had neither says nothing of how they go together.
pairs as (
    select
        spans.kpi_id,
        spans.parent_kpi_id,
        spans.level,
        spans.grain,
        spans.window_start,
        coalesce(driver.exact_value, 0) as of_driver,
        coalesce(parent.exact_value, 0) as of_parent,
        cast(coalesce(driver.exact_value, 0) as double) as x,
        cast(coalesce(parent.exact_value, 0) as double) as y
    from spans
    inner join all_periods
        on spans.grain = all_periods.grain
        and all_periods.period_start >= spans.window_start
        and all_periods.period_end <= spans.window_end
    inner join figures as driver
        on spans.kpi_id = driver.kpi_id
        and spans.grain = driver.grain
        and spans.level = driver.level
        and all_periods.period_start = driver.period_start
    inner join figures as parent
        on spans.parent_kpi_id = parent.kpi_id
        and driver.grain = parent.grain
        and driver.level = parent.level
        and driver.unit_id = parent.unit_id
        and driver.period_start = parent.period_start
    where driver.exact_value <> 0 or parent.exact_value <> 0
),

-- A squared correlation of fewer than 8 pairs (two units in four quarters) is chance; of one value it is none.
fitted as (
    select
        kpi_id,
        parent_kpi_id,
        level,
        grain,
        window_start,
        case
            when sum(of_driver) > 0 and sum(of_parent) > 0
                then {{ held_number(divide('sum(of_driver)', 'sum(of_parent)')) }}
        end as fitted_ratio,
        case
            when count(*) >= 8 and min(x) < max(x) and min(y) < max(y) then least(power(corr(x, y), 2), 1)
        end as fit,
        cast(count(*) as int) as fitted_on
    from pairs
    group by kpi_id, parent_kpi_id, level, grain, window_start
),

final as (
    select
        asked.kpi_id,
        asked.parent_kpi_id,
        asked.level,
        asked.grain,
        asked.period_start,
        fitted.fitted_ratio,
        fitted.fit,
        fitted.fitted_on
    from asked
    inner join windows on asked.period_start = windows.period_start
    inner join fitted
        on asked.kpi_id = fitted.kpi_id
        and asked.parent_kpi_id = fitted.parent_kpi_id
        and asked.level = fitted.level
        and asked.grain = fitted.grain
        and windows.window_start = fitted.window_start
)

select * from final
