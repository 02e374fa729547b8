-- One row per signed contract; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'contracts'
)

select
    cast('crm' as string) as source_system,
    cast(contract_id as string) as contract_id,
    cast(customer_id as string) as customer_id,
    cast(deal_id as string) as deal_id,
    cast(owner_id as string) as owner_id,
    cast(product_id as string) as product_id,
    cast(signed_date as date) as signed_date,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date,
    cast(amount as decimal(18,4)) as amount,
    cast(currency as string) as currency,
    cast(approval as string) as approval,
    cast(submitted_at as timestamp) as submitted_at,
    cast(decided_at as timestamp) as decided_at,
    cast(renews_contract_id as string) as renews_contract_id
from {{ ref('stg_crm__contracts') }}
where not exists (select 1 from blocked)
