-- One row per goal, level, unit, grain, period and KPI that leads to it.
with final as (
    select
        goal_id,
        level,
        unit_id,
        grain,
        period_start,
        kpi_id,
        parent_kpi_id,
        ratio,
        fitted_ratio,
        fit,
        fitted_on,
        required,
        required_to_date,
        actual,
        is_link_broken,
        broken_by,
        quality,
        as_of_date,
        run_id,
        label_zh,
        label_en
    from {{ ref('drivers') }}
)

select * from final
