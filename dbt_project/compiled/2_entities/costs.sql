-- One row per cost booked; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as cost_id,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as string) as unit_id,
    cast(null as string) as campaign_id,
    cast(null as string) as kind,
    cast(null as decimal(18,4)) as amount,
    cast(null as string) as currency
where false
