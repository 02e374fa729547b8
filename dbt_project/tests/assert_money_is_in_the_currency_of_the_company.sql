-- Amounts of another currency would be added up as they are: until exchange rates are read, nothing is published of them.
with company as (
    select currency from {{ source('definitions', 'company') }}
),

amounts as (
    select 'deals' as entity, currency from {{ ref('deals') }}
    union all
    select 'contracts' as entity, currency from {{ ref('contracts') }}
    union all
    select 'orders' as entity, currency from {{ ref('orders') }}
    union all
    select 'invoices' as entity, currency from {{ ref('invoices') }}
    union all
    select 'payments' as entity, currency from {{ ref('payments') }}
)

select
    amounts.entity,
    amounts.currency,
    count(*) as amounts
from amounts
cross join company
where amounts.currency <> company.currency
group by amounts.entity, amounts.currency
