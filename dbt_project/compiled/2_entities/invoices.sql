-- One row per invoice or credit note; the amounts of a credit note are negative; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'invoices'
)

select
    cast('erp' as string) as source_system,
    cast(invoice_id as string) as invoice_id,
    cast(kind as string) as kind,
    cast(status as string) as status,
    cast(customer_id as string) as customer_id,
    cast(order_id as string) as order_id,
    cast(contract_id as string) as contract_id,
    cast(owner_id as string) as owner_id,
    cast(null as string) as partner_id,
    cast(invoice_date as date) as invoice_date,
    cast(amount_net as decimal(18,4)) as amount_net,
    cast(tax as decimal(18,4)) as tax,
    cast(currency as string) as currency
from {{ ref('stg_erp__invoices') }}
where not exists (select 1 from blocked)
