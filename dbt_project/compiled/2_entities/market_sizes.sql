-- One row per market and period; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as market_id,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as string) as region_id,
    cast(null as string) as segment,
    cast(null as decimal(18,4)) as size_amount,
    cast(null as int) as potential_customers,
    cast(null as string) as currency
where false
