-- One row per goal, level, unit, cut, grain and period: the revision in force.
with final as (
    select
        goal_id,
        level,
        unit_id,
        cut,
        cut_value,
        grain,
        period_start,
        revision,
        kpi_id,
        period_end,
        target,
        floor,
        stretch,
        target_to_date,
        actual,
        attainment,
        pace,
        gap,
        needed_per_day,
        cast(null as decimal(38, 6)) as landing,
        cast(null as decimal(38, 6)) as landing_low,
        cast(null as decimal(38, 6)) as landing_high,
        cast(null as string) as landing_method,
        cast(null as decimal(38, 6)) as hit_probability,
        status,
        cast(null as string) as previous_status,
        {{ half_up('counted_share') }} as counted_share,
        quality,
        guardrail,
        is_closed,
        target_now,
        status_now,
        as_of_date,
        run_id,
        label_zh,
        label_en
    from {{ ref('judgements') }}
)

select * from final
