-- Amounts of another currency would be added up as they are. Where a system delivers exchange_rates the entity layer has
-- priced them, or left them out; where none does, nothing is published of them.
with company as (
    select currency from {{ source('definitions', 'company') }}
),

amounts as (
    {% for entity in [
        'deals', 'contracts', 'orders', 'invoices', 'payments', 'deal_stages', 'order_lines', 'receivables', 'stock_levels',
        'products', 'costs', 'balances', 'enrolments', 'market_sizes'
    ] %}
    {% if not loop.first %}union all{% endif %}
    select '{{ entity }}' as entity, currency from {{ ref(entity) }}
    {% endfor %}
)

select
    amounts.entity,
    amounts.currency,
    count(*) as amounts
from amounts
cross join company
where amounts.currency <> company.currency
group by amounts.entity, amounts.currency
