-- One row per instalment due; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'receivables'
)

select
    cast('erp' as string) as source_system,
    cast(receivable_id as string) as receivable_id,
    cast(customer_id as string) as customer_id,
    cast(contract_id as string) as contract_id,
    cast(invoice_id as string) as invoice_id,
    cast(owner_id as string) as owner_id,
    cast(due_date as date) as due_date,
    cast(amount_due as decimal(18,4)) as amount_due,
    cast(currency as string) as currency
from {{ ref('stg_erp__receivables') }}
where not exists (select 1 from blocked)
