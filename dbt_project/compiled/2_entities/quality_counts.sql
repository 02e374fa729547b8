-- One row per day, table, source and owner: what the gate counted; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as table_name,
    cast(null as date) as day,
    cast(null as string) as source,
    cast(null as string) as owner_id,
    cast(null as int) as required,
    cast(null as int) as filled,
    cast(null as int) as valid,
    cast(null as int) as duplicate,
    cast(null as int) as rows,
    cast(null as int) as entered_on_time,
    cast(null as int) as activities
where false
