-- One row per stay of a deal in a stage; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'deal_stages'
)

select
    cast('crm' as string) as source_system,
    cast(deal_id as string) as deal_id,
    cast(entered_at as timestamp) as entered_at,
    cast(stage as string) as stage,
    cast(stage_order as int) as stage_order,
    cast(left_at as timestamp) as left_at,
    cast(moved as string) as moved,
    cast(owner_id as string) as owner_id,
    cast(customer_id as string) as customer_id,
    cast(product_id as string) as product_id,
    cast(amount as decimal(18,4)) as amount,
    cast(currency as string) as currency
from {{ ref('stg_crm__deal_stages') }}
where not exists (select 1 from blocked)
