-- One row per campaign; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as campaign_id,
    cast(null as string) as name,
    cast(null as string) as channel,
    cast(null as date) as starts_date,
    cast(null as date) as ends_date
where false
