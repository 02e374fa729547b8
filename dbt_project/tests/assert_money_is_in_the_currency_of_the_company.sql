-- Amounts of another currency would be added up as they are: until exchange rates are read, nothing is published of them.
with company as (
    select currency from {{ source('definitions', 'company') }}
),

amounts as (
{%- for entity in ['deals', 'contracts', 'orders', 'invoices', 'payments'] %}
    select
        '{{ entity }}' as entity,
        currency
    from {{ ref(entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
)

select
    amounts.entity,
    amounts.currency,
    count(*) as amounts
from amounts
cross join company
where amounts.currency <> company.currency
group by amounts.entity, amounts.currency
