-- One row per customer; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'customers'
)

select
    cast('crm' as string) as source_system,
    cast(customer_id as string) as customer_id,
    cast(name as string) as name,
    cast(industry as string) as industry,
    cast(size as string) as size,
    cast(tier as string) as tier,
    cast(region_id as string) as region_id,
    cast(null as string) as channel,
    cast(acquisition_source as string) as acquisition_source,
    cast(null as string) as campaign_id,
    cast(null as string) as partner_id,
    cast(owner_id as string) as owner_id,
    cast(null as boolean) as is_member,
    cast(null as date) as member_since,
    cast(status as string) as status,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at
from {{ ref('stg_crm__customers') }}
where not exists (select 1 from blocked)
