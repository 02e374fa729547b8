-- One row per product, place and day; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'stock_levels'
)

select
    cast('erp' as string) as source_system,
    cast(product_id as string) as product_id,
    cast(place as string) as place,
    cast(day as date) as day,
    cast(quantity as decimal(18,4)) as quantity,
    cast(value as decimal(18,4)) as value,
    cast(currency as string) as currency
from {{ ref('stg_erp__stock_levels') }}
where not exists (select 1 from blocked)
