-- One row per maintenance or after-sales visit; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as visit_id,
    cast(null as string) as customer_id,
    cast(null as string) as asset_id,
    cast(null as string) as site,
    cast(null as string) as agent_id,
    cast(null as string) as team_id,
    cast(null as string) as kind,
    cast(null as date) as due_date,
    cast(null as date) as done_date
where false
