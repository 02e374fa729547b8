-- One row per line of an order; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'order_lines'
)

select
    cast('erp' as string) as source_system,
    cast(order_id as string) as order_id,
    cast(line_no as bigint) as line_no,
    cast(product_id as string) as product_id,
    cast(quantity as decimal(18,4)) as quantity,
    cast(unit_price as decimal(18,4)) as unit_price,
    cast(amount_net as decimal(18,4)) as amount_net,
    cast(unit_cost as decimal(18,4)) as unit_cost,
    cast(currency as string) as currency,
    cast(order_date as date) as order_date,
    cast(customer_id as string) as customer_id,
    cast(owner_id as string) as owner_id,
    cast(channel as string) as channel,
    cast(null as string) as campaign_id,
    cast(status as string) as status
from {{ ref('stg_erp__order_lines') }}
where not exists (select 1 from blocked)
