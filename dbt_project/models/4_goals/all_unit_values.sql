-- One row per KPI, grain, period, level, unit and cut: of the KPIs that stand on targets and of all others.
{{ config(materialized='ephemeral') }}
with final as (
    select * from {{ ref('unit_values') }}
    union all
    select * from {{ ref('goal_kpi_values') }}
)

select * from final
