-- One row per order; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'orders'
)

select
    cast('erp' as string) as source_system,
    cast(order_id as string) as order_id,
    cast(customer_id as string) as customer_id,
    cast(owner_id as string) as owner_id,
    cast(channel as string) as channel,
    cast(null as string) as campaign_id,
    cast(deal_id as string) as deal_id,
    cast(contract_id as string) as contract_id,
    cast(null as string) as partner_id,
    cast(order_date as date) as order_date,
    cast(promised_date as date) as promised_date,
    cast(delivered_date as date) as delivered_date,
    cast(status as string) as status,
    cast(amount_gross as decimal(18,4)) as amount_gross,
    cast(discount as decimal(18,4)) as discount,
    cast(amount_net as decimal(18,4)) as amount_net,
    cast(currency as string) as currency
from {{ ref('stg_erp__orders') }}
where not exists (select 1 from blocked)
