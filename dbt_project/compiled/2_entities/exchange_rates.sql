-- One row per currency and day; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as currency,
    cast(null as date) as day,
    cast(null as decimal(18,8)) as rate
where false
