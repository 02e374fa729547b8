-- One row per employee, CRM module and day; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as employee_id,
    cast(null as string) as module,
    cast(null as date) as day,
    cast(null as int) as actions,
    cast(null as decimal(18,4)) as minutes
where false
