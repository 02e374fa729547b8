-- One row per record checked by hand; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as sample_id,
    cast(null as string) as record_id,
    cast(null as string) as table_name,
    cast(null as string) as owner_id,
    cast(null as timestamp) as drawn_at,
    cast(null as string) as checked_by,
    cast(null as boolean) as is_wrong,
    cast(null as string) as wrong_fields
where false
