-- One row per partner; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as partner_id,
    cast(null as string) as name,
    cast(null as string) as kind,
    cast(null as string) as region_id,
    cast(null as date) as started_date
where false
