-- One row per person at a customer; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'contacts'
)

select
    cast('crm' as string) as source_system,
    cast(contact_id as string) as contact_id,
    cast(customer_id as string) as customer_id,
    cast(name as string) as name,
    cast(email as string) as email,
    cast(phone as string) as phone,
    cast(created_at as timestamp) as created_at
from {{ ref('stg_crm__contacts') }}
where not exists (select 1 from blocked)
