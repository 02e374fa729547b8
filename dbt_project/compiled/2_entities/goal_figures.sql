-- One row per target that a source system holds for a KPI, a unit and a month; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as kpi_id,
    cast(null as string) as level,
    cast(null as string) as unit_id,
    cast(null as date) as period_start,
    cast(null as decimal(38,6)) as target
where false
