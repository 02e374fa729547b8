-- One row per sum of money received; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'payments'
)

select
    cast('erp' as string) as source_system,
    cast(payment_id as string) as payment_id,
    cast(customer_id as string) as customer_id,
    cast(receivable_id as string) as receivable_id,
    cast(invoice_id as string) as invoice_id,
    cast(contract_id as string) as contract_id,
    cast(owner_id as string) as owner_id,
    cast(paid_date as date) as paid_date,
    cast(amount as decimal(18,4)) as amount,
    cast(currency as string) as currency,
    cast(status as string) as status
from {{ ref('stg_erp__payments') }}
where not exists (select 1 from blocked)
