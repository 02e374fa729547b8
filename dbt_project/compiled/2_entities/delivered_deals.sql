-- One row per opportunity; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'deals'
)

select
    cast('crm' as string) as source_system,
    cast(deal_id as string) as deal_id,
    cast(customer_id as string) as customer_id,
    cast(owner_id as string) as owner_id,
    cast(product_id as string) as product_id,
    cast(lead_id as string) as lead_id,
    cast(created_at as timestamp) as created_at,
    cast(expected_close_date as date) as expected_close_date,
    cast(closed_at as timestamp) as closed_at,
    cast(status as string) as status,
    cast(stage as string) as stage,
    cast(amount as decimal(18,4)) as amount,
    cast(currency as string) as currency,
    cast(loss_reason as string) as loss_reason
from {{ ref('stg_crm__deals') }}
where not exists (select 1 from blocked)
