-- One row per goal, level, unit, value of its cut and period: the revision in force, what was reached of it, and what
-- that means.
with targets as (
    select * from {{ ref('targets') }}
    where is_in_force and set_by <> 'unallocated'  -- a draft is nobody's goal yet, nor is what a split left over
),

kpis as (
    select kpi_id, direction, green, amber from {{ source('definitions', 'kpis') }} where is_current
),

quality as (
    select kpi_id, quality from {{ source('gate', 'kpi_quality') }}
),

guard_values as (
    select kpi_id, grain, period_start, level, unit_id, year_ago_change from {{ ref('unit_values') }} where cut = 'none'
),

unit_values as (
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value, exact_value, state, has_closed, is_partial
    from {{ ref('unit_values') }}
),

closings as (
    select grain, period_start from {{ ref('closings') }} where is_closing
),

-- A guardrail falls where its like-for-like change on last year is for the worse.
falling as (
    select
        guardrails.kpi_id,
        guard_values.grain,
        guard_values.period_start,
        guard_values.level,
        guard_values.unit_id,
        min(guardrails.guardrail) as guardrail
    from {{ source('definitions', 'kpi_guardrails') }} as guardrails
    inner join kpis on guardrails.guardrail = kpis.kpi_id
    inner join guard_values on guardrails.guardrail = guard_values.kpi_id
    where case kpis.direction
            when 'up' then guard_values.year_ago_change < 0
            when 'down' then guard_values.year_ago_change > 0
        end
    group by guardrails.kpi_id, guard_values.grain, guard_values.period_start, guard_values.level, guard_values.unit_id
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

measured as (
    select
        targets.goal_id,
        targets.level,
        targets.unit_id,
        targets.cut,
        targets.cut_value,
        targets.grain,
        targets.period_start,
        targets.revision,
        targets.kpi_id,
        targets.period_end,
        targets.target,
        targets.floor,
        targets.stretch,
        targets.range_low,
        targets.range_high,
        targets.target_to_date,
        targets.exact_target,
        targets.exact_target_to_date,
        targets.working_days_left,
        targets.is_started,
        targets.is_partial,
        targets.label_zh,
        targets.label_en,
        coalesce(targets.basis, case when targets.is_partial then 'pace' else 'attainment' end) as basis,
        coalesce(targets.green, kpis.green) as green,
        coalesce(targets.amber, kpis.amber) as amber,
        kpis.direction,
        coalesce(quality.quality, 'blocked') as quality,
        unit_values.exact_value as exact_actual,
        unit_values.state,
        -- As a figure closes (5_published/kpi_values.sql).
        coalesce(unit_values.has_closed, false) or (
            closings.grain is not null
            and coalesce(quality.quality, 'blocked') <> 'blocked'
            and not coalesce(unit_values.is_partial, targets.is_partial)
        ) as is_closed
    from targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    left join quality on targets.kpi_id = quality.kpi_id
    left join closings on targets.grain = closings.grain and targets.period_start = closings.period_start
    left join unit_values
        on targets.kpi_id = unit_values.kpi_id
        and targets.grain = unit_values.grain
        and targets.period_start = unit_values.period_start
        and targets.level = unit_values.level
        and targets.unit_id = unit_values.unit_id
        and targets.cut = unit_values.cut
        and targets.cut_value = unit_values.cut_value
),

{{ judged_of('measured') }},

coloured as (
    select
        judged.*,
        {{ goal_status() }} as status
    from judged
),

final as (
    select
        coloured.goal_id,
        coloured.level,
        coloured.unit_id,
        coloured.cut,
        coloured.cut_value,
        coloured.grain,
        coloured.period_start,
        coloured.revision,
        coloured.kpi_id,
        coloured.period_end,
        coloured.target,
        coloured.floor,
        coloured.stretch,
        coloured.target_to_date,
        coloured.exact_target,
        coloured.exact_actual,
        {{ half_up('coloured.exact_actual') }} as actual,
        {{ half_up('coloured.share_of_target') }} as attainment,
        {{ half_up('coloured.share_of_target_to_date') }} as pace,
        {{ half_up(gap_to('coloured.exact_target')) }} as gap,
        case
            when coloured.working_days_left > 0 and coloured.direction <> 'range'
                then {{ half_up(divide('coloured.exact_target - coloured.exact_actual', 'coloured.working_days_left')) }}
        end as needed_per_day,
        coloured.status,
        {{ counted_share() }} as counted_share,
        case when coloured.status = 'green' and coloured.cut = 'none' then falling.guardrail end as guardrail,
        coloured.quality,
        coloured.is_closed,
        coloured.label_zh,
        coloured.label_en,
        run.as_of_date,
        run.run_id
    from coloured
    cross join run
    left join falling
        on coloured.kpi_id = falling.kpi_id
        and coloured.grain = falling.grain
        and coloured.period_start = falling.period_start
        and coloured.level = falling.level
        and coloured.unit_id = falling.unit_id
)

select * from final
