-- One row per lead; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'leads'
)

select
    cast('crm' as string) as source_system,
    cast(lead_id as string) as lead_id,
    cast(created_at as timestamp) as created_at,
    cast(source as string) as source,
    cast(null as string) as channel,
    cast(null as string) as campaign_id,
    cast(owner_id as string) as owner_id,
    cast(status as string) as status,
    cast(is_junk as boolean) as is_junk,
    cast(converted_at as timestamp) as converted_at,
    cast(customer_id as string) as customer_id,
    cast(deal_id as string) as deal_id,
    cast(null as string) as partner_id,
    cast(null as timestamp) as shared_at,
    cast(null as timestamp) as accepted_at
from {{ ref('stg_crm__leads') }}
where not exists (select 1 from blocked)
