-- One row per KPI that rows in quarantine touch, and period they would change; the current period always.
with effects as (
    select * from {{ source('gate', 'quarantine_effect') }}
),

run as (
    select run_id from {{ source('definitions', 'run') }}
),

kpis as (
    select kpi_id, label_zh, label_en from {{ source('definitions', 'kpis') }} where is_current
),

-- Empty in the build itself: the effect is known when the numbers are (pipelines/model/quarantine_effect.py), which then
-- fills this table by this same query.
final as (
    select
        effects.kpi_id,
        effects.grain,
        effects.period_start,
        effects.value,
        effects.value_with_held,
        effects.value_with_held - effects.value as difference,
        effects.held_rows,
        effects.unread_rows,
        effects.tables,
        kpis.label_zh,
        kpis.label_en
    from effects
    inner join run on effects.run_id = run.run_id
    inner join kpis on effects.kpi_id = kpis.kpi_id
)

select * from final
