-- One row per product; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'products'
)

select
    cast('erp' as string) as source_system,
    cast(product_id as string) as product_id,
    cast(name as string) as name,
    cast(category as string) as category,
    cast(unit_cost as decimal(18,4)) as unit_cost,
    cast(list_price as decimal(18,4)) as list_price,
    cast(currency as string) as currency,
    cast(is_active as boolean) as is_active
from {{ ref('stg_erp__products') }}
where not exists (select 1 from blocked)
